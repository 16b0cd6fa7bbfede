"""The web pages: plain HTML, made quick and continuous by small script modules."""

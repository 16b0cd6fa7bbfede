"""Views, one module a page: start from what the user may see, call one service, render."""

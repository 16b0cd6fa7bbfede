"""Audio, features, learning, scores and queries as pure functions of arrays and files."""

"""Verbs on the library's nouns. They know no request; every room and interface calls the same."""

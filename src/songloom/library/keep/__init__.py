"""Keeps the library sound: verify."""

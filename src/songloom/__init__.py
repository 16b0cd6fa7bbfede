"""Songloom 织音: a self-hosted music library that listens, edits, finds and composes."""

__version__ = "0.1.0"

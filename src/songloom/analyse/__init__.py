"""Measures each track once per features version."""

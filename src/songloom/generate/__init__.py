"""Turns a prompt into a new track with its lineage."""

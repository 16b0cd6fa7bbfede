"""Applies recipes and makes renditions; originals stay untouched."""

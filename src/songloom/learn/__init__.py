"""Trains taggers and similarity on this library, and says how good they are."""

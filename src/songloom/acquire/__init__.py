"""Brings audio in: upload, linked folders, URLs."""

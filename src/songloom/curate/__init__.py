"""Repairs what people see: tags, names, covers."""

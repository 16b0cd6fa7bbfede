"""The library as tables and documents for other programs: CSV, JSON lines, Parquet, MongoDB.

columns   what a table says of a track, and what people call it
rows      tracks → rows, in batches
"""

"""The nouns that every room shares (tracks, files, people, lineage), and the storage of bytes."""

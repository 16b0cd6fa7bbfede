"""The nouns that every room shares (tracks, files, people, playlists, lineage) and the storage of bytes."""

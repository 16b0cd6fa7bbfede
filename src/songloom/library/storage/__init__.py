"""Bytes by their hash, below `media/` of the home. A name appears only when its bytes are durable.

keep(path, sha256)           a finished file moves in; the same bytes twice are stored once
keep_bytes(content, sha256)  the same for a few bytes in memory
path_of(sha256)              where it lies
"""

from songloom.library.storage.local import Shelf, drop, keep, keep_bytes, mark, path_of, temporary

__all__ = ["Shelf", "drop", "keep", "keep_bytes", "mark", "path_of", "temporary"]

"""Bytes by their hash, below `media/` of the home. A name appears only when its bytes are durable.

keep(path, sha256)        a finished file moves in; the same bytes twice are stored once
path_of(sha256)           where it lies
"""

from songloom.library.storage.local import drop, keep, path_of, temporary

__all__ = ["drop", "keep", "path_of", "temporary"]

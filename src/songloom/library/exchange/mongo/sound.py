"""Sound in GridFS: one file for the same bytes, named by their hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from songloom.errors import RefusedInput
from songloom.library.models import Track
from songloom.library.services.believing import bytes_of
from songloom.library.services.storing import at_hand, is_there, main_file

CHUNK_BYTES = 1 << 20
Bring = Callable[[Iterator[bytes], str, Track], object]  # bytes, their name, whose sound they are


def _bucket(base: Any) -> Any:
    import gridfs

    return gridfs.GridFSBucket(base, bucket_name="audio")


def put(base: Any, track: Track) -> bool:
    """Store the sound of a track, unless it is there already."""
    file = main_file(track)
    if file is None or not is_there(file):
        return False
    sha256 = bytes_of(file)
    if base["audio.files"].find_one({"_id": sha256}, {"_id": 1}) is not None:
        return False
    with at_hand(file) as path, path.open("rb") as source:
        _bucket(base).upload_from_stream_with_id(sha256, file.original_name or sha256, source)
    return True


def fetch(base: Any, document: dict[str, Any], bring: Bring) -> bool:
    """Take the sound of a document in, where its track is an entry that has none."""
    told = document.get("audio")
    sha256 = told.get("sha256") if isinstance(told, dict) else None
    track = _waiting(document.get("_id"))
    if track is None or not isinstance(sha256, str):
        return False
    if base["audio.files"].find_one({"_id": sha256}, {"_id": 1}) is None:
        return False
    with _bucket(base).open_download_stream(sha256) as source:
        try:
            bring(
                iter(lambda: source.read(CHUNK_BYTES), b""), str(source.filename or "sound"), track
            )
        except RefusedInput:
            return False
    return True


def _waiting(pk: Any) -> Track | None:
    try:
        found = UUID(pk) if isinstance(pk, str) else None
    except ValueError:
        return None
    return Track.objects.alive().filter(pk=found, has_audio=False).first() if found else None

"""Pictures inside audio files."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterator
from typing import Any

FRONT = 3  # the picture type "front cover", the same number in ID3, FLAC and Ogg
LARGEST_BYTES = 30_000_000
Picture = tuple[int, bytes]  # type, raw bytes


def best_picture(file: Any) -> bytes | None:
    """The front cover, else the first picture that is a JPEG, PNG, WEBP or GIF of sane size.

    file  what `mutagen.File` returned, or None
    """
    found = [one for one in _pictures(file) if suffix(one[1]) and len(one[1]) <= LARGEST_BYTES]
    found.sort(key=lambda one: one[0] != FRONT)  # stable: the first of equals stays first
    return found[0][1] if found else None


def suffix(picture: bytes) -> str | None:
    """What the bytes are, never what the tag claims: jpg, png, gif, webp or None."""
    if picture.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if picture.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "webp"
    return None


def write_beside(picture: bytes, folder: str) -> str:
    """Put the raw picture into a folder, named by its hash; returns the path."""
    name = f"{hashlib.sha256(picture).hexdigest()}.{suffix(picture)}"
    path = os.path.join(folder, name)
    if not os.path.exists(path):  # the songs of an album bring the same one
        with open(path, "wb") as file:
            file.write(picture)
    return path


def _pictures(file: Any) -> Iterator[Picture]:
    if file is None:
        return
    for picture in getattr(file, "pictures", ()):  # FLAC
        yield picture.type, picture.data
    tags = file.tags
    if tags is None:
        return
    if hasattr(tags, "getall"):
        yield from ((frame.type, frame.data) for frame in tags.getall("APIC"))
    elif type(tags).__name__ == "MP4Tags":
        yield from ((FRONT, bytes(cover)) for cover in tags.get("covr", []))
    elif type(tags).__name__ == "APEv2":
        yield from _ape(tags)
    elif type(tags).__name__ != "ASFTags":
        yield from _vorbis(tags)


def _ape(tags: Any) -> Iterator[Picture]:
    for name, value in tags.items():
        if name.lower().startswith("cover art"):
            _, _, picture = bytes(value.value).partition(b"\x00")
            yield (FRONT if "front" in name.lower() else 0), picture


def _vorbis(tags: Any) -> Iterator[Picture]:
    from mutagen import flac

    for text in tags.get("metadata_block_picture", []):
        try:
            picture: Any = flac.Picture(base64.b64decode(text))  # type: ignore[no-untyped-call]
        except (flac.error, binascii.Error, ValueError):
            continue
        yield picture.type, picture.data
    for text in tags.get("coverart", []):
        try:
            yield FRONT, base64.b64decode(text)
        except (binascii.Error, ValueError):
            continue

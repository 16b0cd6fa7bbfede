"""Writes into a new FLAC what it is: title, artist, that a machine made it, and its cover."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MADE_BY = "Made by AI with Songloom"


def write_tags(path: Path, tags: Mapping[str, list[str]], *, prompt: str, cover: bytes) -> None:
    """Tags and cover, so that the file says the same when it leaves the library."""
    from mutagen.flac import FLAC, Picture

    sound = FLAC(path)  # type: ignore[no-untyped-call]
    for name, values in tags.items():
        if values:
            sound[name] = values
    sound["comment"] = MADE_BY
    sound["description"] = prompt
    picture = Picture()  # type: ignore[no-untyped-call]
    picture.type, picture.mime, picture.data = 3, "image/png", cover
    sound.add_picture(picture)  # type: ignore[no-untyped-call]
    sound.save()

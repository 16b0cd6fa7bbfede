"""Writes into a new FLAC what it is: title, artist, that a machine made it, and its cover."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from songloom.library.heard import Heard

MADE_BY = "Made by AI with Songloom"
FORBIDDEN_IN_NAMES = r'[\\/:*?"<>|]'


def tagged(
    path: Path,
    tags: Mapping[str, list[str]],
    rendered: Mapping[str, Any],
    *,
    cover: Path,
    prompt: str = "",
) -> Heard:
    """The finished file, tags and cover in it. It was made here: no probe need open it.

    tags      with a title; it names the file too
    rendered  what `render_midi` says of the sound
    """
    _write(path, tags, prompt=prompt, cover=cover.read_bytes())
    content = path.read_bytes()
    return Heard(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        format="flac",
        codec="flac",
        sample_rate=rendered["sample_rate"],
        channels=2,
        duration_s=rendered["duration_s"],
        bits=16,
        original_name=f"{re.sub(FORBIDDEN_IN_NAMES, '_', tags['title'][0])}.flac",
        tags=dict(tags),
        cover=cover,
    )


def _write(path: Path, tags: Mapping[str, list[str]], *, prompt: str, cover: bytes) -> None:
    """So that the file says the same when it leaves the library."""
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

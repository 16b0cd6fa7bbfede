"""Covers as answers: the picture of a file, or one woven from what was measured."""

from __future__ import annotations

import hashlib
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from songloom.interfaces.answers.files import file_answer
from songloom.library.models import Cover, Features, Track, User
from songloom.library.services import browse, covers

USUAL = 600  # pixels, where a client names no size
LARGEST = 1_200
WOVEN_FROM = ("key", "mode", "tempo_bpm", "centroid_hz", "chroma")
ENERGY_LEVELS = 24  # along the weft


def cover_answer(
    request: HttpRequest, track: Track | None, cover: Cover | None, size: int
) -> HttpResponse:
    """The cover, else the track's own weave; `track` None weaves a plain cloth."""
    size = max(16, min(size or USUAL, LARGEST))
    if cover is not None:
        path = covers.sized(cover, size)
        if path.exists():
            tag = f"{cover.sha256[:32]}-{size}"
            return file_answer(request, path, mime=cover.mime, tag=tag)
    return woven_answer(request, track, size)


def woven_answer(request: HttpRequest, track: Track | None, size: int) -> HttpResponse:
    return drawn_answer(request, woven_features(track), size)


def drawn_answer(request: HttpRequest, features: dict[str, Any], size: int) -> HttpResponse:
    """Same features, same picture: drawn once, then kept under what it was drawn from."""
    size = max(16, min(size, LARGEST))
    spelled = json.dumps([features, size], sort_keys=True)
    tag = hashlib.sha256(spelled.encode()).hexdigest()[:40]
    path: Path = settings.CACHE / "covers" / f"woven-{tag}.png"
    if not path.exists():
        weave(features, size, path)
    return file_answer(request, path, mime="image/png", tag=tag)


def woven_features(track: Track | None) -> dict[str, Any]:
    """What the cloth is woven from; a track not yet measured is woven from its id."""
    if track is None:
        return {"seed": "songloom"}
    found = Features.objects.filter(track=track).values("values", "peaks").first()
    values = found["values"] if found else {}
    measured = {name: values[name] for name in WOVEN_FROM if values.get(name) is not None}
    if found and found["peaks"]:
        measured["energy"] = energy_of(found["peaks"])
    return {"seed": str(track.pk), **measured}


def energy_of(peaks: list[float]) -> list[float]:
    """How loud each part of the waveform is on the whole: ENERGY_LEVELS means, in order."""
    n = min(ENERGY_LEVELS, len(peaks))
    edges = [i * len(peaks) // n for i in range(n + 1)]
    parts = [peaks[a:b] for a, b in pairwise(edges)]
    return [round(sum(map(abs, part)) / len(part), 3) for part in parts]


def weave(features: dict[str, Any], size: int, path: Path) -> None:
    from songloom.core.score.cover import woven

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.urandom(4).hex()}")
    draft.write_bytes(woven(features, size))
    draft.rename(path)


def cover_of(track: Track, viewer: User | AnonymousUser) -> Cover | None:
    """A track's own cover, else that of its album as far as the viewer may hear the album."""
    if track.cover is not None or track.album_id is None:
        return track.cover
    return browse.cover_of_album(track.album_id, Track.objects.visible_to(viewer))

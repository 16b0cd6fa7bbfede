"""A small library made of rows, for tests of searching: no sound is needed to be found."""

from __future__ import annotations

from typing import Any

from songloom.library.models import Features, File, Track, User
from songloom.library.services.tagging import apply_file_tags
from songloom.search.indexing import index_tracks


def make_user(name: str = "ming", **fields: Any) -> User:
    return User.objects.create(username=name, **fields)


def make_track(
    owner: User,
    title: str,
    *,
    file_name: str = "",
    features: dict[str, Any] | None = None,
    tags: dict[str, list[str]] | None = None,
    **fields: Any,
) -> Track:
    """A stored and indexed track, as `store_file` leaves it."""
    row = {"duration_s": 200.0, "format": "mp3", "origin": Track.Origin.UPLOADED, **fields}
    track = Track.objects.create(title=title, owner=owner, **row)
    name = file_name or f"{track.pk}.mp3"
    sound = {"sample_rate": 44_100, "channels": 2, "bit_rate": 192_000, "duration_s": 200.0}
    File.objects.create(
        track=track, owner=owner, place=track.pk.hex, sha256=track.pk.hex * 2, original_name=name,
        format=track.format, size_bytes=1, **sound,
    )  # fmt: skip
    apply_file_tags(track, {"title": [title], **(tags or {})})
    if features is not None:
        Features.objects.create(track=track, version=1, values=dict(features), **{
            name: value for name, value in features.items() if hasattr(Features, name)
        })  # fmt: skip
    index_tracks([track.pk])
    return track

"""Keeps a rendition as a track of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from songloom.core import sandbox
from songloom.core.audio.recipe import read
from songloom.library import storage
from songloom.library.heard import Heard
from songloom.library.ids import clean_text
from songloom.library.models import Rendition, Track, User
from songloom.library.services.storing import store_file
from songloom.library.services.tagging import tags_of
from songloom.process import lineage

PROBE = "songloom.core.audio.probe:probe"
MARK = "✂"  # after the title, the same in every language
TAKEN_OVER = (
    "artist",
    "composer",
    "lyricist",
    "conductor",
    "remixer",
    "performer",
    "genre",
    "date",
)


def save_as_track(
    rendition: Rendition, *, owner: User, title: str = "", tags: Mapping[str, str] | None = None
) -> Track:
    """A new track with the sound of a rendition; saved twice, it is the same track.

    It takes over the people, genres, date, cover and privacy of the track it was made from; `tags`
    say what is otherwise.
    Raises StorageAway when the rendition's bytes are gone, DiskFull, TooLong.
    """
    with storage.at_hand(rendition.sha256, "renditions") as path:
        track = _stored(path, rendition, owner, title, tags or {})
    lineage.trace_saved(track, rendition)
    return track


def _stored(
    path: Path, rendition: Rendition, owner: User, title: str, more: Mapping[str, str]
) -> Track:
    source = rendition.track
    found = sandbox.call(PROBE, {"path": str(path), "longest_s": settings.LONGEST_TRACK_S})
    title = clean_text(title, 300) or f"{clean_text(source.title, 297)} {MARK}"
    tags = {name: values for name, values in tags_of(source).items() if name in TAKEN_OVER}
    said = {name: [clean_text(value, 300)] for name, value in more.items() if value.strip()}
    found["tags"] = tags | said | {"title": [title]}
    heard = Heard.from_probe(path, found, original_name=f"{title}.{rendition.format}")
    track, _ = store_file(
        heard,
        owner=owner,
        origin=Track.Origin.EDITED,
        move=False,
        extra={
            "cover": source.cover,
            "is_generated": source.is_generated,
            "is_private": _is_private(rendition) or settings.UPLOADS_PRIVATE,
        },
    )
    return track


def _is_private(rendition: Rendition) -> bool:
    """Whether any track that is heard in it is."""
    others = read(rendition.recipe["edits"]).others()
    hidden = Track.objects.filter(pk__in=others, is_private=True)
    return rendition.track.is_private or hidden.exists()

"""Keeps a rendition as a track of its own."""

from __future__ import annotations

from django.conf import settings

from songloom.core import sandbox
from songloom.errors import StorageAway
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


def save_as_track(rendition: Rendition, *, owner: User, title: str = "") -> Track:
    """A new track with the sound of a rendition; saved twice, it is the same track.

    It takes over the people, genres, date, cover and privacy of the track it was made from.
    Raises StorageAway when the rendition's bytes are gone, DiskFull, TooLong.
    """
    path = storage.path_of(rendition.sha256, "renditions")
    if not path.is_file():
        raise StorageAway("the file of this rendition is not there now")
    source = rendition.track
    found = sandbox.call(PROBE, {"path": str(path), "longest_s": settings.LONGEST_TRACK_S})
    title = clean_text(title, 300) or f"{clean_text(source.title, 297)} {MARK}"
    tags = {name: values for name, values in tags_of(source).items() if name in TAKEN_OVER}
    found["tags"] = tags | {"title": [title]}
    heard = Heard.from_probe(path, found, original_name=f"{title}.{rendition.format}")
    track, _ = store_file(
        heard,
        owner=owner,
        origin=Track.Origin.EDITED,
        move=False,
        extra={
            "cover": source.cover,
            "is_generated": source.is_generated,
            "is_private": source.is_private or settings.UPLOADS_PRIVATE,
        },
    )
    lineage.trace_saved(track, rendition)
    return track

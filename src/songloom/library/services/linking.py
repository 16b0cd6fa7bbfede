"""Gives a catalogue entry its sound: it stays the same track, with all that was written of it."""

from __future__ import annotations

from typing import Any

from songloom.core.query.sorting import sort_key
from songloom.errors import Conflict
from songloom.jobs import emit
from songloom.library.heard import Heard
from songloom.library.ids import clean_lines, clean_text, name_key
from songloom.library.models import Cover, Credit, Features, File, Track, User
from songloom.library.services.tagging import apply_file_tags, tags_of

BROUGHT = (Track.Origin.UPLOADED, Track.Origin.SCANNED, Track.Origin.FETCHED)


def waiting_entry(heard: Heard, owner: User, origin: Track.Origin) -> Track | None:
    """The one entry of this owner that has the title and the artists of a file, and no sound yet.

    Where both name an album it is the same. What is edited or composed is a track of its own.
    """
    titles, artists = heard.tags.get("title", []), heard.tags.get("artist", [])
    if origin not in BROUGHT or not titles or not artists:
        return None
    title = clean_text(titles[0], 300)
    named = Track.objects.alive().filter(owner=owner, has_audio=False, sort_title=sort_key(title))
    album = name_key((heard.tags.get("album") or [""])[0])
    found = [
        entry
        for entry in named.with_names()
        if name_key(entry.title) == name_key(title)
        and _people(entry) == {name_key(name) for name in artists}
        and (entry.album is None or album in (name_key(""), name_key(entry.album.title)))
    ]
    return found[0] if len(found) == 1 else None


def _people(entry: Track) -> set[str]:
    artists = (c.artist.name for c in entry.credits.all() if c.role == Credit.Role.ARTIST)
    return {name_key(name) for name in artists}


def give_sound(entry: Track, heard: Heard, row: dict[str, Any], cover: Cover | None) -> Track:
    """Make these bytes the entry's. What it says stays; the file fills in what it does not say.

    Raises Conflict when it has sound already.
    """
    if not Track.objects.filter(pk=entry.pk, has_audio=False).update(has_audio=True):
        raise Conflict("this track has its sound already")
    File.objects.create(track=entry, **row)
    Features.objects.filter(track=entry).delete()  # said by a table; now it is measured
    entry.refresh_from_db()
    entry.duration_s, entry.format = heard.duration_s, heard.format
    entry.size_bytes = heard.size_bytes
    entry.cover = entry.cover or cover
    entry.lyrics = entry.lyrics or clean_lines(heard.lyrics, 100_000)
    if row.get("folder") is not None and row["folder"].is_private:
        entry.is_private = True
    apply_file_tags(entry, {**heard.tags, **tags_of(entry)})
    emit("track.stored", track_id=str(entry.pk), owner=entry.owner)
    return entry

"""Playlists: make, fill, reorder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from songloom.errors import BadValue
from songloom.library.ids import clean_lines, clean_text
from songloom.library.models import Playlist, PlaylistEntry, Track, User
from songloom.library.turns import in_turn

LONGEST = 50_000  # entries; a playlist is no library


@transaction.atomic
def make_playlist(
    owner: User, name: str, tracks: Iterable[Track] = (), *, is_public: bool = False
) -> Playlist:
    """A new playlist with these tracks. Raises BadValue for an empty name."""
    playlist = Playlist.objects.create(owner=owner, name=_name(name), is_public=is_public)
    set_tracks(playlist, [track.pk for track in tracks])
    return playlist


def rename(
    playlist: Playlist,
    *,
    name: str | None = None,
    comment: str | None = None,
    is_public: bool | None = None,
) -> Playlist:
    """Change what is given."""
    if name is not None:
        playlist.name = _name(name)
    if comment is not None:
        playlist.comment = clean_lines(comment, 2_000)
    if is_public is not None:
        playlist.is_public = is_public
    playlist.save()
    return playlist


def set_tracks(playlist: Playlist, track_ids: Sequence[UUID]) -> Playlist:
    """Make these tracks, in this order, the whole of the playlist. Ids of no track are left out.

    Raises BadValue for too many, and for a smart playlist.
    """
    if playlist.is_smart:
        words = _("This playlist is filled by what it searches for. Change that instead.")
        raise BadValue(words, tracks=words)
    if len(track_ids) > LONGEST:
        raise BadValue(f"has {len(track_ids)} tracks; the longest playlist has {LONGEST}")
    known = set(Track.objects.filter(pk__in=set(track_ids)).values_list("pk", flat=True))
    with in_turn(f"playlist {playlist.pk}"):
        playlist.entries.all().delete()
        PlaylistEntry.objects.bulk_create(
            PlaylistEntry(playlist=playlist, track_id=pk, position=position)
            for position, pk in enumerate(pk for pk in track_ids if pk in known)
        )
        playlist.save(update_fields=["updated_at"])
    return playlist


def add_tracks(playlist: Playlist, track_ids: Sequence[UUID]) -> Playlist:
    """Append tracks."""
    with in_turn(f"playlist {playlist.pk}"):  # what is read must still be so when it is written
        return set_tracks(playlist, [*_ids(playlist), *track_ids])


def remove_positions(playlist: Playlist, positions: Iterable[int]) -> Playlist:
    """Take out the entries at these positions (from 0)."""
    gone = set(positions)
    with in_turn(f"playlist {playlist.pk}"):
        return set_tracks(playlist, [pk for i, pk in enumerate(_ids(playlist)) if i not in gone])


def _ids(playlist: Playlist) -> list[UUID]:
    return list(playlist.entries.values_list("track_id", flat=True))


def _name(name: str) -> str:
    clean = clean_text(name, 200)
    if not clean:
        raise BadValue("a playlist needs a name")
    return clean

"""Playlists: see, make, fill, change, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.marks import Marks
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import FORBIDDEN, Refusal
from songloom.interfaces.subsonic.scope import heard_by
from songloom.library.models import Playlist, Track
from songloom.library.services import browse, playlists
from songloom.search import smart


@method("getPlaylists")
def playlists_of(call: Call) -> Element:
    rows = browse.playlists_of(call.user, heard_by(call))
    if name := call.asked.text("username"):
        rows = rows.filter(owner__username=name)
    found = smart.counted(list(rows), call.user, heard_by(call))
    return {"playlists": {"playlist": [shapes.playlist(row, call.user) for row in found]}}


@method("getPlaylist")
def playlist(call: Call) -> Element:
    return shown(call, call.asked.key("id"))


def shown(call: Call, key: UUID) -> Element:
    """A playlist with its songs, in order; a song may stand in it twice."""
    row: Any = browse.playlists_of(call.user, heard_by(call)).filter(pk=key).first()
    if row is None:
        raise Refusal.not_found()
    smart.counted([row], call.user, heard_by(call))
    ids = smart.songs_of(row, call.user, heard_by(call))
    tracks = list(shapes.with_songs(Track.objects.filter(pk__in=set(ids))))
    marks = Marks(call.user, tracks)
    songs = {track.pk: shapes.song(track, marks) for track in tracks}
    return {"playlist": {**shapes.playlist(row, call.user), "entry": [songs[pk] for pk in ids]}}


def mine(call: Call, name: str) -> Playlist:
    """The playlist that the call wants to change: who may only see it is told so."""
    row = Playlist.objects.visible_to(call.user).filter(pk=call.asked.key(name)).first()
    if row is None:
        raise Refusal.not_found()
    if not Playlist.objects.changeable_by(call.user).filter(pk=row.pk).exists():
        raise Refusal(FORBIDDEN, _("This playlist belongs to somebody else."))
    return row


def songs_named(call: Call, name: str) -> list[UUID]:
    """Ids of songs that this user may hear; one that does not exist refuses the whole call."""
    keys = call.asked.keys(name)
    known = set(heard_by(call).filter(pk__in=set(keys)).values_list("pk", flat=True))
    if not known.issuperset(keys):
        raise Refusal.not_found()
    return keys


@method("createPlaylist")
@transaction.atomic
def create_playlist(call: Call) -> Element:
    """With `playlistId` the songs replace those of an existing list."""
    keys = songs_named(call, "songId")
    if call.asked.text("playlistId"):
        row = mine(call, "playlistId")
        if call.asked.text("name"):
            playlists.rename(row, name=call.asked.text("name"))
    else:
        row = playlists.make_playlist(call.user, call.asked.required("name"))
    playlists.set_tracks(row, keys)
    return shown(call, row.pk)


@method("updatePlaylist")
@transaction.atomic
def update_playlist(call: Call) -> None:
    """Songs are taken out first, by the positions that the client saw; then songs are added."""
    row = mine(call, "playlistId")
    added = songs_named(call, "songIdToAdd")
    gone = real_positions(call, row)
    playlists.rename(
        row,
        name=call.asked.text("name") or None,
        comment=call.asked.text("comment") if call.asked.given("comment") else None,
        is_public=call.asked.flag("public", False) if call.asked.given("public") else None,
    )
    change(row, gone, playlists.remove_positions)
    change(row, added, playlists.add_tracks)


def change(row: Playlist, what: Sequence[Any], do: Callable[[Playlist, Any], object]) -> None:
    if what:
        do(row, what)


def real_positions(call: Call, row: Playlist) -> list[int]:
    """Positions in the list as it was shown, which leaves out what this user may not hear."""
    seen = list(browse.entries_of(call.user, row, heard_by(call)).values_list("pk", flat=True))
    place = {pk: i for i, pk in enumerate(row.entries.values_list("pk", flat=True))}
    found = []
    for value in call.asked.many("songIndexToRemove"):
        if not value.isdigit() or int(value[:9]) >= len(seen):
            raise Refusal.wrong("songIndexToRemove", value)
        found.append(place[seen[int(value[:9])]])
    return found


@method("deletePlaylist")
def delete_playlist(call: Call) -> None:
    mine(call, "id").delete()

"""Playlists: list, make, look at, change, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status

from songloom.errors import BadValue
from songloom.interfaces.rest.finding import asker, one, own_playlist
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.shapes import (
    PlaylistChange,
    PlaylistShape,
    PlaylistWhole,
    PlaylistWish,
)
from songloom.library.models import Track, User
from songloom.library.services import browse, documents, playlists
from songloom.search import smart

router = Router(tags=["playlists"])


@router.get("/playlists", response=Page[PlaylistShape], summary="One's own and public ones")
def list_playlists(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    rows = browse.playlists_of(asker(request))
    found, following, total = page_of(rows, Order("name"), limit, cursor)
    smart.counted(found, asker(request))
    return {"items": [brief(row) for row in found], "next": following, "total": total}


def brief(row: Any) -> dict[str, Any]:
    counts = {"n_tracks": row.n_tracks, "duration_s": row.duration_s}
    return documents.playlist_document(row) | counts


@router.post("/playlists", response={201: PlaylistWhole}, summary="Make a playlist")
def make_playlist(request: HttpRequest, wish: PlaylistWish) -> Any:
    user = asker(request)
    keys = audible(user, wish.tracks)
    with transaction.atomic():
        made = playlists.make_playlist(user, wish.name, is_public=wish.is_public)
        playlists.rename(made, comment=wish.comment)
        if wish.query is not None:
            smart.define(made, wish.query, sort=wish.sort, max_tracks=wish.max_tracks)
        if keys or not made.is_smart:
            playlists.set_tracks(made, keys)
    return Status(201, whole(user, made.pk))


def audible(user: User, keys: Sequence[UUID]) -> list[UUID]:
    """The same ids, once it is known that this user may hear every one of them."""
    rows = Track.objects.visible_to(user).filter(pk__in=set(keys))
    unknown = set(keys) - set(rows.values_list("pk", flat=True))
    if unknown:
        words = _("There is no track %(id)s here.") % {"id": sorted(map(str, unknown))[0]}
        raise BadValue(words, tracks=words)
    return list(keys)


def whole(user: User, key: UUID) -> dict[str, Any]:
    row: Any = one(browse.playlists_of(user), key)
    smart.counted([row], user)
    order = smart.songs_of(row, user)
    rows: Any = Track.objects.filter(pk__in=set(order))
    shown = {track.pk: documents.track_document(track) for track in rows.with_names()}
    return brief(row) | {"tracks": [shown[pk] for pk in order]}


@router.get("/playlists/{uuid:playlist_id}", response=PlaylistWhole, summary="With its tracks")
def get_playlist(request: HttpRequest, playlist_id: UUID) -> Any:
    return whole(asker(request), playlist_id)


@router.patch("/playlists/{uuid:playlist_id}", response=PlaylistWhole, summary="Change a playlist")
def change_playlist(request: HttpRequest, playlist_id: UUID, wish: PlaylistChange) -> Any:
    playlist = own_playlist(request, playlist_id)
    keys = None if wish.tracks is None else audible(asker(request), wish.tracks)
    with transaction.atomic():
        playlists.rename(playlist, name=wish.name, comment=wish.comment, is_public=wish.is_public)
        asked = wish.model_dump(exclude_unset=True)
        if wish.query is not None or playlist.is_smart:
            smart.define(
                playlist,
                playlist.query if wish.query is None else wish.query,
                sort=playlist.sort if wish.sort is None else wish.sort,
                max_tracks=asked.get("max_tracks", playlist.max_tracks),
            )
        if keys is not None:
            playlists.set_tracks(playlist, keys)
    return whole(asker(request), playlist_id)


@router.delete("/playlists/{uuid:playlist_id}", response={204: None}, summary="Delete a playlist")
def delete_playlist(request: HttpRequest, playlist_id: UUID) -> HttpResponse:
    own_playlist(request, playlist_id).delete()
    return HttpResponse(status=204)

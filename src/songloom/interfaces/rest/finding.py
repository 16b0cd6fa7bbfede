"""One track, playlist or job by id, as its asker may see or change it."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from songloom.errors import NotAllowed, NotFound
from songloom.library.models import Playlist, Track, User

Row = TypeVar("Row", bound=Model)


def asker(request: HttpRequest) -> User:
    """Who asks. Every operation that calls this stands behind authentication."""
    user = request.user
    assert isinstance(user, User)
    return user


def one(rows: QuerySet[Row], key: UUID) -> Row:
    """Hidden and absent are the same: not found."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such thing here."))
    return found


def heard(request: HttpRequest, key: UUID) -> Track:
    """A track that the asker may hear."""
    tracks: Any = Track.objects.visible_to(asker(request))
    track: Track = one(tracks.with_names(), key)
    return track


def owned(request: HttpRequest, key: UUID, *, is_binned: bool = False) -> Track:
    """A track that the asker may change: not found if hidden, not allowed if only seen."""
    user = asker(request)
    shown: Any = Track.objects.shown_to(user)
    track: Track = one((shown.binned() if is_binned else shown.alive()).with_names(), key)
    if not Track.objects.changeable_by(user).filter(pk=key).exists():
        raise NotAllowed(_("This track belongs to somebody else."))
    return track


def own_playlist(request: HttpRequest, key: UUID) -> Playlist:
    user = asker(request)
    playlist = one(Playlist.objects.visible_to(user), key)
    if not Playlist.objects.changeable_by(user).filter(pk=key).exists():
        raise NotAllowed(_("This playlist belongs to somebody else."))
    return playlist


def administrator(request: HttpRequest) -> User:
    user = asker(request)
    if not user.is_superuser:
        raise NotAllowed(_("Only an administrator may do this."))
    return user

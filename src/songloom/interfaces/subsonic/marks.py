"""What one user said about the things on a page: stars, ratings and plays, in a few queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from songloom.library.models import Album, Rating, Star, Track, User
from songloom.library.models.lists import Opinion
from songloom.library.services.album_gain import AlbumGain, album_gains
from songloom.play.keeping import bookmarks_in
from songloom.play.services import album_plays_of, plays_of

LONG_PAGE = 100  # from here on reading all of a user's opinions is quicker
SUBJECTS = ("track", "album", "artist")


class Marks:
    """Opinions by id. Ids never collide between kinds, so one table serves all."""

    def __init__(self, user: User, *pages: Iterable[Any]) -> None:
        ids = {thing.pk for page in pages for thing in page}
        self._starred = {subject(star): star.at for star in about(Star, user, ids)}
        self._rated = {subject(rating): rating.stars for rating in about(Rating, user, ids)}
        things = [thing for page in pages for thing in page]
        tracks = [thing.pk for thing in things if isinstance(thing, Track)]
        albums = [thing.pk for thing in things if isinstance(thing, Album)]
        inside = {t.album_id for t in things if isinstance(t, Track) and t.album_id}
        self._gains = album_gains(inside, Track.objects.visible_to(user))
        self._plays = plays_of(user, tracks) if tracks else {}
        self._bookmarks = bookmarks_in(user, tracks) if tracks else {}
        self._album_plays = album_plays_of(user, albums) if albums else {}

    def of(self, thing: Any) -> dict[str, Any]:
        """The fields that songs, albums and artists share; unknown ones are None and fall away."""
        return {"starred": self._starred.get(thing.pk), "userRating": self._rated.get(thing.pk)}

    def album_gain(self, track: Track) -> AlbumGain | None:
        """How loud its whole album is, where all of it was measured."""
        return self._gains.get(track.album_id) if track.album_id else None

    def plays(self, thing: Track | Album) -> dict[str, Any]:
        """How often this user heard it, when last, and where a bookmark lies (ms)."""
        place = {"bookmarkPosition": self._bookmarks.get(thing.pk)}
        heard = self._plays.get(thing.pk) or self._album_plays.get(thing.pk)
        return place | ({"playCount": heard.n_plays, "played": heard.last_at} if heard else {})


def about(kind: Any, user: User, ids: set[UUID]) -> Iterable[Any]:
    mine = kind.objects.filter(user=user).order_by()
    if len(ids) >= LONG_PAGE:
        return list(mine)
    on_page = Q(track__in=ids) | Q(album__in=ids) | Q(artist__in=ids)
    return list(mine.filter(on_page)) if ids else []


def subject(opinion: Opinion) -> UUID | None:
    return opinion.track_id or opinion.album_id or opinion.artist_id

"""What one user said about the things on a page: stars and ratings, in two queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from songloom.library.models import Rating, Star, User
from songloom.library.models.lists import Opinion

LONG_PAGE = 100  # from here on reading all of a user's opinions is quicker
SUBJECTS = ("track", "album", "artist")


class Marks:
    """Opinions by id. Ids never collide between kinds, so one table serves all."""

    def __init__(self, user: User, *pages: Iterable[Any]) -> None:
        ids = {thing.pk for page in pages for thing in page}
        self._starred = {subject(star): star.at for star in about(Star, user, ids)}
        self._rated = {subject(rating): rating.stars for rating in about(Rating, user, ids)}

    def of(self, thing: Any) -> dict[str, Any]:
        """The fields that songs, albums and artists share; unknown ones are None and fall away."""
        return {"starred": self._starred.get(thing.pk), "userRating": self._rated.get(thing.pk)}


def about(kind: Any, user: User, ids: set[UUID]) -> Iterable[Any]:
    mine = kind.objects.filter(user=user).order_by()
    if len(ids) >= LONG_PAGE:
        return list(mine)
    on_page = Q(track__in=ids) | Q(album__in=ids) | Q(artist__in=ids)
    return list(mine.filter(on_page)) if ids else []


def subject(opinion: Opinion) -> UUID | None:
    return opinion.track_id or opinion.album_id or opinion.artist_id

"""Stars, ratings and plays: what a listener says about what they hear."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from songloom.interfaces.subsonic.parameters import as_key
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by
from songloom.library.models import Album, Artist, Track, User
from songloom.library.services import browse, opinions

Thing = Track | Album | Artist


def thing(call: Call, key: UUID) -> Thing:
    """A track, an album or an artist by its id; clients do not always say which it is."""
    visible = heard_by(call)
    for rows in (
        visible,
        browse.albums_with_tracks(visible),
        browse.artists_of(call.user, visible.filter(credits__artist=key)),
    ):
        found: Thing | None = rows.filter(pk=key).first()
        if found is not None:
            return found
    raise Refusal.not_found()


def each(call: Call, do: Callable[[User, Thing], object]) -> None:
    """Do it to all or to none: every id is looked up before the first is marked."""
    values = [value for name in ("id", "albumId", "artistId") for value in call.asked.many(name)]
    if not values:
        raise Refusal.missing("id")
    for found in [thing(call, as_key(value)) for value in values]:
        do(call.user, found)


@method("star")
def star(call: Call) -> None:
    each(call, opinions.star)


@method("unstar")
def unstar(call: Call) -> None:
    each(call, opinions.unstar)


@method("setRating", role="comment")
def set_rating(call: Call) -> None:
    """One to five; 0 takes the rating back."""
    call.asked.required("rating")
    stars = call.asked.number("rating", 0, low=-1, high=6)
    opinions.rate(call.user, thing(call, call.asked.key("id")), stars)

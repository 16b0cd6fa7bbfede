"""Stars and ratings: what a user thinks of a track, an album or an artist."""

from __future__ import annotations

from typing import Any

from songloom.errors import BadValue
from songloom.library.models import Album, Artist, Rating, Star, Track, User
from songloom.library.turns import in_turn

Thing = Track | Album | Artist


def _which(thing: Thing) -> dict[str, Any]:
    return {type(thing).__name__.lower(): thing}


def star(user: User, thing: Thing) -> Star:
    """Make it a favourite; a second time changes nothing."""
    with in_turn(f"opinions {user.pk}"):  # two at once would wait for each other on MariaDB
        return Star.objects.get_or_create(user=user, **_which(thing))[0]


def unstar(user: User, thing: Thing) -> None:
    """No longer a favourite."""
    Star.objects.filter(user=user, **_which(thing)).delete()


def rate(user: User, thing: Thing, stars: int) -> None:
    """Give 1 to 5 stars; 0 takes the rating back. Raises BadValue."""
    if not 0 <= stars <= 5:
        raise BadValue(f"{stars} stars; a rating has 0 to 5")
    if stars == 0:
        Rating.objects.filter(user=user, **_which(thing)).delete()
    else:
        with in_turn(f"opinions {user.pk}"):
            Rating.objects.update_or_create(user=user, **_which(thing), defaults={"stars": stars})

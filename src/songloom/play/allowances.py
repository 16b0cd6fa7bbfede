"""What an administrator lets a user's players do. Whoever has no row may do all of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from songloom.library.models import User
from songloom.play.models import Allowance

ROLES = ("stream", "download", "share", "comment", "settings")


Allowed = tuple[frozenset[str], int]


def allowed(user: User) -> Allowed:
    """The roles that a user has, and the highest bit rate of a stream (0 is no limit)."""
    return allowances([user])[user.pk]


def allowances(users: Iterable[User]) -> dict[UUID, Allowed]:
    """The same for many, in one query."""
    people = list(users)
    rows = {row.user_id: row for row in Allowance.objects.filter(user__in=people)}
    return {user.pk: of_row(rows.get(user.pk)) for user in people}


def of_row(row: Allowance | None) -> Allowed:
    if row is None:
        return frozenset(ROLES), 0
    return frozenset(ROLES) - frozenset(row.denied), row.most_kbps


def allow(user: User, changes: dict[str, bool], most_kbps: int | None = None) -> None:
    """Give and take roles; those that are not named stay. `most_kbps` None stays, too."""
    row, _is_new = Allowance.objects.get_or_create(user=user)
    known = {name: value for name, value in changes.items() if name in ROLES}
    kept = (set(row.denied) - known.keys()) | {name for name, value in known.items() if not value}
    row.denied = sorted(kept)
    row.most_kbps = row.most_kbps if most_kbps is None else most_kbps
    row.save()

"""Who carries which tag, and which tracks belong together: what training reads from the library."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from dataclasses import field as made
from typing import TYPE_CHECKING
from uuid import UUID

from songloom.learn.matrix import table
from songloom.library.models import Credit, Track, TrackTag, User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from songloom.core.learning.vectors import Floats

GENRE = "genre"
MOST_TAGS = 200  # the most frequent; each costs a second or two


@dataclass
class Tag:
    """One value of one field, and the measured tracks that carry it."""

    field: str
    value: str
    value_key: str
    carriers: set[UUID] = made(default_factory=set)


@dataclass(frozen=True)
class Examples:
    """All that one user's training sees: rows of tracks, their groups, their tags."""

    ids: list[UUID]
    matrix: Floats
    groups: NDArray[np.intp]
    tags: list[Tag]

    def chosen(self, tag: Tag) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(tracks to learn from, which of them carry the tag).

        A track without any value of the field says nothing against this value, so it is left out;
        unless too few others are left, as when one tag alone is in use.
        """
        import numpy as np

        from songloom.core.learning.tagging import FEWEST_EXAMPLES

        same_field = [other.carriers for other in self.tags if other.field == tag.field]
        rivals = set[UUID]().union(*same_field)
        labels = np.asarray([pk in tag.carriers for pk in self.ids], dtype=bool)
        spoken = np.asarray([pk in rivals for pk in self.ids], dtype=bool)
        if int((spoken & ~labels).sum()) < FEWEST_EXAMPLES:
            spoken[:] = True
        return spoken, labels


def examples_of(user: User) -> Examples:
    """What this user may hear and the library has measured."""
    from songloom.core.learning.groups import connected

    known = table()
    visible = set(Track.objects.visible_to(user).order_by().values_list("pk", flat=True))
    rows = [row for row, pk in enumerate(known.ids) if pk in visible]
    ids = [known.ids[row] for row in rows]
    memberships = _memberships(user)
    return Examples(
        ids=ids,
        matrix=known.raw[rows],
        groups=connected([memberships.get(pk, []) for pk in ids]),
        tags=_tags(user, set(ids)),
    )


def _memberships(user: User) -> dict[UUID, list[Hashable]]:
    """Albums and artists of every visible track; a composer who wrote them all binds nothing."""
    visible = Track.objects.visible_to(user).order_by()
    found: dict[UUID, list[Hashable]] = {}
    for pk, album in visible.filter(album__isnull=False).values_list("pk", "album_id"):
        found.setdefault(pk, []).append(("album", album))
    roles = (Credit.Role.ARTIST, Credit.Role.ALBUM_ARTIST)
    credits = Credit.objects.filter(track__in=visible, role__in=roles).order_by()
    for pk, artist in credits.values_list("track_id", "artist_id"):
        found.setdefault(pk, []).append(("artist", artist))
    return found


def _tags(user: User, measured: set[UUID]) -> list[Tag]:
    """Every tag in use, the most frequent first."""
    visible = Track.objects.visible_to(user).order_by()
    tags: dict[tuple[str, str], Tag] = {}
    genres = visible.filter(genres__isnull=False)
    rows = [
        (pk, GENRE, value, key)
        for pk, value, key in genres.values_list("pk", "genres__name", "genres__name_key")
    ]
    rows += list(
        TrackTag.objects.filter(track__in=visible)
        .order_by()
        .values_list("track_id", "field", "value", "value_key")
    )
    for pk, name, value, key in rows:
        tag = tags.setdefault((name, key), Tag(name, value, key))
        if pk in measured:
            tag.carriers.add(pk)
    ordered = sorted(tags.values(), key=lambda tag: (-len(tag.carriers), tag.field, tag.value))
    return ordered[:MOST_TAGS]

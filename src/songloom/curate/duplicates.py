"""What lies in the library more than once, by its sound; shown with evidence, never merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet

from songloom.library.models import Fingerprint, Track
from songloom.library.services.documents import track_documents

if TYPE_CHECKING:  # numpy comes with the first question, not when a server starts
    from songloom.core.features.recordings import Meeting

MOST_APART_S = 30.0  # in length: beyond it one is a part of the other, not the same
AT_ONCE = 500  # names in one query: SQLite takes no more than a thousand


@dataclass(frozen=True)
class Pair:
    """Two tracks with the same sound, and how alike they are."""

    one: UUID
    other: UUID
    meeting: Meeting

    def document(self) -> dict[str, Any]:
        return {
            "track": str(self.one),
            "other": str(self.other),
            "agreement": round(self.meeting.agreement, 4),
            "overlap_s": round(self.meeting.overlap_s, 1),
            "later_s": round(self.meeting.later_s, 1),
        }


@dataclass(frozen=True)
class Duplicates:
    """Groups of tracks with the same recording, each with the pairs that say so.

    n_compared  tracks that have a fingerprint; the others are not measured yet, or silent
    """

    groups: list[tuple[list[Track], list[Pair]]]
    n_compared: int

    def document(self, start: int = 0, stop: int | None = None) -> dict[str, Any]:
        """{"groups": [{"tracks", "evidence"}], "n_compared"}; evidence names pairs by ids.

        start, stop  which of the groups, all by default
        """
        return {
            "groups": [
                {"tracks": track_documents(tracks), "evidence": [pair.document() for pair in pairs]}
                for tracks, pairs in self.groups[start:stop]
            ],
            "n_compared": self.n_compared,
        }


def duplicates(among: QuerySet[Track]) -> Duplicates:
    """Of these tracks those that hold the same recording, the oldest of each group first."""
    from songloom.core.features.recordings import candidates, from_bytes

    chosen = among.filter(has_audio=True).order_by().values("pk")
    rows = Fingerprint.objects.filter(track__in=chosen).order_by("track_id")
    keys = list(rows.values_list("track_id", "keys", "track__duration_s"))
    pairs = [
        (keys[i][0], keys[j][0])
        for i, j in candidates([from_bytes(each[1]) for each in keys])
        if abs((keys[i][2] or 0) - (keys[j][2] or 0)) <= MOST_APART_S
    ]
    found = list(_confirmed(pairs))
    tracks = _by_id(among, {pk for pair in found for pk in (pair.one, pair.other)})
    groups = [([tracks[pk] for pk in ids], some) for ids, some in _grouped(found)]
    return Duplicates(groups, len(keys))


def _confirmed(pairs: list[tuple[UUID, UUID]]) -> Iterable[Pair]:
    """Those pairs whose fingerprints agree. A few hundred are read at a time, not the library."""
    from songloom.core.features.recordings import from_bytes, is_same, meeting

    for start in range(0, len(pairs), AT_ONCE // 2):
        part = pairs[start : start + AT_ONCE // 2]
        wanted = Fingerprint.objects.filter(track__in={pk for pair in part for pk in pair})
        items = {pk: from_bytes(raw) for pk, raw in wanted.values_list("track_id", "items")}
        for one, other in part:
            if one in items and other in items:
                met = meeting(items[one], items[other])
                if met is not None and is_same(items[one], items[other], met):
                    yield Pair(one, other, met)


def _by_id(among: QuerySet[Track], ids: set[UUID]) -> dict[UUID, Track]:
    listed = sorted(ids)
    found: dict[UUID, Track] = {}
    for start in range(0, len(listed), AT_ONCE):
        found |= {track.pk: track for track in among.filter(pk__in=listed[start : start + AT_ONCE])}
    return found


def _grouped(pairs: list[Pair]) -> list[tuple[list[UUID], list[Pair]]]:
    """Whoever is joined by pairs, in the order of the ids: the oldest first."""
    leader: dict[UUID, UUID] = {}

    def led_by(pk: UUID) -> UUID:
        while leader.setdefault(pk, pk) != pk:
            pk = leader[pk]
        return pk

    for pair in pairs:
        first, second = sorted([led_by(pair.one), led_by(pair.other)])
        leader[second] = first
    members: dict[UUID, list[UUID]] = defaultdict(list)
    said: dict[UUID, list[Pair]] = defaultdict(list)
    for pk in sorted(leader):
        members[led_by(pk)].append(pk)
    for pair in pairs:
        said[led_by(pair.one)].append(pair)
    return [(members[pk], said[pk]) for pk in sorted(members)]

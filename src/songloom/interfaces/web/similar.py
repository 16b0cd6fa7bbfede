"""Songs that sound alike, each with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songloom.learn import services as learn
from songloom.library.models import Features, Track, User
from songloom.library.models.catalogue import TrackQuerySet


@dataclass(frozen=True)
class Alike:
    """One song, how near it is (0…100), and why."""

    track: Track
    nearness: int
    why: str


def reason(one: Any, other: Any) -> str:
    """What two measured songs have in common, said in at most two short facts."""
    facts = [fact for fact in (_key(one, other), _tempo(one, other), _level(one, other)) if fact]
    return _(", ").join(facts[:2]) or _("similar sound colour")


def _key(one: Any, other: Any) -> str:
    if not one.key or not other.key:
        return ""
    if (one.key, one.mode) == (other.key, other.mode):
        return _("same key")
    return _("same mode") if one.mode == other.mode and one.mode else ""


def _tempo(one: Any, other: Any) -> str:
    if not one.tempo_bpm or not other.tempo_bpm:
        return ""
    gap = round(other.tempo_bpm - one.tempo_bpm)
    if abs(gap) < 1:
        return _("same tempo")
    if abs(gap) > 25:
        return ""
    if gap < 0:
        return ngettext("%(n)d BPM slower", "%(n)d BPM slower", -gap) % {"n": -gap}
    return ngettext("%(n)d BPM faster", "%(n)d BPM faster", gap) % {"n": gap}


def _level(one: Any, other: Any) -> str:
    if one.loudness_lufs is None or other.loudness_lufs is None:
        return ""
    gap = other.loudness_lufs - one.loudness_lufs
    if abs(gap) < 1.0:
        return _("as loud")
    if abs(gap) > 8.0:
        return ""
    return _("quieter") if gap < 0 else _("louder")


def close_to(user: User, track: Track, visible: TrackQuerySet, most: int) -> list[Alike]:
    """The nearest songs among those visible; none while this one is not measured."""
    mine = Features.objects.filter(track=track).defer("peaks", "peaks_fine", "values").first()
    if mine is None:
        return []
    found = learn.similar_to(track, among=visible, limit=most)
    ids = [other.pk for other, _distance in found]
    rows = visible.filter(pk__in=ids).with_names().select_related("features")
    full = {
        row.pk: row
        for row in rows.defer("features__peaks", "features__peaks_fine", "features__values")
    }
    return [
        Alike(full[other.pk], nearness(distance), reason(mine, full[other.pk].features))
        for other, distance in found
        if other.pk in full
    ]


def nearness(distance: float) -> int:
    """100 for the same sound, falling with distance; a scale for eyes, said beside a reason."""
    return round(100 / (1 + max(0.0, distance) / 8))

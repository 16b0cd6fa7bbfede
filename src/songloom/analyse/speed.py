"""How fast analysis was lately, and so how long the rest will take."""

from __future__ import annotations

import os

from django.db.models import QuerySet, Sum

from songloom.analyse import budget
from songloom.core.features import FEATURES_VERSION
from songloom.library.models import Preference, Track

NAME = "analysis.speed"
FIRST_GUESS = 50.0  # × real time, until something was measured
SHARE = 0.1  # of the newest track in the running mean
OVERHEAD_S = 0.05  # of each track, however short


def note(duration_s: float, took_s: float) -> None:
    """Remember that so much sound took so long."""
    before = Preference.read(NAME, None)
    now = duration_s / max(took_s - OVERHEAD_S, 1e-3)
    Preference.write(NAME, now if not before else (1 - SHARE) * float(before) + SHARE * now)


def unmeasured() -> QuerySet[Track]:
    """Tracks with sound that this version has not measured as a whole yet."""
    with_sound = Track.objects.alive().filter(has_audio=True, missing_at__isnull=True)
    return with_sound.exclude(features__version=FEATURES_VERSION, features__is_coarse=False)


def time_left_s() -> float:
    """Seconds of work that are left, at the speed of the last tracks; pauses not counted."""
    left = unmeasured()
    sound_s = left.aggregate(total=Sum("duration_s"))["total"] or 0.0
    speed = float(Preference.read(NAME, FIRST_GUESS))
    at_once = min(budget.read().cores, os.cpu_count() or 1)
    return float(sound_s / speed + OVERHEAD_S * left.count()) / at_once if sound_s else 0.0

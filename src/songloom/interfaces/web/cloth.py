"""The library as cloth: songs in the order they came, bundled into threads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils.formats import date_format
from django.utils.translation import get_language

from songloom.library.models import Track, User

MOST_THREADS = 300
FIELDS = (
    "pk",
    "title",
    "created_at",
    "features__key",
    "features__mode",
    "features__centroid_hz",
    "features__tempo_bpm",
)
Row = tuple[Any, ...]


def cloth(user: User | AnonymousUser) -> list[dict[str, Any]]:
    """Threads as {key, mode, light, bpm, n, when, id, title}; remembered until songs change."""
    tracks = Track.objects.visible_to(user).order_by("created_at", "id")
    newest = tracks.reverse().values_list("pk", flat=True).first()
    n_tracks = tracks.count()
    n_measured = tracks.filter(features__isnull=False).count()
    name = f"cloth:{get_language()}:{user.pk}:{n_tracks}:{n_measured}:{newest}"
    found: list[dict[str, Any]] | None = cache.get(name)
    if found is None:
        found = woven(list(tracks.values_list(*FIELDS)))
        cache.set(name, found, 600)
    return found


def woven(rows: Sequence[Row], most: int = MOST_THREADS) -> list[dict[str, Any]]:
    """Bundle rows of FIELDS, in order, into at most `most` threads of nearly equal size."""
    n_threads = min(most, len(rows))
    if not n_threads:
        return []
    edges = [i * len(rows) // n_threads for i in range(n_threads + 1)]
    return [thread(rows[a:b]) for a, b in pairwise(edges)]


def thread(rows: Sequence[Row]) -> dict[str, Any]:
    """One bundle: its commonest key, its middle brightness, its first song."""
    keys = Counter((row[3], row[4]) for row in rows if row[3])
    (key, mode), _ = keys.most_common(1)[0] if keys else (("", ""), 0)
    centroids = sorted(row[5] for row in rows if row[5])
    tempos = sorted(row[6] for row in rows if row[6])
    return {
        "key": key or "",
        "mode": mode or "",
        "light": brightness(centroids[len(centroids) // 2]) if centroids else None,
        "bpm": round(tempos[len(tempos) // 2]) if tempos else None,
        "n": len(rows),
        "when": date_format(rows[0][2], "YEAR_MONTH_FORMAT"),
        "id": str(rows[0][0]),
        "title": rows[0][1],
    }


def brightness(centroid_hz: float) -> float:
    """0 (dull, 300 Hz) to 1 (bright, 6 kHz), even in octaves."""
    share = math.log2(max(centroid_hz, 1.0) / 300.0) / math.log2(6_000 / 300)
    return round(min(1.0, max(0.0, share)), 3)

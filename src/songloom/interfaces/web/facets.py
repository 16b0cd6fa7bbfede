"""What the songs found have in common, counted: each line is one click to a narrower query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from songloom.interfaces.web.chips import parts
from songloom.library.models import User
from songloom.search import services as search

MOST_LINES = 6
BAR_BPM = 10
SLOWEST, FASTEST = 40, 220


@dataclass(frozen=True)
class Line:
    """One value: how many songs have it, and the query with it or without it again."""

    label: str
    n: int
    query: str
    is_on: bool


@dataclass(frozen=True)
class Facet:
    """One field with its commonest values."""

    title: str
    lines: list[Line]


@dataclass
class Facets:
    """All facets of a query, and how its tempos are spread."""

    fields: list[Facet] = field(default_factory=list)
    tempos: list[dict[str, Any]] = field(default_factory=list)


def facets(query: str, user: User) -> Facets:
    """Count over every song that the query finds."""
    found = search.matching(query, user)
    ids = found.order_by().values("pk")
    rows = list(
        found.order_by().values_list(
            "features__mode", "year", "is_generated", "format", "features__tempo_bpm"
        )
    )
    from songloom.library.models import Genre

    genres = Counter(Genre.objects.filter(tracks__in=ids).values_list("name", flat=True))
    fields = [
        _facet(query, _("Genre"), "genre", genres.most_common(MOST_LINES)),
        _facet(
            query, _("Mode"), "mode", Counter(r[0] for r in rows if r[0]).most_common(4), _modes()
        ),
        _facet(query, _("Decade"), "year", _decades(r[1] for r in rows)),
        _facet(query, _("Format"), "format", Counter(r[3] for r in rows if r[3]).most_common(4)),
        _facet(query, _("Source"), "ai", [("yes", sum(1 for r in rows if r[2]))], _made()),
    ]
    return Facets([one for one in fields if one.lines], _histogram(query, [r[4] for r in rows]))


def _modes() -> dict[str, str]:
    return {"major": _("major"), "minor": _("minor")}


def _made() -> dict[str, str]:
    return {"yes": _("Made by AI")}


def _decades(years: Iterable[int | None]) -> list[tuple[str, int]]:
    counted = Counter(year // 10 * 10 for year in years if year)
    return [(f"{first}..{first + 9}", n) for first, n in sorted(counted.items(), reverse=True)][:5]


def _facet(
    query: str,
    title: str,
    name: str,
    counted: Iterable[tuple[str, int]],
    labels: dict[str, str] | None = None,
) -> Facet:
    lines = []
    for value, n in counted:
        if not n:
            continue
        label = (labels or {}).get(value, value)
        if name == "year":
            label = _("%(decade)ss") % {"decade": value[:4]}
        written, is_on = _toggled(query, f"{name}:{_quoted(value)}")
        lines.append(Line(label, n, written, is_on))
    return Facet(title, lines)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _toggled(query: str, part: str) -> tuple[str, bool]:
    written = parts(query)
    if part in written:
        return " ".join(one for one in written if one != part), True
    return " ".join([*written, part]), False


def _histogram(query: str, tempos: Iterable[float | None]) -> list[dict[str, Any]]:
    """Bars of 10 BPM: where each begins, how many, how high (0…100), and its query."""
    counted = Counter(
        int(min(max(bpm, SLOWEST), FASTEST - 1) // BAR_BPM * BAR_BPM) for bpm in tempos if bpm
    )
    if not counted:
        return []
    most = max(counted.values())
    rest = [one for one in parts(query) if not one.startswith("tempo:")]
    return [
        {
            "bpm": low,
            "n": counted[low],
            "height": round(100 * counted[low] / most),
            "query": " ".join([*rest, f"tempo:{low}..{low + BAR_BPM}"]),
        }
        for low in range(SLOWEST, FASTEST, BAR_BPM)
    ]

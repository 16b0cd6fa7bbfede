"""What a style brings along when nothing else was asked: tempo, instruments, patterns, drums."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from songloom.core.styles import tables


@dataclass(frozen=True)
class Style:
    """Habits of a style.

    bpm        slowest and fastest beat, before the mood is known
    metres     drawn from when none was asked
    palettes   programs: first the tune, then chords, bass, colour
    patterns   accompaniments (core/score/patterns.py) of the first and of contrasting sections
    drums      the beat (core/score/drums.py), or None
    loops      chord progressions in degrees; empty: the harmony follows the tune
    is_minor   share of pieces in minor when the mood does not say
    """

    bpm: tuple[float, float]
    metres: tuple[str, ...] = ("4/4", "4/4", "3/4")
    palettes: tuple[tuple[int, ...], ...] = ((0, 0), (73, 24), (40, 0))
    patterns: tuple[str, ...] = ("arpeggio", "block")
    drums: str | None = None
    loops: tuple[str, ...] = ()
    is_minor: float = 0.4


@cache
def styles() -> dict[str, Style]:
    """Every style by name."""
    known = {field.name for field in fields(Style)}
    return {
        name: Style(**{habit: _frozen(table[habit]) for habit in known & set(table)})
        for name, table in tables().items()
    }


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def style_named(name: str | None) -> Style:
    """The habits of a style; plain ones where it is unknown or none was asked."""
    return styles().get(name or "", styles()["plain"])

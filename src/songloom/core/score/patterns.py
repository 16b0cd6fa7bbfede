"""Accompaniments as rhythm: when in a bar which voices of a chord sound, in any metre."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from songloom.core.score.notes import TICKS_PER_QUARTER, Metre

EIGHTH = TICKS_PER_QUARTER // 2
ALL = -1  # every voice of the chord
UNEVEN = {(5, 8): (3, 2), (7, 8): (2, 2, 3), (5, 4): (3, 2), (11, 8): (3, 3, 3, 2)}


@dataclass(frozen=True)
class Hit:
    """One stroke: offset from the bar line, length, which voice (0 = lowest), how strong."""

    offset_ticks: int
    duration_ticks: int
    voice: int = ALL
    accent: int = 0


@dataclass(frozen=True)
class Pulse:
    """A bar as a player feels it: where its groups start, and the eighths or halves in them."""

    starts: tuple[int, ...]
    bar_ticks: int
    unit_ticks: int

    @property
    def units(self) -> tuple[int, ...]:
        """Every subdivision."""
        return tuple(range(0, self.bar_ticks, self.unit_ticks))

    def until_next(self, offset: int) -> int:
        """Ticks from here to the next group, or to the bar line."""
        return next((s for s in self.starts if s > offset), self.bar_ticks) - offset


def pulse_of(metre: Metre) -> Pulse:
    """3/4 in three, 6/8 in two, 7/8 in 2 + 2 + 3."""
    written = 4 * TICKS_PER_QUARTER // metre.denominator
    lengths = UNEVEN.get((metre.numerator, metre.denominator))
    if lengths is None:
        lengths = (metre.beat_ticks // written,) * metre.n_beats
    starts, at = [], 0
    for length in lengths:
        starts.append(at)
        at += length * written
    return Pulse(tuple(starts), metre.bar_ticks, min(EIGHTH, written))


Pattern = Callable[[Pulse, int], list[Hit]]


def block(pulse: Pulse, bar: int) -> list[Hit]:
    """The chord at the bar line and in the middle."""
    middle = pulse.starts[len(pulse.starts) // 2] if len(pulse.starts) in (2, 4) else 0
    if not middle:
        return [Hit(0, pulse.bar_ticks, accent=4)]
    return [Hit(0, middle, accent=4), Hit(middle, pulse.bar_ticks - middle)]


def pad(pulse: Pulse, bar: int) -> list[Hit]:
    """The chord held."""
    return [Hit(0, pulse.bar_ticks)]


def throb(pulse: Pulse, bar: int) -> list[Hit]:
    """The chord on every eighth."""
    return [
        Hit(at, pulse.unit_ticks - 2, accent=6 if at in pulse.starts else -4) for at in pulse.units
    ]


def _running(order: tuple[int, ...], *, rings: bool) -> Pattern:
    def pattern(pulse: Pulse, bar: int) -> list[Hit]:
        hits = []
        for index, at in enumerate(pulse.units):
            length = pulse.bar_ticks - at if rings else pulse.unit_ticks
            hits.append(Hit(at, length, order[index % len(order)], 4 if at in pulse.starts else -2))
        return hits

    return pattern


def boom_chuck(pulse: Pulse, bar: int) -> list[Hit]:
    """The bass takes the strong beats, the chord the weak ones."""
    if len(pulse.starts) == 1:
        return [Hit(pulse.unit_ticks, pulse.bar_ticks - pulse.unit_ticks)]
    weak = [
        start
        for index, start in enumerate(pulse.starts)
        if index % 2 == 1 or len(pulse.starts) == 3
    ]
    return [Hit(at, pulse.until_next(at) * 2 // 3) for at in weak if at]


def waltz(pulse: Pulse, bar: int) -> list[Hit]:
    """Bass on one, chord on the others."""
    starts = pulse.starts[1:] or pulse.units[1:]
    return [
        Hit(at, min(pulse.until_next(at), TICKS_PER_QUARTER) * 3 // 4, accent=-2 * n)
        for n, at in enumerate(starts)
    ]


def jig(pulse: Pulse, bar: int) -> list[Hit]:
    """Bass on the beat, chord on the last eighth of each group."""
    ends = [start + pulse.until_next(start) - pulse.unit_ticks for start in pulse.starts]
    return [Hit(at, pulse.unit_ticks, accent=-2) for at in ends]


def offbeat(pulse: Pulse, bar: int) -> list[Hit]:
    """Short chords between the beats."""
    return [
        Hit(start + pulse.until_next(start) // 2, pulse.unit_ticks * 2 // 3)
        for start in pulse.starts
    ]


def comp(pulse: Pulse, bar: int) -> list[Hit]:
    """Jazz comping: two figures that take turns."""
    if len(pulse.starts) < 3:
        return block(pulse, bar)
    unit = pulse.unit_ticks
    if bar % 2:
        return [Hit(unit, unit, accent=4), Hit(pulse.starts[2], unit * 2)]
    return [Hit(0, unit * 2, accent=2), Hit(pulse.starts[1] + unit, unit, accent=4)]


def bossa(pulse: Pulse, bar: int) -> list[Hit]:
    """The syncopated guitar of Rio over two bars."""
    places = (0, 3, 6) if bar % 2 == 0 else (1, 4, 6)
    unit = (
        pulse.unit_ticks * pulse.bar_ticks // (8 * pulse.unit_ticks)
        if pulse.bar_ticks % 8 == 0
        else EIGHTH
    )
    return [
        Hit(at * unit, unit * 2, accent=3 * (n == 0))
        for n, at in enumerate(places)
        if at * unit < pulse.bar_ticks
    ]


def tango(pulse: Pulse, bar: int) -> list[Hit]:
    """Marcato: every beat, short."""
    return [
        Hit(at, pulse.until_next(at) // 2, accent=6 if n % 2 == 0 else 0)
        for n, at in enumerate(pulse.starts)
    ]


PATTERNS: dict[str, Pattern] = {
    "block": block,
    "pad": pad,
    "pulse": throb,
    "arpeggio": _running((0, 1, 2, 1), rings=True),
    "alberti": _running((0, 2, 1, 2), rings=False),
    "picking": _running((0, 2, 1, 2, 0, 2), rings=True),
    "boom_chuck": boom_chuck,
    "waltz": waltz,
    "jig": jig,
    "offbeat": offbeat,
    "comp": comp,
    "bossa": bossa,
    "tango": tango,
    "walking_block": tango,
}


def strokes(name: str, pulse: Pulse, bar: int) -> list[Hit]:
    """One bar of an accompaniment; nothing rings over its bar line."""
    return [
        replace(hit, duration_ticks=min(hit.duration_ticks, pulse.bar_ticks - hit.offset_ticks))
        for hit in PATTERNS[name](pulse, bar)
    ]


ROOT, FIFTH, OCTAVE, WALK = "root", "fifth", "octave", "walk"


def bass_line(pattern: str, pulse: Pulse, bar: int) -> list[tuple[int, int, str]]:
    """(offset, length, which tone) of the bass under an accompaniment."""
    if pattern in ("pad", "block", "alberti", "arpeggio"):
        middle = pulse.starts[len(pulse.starts) // 2] if len(pulse.starts) == 4 and bar % 2 else 0
        if not middle:
            return [(0, pulse.bar_ticks, ROOT)]
        return [(0, middle, ROOT), (middle, pulse.bar_ticks - middle, FIFTH)]
    if pattern in ("comp", "walking_block"):
        tones = (ROOT, WALK, FIFTH, WALK)
        return [(at, pulse.until_next(at), tones[n % 4]) for n, at in enumerate(pulse.starts)]
    if pattern in ("pulse", "offbeat"):
        return [
            (at, pulse.unit_ticks, ROOT if n % 4 < 3 else OCTAVE)
            for n, at in enumerate(pulse.units)
        ]
    if pattern in ("bossa", "tango"):
        half = pulse.starts[len(pulse.starts) // 2]
        dotted = half * 3 // 4
        return [
            (0, dotted, ROOT),
            (dotted, half - dotted, FIFTH),
            (half, pulse.bar_ticks - half, FIFTH if bar % 2 else ROOT),
        ]
    return _strong_beats(pulse, bar)


def _strong_beats(pulse: Pulse, bar: int) -> list[tuple[int, int, str]]:
    """Root and fifth in turn: on the bar line in three, else on every other group."""
    if len(pulse.starts) == 3:
        return [(0, pulse.until_next(0), FIFTH if bar % 2 else ROOT)]
    strong = pulse.starts if len(pulse.starts) == 2 else pulse.starts[::2]
    return [(at, pulse.until_next(at), FIFTH if n % 2 else ROOT) for n, at in enumerate(strong)]

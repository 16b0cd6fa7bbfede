"""Beats for a drum kit, in any metre, with a fill where a section ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from songloom.core.score.form import Layout
from songloom.core.score.notes import Note
from songloom.core.score.patterns import Pulse

KICK, STICK, SNARE, CLAP, LOW_TOM, HAT, MID_TOM, PEDAL_HAT, OPEN_HAT, HIGH_TOM = (
    36,
    37,
    38,
    39,
    45,
    42,
    47,
    44,
    46,
    50,
)
CRASH, RIDE, SHAKER = 49, 51, 70
Stroke = tuple[int, int, int]  # offset, drum, velocity


def _kick_and_snare(pulse: Pulse, kick: int, snare: int) -> list[Stroke]:
    """Kick on the strong groups, snare on the weak ones; in three the kick takes one."""
    three = len(pulse.starts) == 3
    strokes = []
    for n, start in enumerate(pulse.starts):
        is_strong = n == 0 if three else n % 2 == 0
        strokes.append((start, KICK, kick) if is_strong else (start, SNARE, snare - 12 * three))
    return strokes


def _each_unit(pulse: Pulse, drum: int, strong: int, weak: int) -> list[Stroke]:
    return [(at, drum, strong if at in pulse.starts else weak) for at in pulse.units]


def pop(pulse: Pulse, bar: int) -> list[Stroke]:
    """Kick and snare in turn, eighths on the hat."""
    strokes = _kick_and_snare(pulse, 92, 88) + _each_unit(pulse, HAT, 66, 50)
    if bar % 2 and len(pulse.starts) == 4:
        strokes.append((pulse.starts[2] + pulse.unit_ticks, KICK, 80))
    return strokes


def rock(pulse: Pulse, bar: int) -> list[Stroke]:
    """As pop, hard, with a second kick before the third beat."""
    strokes = _kick_and_snare(pulse, 104, 104) + _each_unit(pulse, HAT, 80, 66)
    if len(pulse.starts) == 4:
        strokes.append((pulse.starts[1] + pulse.unit_ticks, KICK, 92))
    return strokes


def house(pulse: Pulse, bar: int) -> list[Stroke]:
    """A kick on every beat, open hats between them."""
    strokes = [(start, KICK, 104) for start in pulse.starts]
    strokes += [(start, CLAP, 82) for start in pulse.starts[1::2]]
    return strokes + [
        (start + pulse.until_next(start) // 2, OPEN_HAT, 64) for start in pulse.starts
    ]


def swing(pulse: Pulse, bar: int) -> list[Stroke]:
    """The ride's spang-a-lang; the hat closes on the weak beats."""
    strokes = [(start, RIDE, 74 if n % 2 else 68) for n, start in enumerate(pulse.starts)]
    strokes += [(start + pulse.until_next(start) // 2, RIDE, 56) for start in pulse.starts[1::2]]
    strokes += [(start, PEDAL_HAT, 62) for start in pulse.starts[1::2]]
    return [*strokes, (0, KICK, 54)]


def bossa(pulse: Pulse, bar: int) -> list[Stroke]:
    """Rim clave over two bars, shaker, a heartbeat on the kick."""
    unit = max(1, pulse.bar_ticks // 8)
    sticks = (0, 3, 6) if bar % 2 == 0 else (2, 5)
    strokes = [(at * unit, STICK, 72) for at in sticks] + _each_unit(pulse, SHAKER, 54, 42)
    return strokes + [(at * unit, KICK, 74 - 10 * (at % 4 == 3)) for at in (0, 3, 4, 7)]


def reggae(pulse: Pulse, bar: int) -> list[Stroke]:
    """One drop: nothing on one, all on the middle of the bar."""
    drop = pulse.starts[len(pulse.starts) // 2]
    return [(drop, KICK, 92), (drop, STICK, 84), *_each_unit(pulse, HAT, 58, 66)]


def funk(pulse: Pulse, bar: int) -> list[Stroke]:
    """Sixteenths: a kick before the last beat, a ghost on the snare."""
    strokes = _kick_and_snare(pulse, 98, 98) + _each_unit(pulse, HAT, 72, 58)
    half = pulse.unit_ticks // 2
    strokes += [
        (pulse.starts[-1] - half, KICK, 84),
        (pulse.starts[0] + pulse.unit_ticks + half, SNARE, 40),
    ]
    return strokes


def march(pulse: Pulse, bar: int) -> list[Stroke]:
    """Bass drum on the strong beats, snare on all, with a ruff into the next bar."""
    strokes = [(start, KICK, 88) for start in pulse.starts[::2]]
    strokes += [(start, SNARE, 74) for start in pulse.starts]
    quarter = max(1, pulse.unit_ticks // 2)
    last = pulse.bar_ticks - pulse.unit_ticks
    return [*strokes, (last, SNARE, 56), (last + quarter, SNARE, 60)]


def lofi(pulse: Pulse, bar: int) -> list[Stroke]:
    """Soft and lazy, with a late kick every other bar."""
    strokes = _kick_and_snare(pulse, 78, 70) + _each_unit(pulse, HAT, 46, 36)
    return [*strokes, (pulse.starts[-1] - pulse.unit_ticks, KICK, 62)] if bar % 2 else strokes


BEATS: dict[str, Callable[[Pulse, int], list[Stroke]]] = {
    "pop": pop,
    "rock": rock,
    "house": house,
    "swing": swing,
    "bossa": bossa,
    "reggae": reggae,
    "funk": funk,
    "march": march,
    "lofi": lofi,
}


def drum_part(beat: str, layout: Layout, pulse: Pulse) -> list[Note]:
    """The kit's part; the last bar is one stroke that rings."""
    ends = {
        section.first_bar + section.n_bars - 1 for section in layout.sections if section.n_bars > 1
    }
    starts = {section.first_bar for section in layout.sections if section.kind == "body"}
    strokes: dict[tuple[int, int], int] = {}
    for bar in range(layout.n_bars):
        start = layout.bar_start(bar)
        is_last = bar == layout.n_bars - 1
        own = [(0, KICK, 92), (0, CRASH, 80)] if is_last else BEATS[beat](pulse, bar)
        if bar in ends and not is_last and beat not in ("swing", "bossa", "lofi"):
            own = _with_fill(own, pulse)
        if bar in starts and bar and not is_last:
            own = [*own, (0, CRASH, 78)]
        for offset, drum, velocity in own:
            strokes[start + offset, drum] = velocity
    length = max(3, pulse.unit_ticks // 2)
    return [Note(at, length, drum, velocity) for (at, drum), velocity in sorted(strokes.items())]


def _with_fill(strokes: Sequence[Stroke], pulse: Pulse) -> list[Stroke]:
    """The last group goes down the toms."""
    begin = pulse.starts[-1] if len(pulse.starts) > 1 else pulse.bar_ticks // 2
    step = max(3, pulse.unit_ticks // 2)
    toms = (SNARE, HIGH_TOM, MID_TOM, LOW_TOM)
    places = range(begin, pulse.bar_ticks, step)
    fill = [(at, toms[min(3, n * 4 // len(places))], 74 + 4 * n) for n, at in enumerate(places)]
    return [*(stroke for stroke in strokes if stroke[0] < begin), *fill]

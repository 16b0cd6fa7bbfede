"""Bars and sections that fill the seconds asked for."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from songloom.core.score.choices import Choices
from songloom.core.score.instruments import accompanies
from songloom.core.score.notes import TICKS_PER_QUARTER, Metre

TEMPO_GIVE = 0.12  # how far a tempo that was not asked for may move to make whole bars
LONGEST_TAIL_S, SHORTEST_TAIL_S = 2.0, 0.4
OLD_FORMS = {
    1: "A",
    2: "AB",
    3: "ABA",
    4: "AABA",
    5: "ABACA",
    6: "AABACA",
    7: "ABACABA",
    8: "AABBACBA",
}


@dataclass(frozen=True)
class Section:
    """A stretch of bars with one letter. `kind`: intro, body or coda."""

    letter: str
    kind: str
    first_bar: int
    n_bars: int
    nth: int  # how often this letter was heard before


@dataclass(frozen=True)
class Layout:
    """All bars of a piece; the last one may be shorter or longer than a bar."""

    metre: Metre
    quarter_bpm: float
    n_bars: int
    last_bar_ticks: int
    sections: tuple[Section, ...]

    @property
    def end_ticks(self) -> int:
        """Where the last note stops."""
        return (self.n_bars - 1) * self.metre.bar_ticks + self.last_bar_ticks

    @property
    def beat_bpm(self) -> float:
        """Beats a minute, as the metre counts them."""
        return self.quarter_bpm * TICKS_PER_QUARTER / self.metre.beat_ticks

    def bar_start(self, bar: int) -> int:
        """First tick of a bar."""
        return bar * self.metre.bar_ticks

    def bar_end(self, bar: int) -> int:
        """First tick behind a bar."""
        return self.end_ticks if bar == self.n_bars - 1 else (bar + 1) * self.metre.bar_ticks


def tail_s(seconds: float) -> float:
    """How long the last notes ring on after their end, for a piece of this length."""
    return min(LONGEST_TAIL_S, max(SHORTEST_TAIL_S, 0.05 * seconds))


def lay_out(choices: Choices) -> Layout:
    """Bars and sections for a piece whose sound, ringing included, lasts about `seconds`.

    A tempo that was asked for is kept to the letter: then the last bar is as long as it takes.
    """
    metre = Metre.of(choices.metre)
    music_s = choices.seconds - tail_s(choices.seconds) / 2
    beat_bpm = choices.bpm
    bars = music_s * beat_bpm / 60 / metre.n_beats
    if not choices.bpm_asked and (whole := _whole_bars(bars, len(choices.chords))):
        beat_bpm = round(beat_bpm * whole / bars, 2)
        bars = music_s * beat_bpm / 60 / metre.n_beats
    n_bars = max(1, round(bars))
    last = (bars - (n_bars - 1)) * metre.bar_ticks
    quarter_bpm = beat_bpm * metre.beat_ticks / TICKS_PER_QUARTER
    has_ground = any(accompanies(program) for program in choices.programs)
    sections = _sections(n_bars, choices.form, has_ground=has_ground)
    return Layout(metre, quarter_bpm, n_bars, max(6, round(last)), sections)


def _whole_bars(bars: float, n_chords: int) -> int | None:
    """The roundest number of bars near by: eights, then fours, then any."""
    low, high = ceil(bars * (1 - TEMPO_GIVE)), int(bars * (1 + TEMPO_GIVE))
    near = list(range(max(low, 1), high + 1))
    for unit in (8, 4, 2, 1):
        fitting = [n for n in near if n % unit == 0]
        if fitting and (n_chords < 2 or unit < 8):
            return min(fitting, key=lambda n: abs(n - bars))
    return min(near, key=lambda n: abs(n - bars)) if near else None


def _sections(n_bars: int, form: str | None, *, has_ground: bool) -> tuple[Section, ...]:
    """Intro, body and coda: the body in fours or eights, what is over around it.

    Where nothing but the tune would sound, the tune begins at once.
    """
    intro, coda = _edges(n_bars) if has_ground else (0, 0)
    body = n_bars - intro - coda
    sections: list[Section] = [Section("", "intro", 0, intro, 0)] if intro else []
    heard: dict[str, int] = {}
    first = intro
    for letter, length in _letters(body, form):
        sections.append(Section(letter, "body", first, length, heard.get(letter, 0)))
        heard[letter] = heard.get(letter, 0) + 1
        first += length
    if coda:
        sections.append(Section("", "coda", first, coda, 0))
    return tuple(sections)


def _edges(n_bars: int) -> tuple[int, int]:
    """Bars of intro and coda, so that the body is a multiple of four where there is room."""
    if n_bars < 9:
        return 0, 0
    over = n_bars % 4
    if over == 0:
        return (0, 0) if n_bars < 28 else (2, 2)
    return {1: (0, 1), 2: (2, 0), 3: (2, 1)}[over]


def _letters(body: int, form: str | None) -> list[tuple[str, int]]:
    """Letters and their bars, `body` in all."""
    if form is None:
        unit = 8 if body >= 16 else 4
        n = max(1, body // unit)
        form = OLD_FORMS[n] if n <= 8 else "".join(OLD_FORMS[8][i % 8] for i in range(n))
    n = max(1, min(len(form), body // 2))
    form = form[:n]
    unit = next((u for u in (8, 4, 2) if body // n >= u and body // n % u == 0), 1)
    base = body // n // unit * unit
    over = body - base * n
    lengths = [base] * n
    step = 4 if base >= 4 and over >= 4 else max(1, min(2, over))
    index = 0
    while over > 0:
        extra = min(step, over)
        lengths[(n - 1 - index) % n] += extra
        over -= extra
        index += 1
    return list(zip(form, lengths, strict=True))

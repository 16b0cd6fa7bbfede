"""Notes on a grid of ticks: what melodies, scores and MIDI files are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

TICKS_PER_QUARTER = 24
"""Divides by 2, 3, 4, 6 and 8: sixteenths (6), triplet eighths (8) and 32nds (3) are whole."""

LOWEST_PITCH, HIGHEST_PITCH = 0, 127


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One sounding note.

    onset_ticks     from the start of the piece or passage, ≥ 0
    duration_ticks  > 0; a note may outlast its bar
    pitch           MIDI number, 60 = middle C
    velocity        1 … 127, how hard it is struck
    """

    onset_ticks: int
    duration_ticks: int
    pitch: int
    velocity: int = 80

    @property
    def end_ticks(self) -> int:
        """The first tick at which it no longer sounds."""
        return self.onset_ticks + self.duration_ticks

    def shifted(self, ticks: int) -> Note:
        """The same note, later by `ticks`."""
        return replace(self, onset_ticks=self.onset_ticks + ticks)

    def transposed(self, semitones: int) -> Note:
        """The same note, higher by `semitones`."""
        return replace(self, pitch=self.pitch + semitones)


@dataclass(frozen=True, slots=True)
class Metre:
    """How a bar is counted. `6/8`, `9/8` and `12/8` have beats of a dotted quarter.

    `7/8`, `5/8` … count eighths: their beat is the written unit.
    """

    numerator: int
    denominator: int

    @classmethod
    def of(cls, text: str) -> Metre:
        """`"3/4"` → Metre(3, 4); anything but two counts with a slash raises ValueError."""
        above, slash, below = text.partition("/")
        if not slash:
            raise ValueError(f"a metre is written like 3/4, not {text!r}")
        metre = cls(int(above), int(below))
        if not (1 <= metre.numerator <= 32 and metre.denominator in (1, 2, 4, 8, 16)):
            raise ValueError(f"no such metre: {text!r}")
        return metre

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def is_compound(self) -> bool:
        """Whether beats divide in three."""
        return self.denominator == 8 and self.numerator in (6, 9, 12)

    @property
    def bar_ticks(self) -> int:
        """Length of a bar."""
        return self.numerator * 4 * TICKS_PER_QUARTER // self.denominator

    @property
    def beat_ticks(self) -> int:
        """Length of what is counted as one beat."""
        unit = 4 * TICKS_PER_QUARTER // self.denominator
        return 3 * unit if self.is_compound else unit

    @property
    def n_beats(self) -> int:
        """Beats in a bar."""
        return self.bar_ticks // self.beat_ticks

"""What each General MIDI program can do: its range, and how well it leads or accompanies."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DRUM_CHANNEL = 9
LOW_ENOUGH = 50
TABLE = Path(__file__).with_name("instruments.toml")


@dataclass(frozen=True)
class Instrument:
    """A program as an arranger sees it.

    lowest, highest  what it plays with ease, as MIDI pitches
    leads            0–3, how well it carries a tune
    chords           0–3, how well it plays several notes at once
    is_bass          made for the lowest line
    is_sustained     a held note keeps its strength
    is_struck        its pitch is only a colour (woodblock, taiko, effects)
    """

    program: int
    lowest: int
    highest: int
    leads: int
    chords: int
    is_bass: bool = False
    is_sustained: bool = False
    is_struck: bool = False


@cache
def instruments() -> tuple[Instrument, ...]:
    """All 128 programs."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(
        _instrument(program, row)
        for row in table["rows"]
        for program in range(row["programs"][0], row["programs"][1] + 1)
    )


def _instrument(program: int, row: dict[str, Any]) -> Instrument:
    lowest, highest = row["range"]
    kinds = {f"is_{kind}": True for kind in row["kind"].split()}
    return Instrument(program, lowest, highest, row["leads"], row["chords"], **kinds)


def accompanies(program: int) -> bool:
    """Whether it reaches below a tune: a piano or a cello does, a flute or a music box does not."""
    return instrument(program).lowest <= LOW_ENOUGH


def instrument(program: int) -> Instrument:
    """The arranger's view of a program, 0–127."""
    return instruments()[program]

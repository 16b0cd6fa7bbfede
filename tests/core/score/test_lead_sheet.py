"""A lead sheet: read by the reader of tune books it is the tune again, with its chords."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from songloom.core.score.abc import read_book
from songloom.core.score.lead_sheet import GRID, lead_sheet
from songloom.core.score.notes import TICKS_PER_QUARTER
from songloom.core.score.piece import Score
from tests.core.score.pieces import score_of

PIECES = [
    ("waltz in D major, violin and piano, 12 s", "D"),
    ("slow piano in F minor, 16 s", "Fm"),
    ("a jig in B flat for flute, 12 s", "Bb"),
    ("march in F# minor, 12 s", "F#m"),
    ("古风，笛子和古筝，12秒", None),
    ("piano in 7/8, E major, 12 s", "E"),
]


def played(score: Score) -> list[tuple[int, int]]:
    """(onset in thirty-seconds, pitch) of the tune as the score has it."""
    tune = next(part.notes for part in score.parts if part.name == "melody")
    top: dict[int, int] = {}
    for note in tune:
        onset = round(note.onset_ticks / GRID)
        top[onset] = max(top.get(onset, 0), note.pitch)
    return sorted(top.items())


def read_back(text: str) -> list[tuple[int, int]]:
    """The same, as the reader of tune books hears the text; tied notes are one."""
    (tune,) = read_book(text)
    found: list[tuple[int, int]] = []
    now, is_tied = Fraction(0), False
    for bar in tune.bars:
        for index, (length, pitch) in enumerate(bar.notes):
            if pitch is not None and not is_tied:
                found.append((int(now * TICKS_PER_QUARTER / GRID), pitch))
            is_tied = index in bar.tied
            now += length
    return found


@pytest.mark.parametrize(("prompt", "key"), PIECES)
def test_the_tune_is_read_back_note_for_note(prompt: str, key: str | None) -> None:
    score = score_of(prompt, 3)
    text = lead_sheet(score, "Rain  Lane\n")
    assert read_back(text) == played(score)
    (tune,) = read_book(text)
    assert (tune.title, f"{tune.metre[0]}/{tune.metre[1]}") == (
        "Rain Lane",
        score.choices.metre,
    )
    assert tune.bpm == pytest.approx(score.layout.quarter_bpm, rel=0.02)
    assert key is None or f"\nK:{key}\n" in text
    assert len(tune.bars) == score.layout.n_bars


@pytest.mark.parametrize(("prompt", "_key"), PIECES)
def test_every_bar_is_full_and_chords_stand_where_they_change(prompt: str, _key: str) -> None:
    score = score_of(prompt, 3)
    text = lead_sheet(score, "x")
    (tune,) = read_book(text)
    whole = Fraction(score.layout.metre.bar_ticks, TICKS_PER_QUARTER)
    assert {bar.length for bar in tune.bars[:-1]} <= {whole}
    names = [chord.name for chord in score.chords]
    changes = [name for i, name in enumerate(names) if not i or names[i - 1] != name]
    assert re.findall(r'"([^"]+)"', text) == changes
    assert text.endswith("|]\n")


def test_a_backing_gives_its_highest_part() -> None:
    score = score_of("Am F C G, backing, 8 s", 3)
    (tune,) = read_book(lead_sheet(score, "x"))
    top = max(note.pitch for part in score.parts for note in part.notes)
    assert max(pitch for bar in tune.bars for _, pitch in bar.notes if pitch) == top

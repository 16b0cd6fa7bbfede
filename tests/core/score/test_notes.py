"""The grid of ticks: notes and metres."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt_request import METRES
from songloom.core.score.notes import TICKS_PER_QUARTER, Metre, Note

NOTES = st.builds(Note, st.integers(0, 5_000), st.integers(1, 500), st.integers(0, 127))


@given(NOTES, st.integers(0, 1_000))
def test_a_shifted_note_keeps_its_length_and_pitch(note: Note, ticks: int) -> None:
    later = note.shifted(ticks)
    assert later.onset_ticks == note.onset_ticks + ticks
    assert later.end_ticks - later.onset_ticks == note.duration_ticks
    assert later.pitch == note.pitch
    assert later.shifted(-ticks) == note


@given(NOTES, st.integers(-12, 12))
def test_transposing_there_and_back_changes_nothing(note: Note, semitones: int) -> None:
    assert note.transposed(semitones).transposed(-semitones) == note
    assert note.transposed(semitones).onset_ticks == note.onset_ticks


def test_notes_sort_by_time_first() -> None:
    assert sorted([Note(24, 1, 10), Note(0, 9, 90), Note(0, 3, 20)]) == [
        Note(0, 3, 20),
        Note(0, 9, 90),
        Note(24, 1, 10),
    ]


@pytest.mark.parametrize("text", METRES)
def test_a_metre_survives_its_text(text: str) -> None:
    assert str(Metre.of(text)) == text


@pytest.mark.parametrize(
    ("text", "quarters", "n_beats", "quarters_a_beat"),
    [
        ("4/4", 4.0, 4, 1.0),
        ("3/4", 3.0, 3, 1.0),
        ("2/2", 4.0, 2, 2.0),
        ("6/8", 3.0, 2, 1.5),
        ("9/8", 4.5, 3, 1.5),
        ("12/8", 6.0, 4, 1.5),
        ("5/4", 5.0, 5, 1.0),
        ("7/8", 3.5, 7, 0.5),
        ("3/8", 1.5, 3, 0.5),
    ],
)
def test_bars_and_beats_as_musicians_count_them(
    text: str, quarters: float, n_beats: int, quarters_a_beat: float
) -> None:
    metre = Metre.of(text)
    assert metre.bar_ticks == quarters * TICKS_PER_QUARTER
    assert metre.n_beats == n_beats
    assert metre.beat_ticks == quarters_a_beat * TICKS_PER_QUARTER
    assert metre.is_compound == (quarters_a_beat == 1.5)


@pytest.mark.parametrize("text", ["", "4", "4-4", "four/four", "0/4", "4/5", "99/4", "4/0"])
def test_what_is_no_metre_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Metre.of(text)

"""Chords: triads by their notes, steady over time, none where there is none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.chords import (
    CHORDS,
    N_TRIADS,
    NONE,
    fits,
    most_likely,
    on_beats,
    runs,
    triads,
)
from songloom.core.features.reasons import SILENCE
from tests.core.features.listening import reason, value
from tests.core.features.signals import Audio, chords, drums, noise


def overlap(found: list[list[object]], names: list[str], bar_s: float) -> float:
    """Share of the time in which both say the same chord."""
    at_s = np.arange(0, len(names) * bar_s, 0.05)
    said = [next((name for a, b, name in found if a <= t < b), NONE) for t in at_s]  # type: ignore[operator]
    return float(
        np.mean([name == names[int(t / bar_s)] for name, t in zip(said, at_s, strict=True)])
    )


def test_there_are_24_triads_of_three_notes_and_none() -> None:
    assert len(CHORDS) == N_TRIADS + 1 == len(set(CHORDS))
    assert np.count_nonzero(triads(), axis=1).tolist() == [3] * N_TRIADS
    assert np.linalg.norm(triads(), axis=1) == pytest.approx(1)
    assert np.flatnonzero(triads()[CHORDS.index("Am")]).tolist() == [0, 4, 9]


@given(st.integers(0, N_TRIADS - 1))
def test_a_triad_fits_itself_best(chord: int) -> None:
    notes = triads()[chord] ** 2
    bass = np.eye(12)[chord % 12]
    assert int(fits(notes[np.newaxis], bass[np.newaxis]).argmax()) == chord


def test_equal_shares_and_silence_are_no_chord() -> None:
    for notes in (np.full((1, 12), 1 / 12), np.zeros((1, 12))):
        assert CHORDS[int(fits(notes, notes).argmax())] == NONE


@pytest.mark.parametrize(
    "names",
    [
        ["C", "G", "Am", "F"],
        ["Dm", "Gm", "A", "Dm"],
        ["E", "C#m", "A", "B"],
        ["Fm", "C#", "G#", "D#"],
    ],
    ids=" ".join,
)
def test_chords_are_heard_by_name_from_beat_to_beat(names: list[str]) -> None:
    found = value(chords(names * 2, tempo_bpm=110), "chords")
    assert overlap(found, names * 2, 4 * 60 / 110) > 0.9
    assert found[0][0] == 0.0
    assert all(a[1] == b[0] for a, b in pairwise(found))


@pytest.mark.parametrize(
    "sound", [noise(6, sample_rate=22_050), drums(100, 10)], ids=["noise", "drums"]
)
def test_what_has_no_pitch_has_no_chord(sound: Audio) -> None:
    found = value(sound, "chords")
    assert sum(b - a for a, b, name in found if name == NONE) > 0.9 * (found[-1][1] - found[0][0])


def test_silence_has_no_chords() -> None:
    silence = np.zeros(3 * 22_050, np.float32)
    assert value(silence, "chords") is None
    assert reason(silence, "chords") == SILENCE


def test_a_change_must_be_worth_its_price() -> None:
    likelihood = np.zeros((30, 3))
    likelihood[:, 0] = 1
    likelihood[10, 1] = 4  # a moment of something else
    likelihood[20:, 2] = 3  # a lasting change
    assert most_likely(likelihood, 5.0).tolist() == [0] * 20 + [2] * 10
    assert most_likely(likelihood, 0.0)[10] == 1
    assert most_likely(np.zeros((0, 3)), 1.0).size == 0


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_runs_put_together_are_the_path(path: list[int]) -> None:
    found = runs(np.array(path))
    assert [state for a, b, state in found for _ in range(b - a)] == path
    assert all(found[i][2] != found[i + 1][2] for i in range(len(found) - 1))


def test_edges_move_to_a_beat_that_is_near() -> None:
    edges_s, beats_s = np.array([0.9, 2.4, 9.0]), np.array([1.0, 2.0, 3.0])
    assert on_beats(edges_s, beats_s, 0.2).tolist() == [1.0, 2.4, 9.0]
    assert on_beats(edges_s, np.array([2.5]), 0.2).tolist() == [0.9, 2.5, 9.0]
    assert on_beats(edges_s, np.zeros(0), 0.2).tolist() == edges_s.tolist()

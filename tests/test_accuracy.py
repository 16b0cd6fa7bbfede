"""What accuracy is measured with: scores as the field defines them, and truth that is true."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.truth.made import sound
from benchmarks.truth.notes import DRUMS, Note, midi_file, onsets_of, read
from benchmarks.truth.pieces import drum_piece, piece
from benchmarks.truth.real import key_of, on_grid
from benchmarks.truth.scores import (
    NOTES,
    chord_overlap,
    f_measure,
    key_score,
    note_number,
    tempo_is,
    tempo_is_in_some_octave,
)
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.heard import SHORT, WAVES, hear
from songloom.core.features.onsets import onset_frames

TIMES = st.lists(st.floats(0, 100), max_size=20, unique=True)


@given(TIMES)
def test_what_is_found_exactly_scores_one(times_s: list[float]) -> None:
    assert f_measure(times_s, times_s, 0.07) == 1.0


@given(TIMES, TIMES)
def test_precision_and_recall_count_alike(found_s: list[float], true_s: list[float]) -> None:
    score = f_measure(found_s, true_s, 0.07)
    assert score == f_measure(true_s, found_s, 0.07)
    assert 0 <= score <= 1


def test_one_beat_hits_one_truth_and_twice_as_many_score_two_thirds() -> None:
    assert f_measure([1.0, 1.05], [1.02], 0.07) == pytest.approx(2 / 3)
    assert f_measure(np.arange(0, 20, 0.5).tolist(), list(range(20)), 0.07) == pytest.approx(2 / 3)
    assert f_measure([1.0], [1.08], 0.07) == 0.0


def test_a_tempo_may_be_off_by_a_share_and_in_some_octave_by_a_factor() -> None:
    assert tempo_is(100.9, 100.0, 0.01)
    assert not tempo_is(101.1, 100.0, 0.01)
    assert not tempo_is(None, 100.0, 0.04)
    assert all(tempo_is_in_some_octave(100.0 * n, 100.0, 0.04) for n in (0.5, 1, 2, 3))
    assert not tempo_is_in_some_octave(150.0, 100.0, 0.04)


@pytest.mark.parametrize(
    ("found", "score"),
    [
        (("C", "major"), 1.0),
        (("G", "major"), 0.5),
        (("A", "minor"), 0.3),
        (("C", "minor"), 0.2),
        (("F", "major"), 0.0),
        (("E", "minor"), 0.0),
        (None, 0.0),
    ],
)
def test_keys_score_as_mirex_weighs_them(found: tuple[str, str] | None, score: float) -> None:
    assert key_score(found, ("C", "major")) == score


def test_a_minor_key_has_its_relative_a_third_above_and_flats_are_sharps() -> None:
    assert key_score(("C", "major"), ("A", "minor")) == 0.3
    assert key_score(("Db", "major"), ("C#", "major")) == 1.0
    assert [note_number(name) for name in NOTES] == list(range(12))


def test_chords_overlap_by_the_time_that_both_name_alike() -> None:
    true = [(0.0, 2.0, "C"), (2.0, 4.0, "Am")]
    assert chord_overlap(true, true) == 1.0
    assert chord_overlap([(0.0, 4.0, "C")], true) == 0.5
    assert chord_overlap([(1.0, 3.0, "Am")], true) == 0.25
    assert chord_overlap([], true) == 0.0
    assert chord_overlap(true, []) == 0.0


def test_notes_written_to_midi_are_read_again() -> None:
    notes = [Note(0.5, 1.0, 60, 80, 0), Note(0.5, 0.6, 36, 100, DRUMS), Note(1.25, 3.0, 67, 70, 0)]
    score = read(midi_file(notes, {0: 24, DRUMS: 0}, cents=20.0))
    assert score.programs == {0: 24, DRUMS: 0}
    found = sorted(score.notes, key=lambda note: (note.start_s, note.channel))
    for note, expected in zip(found, notes, strict=True):
        assert note.start_s == pytest.approx(expected.start_s, abs=1e-3)
        assert note.stop_s == pytest.approx(expected.stop_s, abs=1e-3)
        assert (note.pitch, note.velocity) == (expected.pitch, expected.velocity)


@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_piece_is_what_it_says_of_itself(seed: int) -> None:
    made = piece(np.random.default_rng(seed))
    assert np.diff(made.beats_s) == pytest.approx(60 / made.bpm)
    assert set(made.downbeats_s) <= set(made.beats_s)
    assert np.diff(made.downbeats_s) == pytest.approx(made.metre * 60 / made.bpm)
    assert {start for start, _, _ in made.chords} >= set(made.downbeats_s)
    tonic = NOTES[made.tonic] + ("m" if made.mode == "minor" else "")
    assert made.chords[-1][2] == tonic
    assert key_of(made.notes) is None or key_score(key_of(made.notes), made.key) > 0


@pytest.mark.parametrize("seed", range(4))
def test_a_drawn_drum_pattern_has_drums_alone_and_a_stroke_on_every_beat(seed: int) -> None:
    made = drum_piece(np.random.default_rng(seed))
    assert {note.channel for note in made.notes} == {DRUMS}
    starts = np.array([note.start_s for note in made.notes])
    assert all(np.abs(starts - beat).min() < 0.05 for beat in made.beats_s)


def test_two_draws_of_one_seed_are_one_piece() -> None:
    one, other = (piece(np.random.default_rng(5)) for _ in range(2))
    assert one == other
    assert one != piece(np.random.default_rng(6))


def test_a_score_counts_only_if_its_notes_stand_on_a_grid() -> None:
    even = [Note(i * 0.25, i * 0.25 + 0.2, 60, 80, 0) for i in range(32)]
    rng = np.random.default_rng(3)
    free = [Note(t, t + 0.2, 60, 80, 0) for t in np.cumsum(rng.uniform(0.1, 0.5, 32)).tolist()]
    assert on_grid(read(midi_file(even, {0: 0})))
    assert not on_grid(read(midi_file(free, {0: 0})))


def test_notes_that_start_together_are_one_stroke() -> None:
    starts_s = (0.0, 0.02, 0.049, 0.06, 0.3)
    assert onsets_of(Note(at_s, 1, 60, 80, 0) for at_s in starts_s) == [0.0, 0.06, 0.3]


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_the_onsets_of_a_drawn_piece_are_those_of_its_score(seed: int) -> None:
    made = piece(np.random.default_rng([7, seed]), seconds=10)
    audio, rate = sound(made, "fluidr3mono")
    found_s = onset_frames(hear([audio], rate, len(audio), gather={WAVES, SHORT}).onsets) / 50
    assert f_measure(found_s.tolist(), onsets_of(made.notes), 0.05) > 0.9

"""What the ear for beats learns from: true beats, whatever is done to the music."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from benchmarks.beats.examples import CROP, NEAR, changed, example, faster, paths, targets
from benchmarks.learn_beats import told_apart, write_card
from benchmarks.truth.accompanied import grooves, played_in
from benchmarks.truth.lessons import (
    EVERY,
    Told,
    clicks,
    composed,
    cut,
    is_for_choosing,
    keep,
    lumps,
    numbers,
    scored,
    varied,
)
from benchmarks.truth.notes import DRUMS, Note, midi_file, read
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from songloom.core.features.bands import N_MELS


def told(bpm: float = 120.0, n_beats: int = 32) -> Told:
    """A drum on each beat, a note on each first of four."""
    beats_s = [0.5 + i * 60 / bpm for i in range(n_beats)]
    notes = [Note(at_s, at_s + 0.1, 36, 90, DRUMS) for at_s in beats_s]
    notes += [Note(at_s, at_s + 0.4, 60, 90, 0) for at_s in beats_s[::4]]
    return Told(notes, {0: 0}, beats_s, beats_s[::4])


@given(st.integers(0, 2**16))
def test_whatever_is_varied_notes_stay_on_their_beats(seed: int) -> None:
    found = varied(told(), np.random.default_rng(seed), within=0.3)
    ratio = found.beats_s[0] / 0.5
    assert 1 / 1.31 < ratio < 1.31
    starts = {round(note.start_s, 6) for note in found.notes}
    assert starts
    assert starts <= {round(at_s, 6) for at_s in found.beats_s}
    assert found.downbeats_s == found.beats_s[::4]


def test_some_variations_lose_their_drums_and_none_loses_everything() -> None:
    channels = [
        {note.channel for note in varied(told(), np.random.default_rng(i), within=0.1).notes}
        for i in range(60)
    ]
    assert {DRUMS, 0} in channels
    assert {0} in channels
    assert set() not in channels


def test_drums_are_never_transposed() -> None:
    for seed in range(20):
        found = varied(told(), np.random.default_rng(seed), within=0.1)
        assert {note.pitch for note in found.notes if note.channel == DRUMS} <= {36}


def test_a_stretch_begins_at_its_start() -> None:
    found = cut(told(), 4.0, 10.0)
    assert min(note.start_s for note in found.notes) == pytest.approx(0.0)
    assert found.beats_s == pytest.approx(np.arange(0.0, 6.0, 0.5).tolist())
    assert found.downbeats_s == pytest.approx([0.5, 2.5, 4.5])
    assert max(note.stop_s for note in found.notes) <= 6.0


def test_the_beats_of_a_score_are_its_quarters() -> None:
    midi = midi_file(told().notes, {0: 0})
    found = scored(read(midi))
    assert found.beats_s == pytest.approx(told().beats_s, abs=0.002)
    assert found.downbeats_s is None  # it names no metre


@pytest.mark.parametrize(("metre", "n"), [((4, 2), 4), ((3, 2), 3)])
def test_the_bars_of_a_score_are_those_of_the_metre_it_names(
    metre: tuple[int, int], n: int
) -> None:
    plain = midi_file(told().notes, {0: 0})
    said = b"\x00\xff\x58\x04" + bytes([*metre, 24, 8])
    at = plain.index(b"MTrk") + 8
    size = struct.pack(">I", len(plain) - at + len(said))
    found = scored(read(plain[: at - 4] + size + said + plain[at:]))
    assert found.downbeats_s == pytest.approx(
        [t for i, t in enumerate(told().beats_s, start=1) if i % n == 0], abs=0.002
    )


@pytest.mark.parametrize(("number", "metre"), [(0, 3), (5, 4)])
def test_the_beats_of_a_composed_piece_are_where_its_notes_begin(number: int, metre: int) -> None:
    said, (audio, rate) = composed(number, np.random.default_rng(1))
    assert said.downbeats_s == said.beats_s[::metre]
    starts = np.array([note.start_s for note in said.notes])
    assert abs(said.beats_s[-1] - starts.max()) < 4 * said.beats_s[1]
    assert 0 <= audio.shape[1] / rate - said.beats_s[-1] < 6
    off = np.abs(starts[:, np.newaxis] - np.array(said.beats_s)).min(axis=1) / said.beats_s[1]
    assert np.mean((off < 0.05) | (np.abs(off - 0.5) < 0.05)) > 0.7


@pytest.mark.real
def test_a_groove_of_mma_is_played_in_the_tempo_it_is_asked_for() -> None:
    found = grooves()
    assert len(found) > 80
    assert set(found.values()) == {3, 4}
    score = played_in("stdlib/tango:Tango", 120, np.random.default_rng(0))
    assert score is not None
    starts = np.array([note.start_s for note in score.notes])
    assert 28 < starts.max() < 32.1  # 16 bars of four
    assert np.mean(np.abs(starts * 4 - np.rint(starts * 4)) < 0.1) > 0.8
    assert played_in("stdlib/none:NoSuchGroove", 120, np.random.default_rng(0)) is None


def test_music_is_found_in_an_archive_of_lumps() -> None:
    midi = midi_file(told().notes, {0: 0})
    body = b"PWAD" + struct.pack("<ii", 2, 12 + len(midi) + 4) + midi + b"junk"
    body += struct.pack("<ii8s", 12, len(midi), b"D_E1M1")
    body += struct.pack("<ii8s", 12 + len(midi), 4, b"THINGS")
    assert list(lumps(body)) == [("D_E1M1", midi)]


def test_all_variants_of_a_score_are_kept_for_choosing_or_none() -> None:
    names = [f"game-some-{i}" for i in range(200)]
    kept = [{is_for_choosing(f"{name}-{n}") for n in range(4)} for name in names]
    assert all(len(found) == 1 for found in kept)
    assert 0.1 < sum(True in found for found in kept) / 200 < 0.3


def test_the_extra_lessons_are_all_for_choosing() -> None:
    found = numbers(40)
    assert found[:40] == list(range(40))
    assert all(is_for_choosing(f"piece-{i}") for i in found[40:])
    assert len(found) == len(set(found)) > 40 + 40 // EVERY - 2


def lesson(tmp_path: Path) -> dict[str, np.ndarray]:
    said, (audio, rate) = clicks(np.random.default_rng(3))
    keep(tmp_path / "clicks-1.npz", said, audio, rate)
    (tmp_path / "clicks-2.half.npz").touch()
    (path,) = paths(tmp_path)
    with np.load(path) as kept:
        return dict(kept)


def test_a_lesson_is_kept_with_its_truth_and_becomes_examples(tmp_path: Path) -> None:
    one = lesson(tmp_path)
    assert one["level"].shape[1] == N_MELS
    rng = np.random.default_rng(0)
    plain = example(one, rng, varied=False)
    assert [part.shape for part in plain] == [(2 * CROP, N_MELS), (2 * CROP, 2), (2 * CROP, 2)]
    assert plain[1][:, 0].sum() == pytest.approx((1 + 2 * NEAR) * len(one["beats_s"]), rel=0.05)
    assert not plain[2][:, 1].any()  # clicks have no bars
    for _ in range(8):
        for part in example(one, rng):
            assert part.shape[0] == 2 * CROP
            assert np.isfinite(part).all()


def test_levels_rise_at_the_targets_at_any_speed(tmp_path: Path) -> None:
    one = lesson(tmp_path)
    for ratio in (0.8, 1.0, 1.25):
        level, rate = faster(one["level"].astype(np.float32), float(one["frame_rate"]), ratio)
        assert len(level) == pytest.approx(len(one["level"]) / ratio, abs=2)
        at = np.flatnonzero(targets(len(level), rate, one)[:, 0] == 1)[1:-1]
        loud = level.mean(axis=1)
        assert np.mean(loud[at + 2] > loud[at - 5]) > 0.9


def test_what_is_changed_keeps_its_shape_and_is_seldom_the_same() -> None:
    db = np.random.default_rng(1).uniform(-70, 0, (50, N_MELS)).astype(np.float32)
    found = [changed(db.copy(), np.random.default_rng(seed)) for seed in range(30)]
    assert all(one.shape == db.shape and one.dtype == np.float32 for one in found)
    assert sum(np.array_equal(one, db) for one in found) < 10


def test_a_regression_tells_what_can_be_told() -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((400, 2))
    is_first = rows[:, 0] - 1 + 0.3 * rng.standard_normal(400) > 0
    weights, offset = told_apart(rows, is_first)
    assert weights[0] > 2 > abs(weights[1])
    assert offset < 0


def test_a_card_is_of_its_weights(tmp_path: Path) -> None:
    save_file({"a": np.zeros((3, 4), np.float32)}, tmp_path / "beats.safetensors")
    write_card(tmp_path / "beats.safetensors", 7, n_learnt=5, n_kept=2, epochs=3, nats=0.1)
    card = (tmp_path / "beats.toml").read_text()
    assert "parameters = 12" in card
    assert f"size_bytes = {(tmp_path / 'beats.safetensors').stat().st_size}" in card
    assert "seed = 7" in card

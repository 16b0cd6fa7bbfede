"""The network that hears beats: equal to its plain sums, and right about clicks and drums."""

from __future__ import annotations

import hashlib
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from songloom.core.features import beat_ear
from songloom.core.features.bands import N_MELS
from songloom.core.features.beat_ear import JOINED, SPAN, SUREST, WEIGHTS, BeatOdds, beat_odds
from tests.core.features.listening import heard
from tests.core.features.signals import chords, clicks, drums, mixed

Levels = NDArray[np.int16]


def levels(n_frames: int, seed: int = 0) -> Levels:
    rng = np.random.default_rng(seed)
    return rng.integers(-9_000, -100, (n_frames, N_MELS)).astype(np.int16)


def plain_odds(level: Levels) -> NDArray[np.float64]:
    """The same network step by step and tap by tap, as it was trained: (frames, 2)."""
    weights = {name: value.astype(np.float64) for name, value in beat_ear._weights().items()}
    db = np.maximum(level / 100 - level.max() / 100, -70.0)
    db = (db - db.mean(axis=0)) / 20
    if len(db) % 2:
        db = np.concatenate([db, np.zeros((1, N_MELS))])
    pairs = db.reshape(len(db) // 2, -1)
    edge = np.zeros((1, pairs.shape[1]))
    wide = np.concatenate([edge, pairs, edge])
    steps = np.array(
        [
            np.maximum(0, wide[t : t + 3].ravel() @ weights["front"] + weights["front_bias"])
            for t in range(len(pairs))
        ]
    )
    n_layers = sum(name.startswith("mix_bias") for name in weights)
    for i in range(n_layers):
        answers = []
        for t in range(len(steps)):
            taps = [t + (k - 2) * 2**i for k in range(5)]
            near = [steps[at] if 0 <= at < len(steps) else 0 * steps[0] for at in taps]
            hidden = np.concatenate(near) @ weights[f"wide_{i}"] + weights[f"wide_bias_{i}"]
            answers.append(np.maximum(hidden, 0) @ weights[f"mix_{i}"] + weights[f"mix_bias_{i}"])
        steps = steps + np.array(answers)
    found = (steps @ weights["head"] + weights["head_bias"]).reshape(-1, 2)[: len(level)]
    return np.clip(found, -SUREST, SUREST)


@pytest.mark.parametrize("n_frames", [1, 2, 7, 300])
def test_the_odds_are_those_of_the_plain_sums(n_frames: int) -> None:
    level = levels(n_frames)
    found, plain = beat_odds(level), plain_odds(level)
    assert found.beat == pytest.approx(plain[:, 0], abs=2e-4)
    assert found.first == pytest.approx(plain[:, 1], abs=2e-4)


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_the_size_of_a_chunk_changes_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    level = levels(401)
    whole = beat_odds(level)
    monkeypatch.setattr(beat_ear, "CHUNK_STEPS", chunk)
    assert beat_odds(level).beat == pytest.approx(whole.beat, abs=1e-4)
    assert beat_odds(level).first == pytest.approx(whole.first, abs=1e-4)


@pytest.mark.parametrize("n_frames", [601, 1_399, 1_400])
def test_a_long_sound_in_tiles_is_heard_as_in_one_piece(
    n_frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    level = levels(n_frames)
    whole = beat_odds(level)
    monkeypatch.setattr(beat_ear, "TILE_STEPS", 100)
    tiled = beat_odds(level)
    assert tiled.beat == pytest.approx(whole.beat, abs=1e-4)
    assert tiled.first == pytest.approx(whole.first, abs=1e-4)
    monkeypatch.setattr(beat_ear, "SEEN_STEPS", 100)  # too few: the test above can fail
    assert not np.allclose(beat_odds(level).beat, whole.beat, atol=1e-4)


def test_a_tile_sees_as_far_as_the_layers_do() -> None:
    weights = beat_ear._weights()
    units = weights["front"].shape[1]
    layers = [name for name in sorted(weights) if name.startswith("wide_") and "bias" not in name]
    taps = [len(weights[name]) // units for name in layers]
    reach = sum(n // 2 * 2**i for i, n in enumerate(taps)) + SPAN // 2
    assert reach <= beat_ear.SEEN_STEPS


@settings(max_examples=20, deadline=None)
@given(n_frames=st.integers(0, 60), seed=st.integers(0, 9))
def test_every_frame_has_finite_odds(n_frames: int, seed: int) -> None:
    found = beat_odds(levels(n_frames, seed))
    assert found.beat.shape == found.first.shape == (n_frames,)
    for odds in (found.beat, found.first):
        assert np.all(np.abs(odds) <= SUREST)


@pytest.mark.parametrize("gain_db", [-20, -3, 6])
def test_a_gain_changes_no_odds(gain_db: int) -> None:
    level = levels(200) // 2 - 3_000
    louder = (level + 100 * gain_db).astype(np.int16)
    assert beat_odds(louder).beat == pytest.approx(beat_odds(level).beat, abs=1e-4)


def test_what_is_steady_in_a_band_counts_for_nothing() -> None:
    """Music through a filter has the same beats."""
    level = levels(200) // 4 - 1_000
    slope = np.linspace(0, -1_500, N_MELS).astype(np.int16)
    top = level[:, 0].argmax()
    level[top, 0] = 0  # what is loudest stays loudest
    filtered = (level + slope).astype(np.int16)
    assert beat_odds(filtered).beat == pytest.approx(beat_odds(level).beat, abs=1e-3)


def test_where_nothing_moves_there_is_no_beat() -> None:
    found = beat_odds(np.full((1_500, N_MELS), -4_000, np.int16))
    assert np.median(found.beat) < -2
    assert np.median(found.first) < -2


def test_later_sound_has_later_beats() -> None:
    """Ten seconds from the ends the network sees none of them."""
    level = levels(1_400)
    later = np.roll(level, 2 * JOINED, axis=0)
    found, moved = beat_odds(level).beat[600:800], beat_odds(later).beat[604:804]
    assert moved == pytest.approx(found, abs=1e-3)


@pytest.mark.parametrize("tempo_bpm", [75, 120, 165])
def test_the_ear_hears_clicks_and_nothing_between(tempo_bpm: int) -> None:
    sound = heard(clicks(tempo_bpm, 20, sample_rate=22_050, first_s=0.3))
    beat, rate = sound.beat_odds.beat, sound.frames.frame_rate
    at_s = np.arange(0.3, 19.8, 60 / tempo_bpm)
    on, between = ((at_s + shift) * rate for shift in (0.0, 30 / tempo_bpm))
    strokes = np.array([beat[round(at) - 1 : round(at) + 2].max() for at in on])
    assert np.mean(strokes > 0) > 0.9
    assert np.median(beat[np.rint(between).astype(int)]) < -2


def test_the_ear_tells_the_first_of_a_bar_from_the_others() -> None:
    """A bass drum on one and three alone says nothing: chords and bass do."""
    song = chords(["C", "Am", "F", "G"] * 3, tempo_bpm=110, metre=4)
    both = mixed(song, drums(110, len(song) / 22_050)[: len(song)])
    sound = heard(both)
    first, rate = sound.beat_odds.first, sound.frames.frame_rate
    at = np.rint(np.arange(44) * 60 / 110 * rate).astype(int)
    on_beat = np.array([first[max(0, frame - 2) : frame + 3].max() for frame in at[4:]])
    places = on_beat.reshape(-1, 4).mean(axis=0)
    assert int(places.argmax()) == 0


def test_a_probability_is_that_of_the_odds() -> None:
    odds = BeatOdds(np.array([-5.0, 0.0, 5.0], np.float32), np.zeros(3, np.float32))
    assert odds.share == pytest.approx([0.0067, 0.5, 0.9933], abs=1e-4)


def test_the_network_is_small_and_its_card_is_of_this_file() -> None:
    card = tomllib.loads(WEIGHTS.with_suffix(".toml").read_text())
    weights = beat_ear._weights()
    assert sum(value.size for value in weights.values()) == card["parameters"] < 40_000
    assert all(value.dtype == np.float32 for value in weights.values())
    content = WEIGHTS.read_bytes()
    assert hashlib.sha256(content).hexdigest() == card["sha256"]
    assert len(content) == card["size_bytes"]
    assert card["licence"] == "GPL-3.0-or-later"

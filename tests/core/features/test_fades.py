"""Fades at the ends: found where a gain was drawn, and not where a sound dies away by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from songloom.core.audio.silences import Spans
from songloom.core.features import fades
from songloom.core.features.fades import SHAPES, Fade
from songloom.core.features.reasons import SILENCE
from tests.core.features.listening import reason, value
from tests.core.features.signals import Audio, drums, noise, sine, song, steps, tone

RATE = 22_050
NOTHING = np.zeros(0)
LENGTHS_S = st.floats(0.5, 12)


def gain(n_samples: int, faded_s: float, shape: str, rate: int = RATE) -> NDArray[np.float64]:
    """(samples,) what multiplies a sound that is faded out."""
    u = np.clip((n_samples - np.arange(n_samples)) / (faded_s * rate), 0, 1)
    drawn: dict[str, NDArray[np.float64]] = {
        "linear": u,
        "cosine": (1 - np.cos(np.pi * u)) / 2,
        "exponential": 10 ** (3 * (u - 1)),
    }
    return drawn[shape]


def faded_out(sound: Audio, faded_s: float, shape: str = "linear", rate: int = RATE) -> Audio:
    return np.asarray(sound * gain(sound.shape[-1], faded_s, shape, rate), dtype=np.float32)


def faded_in(sound: Audio, faded_s: float, shape: str = "linear") -> Audio:
    return faded_out(sound[..., ::-1], faded_s, shape)[..., ::-1]


def peaks_of(sound: Audio, rate: int) -> NDArray[np.float32]:
    spans = Spans(rate)
    spans.add(np.abs(sound))
    return spans.peaks()


def band(duration_s: float = 30) -> Audio:
    """Drums and chords that go on to the last sample."""
    chords = song(0, n_bars=16)
    n_samples = round(duration_s * RATE)
    return np.asarray((drums(100, 40)[:n_samples] + chords[:n_samples]) / 2, dtype=np.float32)


def struck(duration_s: float, falls_db_per_s: float) -> Audio:
    """A tone that dies away as strings and bells do."""
    time_s = np.arange(round(duration_s * RATE)) / RATE
    return (
        sine(330, duration_s, sample_rate=RATE)
        * np.float32(1)
        * np.asarray(10 ** (-falls_db_per_s * time_s / 20), dtype=np.float32)
    )


@settings(max_examples=12, deadline=None)
@given(faded_s=LENGTHS_S, shape=st.sampled_from(sorted(set(SHAPES) - {"exponential"})))
def test_a_fade_of_a_steady_sound_is_measured_within_an_eighth(faded_s: float, shape: str) -> None:
    steady = faded_out(noise(30, sample_rate=8_000, level=0.2), faded_s, shape, 8_000)
    found = fades.fade_out_s(peaks_of(steady, 8_000), NOTHING)
    assert found == pytest.approx(faded_s, rel=0.125)  # the first eighth of a linear one is 1.2 dB


@settings(max_examples=10, deadline=None)
@given(faded_s=LENGTHS_S, shape=st.sampled_from(sorted(SHAPES)), level=st.floats(0.05, 1))
def test_a_fade_in_is_a_fade_out_backwards_however_loud(
    faded_s: float, shape: str, level: float
) -> None:
    peaks = peaks_of(faded_out(noise(30, sample_rate=1_000), faded_s, shape, 1_000), 1_000)
    onsets_s = np.array([peaks.size / 100 - 0.4 * faded_s, peaks.size / 100 - 0.6 * faded_s])
    backwards_s = peaks.size / 100 - onsets_s
    found = fades.fade_out_s(peaks, onsets_s)
    assert found > 0
    assert fades.fade_in_s(peaks[::-1] * np.float32(level), backwards_s) == found


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_song_that_is_faded_out_while_it_plays_on(shape: str) -> None:
    sound = faded_out(band(20), 8, shape)
    assert value(sound, "fade_out_s") == pytest.approx(8, rel=0.25)  # beats are no steady level
    assert value(sound, "fade_in_s") == 0.0


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_song_that_is_faded_in(shape: str) -> None:
    sound = faded_in(band(15), 6, shape)
    assert value(sound, "fade_in_s") == pytest.approx(6, rel=0.25)
    assert value(sound, "fade_out_s") == 0.0


@pytest.mark.parametrize("falls_db_per_s", [12, 40])
def test_a_last_note_that_dies_away_is_no_fade(falls_db_per_s: float) -> None:
    sound = np.concatenate([band(8), struck(6, falls_db_per_s)])
    assert value(sound, "fade_out_s") == 0.0


def test_a_room_that_rings_after_the_last_chord_is_no_fade() -> None:
    room = noise(2.5, sample_rate=RATE, level=0.05) * np.exp(
        -np.arange(round(2.5 * RATE)) / RATE / 0.3
    ).astype(np.float32)
    held = np.sum([tone(60 + up, 12) for up in (0, 4, 7)], axis=0)
    sound = np.concatenate([held[: 6 * RATE], np.zeros(room.size, np.float32)])
    sound[6 * RATE - 1_000 : 6 * RATE - 1_000 + room.size] += room[: sound.size - 6 * RATE + 1_000]
    assert value(sound, "fade_out_s") == 0.0


@pytest.mark.parametrize("name", ["fade_in_s", "fade_out_s"])
def test_what_begins_and_ends_at_once_is_not_faded(name: str) -> None:
    for sound in (band(12), noise(3, sample_rate=RATE), sine(440, 3, sample_rate=RATE)):
        assert value(sound, name) == 0.0


@pytest.mark.parametrize("name", ["fade_in_s", "fade_out_s"])
def test_a_soft_passage_at_an_end_is_not_a_fade(name: str) -> None:
    soft_ends = steps([(-40, 3), (-20, 10), (-40, 3)], sample_rate=RATE)
    assert value(soft_ends, name) == 0.0


def test_silence_around_does_not_lengthen_a_fade() -> None:
    peaks = peaks_of(faded_out(noise(20, sample_rate=8_000), 5, rate=8_000), 8_000)
    wide = np.pad(peaks, (200, 300))
    found_s = fades.fade_out_s(wide, NOTHING)
    assert found_s == pytest.approx(5, rel=0.125)
    assert found_s == pytest.approx(fades.fade_out_s(peaks, NOTHING), rel=0.05)


def test_both_sides_of_a_stereo_sound_count() -> None:
    still_there = noise(6, sample_rate=RATE, seed=8)
    left, right = faded_out(noise(6, sample_rate=RATE), 2), faded_out(still_there, 2)
    assert value(np.stack([left, right]), "fade_out_s") == pytest.approx(2, rel=0.125)
    assert value(np.stack([left, still_there]), "fade_out_s") == 0.0


@pytest.mark.parametrize("n_samples", [2_205, 6_000, 15_000])
def test_what_is_too_short_to_be_faded_is_not(n_samples: int) -> None:
    sound = noise(1, sample_rate=RATE)[:n_samples]
    assert value(sound, "fade_in_s") == 0.0


def test_a_single_sample_is_not_faded() -> None:
    assert value(np.ones(1, np.float32), "fade_out_s") == 0.0


def test_silence_is_not_faded_and_says_why() -> None:
    silence = np.zeros(4 * RATE, np.float32)
    for name in ("fade_in_s", "fade_out_s"):
        assert value(silence, name) is None
        assert reason(silence, name) == SILENCE
    assert fades.fitting(np.zeros(500, np.float32)) is None
    assert fades.fitting(np.zeros(0, np.float32)) is None


LINEAR = Fade(10.0, "linear", 2.0)  # from 12 s to 2 s before the end


@pytest.mark.parametrize(
    ("inwards_s", "shape", "is_decay"),
    [
        ([], "linear", False),  # nobody struck anything: a held tone that was turned down
        ([], "exponential", True),  # a held tone that dies away may do so by itself
        ([12.1], "linear", True),  # one stroke, and then it falls
        ([11.5], "linear", True),
        ([12.1, 6.0], "linear", True),
        ([12.1, 8.0, 6.0], "linear", False),  # the song plays on
        ([8.0, 6.0], "exponential", False),
        ([12.1, 11.0, 10.0, 8.0], "cosine", True),  # the last strokes of an ending, and their ring
        ([14.0], "linear", False),  # struck long before it falls
        ([1.0, 0.5, 2.1], "exponential", True),  # in the silence, where nothing plays on
    ],
)
def test_a_decay_starts_with_a_stroke_and_has_none_inside(
    inwards_s: list[float], shape: str, is_decay: bool
) -> None:
    fade = Fade(LINEAR.duration_s, shape, LINEAR.silence_s)
    assert fades.is_decay(fade, np.array(inwards_s)) is is_decay


def test_shapes_are_gains_that_only_rise_from_silence_to_nothing_taken_away() -> None:
    for db in SHAPES.values():
        assert (np.diff(db) >= -1e-9).all()
        assert db[0] < -20
        assert db[fades.N_PARTS :] == pytest.approx(0, abs=1e-9)


def test_levels_are_means_of_the_power_of_equal_parts() -> None:
    music = np.concatenate([np.full(480, 0.1), np.full(4_800, 1.0)])
    level_db = fades.levels_db(music, np.array([4.8]))
    n_soft = fades.N_PARTS  # 480 spans are 4.8 s: the whole of the length, half of what is read
    assert level_db.shape == (1, 2 * fades.N_PARTS)
    assert level_db[0, :n_soft] == pytest.approx(-20, abs=1e-6)
    assert level_db[0, n_soft:] == pytest.approx(0, abs=1e-6)


def test_straying_is_the_mean_distance_from_the_median() -> None:
    found = fades.straying(np.array([[0.0, 0.0, 0.0, 8.0], [1.0, 1.0, 1.0, 1.0]]))
    assert found == pytest.approx([2 + fades.EXACT_DB, fades.EXACT_DB])

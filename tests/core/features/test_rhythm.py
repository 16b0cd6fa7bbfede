"""Tempo and beats: clicks, drums and cadences of known speed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.reasons import NO_PULSE, SILENCE, TOO_SHORT
from songloom.core.features.rhythm import chance, stability, tempo_of
from tests.core.features.listening import analysed, reason, value
from tests.core.features.signals import Audio, chords, clicks, drums, mixed, noise, sine, song

PULSED = ("tempo_bpm", "tempo_confidence", "beats_s")
OF_THE_PULSE = (*PULSED, "tempo_alternatives_bpm", "tempo_stability", "downbeats_s", "metre")


def share_found(beats_s: list[float], truth_s: list[float], within_s: float = 0.07) -> float:
    """F-measure: found beats that are true, and true beats that were found."""
    found, truth = np.array(beats_s), np.array(truth_s)
    hits = np.count_nonzero(np.abs(truth[:, np.newaxis] - found).min(axis=1) <= within_s)
    return 2 * hits / (len(found) + len(truth))


@pytest.mark.parametrize("tempo_bpm", [60, 76.5, 90, 104.25, 120, 133, 150, 171, 200])
def test_clicks_have_the_tempo_at_which_they_come(tempo_bpm: float) -> None:
    found = analysed(clicks(tempo_bpm, 20, sample_rate=22_050), *PULSED).features
    assert found["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.005)
    truth = np.arange(0.1, 19.95, 60 / tempo_bpm).tolist()
    assert share_found(found["beats_s"], truth, 0.03) > 0.97
    assert found["tempo_confidence"] > 0.8


@pytest.mark.parametrize("swing", [0.5, 0.6, 0.66])
@pytest.mark.parametrize("tempo_bpm", [70, 84, 100, 118, 140, 160, 175])
def test_kick_and_snare_are_a_beat_apart_at_every_tempo(tempo_bpm: float, swing: float) -> None:
    found = analysed(drums(tempo_bpm, swing=swing), *PULSED).features
    assert found["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.01)
    assert share_found(found["beats_s"], np.arange(0.2, 29.3, 60 / tempo_bpm).tolist()) > 0.95


@pytest.mark.parametrize("tempo_bpm", [78, 96, 112, 144])
def test_chords_have_a_beat_without_any_drum(tempo_bpm: float) -> None:
    found = analysed(song(3, tempo_bpm=tempo_bpm), *PULSED).features
    assert found["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.01)


@pytest.mark.parametrize("sample_rate", [11_025, 44_100, 48_000])
def test_the_sample_rate_moves_no_beat(sample_rate: int) -> None:
    sound = clicks(100, 12, sample_rate=sample_rate, first_s=0.3)
    found = analysed(sound, *PULSED, sample_rate=sample_rate).features
    assert found["tempo_bpm"] == pytest.approx(100, rel=0.005)
    assert share_found(found["beats_s"], np.arange(0.3, 11.95, 0.6).tolist(), 0.03) > 0.97


def test_beats_stand_within_a_hundredth_of_their_clicks() -> None:
    found = value(clicks(100, 20, sample_rate=22_050, first_s=0.37), "beats_s")
    truth = np.arange(0.37, 19.9, 0.6)
    errors = [float(np.abs(truth - beat).min()) for beat in found]
    assert np.median(errors) < 0.012


def test_beats_increase_and_lie_within_the_sound() -> None:
    found = value(drums(93), "beats_s")
    assert np.all(np.diff(found) > 0.3)
    assert found[0] >= 0
    assert found[-1] <= 30.3


def test_a_gain_changes_no_tempo() -> None:
    loud, soft = drums(125), drums(125) * np.float32(0.02)
    assert value(soft, "tempo_bpm") == pytest.approx(value(loud, "tempo_bpm"), rel=0.002)


def test_noise_over_the_drums_makes_the_tempo_less_sure() -> None:
    clean, noisy = drums(110), mixed(drums(110), noise(30, sample_rate=22_050, level=0.05))
    sure, unsure = (analysed(sound, *PULSED).features for sound in (clean, noisy))
    assert unsure["tempo_bpm"] == pytest.approx(110, rel=0.01)
    assert unsure["tempo_confidence"] < sure["tempo_confidence"]


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (np.zeros(5 * 22_050, np.float32), SILENCE),
        (sine(440, 10, sample_rate=22_050), NO_PULSE),
        (clicks(120, 2.5, sample_rate=22_050), TOO_SHORT),
    ],
    ids=["silence", "a held tone", "two and a half seconds"],
)
@pytest.mark.parametrize("name", OF_THE_PULSE)
def test_where_there_is_no_pulse_none_is_made_up(sound: Audio, why: str, name: str) -> None:
    assert value(sound, name) is None
    assert reason(sound, name) == why


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_has_no_pulse(seed: int) -> None:
    assert value(noise(30, sample_rate=22_050, seed=seed), "tempo_bpm") is None


def test_the_bar_for_chance_falls_with_length() -> None:
    bars = [chance(n) for n in (100, 1_000, 10_000)]
    assert bars == sorted(bars, reverse=True)


@given(tempo_bpm=st.floats(40, 240), n=st.integers(4, 50), jitter=st.floats(0, 0.01))
def test_the_tempo_of_beats_is_their_median_interval(
    tempo_bpm: float, n: int, jitter: float
) -> None:
    rng = np.random.default_rng(n)
    beats_s = np.arange(n) * 60 / tempo_bpm + rng.uniform(-jitter, jitter, n)
    span = min(8, n - 1)
    assert tempo_of(beats_s, 1.0) == pytest.approx(
        tempo_bpm, rel=2.1 * jitter * tempo_bpm / 60 / span + 1e-9
    )


def test_too_few_beats_keep_the_guess() -> None:
    assert tempo_of(np.array([1.0]), 99.0) == 99.0
    assert tempo_of(np.zeros(0), 99.0) == 99.0


@pytest.mark.parametrize("tempo_bpm", [66, 172])
def test_tempi_at_the_edges_are_no_octave_off(tempo_bpm: float) -> None:
    both = mixed(drums(tempo_bpm), song(2, tempo_bpm=tempo_bpm, n_bars=20))
    assert value(both, "tempo_bpm") == pytest.approx(tempo_bpm, rel=0.01)


@pytest.mark.parametrize("tempo_bpm", [90, 120])
def test_the_double_or_the_half_is_among_the_alternatives(tempo_bpm: float) -> None:
    first, second = value(drums(tempo_bpm), "tempo_alternatives_bpm")
    ratios = [max(other / tempo_bpm, tempo_bpm / other) for other in (first, second)]
    assert any(ratio == pytest.approx(2, rel=0.05) for ratio in ratios)


def test_even_beats_are_steady_and_a_tempo_that_runs_away_is_not() -> None:
    assert stability(np.arange(20) * 0.5) == 1.0
    assert stability(np.geomspace(0.7, 0.4, 30).cumsum().astype(np.float64)) < 0.4
    assert value(clicks(100, 20, sample_rate=22_050), "tempo_stability") == 1.0


@pytest.mark.parametrize("a_second", [2, 3, 5])
def test_each_stroke_is_an_onset(a_second: int) -> None:
    strokes = clicks(60 * a_second, 20, sample_rate=22_050)
    assert value(strokes, "onset_rate_hz") == pytest.approx(a_second, rel=0.03)


def test_each_chord_of_a_song_is_an_onset() -> None:
    assert value(song(0, tempo_bpm=120), "onset_rate_hz") == pytest.approx(2, rel=0.05)


def test_one_stroke_far_louder_than_all_others_hides_none() -> None:
    strokes = clicks(180, 12, sample_rate=22_050) * np.float32(0.1)
    louder = strokes.copy()
    louder[6 * 22_050 : 6 * 22_050 + 7_000] *= 10  # one of 36, and 20 dB
    assert value(louder, "onset_rate_hz") == value(strokes, "onset_rate_hz") == 3.0


def test_noise_begins_but_once() -> None:
    """What rises by chance now and then is no stroke."""
    assert value(noise(10, sample_rate=22_050), "onset_rate_hz") < 0.4


def test_a_held_tone_has_one_onset() -> None:
    assert value(sine(440, 10, sample_rate=22_050), "onset_rate_hz") == pytest.approx(0.1, abs=0.1)


@pytest.mark.parametrize("metre", [3, 4])
@pytest.mark.parametrize("tempo_bpm", [84, 112, 150])
def test_bars_begin_where_the_bass_sounds_and_the_chord_changes(metre: int, tempo_bpm: int) -> None:
    sound = chords(["C", "Am", "F", "G"] * 4, tempo_bpm=tempo_bpm, metre=metre)
    found = analysed(sound, "metre", "downbeats_s").features
    assert found["metre"] == metre
    truth = (np.arange(16) * metre * 60 / tempo_bpm).tolist()
    assert share_found(found["downbeats_s"], truth) > 0.9


def test_lists_of_beats_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songloom.core.features.pulse.MOST_BEATS", 10)
    found = analysed(chords(["C", "F"] * 6), "beats_s", "downbeats_s").features
    assert len(found["beats_s"]) == 10
    assert set(found["downbeats_s"]) <= set(found["beats_s"])


def test_downbeats_are_beats() -> None:
    found = analysed(chords(["C", "F"] * 6, metre=3), "beats_s", "downbeats_s").features
    assert set(found["downbeats_s"]) <= set(found["beats_s"])

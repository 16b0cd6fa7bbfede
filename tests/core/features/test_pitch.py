"""The histogram of pitches: each note in its place, each frame of one weight, noise nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.long import Long
from songloom.core.features.pitch import C4_HZ, STEPS, PitchClasses
from songloom.core.features.spectrum import Grid, hann
from tests.core.features.signals import Audio, mixed, noise, sine, tone

GRID = Grid(22_050)
SEMITONE = STEPS // 12


def pitches_of(sound: Audio, grid: Grid = GRID) -> PitchClasses:
    """All whole windows of a sound."""
    n_frames = sound.size // grid.n_long
    frames = sound[: n_frames * grid.n_long].reshape(n_frames, -1) * hann(grid.n_long)
    found = PitchClasses(grid)
    found.add(np.abs(np.fft.rfft(frames)).astype(np.float32))
    return found


def note_hz(semitones_above_c4: float) -> float:
    return float(C4_HZ * 2 ** (semitones_above_c4 / 12))


def test_middle_c_is_where_an_a_of_440_puts_it() -> None:
    assert pytest.approx(261.6256, abs=1e-3) == C4_HZ


@pytest.mark.parametrize("semitones", range(-12, 13))
def test_a_pure_note_falls_into_its_own_step(semitones: int) -> None:
    found = pitches_of(sine(note_hz(semitones), 3, sample_rate=22_050))
    assert int(found.histogram.argmax()) == semitones % 12 * SEMITONE


@pytest.mark.parametrize("cents", [-40, -20, 10, 30])
def test_a_note_between_two_keys_falls_between_two_steps_and_is_the_tuning(cents: int) -> None:
    found = pitches_of(sine(note_hz(7 + cents / 100), 3, sample_rate=22_050))
    assert int(found.histogram.argmax()) == 7 * SEMITONE + cents // 10
    said_cents, agreement = found.tuning()
    assert said_cents == pytest.approx(cents, abs=1)
    assert agreement > 0.95
    assert int(found.chroma().argmax()) == 7  # the semitone grid moves along


def test_each_window_has_the_same_weight_however_loud() -> None:
    loud = sine(note_hz(0), 4, sample_rate=22_050, level=0.9)
    soft = sine(note_hz(4), 4, sample_rate=22_050, level=0.01)
    shares = pitches_of(np.concatenate([loud, soft])).chroma()
    assert shares[0] == pytest.approx(shares[4], rel=0.25)


def test_overtones_speak_for_the_note_below_them() -> None:
    """A rich C alone: its 3rd partial is a G, its 5th an E, and still C counts most by far."""
    shares = pitches_of(tone(48, 4, n_partials=8)).chroma()
    assert int(shares.argmax()) == 0
    assert shares[0] > 1.8 * np.sort(shares)[-2]


def test_a_note_under_a_loud_one_of_another_pitch_is_not_lost() -> None:
    both = mixed(
        sine(note_hz(0), 3, sample_rate=22_050, level=0.5),
        sine(note_hz(6), 3, sample_rate=22_050, level=0.05),
    )
    shares = pitches_of(both).chroma()
    assert shares[6] > 2 * shares[3]


def test_what_leaks_from_a_loud_high_tone_is_no_pitch() -> None:
    found = pitches_of(sine(6_000, 4, sample_rate=22_050, level=0.8))
    assert not found.histogram.any()
    assert not found.chroma().any()
    assert found.tuning() == (0.0, 0.0)


def test_silence_has_no_pitch() -> None:
    found = pitches_of(np.zeros(3 * 22_050, np.float32))
    assert not found.histogram.any()


@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 44_100])
def test_noise_spreads_evenly_over_the_octave(sample_rate: int) -> None:
    grid = Grid(sample_rate)
    shares = pitches_of(noise(60, sample_rate=sample_rate), grid).chroma()
    assert shares == pytest.approx(1 / 12, rel=0.08)


def test_frames_added_in_parts_are_the_same_frames() -> None:
    sound = mixed(tone(60, 6), tone(64, 6), noise(6, sample_rate=22_050, level=0.01))
    whole = pitches_of(sound)
    parted = PitchClasses(GRID)
    frames = sound[: 6 * GRID.n_long].reshape(6, -1) * hann(GRID.n_long)
    magnitude = np.abs(np.fft.rfft(frames)).astype(np.float32)
    for part in (magnitude[:1], magnitude[1:4], magnitude[4:4], magnitude[4:6]):
        parted.add(part)
    if sound.size // GRID.n_long == 6:
        assert parted.histogram == pytest.approx(whole.histogram)
    assert parted.tuning()[0] == pytest.approx(whole.tuning()[0], abs=1)


def test_the_long_spectrogram_hands_its_mono_mix_to_the_histogram() -> None:
    chord = [tone(60, 3), tone(64, 3)]
    listening = Long(GRID, 2)
    listening.add(np.stack(chord))
    sums = listening.finish()
    shares = sums.pitch.chroma()
    assert set(np.argsort(shares)[-2:].tolist()) == {0, 4}

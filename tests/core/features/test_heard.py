"""The one pass: short and long spectrogram, sums, and what is left out when nobody asks."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.analysis import measured
from songloom.core.features.heard import (
    EVERYTHING,
    LONG,
    LOUDNESS,
    OUTLINE,
    PRINT,
    SAMPLES,
    SHAPES,
    SHORT,
    SIDES,
    WAVES,
    Heard,
    hear,
)
from songloom.core.features.long import Long, Sums
from songloom.core.features.reasons import CANCELS, SILENCE, TOO_SHORT, Unsaid
from songloom.core.features.registry import FEATURES
from songloom.core.features.short import CENTIBELS, Frames, Short
from songloom.core.features.spectrum import Grid
from tests.core.features.signals import Audio, clicks, noise, sine, song, stereo

RATE = 22_050
GRID = Grid(RATE)


def frames_of(sound: Audio) -> Frames:
    short = Short(GRID)
    short.add(sound)
    return short.finish()


def sums_of(audio: Audio) -> Sums:
    listening = Long(GRID, len(audio))
    listening.add(audio)
    return listening.finish()


# ---------------------------------------------------------------- the short spectrogram


@pytest.mark.parametrize("n_samples", [1, 440, 441, 442, 10_000])
def test_there_is_a_frame_for_every_fiftieth_of_a_second_and_one_for_the_start(
    n_samples: int,
) -> None:
    frames = frames_of(np.ones(n_samples, np.float32))
    assert frames.energy.size == n_samples // 441 + 1
    assert len(frames.level) == frames.centroid_hz.size == frames.energy.size


def test_the_energy_of_a_frame_is_its_mean_square() -> None:
    frames = frames_of(sine(1_000, 2, sample_rate=RATE, level=0.5))
    assert frames.energy[10:-10] == pytest.approx(0.5**2 / 2, rel=1e-3)


def test_band_levels_are_decibels_of_full_scale() -> None:
    frames = frames_of(sine(1_000, 2, sample_rate=RATE, level=1.0))
    loudest_db = frames.level[20].max() / CENTIBELS
    assert -6.1 < loudest_db <= -3.0  # -3.01, shared between two triangles
    assert frames.level.min() >= -120 * CENTIBELS


def test_a_frame_is_centred_on_its_time() -> None:
    click = np.zeros(RATE, np.float32)
    click[11_025] = 1.0
    energy = frames_of(click).energy
    assert int(energy.argmax()) == 25  # 0.5 s


def test_audible_frames_lie_within_sixty_decibels() -> None:
    loud, soft, silent = (
        sine(500, 1, sample_rate=RATE, level=level) for level in (0.5, 0.005, 0.00005)
    )
    audible = frames_of(np.concatenate([loud, soft, silent])).audible()
    assert audible[5:45].all()
    assert audible[55:95].all()
    assert not audible[110:140].any()
    assert not frames_of(np.zeros(RATE, np.float32)).audible().any()


# ---------------------------------------------------------------- the long spectrogram


def test_long_sums_are_mean_squares_of_each_side() -> None:
    left, right = (
        sine(500, 4, sample_rate=RATE, level=0.5),
        sine(500, 4, sample_rate=RATE, level=0.2),
    )
    sums = sums_of(np.stack([left, right]))
    assert sums.left.sum() == pytest.approx(0.125, rel=0.01)
    assert sums.right.sum() == pytest.approx(0.02, rel=0.01)
    assert sums.all.sum() == pytest.approx((0.125 + 0.02) / 2, rel=0.01)
    assert sums.mono.sum() == pytest.approx(0.35**2 / 2, rel=0.01)
    assert sums.cross.real.sum() == pytest.approx(0.5 * 0.2 / 2, rel=0.01)


def test_one_channel_is_both_sides() -> None:
    sums = sums_of(noise(3, sample_rate=RATE)[np.newaxis])
    assert np.array_equal(sums.left, sums.right)
    assert sums.mono == pytest.approx(sums.left, rel=1e-5)
    assert not sums.cross.any()


@pytest.mark.parametrize("n_samples", [1, 100, 4_000, 8_191, 8_192, 8_193, 20_000])
def test_a_sound_shorter_than_a_window_is_one_window_of_its_own(n_samples: int) -> None:
    sums = sums_of(0.5 * np.ones((1, n_samples), np.float32))
    total = float(sums.mono.sum())
    assert np.isfinite(total)
    # A constant lies in bin 0, which the one-sided sum counts twice.
    assert 0.2 < total < 0.55


def test_sums_of_nothing_are_nothing() -> None:
    sums = Long(GRID, 2).finish()
    assert not sums.mono.any()
    assert not sums.cross.any()


# ---------------------------------------------------------------- the whole pass


def test_parts_that_nobody_asked_for_are_not_there() -> None:
    heard = hear([stereo(noise(1, sample_rate=RATE))], RATE, 2, gather={LOUDNESS})
    assert heard.meter.integrated_lufs() is not None
    for part in ("frames", "sums", "outline", "samples"):
        with pytest.raises(AssertionError, match="gather"):
            getattr(heard, part)
    with pytest.raises(AssertionError, match="gather"):
        _ = hear([], RATE, 1, gather=()).meter


def test_everything_is_nine_parts() -> None:
    assert {WAVES, LOUDNESS, OUTLINE, SHORT, SHAPES, LONG, SIDES, SAMPLES, PRINT} == EVERYTHING


def test_a_feature_alone_is_what_it_is_among_all() -> None:
    """Parts that it does not need are left out, and change nothing but the last digit."""
    tune = song(3, n_bars=2)
    audio = np.stack([tune, 0.5 * tune + noise(10, sample_rate=RATE, level=0.01)[: tune.size]])
    whole = measured(hear([audio], RATE, 2), FEATURES.values()).features
    needed = {feature.needs for feature in FEATURES.values()}
    for parts in needed:
        features = [feature for feature in FEATURES.values() if feature.needs == parts]
        for name, value in measured(
            hear([audio], RATE, 2, gather=parts), features
        ).features.items():
            if isinstance(value, (int, float)):
                assert value == pytest.approx(whole[name], rel=1e-4), name
            elif not isinstance(value, list):
                assert value == whole[name], name


def test_time_is_counted_in_samples() -> None:
    heard = hear([noise(1, sample_rate=RATE)[np.newaxis]] * 3, RATE, 1, gather=())
    assert heard.duration_s == pytest.approx(3.0)


def test_empty_blocks_are_no_sound_and_no_error() -> None:
    empty = np.zeros((2, 0), np.float32)
    heard = hear([empty, stereo(sine(440, 1, sample_rate=RATE)), empty], RATE, 2)
    assert heard.duration_s == pytest.approx(1.0)
    assert heard.frames.energy.size == 51


@pytest.mark.parametrize(
    ("audio", "why"),
    [
        (np.zeros((2, RATE), np.float32), SILENCE),
        (np.stack([sine(440, 1, sample_rate=RATE), -sine(440, 1, sample_rate=RATE)]), CANCELS),
    ],
    ids=["silence", "opposite"],
)
def test_what_does_not_sound_says_why(audio: Audio, why: str) -> None:
    heard = hear([audio], RATE, 2)
    with pytest.raises(Unsaid) as told:
        heard.must_sound()
    assert told.value.reason == why


def test_a_click_in_minutes_of_silence_still_sounds() -> None:
    heard = Heard(RATE, 1, gather=())
    heard.add(clicks(60, 1.0, sample_rate=RATE)[np.newaxis])
    for _ in range(120):
        heard.add(np.zeros((1, RATE), np.float32))
    heard.must_sound()


def test_the_noise_of_an_empty_track_is_silence() -> None:
    """The last bit of 16, shaken: -98 dBFS."""
    dither = np.round(noise(2, sample_rate=RATE, level=0.5)) / 32_768
    heard = hear([dither.astype(np.float32)[np.newaxis]], RATE, 1)
    with pytest.raises(Unsaid):
        heard.must_sound()


def test_three_seconds_are_needed_for_a_pulse() -> None:
    short, long_enough = (
        hear([clicks(120, s, sample_rate=RATE)[np.newaxis]], RATE, 1) for s in (2.9, 6.0)
    )
    with pytest.raises(Unsaid, match=TOO_SHORT):
        short.rhythm()
    assert long_enough.rhythm().tempo_bpm == pytest.approx(120, rel=0.02)


def test_asking_twice_costs_once() -> None:
    heard = hear([clicks(120, 6, sample_rate=RATE)[np.newaxis]], RATE, 1)
    assert heard.frames is heard.frames
    assert heard.rhythm() is heard.rhythm()
    assert heard.sums is heard.sums

"""The fingerprint is Chromaprint's, and no property of the file but of the sound."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from songloom.core.features.acoustid import decoded, encoded
from songloom.core.features.fingerprint import (
    ITEM_S,
    LENGTH_S,
    RATE_HZ,
    Halver,
    Items,
    Print,
    at_rate,
    empty_item,
)
from tests.core.features.listening import reason, value
from tests.core.features.signals import Audio, noise, sine, song

RATE = 22_050
BY_FPCALC = (  # what fpcalc 1.5.1 prints for `made()`, written as 24-bit WAV
    "AQAAX0kSSUoSa4KB-_CPjzCOH7aKjzAeGJ_x5bjh48XhFl90pDmOHz5OeDouz3Bx1COeI09G3EetXDilw6SO4zAOMfzxw8hP"
    "-Dj2Hz4O_-iPV8iZoeInEToOWEdOOPXxHIeP8zBzD9fh6fjgE_2O67iU5Iiuo91ynLCKF-6gDxzHI_3xwt1xnA9cHQ-PXcMj"
    "angOH08rxCMAJQRCBAFEEVFIMyegQA-JwxS8BAECiBACqiAsEFaBARCziAkBBRBPMOQU8g4ARYQVhDEAiFDAMaOAYkw5Yxgx"
    "hgGkAA"
)


def made() -> Audio:
    return np.concatenate([song(0, n_bars=3), song(5, n_bars=3, is_minor=True)])


def items(sound: Audio, sample_rate: int = RATE) -> Items:
    heard = Print(sample_rate)
    heard.add(sound)
    return heard.items()


def agreement(one: Items, other: Items) -> float:
    n = min(one.size, other.size)
    assert n > 0
    assert abs(one.size - other.size) <= 1
    return 1 - float(np.bitwise_count(one[:n] ^ other[:n]).sum()) / (32 * n)


def test_it_is_what_chromaprint_says() -> None:
    """A limit passed by a rounding error may turn a bit here and there."""
    assert agreement(items(made()), decoded(BY_FPCALC)) > 0.998


@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100, 48_000, 96_000, 11_111])
def test_it_is_the_same_at_every_sample_rate(sample_rate: int) -> None:
    step = int(np.gcd(sample_rate, RATE))
    sound = signal.resample_poly(made(), sample_rate // step, RATE // step)
    assert agreement(items(sound.astype(np.float32), sample_rate), decoded(BY_FPCALC)) > 0.98


@pytest.mark.skipif(shutil.which("fpcalc") is None, reason="Chromaprint's program is not here")
def test_its_text_is_what_fpcalc_prints(tmp_path: Path) -> None:
    sound = np.stack([song(3, n_bars=3), song(3, n_bars=3, cents=30)], axis=1)
    soundfile.write(tmp_path / "made.wav", sound, RATE, subtype="PCM_24")
    said = subprocess.run(
        ["fpcalc", "-plain", tmp_path / "made.wav"], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert agreement(items(sound.mean(axis=1)), decoded(said)) > 0.998


@settings(max_examples=10)
@given(st.lists(st.integers(0, 40_000), max_size=8))
def test_it_does_not_matter_in_which_blocks_the_sound_comes(cuts: list[int]) -> None:
    sound, heard = song(0, n_bars=2), Print(44_100)
    for block in np.split(sound, sorted(cuts)):
        heard.add(block)
    assert np.array_equal(heard.items(), items(sound, 44_100))


def test_it_does_not_matter_how_loud_it_is() -> None:
    assert np.array_equal(items(made() * np.float32(0.5)), items(made()))


def test_only_the_first_two_minutes_count() -> None:
    once = noise(LENGTH_S, sample_rate=4_000)
    more = np.concatenate([once, noise(5, sample_rate=4_000, seed=9)])
    assert np.array_equal(items(more, 4_000), items(once, 4_000))
    assert items(once, 4_000).size * ITEM_S == pytest.approx(LENGTH_S, abs=3)


@pytest.mark.parametrize(("hz", "gain"), [(30, 1.0), (3_520, 1.0), (7_600, 0.0), (10_500, 0.0)])
def test_half_the_rate_keeps_pitches_and_lets_nothing_fold_onto_them(hz: int, gain: float) -> None:
    """Within 1 %, 40 dB below."""
    tone = sine(hz, 0.5, sample_rate=RATE)
    level = np.abs(Halver().add(tone)[200:-200]).max()
    assert level / np.abs(tone).max() == pytest.approx(gain, abs=0.01)


@pytest.mark.parametrize("rate_hz", [8_000, 12_000, 16_000])
def test_another_rate_keeps_a_tone_where_it_is(rate_hz: int) -> None:
    tone = sine(1_000, 0.5, sample_rate=rate_hz)
    there = at_rate(tone, rate_hz)
    assert there.size == pytest.approx(RATE_HZ / 2, abs=2)
    expected = sine(1_000, 0.5, sample_rate=RATE_HZ)[: there.size]
    assert there[200:-200] == pytest.approx(expected[200 : there.size - 200], abs=0.02)


def test_silence_and_what_is_too_short_have_none() -> None:
    assert value(np.zeros(5 * RATE, np.float32), "fingerprint") is None
    assert reason(sine(440, 2, sample_rate=RATE), "fingerprint") == "It is too short."
    late = np.concatenate([np.zeros(121 * 4_000, np.float32), noise(4, sample_rate=4_000)])
    assert reason(late, "fingerprint", sample_rate=4_000) == "There is nothing but silence."


def test_the_feature_is_the_text() -> None:
    assert value(made(), "fingerprint") == encoded(items(made()))


def test_what_silence_says_is_known() -> None:
    assert set(items(np.zeros(5 * RATE, np.float32)).tolist()) == {int(empty_item())}

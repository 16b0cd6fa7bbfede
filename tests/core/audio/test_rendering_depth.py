"""How many bits a rendition has, what a trial says of it, and other tracks in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from songloom.core.audio import decode, levelling, shaping
from songloom.core.audio.levelling import Levels
from songloom.core.audio.probe import probe
from songloom.core.audio.rendering import preview, render, trial
from tests.core.audio.sounds import noise, tone, write
from tests.core.audio.wishes import TRACK

RATE = 44_100


@pytest.fixture
def fine(tmp_path: Path) -> str:
    """Two seconds whose samples need 24 bits."""
    steps = np.random.default_rng(1).integers(-(2**21), 2**21, (2, 2 * RATE))
    return str(write(tmp_path / "fine.flac", (steps / 2**23).astype(np.float32), RATE, bits=24))


@pytest.mark.parametrize(
    ("edits", "bits"),
    [
        ([], 24),
        ([{"edit": "gain", "gain_db": -3}], 24),
        ([{"edit": "dither", "bits": 16}], 16),
        ([{"edit": "dither", "bits": 12}, {"edit": "trim", "start_s": 0.5}], 16),
        ([{"edit": "dither", "bits": 16}, {"edit": "gain", "gain_db": -3}], 24),
        ([{"edit": "dither", "bits": 20}], 24),
    ],
)
@pytest.mark.parametrize("format", ["flac", "wav"])
def test_a_rendition_has_as_many_bits_as_its_sound_needs(
    tmp_path: Path, fine: str, format: str, edits: list[dict[str, Any]], bits: int
) -> None:
    out = str(tmp_path / f"out.{format}")
    render(fine, out, recipe=edits, format=format)
    assert probe(out)["bits"] == bits


def test_24_bits_are_kept_to_the_bit_and_16_are_dithered_alike_every_time(
    tmp_path: Path, fine: str
) -> None:
    sound, _ = decode.read(fine)
    same, one, two = (str(tmp_path / name) for name in ("same.flac", "one.flac", "two.wav"))
    render(fine, same, recipe=[{"edit": "reverse"}, {"edit": "reverse"}], format="flac")
    assert_array_equal(decode.read(same)[0], sound)
    for out in (one, two):
        render(fine, out, recipe=[{"edit": "dither", "seed": 3}], format=out.rsplit(".")[-1])
    assert_array_equal(decode.read(one)[0], decode.read(two)[0])
    error = decode.read(one)[0] - sound
    assert (error.astype(np.float64) ** 2).mean() * 2**30 == pytest.approx(0.25, rel=0.05)


def test_a_wish_for_24_bits_is_heard(tmp_path: Path) -> None:
    source = str(write(tmp_path / "a.wav", noise(1_000), RATE))
    out = str(tmp_path / "out.wav")
    render(source, out, recipe=[{"edit": "gain", "gain_db": -1}], format="wav", bits=24)
    assert probe(out)["bits"] == 24


def test_nothing_is_left_beside_a_reversed_rendition(tmp_path: Path, fine: str) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    render(fine, str(folder / "out.flac"), recipe=[{"edit": "reverse"}], format="flac")
    assert os.listdir(folder) == ["out.flac"]


# ------------------------------------------------------------------ other tracks


def test_parts_of_other_files_are_joined_as_those_parts(tmp_path: Path) -> None:
    one, other = noise(2_000, seed=1), noise(RATE, seed=2)
    paths = [str(write(tmp_path / f"{n}.wav", s, RATE)) for n, s in enumerate((one, other))]
    out = str(tmp_path / "out.wav")
    told = {TRACK: {"path": paths[1], "start_s": 0.25, "end_s": 0.5}}
    render(paths[0], out, recipe=[{"edit": "join", "track": TRACK}], format="wav", others=told)
    part = other[:, round(0.25 * RATE) : round(0.5 * RATE)]
    assert_array_equal(decode.read(out)[0], np.concatenate([one, part], axis=1))


def test_a_preview_behind_a_joint_is_of_the_other_track(tmp_path: Path) -> None:
    one, other = noise(RATE, seed=1), noise(RATE, seed=2)
    paths = [str(write(tmp_path / f"{n}.flac", s, RATE)) for n, s in enumerate((one, other))]
    out = str(tmp_path / "out.wav")
    told = {TRACK: {"path": paths[1], "start_s": None, "end_s": None, "length_s": 1.0}}
    preview(
        paths[0],
        out,
        recipe=[{"edit": "join", "track": TRACK}],
        at_s=1.5,
        length_s=1.0,
        others=told,
    )
    assert_array_equal(decode.read(out)[0], other[:, RATE // 2 :])


# ------------------------------------------------------------------ trials


@pytest.mark.parametrize(
    ("edits", "lasts_s"),
    [
        ([], 30.0),
        ([{"edit": "trim", "start_s": 10, "end_s": 25}], 15.0),
        ([{"edit": "cut", "start_s": 10, "end_s": 25}], 15.0),
        ([{"edit": "insert_silence", "duration_s": 5}], 35.0),
        ([{"edit": "trim", "end_s": 2}], 2.0),
    ],
)
def test_a_trial_knows_how_long_the_whole_would_last(
    tmp_path: Path, edits: list[dict[str, Any]], lasts_s: float
) -> None:
    source = str(write(tmp_path / "a.flac", tone(300, 30, 8_000), 8_000))
    out = str(tmp_path / "out.wav")
    told = trial(source, out, recipe=edits, format="wav", length_s=30.0)
    assert told["lasts_s"] == pytest.approx(lasts_s, abs=0.001)
    assert told["seconds"] == pytest.approx(min(lasts_s, 10.0), abs=0.001)
    assert told["size_bytes"] == os.path.getsize(out)


# ------------------------------------------------------------------ a loudness nearby


def test_nearby_the_gain_is_what_is_missing_and_peaks_obey() -> None:
    rate = 48_000
    sound = noise(rate, level=0.3)
    about = Levels(-20.0, -1.0)
    how = {"target_lufs": -14.0, "ceiling_dbtp": -3.0}
    levels = levelling.nearby(sound, about, sample_rate=rate, **how)
    assert levels.gain_db == pytest.approx(6.0)
    made = np.concatenate(list(levels.apply(iter([sound]))), axis=1)
    assert 20 * np.log10(np.abs(made).max()) <= -3.0


def test_nearby_a_sound_of_unknown_loudness_stays_as_it_is() -> None:
    sound = noise(4_000)
    levels = levelling.nearby(
        sound, Levels(None, None), target_lufs=-14, ceiling_dbtp=-1, sample_rate=48_000
    )
    assert_array_equal(np.concatenate(list(levels.apply(iter([sound]))), axis=1), sound)


def test_a_curve_can_be_followed_from_any_sample_on() -> None:
    sound = noise(20_000)
    curve = -np.abs(np.sin(np.arange(200, dtype=np.float32)))
    levels = levelling.Levelling(3.0, curve)
    whole = np.concatenate(list(levels.apply(iter([sound]))), axis=1)
    for first in (0, 1, 777, 9_999, 19_999):
        part = shaping.trim(iter([sound]), first, None)
        made = np.concatenate(list(levels.apply(part, first)), axis=1)
        assert_allclose(made, whole[:, first:], rtol=1e-6)

"""A preview jumps into the edited sound: what it finds there is what the whole would have there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from songloom.core.audio import Audio, decode, recipe
from songloom.core.audio.edits import EDITS, Sound
from songloom.core.audio.formats import FORMATS, RENDITIONS
from songloom.core.audio.levelling import Levels
from songloom.core.audio.rendering import preview, render
from tests.core.audio.sounds import cut_at, joined, noise, tone, write
from tests.core.audio.wishes import TRACK

RATE = 8_000
N = 6_000
SOUND = noise(N, 2, seed=31)
OTHER = noise(2_000, 2, seed=32)
SETTLED = 1e-5  # filters start anew, and have forgotten all but −100 dB of it


def anywhere(sound: Audio, rate: int = RATE, **more: Any) -> Sound:
    """A sound that can be jumped in, in blocks that begin wherever one jumps to."""
    return Sound(
        lambda: cut_at(sound, [700, 3_000]),
        rate,
        len(sound),
        jump=lambda first: cut_at(sound[:, first:], [900]),
        count=lambda: sound.shape[1],
        **more,
    )


def forwards(sound: Audio, **more: Any) -> Sound:
    return Sound(lambda: iter([sound]), RATE, len(sound), **more)


EXACT: list[list[dict[str, Any]]] = [
    [{"edit": "trim", "start_s": 0.1, "end_s": 0.6}],
    [{"edit": "cut", "start_s": 0.2, "end_s": 0.4}],
    [{"edit": "cut", "start_s": 0.2, "end_s": 0.4, "smooth_ms": 0}],
    [{"edit": "cut", "start_s": 0.6}],
    [{"edit": "insert_silence", "at_s": 0.3, "duration_s": 0.2}],
    [{"edit": "insert_silence", "at_s": 50, "duration_s": 0.2}],
    [{"edit": "fade_in", "duration_s": 0.3}],
    [{"edit": "fade_out", "duration_s": 0.3}],
    [{"edit": "fade_out", "duration_s": 10}],
    [{"edit": "fade_in", "duration_s": 10}],
    [{"edit": "gain", "gain_db": -3}],
    [{"edit": "resample", "sample_rate": 11_025}],
    [{"edit": "resample", "sample_rate": 44_100}],
    [{"edit": "channels", "channels": 1}],
    [{"edit": "trim_silence", "threshold_db": -20}],
    [{"edit": "join", "track": TRACK, "crossfade_s": 0.1}],
    [{"edit": "join", "track": TRACK}],
    [{"edit": "reverse"}],
    [{"edit": "width", "width_percent": 20}],
    [{"edit": "swap_channels"}],
    [{"edit": "mix", "matrix": [[0.2, 0.8]]}],
    [{"edit": "invert", "channel": 2}],
    [{"edit": "dither", "bits": 10}],
    [
        {"edit": "cut", "start_s": 0.1, "end_s": 0.2},
        {"edit": "reverse"},
        {"edit": "fade_in", "duration_s": 0.1},
        {"edit": "join", "track": TRACK, "crossfade_s": 0.05},
        {"edit": "fade_out", "duration_s": 0.2},
        {"edit": "insert_silence", "at_s": 0.3, "duration_s": 0.1},
        {"edit": "resample", "sample_rate": 12_000},
    ],
]
SETTLING: list[list[dict[str, Any]]] = [
    [{"edit": "high_pass", "cutoff_hz": 80}],
    [{"edit": "low_pass", "cutoff_hz": 900, "order": 5}],
    [{"edit": "high_pass", "cutoff_hz": 300}, {"edit": "reverse"}],
]
ESTIMATED = {"loudness", "remove_dc"}  # they need the whole; a preview looks at some places


def test_every_edit_is_jumped_into_here() -> None:
    tried = {one["edit"] for made in (*EXACT, *SETTLING) for one in made}
    assert tried | ESTIMATED == set(EDITS)


@pytest.mark.parametrize("edits", EXACT, ids=lambda e: "+".join(one["edit"] for one in e))
@given(data=st.data())
@settings(max_examples=20)
def test_from_any_sample_on_it_is_the_end_of_the_whole(
    edits: list[dict[str, Any]], data: st.DataObject
) -> None:
    made = recipe.read(edits)
    whole = made.on(forwards(SOUND, others={TRACK: forwards(OTHER)}))
    found = made.on(anywhere(SOUND, others={TRACK: anywhere(OTHER)}))
    wanted = joined(whole.make(), whole.channels)
    assert found.jump is not None
    assert found.n_samples == wanted.shape[1]
    first = data.draw(st.integers(0, wanted.shape[1]))
    assert_allclose(joined(found.at(first), found.channels), wanted[:, first:], atol=1e-7)


@pytest.mark.parametrize("edits", SETTLING, ids=lambda e: "+".join(one["edit"] for one in e))
@given(first=st.integers(0, N))
@settings(max_examples=20)
def test_a_filter_starts_early_enough_to_have_settled(
    edits: list[dict[str, Any]], first: int
) -> None:
    made = recipe.read(edits)
    wanted = joined(made.on(forwards(SOUND)).make())
    found = joined(made.on(anywhere(SOUND)).at(first))
    assert_allclose(found, wanted[:, first:], atol=SETTLED)


def test_a_loudness_is_about_right_from_a_few_places() -> None:
    """Noise is as loud everywhere, so that a part tells the whole: within 0.5 LU."""
    rate = 48_000
    sound = noise(rate * 20, 2, level=0.02)
    made = recipe.read([{"edit": "loudness", "target_lufs": -20}])
    whole = joined(made.on(Sound(lambda: iter([sound]), rate, 2)).make())
    found = joined(made.on(anywhere(sound, rate)).at(rate * 5))
    ratio = np.abs(found).mean() / np.abs(whole[:, rate * 5 :]).mean()
    assert 20 * np.log10(ratio) == pytest.approx(0, abs=0.5)


def test_a_loudness_that_is_known_is_taken_as_it_is_known_and_moves_with_a_gain() -> None:
    sound = tone(440.0, 2.0, RATE, level=0.1)
    edits = [{"edit": "gain", "gain_db": 6}, {"edit": "loudness", "target_lufs": -30}]
    known = anywhere(sound, levels=Levels(-40.0, -20.0))  # not so, but said
    made = joined(recipe.read(edits).on(known).at(0))
    lifted = 20 * np.log10(np.abs(made).max() / np.abs(sound).max())
    assert lifted == pytest.approx(6 + (-30 - -34), abs=0.01)


def test_a_mean_is_about_right_from_a_few_places() -> None:
    sound = noise(RATE * 30, 1) + np.float32(0.3)
    made = recipe.read([{"edit": "remove_dc"}]).on(anywhere(sound))
    assert abs(joined(made.at(RATE), 1).mean()) < 0.01


# ------------------------------------------------------------------ files


def music(rate: int, seconds: float = 6.0) -> Audio:
    """Chords that change, so that no place is like another."""
    time_s = np.arange(round(rate * seconds)) / rate
    sweep = np.sin(2 * np.pi * (200 * time_s + 60 * time_s**2)) * (0.3 + 0.2 * np.sin(3 * time_s))
    return np.stack([sweep, np.roll(sweep, 50)]).astype(np.float32)


@pytest.mark.parametrize("name", RENDITIONS)
@pytest.mark.parametrize("at_s", [0.2, 1.7, 4.321, 5.9])
def test_a_file_is_jumped_into_to_the_sample(tmp_path: Path, name: str, at_s: float) -> None:
    """Lossless to the bit; lossy decoders have found their way, and are not a sample off."""
    rate = FORMATS[name].nearest_rate(44_100)
    path = str(write(tmp_path / f"a.{name}", music(rate), rate))
    whole, _ = decode.read(path)
    first = round(at_s * rate)
    found = joined(decode.blocks_from(path, first))
    assert found.shape[1] == whole.shape[1] - first
    is_lossy = FORMATS[name].is_lossy
    assert_allclose(found, whole[:, first:], atol=2e-3 if is_lossy else 0)


@pytest.mark.parametrize("name", ["flac", "mp3", "m4a"])
def test_a_preview_is_a_window_of_what_is_rendered(tmp_path: Path, name: str) -> None:
    rate = 44_100
    path = str(write(tmp_path / f"a.{name}", music(rate), rate))
    edits = [
        {"edit": "cut", "start_s": 1.0, "end_s": 2.0},
        {"edit": "high_pass", "cutoff_hz": 100},
        {"edit": "gain", "gain_db": -4},
        {"edit": "fade_out", "duration_s": 2},
    ]
    whole_path, part_path = str(tmp_path / "whole.wav"), str(tmp_path / "part.wav")
    render(path, whole_path, recipe=edits, format="wav")
    told = preview(
        path, part_path, recipe=edits, at_s=2.5, duration_s=2, length_s=6.0, levels=(-18.0, -3.0)
    )
    whole, part = decode.read(whole_path)[0], decode.read(part_path)[0]
    assert told["n_samples"] == part.shape[1] == 2 * rate
    first = round(2.5 * rate)
    assert_allclose(part, whole[:, first : first + 2 * rate], atol=4e-3)

"""Cutting, inserting, joining and turning round: to the sample, and without a click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from songloom.core.audio import Audio, recipe, shaping, turning
from songloom.core.audio.edits import Sound
from songloom.errors import BadRecipe
from tests.core.audio.sounds import boundaries, cut_at, joined, noise, tone
from tests.core.audio.wishes import TRACK

RATE = 8_000
N = 2_000
SOUND = noise(N, 2, seed=3)
ONE_ULP = float(np.finfo(np.float32).eps)
places = st.integers(0, N)
smoothing = st.integers(0, 200)
many = settings(max_examples=60)


def edited(edit: dict[str, Any], sound: Audio = SOUND, **more: Any) -> Audio:
    made = recipe.read([edit]).on(Sound(lambda: iter([sound]), RATE, len(sound), **more))
    return joined(made.make(), made.channels)


def above(sound: Audio, hz: float, rate: int) -> float:
    """How much of a sound lies above a frequency, in dB of full scale."""
    window = np.hanning(sound.shape[1])
    power = np.abs(np.fft.rfft(sound[0] * window)) ** 2
    high = power[np.fft.rfftfreq(sound.shape[1], 1 / rate) > hz].sum()
    return float(10 * np.log10(high / power.sum() + 1e-20))


# ------------------------------------------------------------------ cuts that do not click


@given(first=places, length=places, n_smooth=smoothing, cuts=boundaries(N))
@many
def test_a_smooth_cut_is_as_long_as_a_hard_one_and_differs_only_at_the_joint(
    first: int, length: int, n_smooth: int, cuts: list[int]
) -> None:
    stop = min(first + length, N)
    hard = joined(shaping.cut(cut_at(SOUND, cuts), first, stop))
    smooth = joined(shaping.cut(cut_at(SOUND, cuts), first, stop, n_smooth))
    assert smooth.shape == hard.shape
    half = n_smooth // 2
    assert_array_equal(smooth[:, : max(0, first - half)], hard[:, : max(0, first - half)])
    assert_array_equal(smooth[:, first + half :], hard[:, first + half :])


def test_a_smooth_cut_out_of_a_tone_does_not_click_and_a_hard_one_does() -> None:
    """Cut by half a period: the hard joint turns the tone over, and is heard at every frequency."""
    rate, hz = 44_100, 441.0
    sound = tone(hz, 1.0, rate, channels=1)
    first, stop = 20_025, 30_025 + 50
    hard = joined(shaping.cut(iter([sound]), first, stop), 1)[:, 15_000:25_000]
    smooth = joined(shaping.cut(iter([sound]), first, stop, 220), 1)[:, 15_000:25_000]
    assert above(hard, 8_000, rate) > -50
    assert above(smooth, 8_000, rate) < -75


def test_a_cut_of_noise_is_as_loud_at_the_joint_as_elsewhere() -> None:
    """Equal power: two sounds that know nothing of each other neither dip nor swell, ± 0.5 dB."""
    sound = noise(200_000, 1, seed=5)
    powers = []
    for seed in range(40):
        at = 2_000 + 2_000 * seed
        made = joined(shaping.cut(iter([sound]), at, at + 50_000, 2_000), 1)
        powers.append(float((made[:, at - 1_000 : at + 1_000] ** 2).mean()))
    assert 10 * np.log10(np.mean(powers) / (sound**2).mean()) == pytest.approx(0, abs=0.5)


def test_a_cut_smooths_over_five_milliseconds_unless_asked_otherwise() -> None:
    (edit,) = recipe.read([{"edit": "cut", "start_s": 0.1, "end_s": 0.15}]).edits
    assert edit.document()["smooth_ms"] == 5.0
    hard = np.concatenate([SOUND[:, :800], SOUND[:, 1_200:]], axis=1)
    assert_array_equal(edited(edit.document() | {"smooth_ms": 0}), hard)
    smooth = edited(edit.document())
    (changed,) = np.nonzero((smooth != hard).any(axis=0))
    assert changed.min() >= 800 - 20
    assert changed.max() < 800 + 20  # 5 ms are 40 samples


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 0.1), (0.1, None), (0.1, 9.0)])
def test_a_cut_at_an_end_has_no_joint_and_leaves_the_rest_to_the_bit(
    start_s: float, end_s: float | None
) -> None:
    made = edited({"edit": "cut", "start_s": start_s, "end_s": end_s})
    kept = SOUND[:, 800:] if start_s == 0.0 else SOUND[:, :800]
    assert_array_equal(made, kept)


# ------------------------------------------------------------------ silence put in


@given(at=places, n=st.integers(0, 500), cuts=boundaries(N))
@many
def test_silence_put_in_and_taken_out_again_leaves_the_sound(
    at: int, n: int, cuts: list[int]
) -> None:
    longer = joined(shaping.with_silence(cut_at(SOUND, cuts), at, n, 0))
    assert not longer[:, at : at + n].any()
    assert_array_equal(joined(shaping.cut(iter([longer]), at, at + n)), SOUND)


@given(at=places, n=st.integers(1, 500), n_smooth=smoothing)
@many
def test_around_smooth_silence_nothing_gets_louder_and_far_from_it_nothing_changes(
    at: int, n: int, n_smooth: int
) -> None:
    hard = joined(shaping.with_silence(iter([SOUND]), at, n, 0))
    smooth = joined(shaping.with_silence(iter([SOUND]), at, n, n_smooth))
    assert smooth.shape == hard.shape
    assert (np.abs(smooth) <= np.abs(hard)).all()
    assert_array_equal(smooth[:, : max(0, at - n_smooth)], hard[:, : max(0, at - n_smooth)])
    assert_array_equal(smooth[:, at + n + n_smooth :], hard[:, at + n + n_smooth :])


def test_silence_behind_the_end_is_put_at_the_end() -> None:
    made = edited({"edit": "insert_silence", "at_s": 100, "duration_s": 0.1, "smooth_ms": 0})
    assert_array_equal(made, np.pad(SOUND, ((0, 0), (0, 800))))


# ------------------------------------------------------------------ joining


@given(n=st.integers(0, 3_000), cuts=boundaries(N))
@many
def test_a_crossfade_is_as_long_as_both_less_what_overlaps(n: int, cuts: list[int]) -> None:
    other = noise(1_500, 2, seed=9)
    made = joined(shaping.crossfaded(cut_at(SOUND, cuts), iter([other]), n))
    overlap = min(n, 1_500, N)
    assert made.shape[1] == N + 1_500 - overlap
    assert_array_equal(made[:, : N - overlap], SOUND[:, : N - overlap])
    assert_array_equal(made[:, N:], other[:, overlap:])


def test_without_a_crossfade_one_track_follows_the_other_to_the_sample() -> None:
    other = noise(900, 2, seed=9)
    others = {TRACK: Sound(lambda: iter([other]), RATE, 2)}
    made = edited({"edit": "join", "track": TRACK}, others=others)
    assert_array_equal(made, np.concatenate([SOUND, other], axis=1))


def test_a_crossfade_of_what_is_alike_only_swells_and_of_nothing_only_fades() -> None:
    """The squares of both gains add up to 1; their sum reaches √2 in the middle."""
    steady = np.ones((1, 400), np.float32)
    silent = np.zeros((1, 400), np.float32)
    both = joined(shaping.crossfaded(iter([steady]), iter([steady]), 400), 1)
    falls = joined(shaping.crossfaded(iter([steady]), iter([silent]), 400), 1)
    rises = joined(shaping.crossfaded(iter([silent]), iter([steady]), 400), 1)
    assert_allclose(falls**2 + rises**2, 1.0, atol=4 * ONE_ULP)
    assert both.max() == pytest.approx(2**0.5, abs=1e-4)
    assert (np.diff(falls) <= 0).all()


@pytest.mark.parametrize(("mine", "theirs", "both"), [(1, 2, 2), (2, 1, 2), (1, 1, 1), (2, 6, 6)])
def test_the_other_track_takes_on_the_rate_and_the_larger_number_of_channels_wins(
    mine: int, theirs: int, both: int
) -> None:
    other = Sound(lambda: iter([noise(2_205, theirs)]), 22_050, theirs)
    first = Sound(lambda: iter([noise(800, mine)]), RATE, mine, others={TRACK: other})
    made = recipe.read([{"edit": "join", "track": TRACK}]).on(first)
    assert (made.sample_rate, made.channels) == (RATE, both)
    assert joined(made.make(), both).shape == (both, 800 + 800)


def test_a_track_that_is_not_there_is_refused_by_the_edit_that_names_it() -> None:
    with pytest.raises(BadRecipe, match=r"edit 1 \(join\): the track that it names is not there"):
        edited({"edit": "join", "track": TRACK})


@pytest.mark.parametrize("track", [None, "", "7", 7, "not-a-track", [TRACK]])
def test_what_is_no_id_is_no_track(track: object) -> None:
    with pytest.raises(BadRecipe, match=r"edit 1 \(join\): track must be the id of a track"):
        recipe.read([{"edit": "join", "track": track}])


def test_a_recipe_says_which_other_tracks_it_needs_each_once() -> None:
    other = TRACK[:-1] + "2"
    made = recipe.read([{"edit": "join", "track": one} for one in (TRACK, other, TRACK.upper())])
    assert made.others() == [TRACK, other]


# ------------------------------------------------------------------ backwards


@given(cuts=boundaries(N))
@many
def test_backwards_is_the_mirror_image_and_twice_is_the_sound(cuts: list[int]) -> None:
    once = joined(turning.spilled(cut_at(SOUND, cuts), None))
    assert_array_equal(once, SOUND[:, ::-1])
    assert_array_equal(joined(turning.spilled(iter([once]), None)), SOUND)


def test_a_long_sound_is_turned_round_in_pieces_that_fit(tmp_path: Path) -> None:
    long = noise(turning.CHUNK_SAMPLES * 2 + 77, 2)
    pieces = list(turning.spilled(iter([long]), str(tmp_path)))
    assert max(piece.shape[1] for piece in pieces) <= turning.CHUNK_SAMPLES
    assert_array_equal(joined(pieces), long[:, ::-1])
    assert not list(tmp_path.iterdir()), "what was put aside is gone"


def test_a_trim_of_the_end_of_a_turned_sound_is_its_beginning() -> None:
    turned = edited({"edit": "reverse"})
    assert_array_equal(turned[:, -500:][:, ::-1], SOUND[:, :500])

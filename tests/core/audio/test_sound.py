"""A sound starts anew as often as one likes, and from any sample; a change keeps what it can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from songloom.core.audio import Audio, Blocks, shaping, turning
from songloom.core.audio import recipe as recipes
from songloom.core.audio.levelling import Levels
from songloom.core.audio.sound import Sound
from tests.core.audio.sounds import boundaries, cut_at, joined, noise, tone
from tests.core.audio.wishes import TRACK

RATE = 8_000
N = 3_000
SOUND = noise(N, 2, seed=41)


def forwards(sound: Audio = SOUND, cuts: tuple[int, ...] = ()) -> Sound:
    return Sound(lambda: cut_at(sound, cuts), RATE, len(sound), bits=16, levels=Levels(-20.0, -3.0))


def anywhere(sound: Audio = SOUND) -> Sound:
    return Sound(
        lambda: iter([sound]),
        RATE,
        len(sound),
        jump=lambda first: iter([sound[:, first:]]),
        count=lambda: sound.shape[1],
        bits=16,
    )


@given(first=st.integers(-10, N + 10), cuts=boundaries(N))
def test_from_a_sample_on_it_is_the_same_whether_one_jumps_or_reads(
    first: int, cuts: list[int]
) -> None:
    read = joined(forwards(cuts=tuple(cuts)).at(first))
    assert_array_equal(read, SOUND[:, max(first, 0) :])
    assert_array_equal(joined(anywhere().at(first)), read)


def test_a_sound_whose_length_nobody_knows_is_counted() -> None:
    assert forwards(cuts=(7, 2_000)).n_samples == N
    assert anywhere().n_samples == N


def test_a_change_that_is_the_same_everywhere_keeps_the_jump_and_the_length() -> None:
    louder = anywhere().shaped(lambda blocks: shaping.gain(blocks, 6.0))
    assert louder.jump is not None
    assert louder.n_samples == N
    assert_array_equal(joined(louder.at(500)), joined(louder.make())[:, 500:])
    assert (louder.bits, louder.levels) == (None, None)


def test_a_change_of_a_sound_that_is_only_read_cannot_be_jumped_in() -> None:
    for made in (
        forwards().shaped(lambda blocks: blocks),
        forwards().placed(lambda: iter([SOUND]), lambda _: iter([SOUND]), lambda n: n),
    ):
        assert made.jump is None
        assert made.count is None


def test_whole_steps_stay_only_where_the_change_says_so() -> None:
    assert forwards().shaped(lambda blocks: blocks, is_exact=True).bits == 16
    assert forwards().shaped(lambda blocks: blocks).bits is None


@pytest.mark.parametrize(("time_s", "sample"), [(0, 0), (1, 8_000), (0.00006, 0), (0.00007, 1)])
def test_a_time_is_its_nearest_sample(time_s: float, sample: int) -> None:
    assert forwards().samples(time_s) == sample


# ------------------------------------------------------------------ a sound taken apart


@given(lengths=st.lists(st.integers(0, 900), max_size=6), cuts=boundaries(N))
def test_what_is_taken_skipped_and_left_is_the_whole(lengths: list[int], cuts: list[int]) -> None:
    reader = shaping.Reader(cut_at(SOUND, cuts))
    at, pieces = 0, []
    for turn, length in enumerate(lengths):
        if turn % 3 == 2:
            reader.skip(length)
            pieces.append(SOUND[:, at : at + length])
        else:
            piece = reader.taken(length) if turn % 3 else joined(reader.passed(length))
            assert_array_equal(piece, SOUND[:, at : at + length])
            pieces.append(piece)
        at += length
    pieces.extend(reader.rest())
    assert_array_equal(joined(pieces), SOUND)


def test_a_reader_of_nothing_has_no_channels_and_gives_nothing() -> None:
    reader = shaping.Reader(iter(()))
    assert reader.channels == 0
    assert reader.taken(5).shape == (0, 0)
    assert list(reader.rest()) == []


@given(n=st.integers(0, N + 500), cuts=boundaries(N))
def test_what_is_held_back_is_the_end_and_comes_last(n: int, cuts: list[int]) -> None:
    pieces = list(shaping.held_back(cut_at(SOUND, cuts), n))
    assert_array_equal(joined([piece for piece, _ in pieces]), SOUND)
    ends = [piece for piece, is_end in pieces if is_end]
    assert sum(piece.shape[1] for piece in ends) == min(n, N)
    assert not any(is_end for _, is_end in pieces[:-1])


@given(n=st.integers(1, 500))
def test_a_rise_and_its_mirror_image_share_the_power(n: int) -> None:
    gain = shaping.rising(n).astype(np.float64)
    assert_allclose(gain**2 + gain[::-1] ** 2, 1.0, atol=1e-6)
    assert (np.diff(gain) > 0).all()


# ------------------------------------------------------------------ looked at in a few places


def test_the_sounding_part_is_found_from_both_ends_without_reading_the_middle() -> None:
    read: list[int] = []
    long = np.full((1, 3_000_000), 0.5, np.float32)
    long[:, :2_000] = 0
    long[:, -1_500:] = 0

    def jump(first: int) -> Blocks:
        return shaping.told(shaping.reblocked(iter([long[:, first:]]), 16_384), read.append)

    sound = Sound(lambda: jump(0), RATE, 1, jump=jump, count=lambda: long.shape[1])
    assert turning.sounding(sound, -60.0) == (2_000, 3_000_000 - 1_500)
    assert sum(read) < 600_000


def test_silence_has_no_sounding_part() -> None:
    assert turning.sounding(anywhere(np.zeros((2, 500), np.float32)), -60.0) is None


@given(first=st.integers(0, N))
def test_backwards_from_a_sample_on_is_the_end_of_backwards(first: int) -> None:
    assert_array_equal(joined(turning.backwards(anywhere(), first)), SOUND[:, ::-1][:, first:])


def test_levels_that_are_known_are_not_measured_again() -> None:
    known = Levels(-23.0, -1.0)
    sound = Sound(lambda: iter(()), RATE, 2, levels=known)
    assert turning.estimated_levels(sound) is known


def test_levels_of_something_steady_are_those_of_the_whole() -> None:
    rate = 48_000
    steady = tone(997.0, 30.0, rate, level=0.1)
    sound = Sound(
        lambda: iter([steady]),
        rate,
        2,
        jump=lambda first: iter([steady[:, first:]]),
        count=lambda: steady.shape[1],
    )
    assert turning.estimated_levels(sound).lufs == pytest.approx(
        -20.0, abs=0.1
    )  # a stereo sine of −20 dB has −20 LUFS


def counted(name: str, jumps: list[int], sound: Audio) -> Sound:
    """A sound with a name that notes from where it is read."""

    def jump(first: int) -> Blocks:
        jumps.append(first)
        return iter([sound[:, first:]])

    return replace(anywhere(sound), jump=jump, sample_rate=RATE, name=name)


LONG = noise(20 * RATE, 2, seed=42)


def test_a_sound_with_a_name_is_measured_once() -> None:
    jumps: list[int] = []
    first = turning.estimated_levels(counted("a song as it was", jumps, LONG))
    n_read = len(jumps)
    assert n_read > 1
    assert turning.estimated_levels(counted("a song as it was", jumps, LONG)) == first
    assert len(jumps) == n_read
    softer = turning.estimated_levels(counted("the song made softer", jumps, LONG / np.float32(2)))
    assert len(jumps) == 2 * n_read
    assert softer.lufs == pytest.approx((first.lufs or 0) - 6.02, abs=0.01)


def test_a_sound_without_a_name_is_measured_each_time() -> None:
    jumps: list[int] = []
    for _ in range(2):
        turning.estimated_levels(counted("", jumps, LONG))
    assert len(set(jumps)) == len(jumps) / 2


def test_what_was_heard_long_ago_is_forgotten_and_what_was_asked_for_again_is_not() -> None:
    jumps: list[int] = []
    short = LONG[:, :RATE]
    for number in range(turning.MOST_REMEMBERED + 1):
        turning.estimated_levels(counted(f"forgotten {number}", jumps, short))
        turning.estimated_levels(counted("again and again", jumps, LONG))
    n_read = len(jumps)
    turning.estimated_levels(counted("again and again", jumps, LONG))
    assert len(jumps) == n_read
    turning.estimated_levels(counted("forgotten 0", jumps, LONG))
    assert len(jumps) > n_read


def named_after(recipe: list[dict[str, object]]) -> str:
    sound = replace(anywhere(), name="x", others={TRACK: anywhere()})
    return recipes.read(recipe).on(sound).name


def test_each_edit_and_each_of_its_parameters_gives_a_sound_another_name() -> None:
    softer: list[dict[str, object]] = [{"edit": "gain", "gain_db": -6}]
    names = [
        named_after([]),
        named_after(softer),
        named_after([{"edit": "gain", "gain_db": -7}]),
        named_after([*softer, *softer]),
        named_after([*softer, {"edit": "reverse"}]),
        named_after([{"edit": "reverse"}, *softer]),
    ]
    assert len(set(names)) == len(names)
    assert named_after(softer) == names[1]


def test_a_sound_without_a_name_or_with_another_joined_to_it_has_none() -> None:
    assert recipes.read([{"edit": "reverse"}]).on(anywhere()).name == ""
    assert named_after([{"edit": "join", "track": TRACK, "crossfade_s": 0}, {"edit": "gain"}]) == ""


@given(off=st.floats(-0.5, 0.5), cuts=boundaries(N))
def test_the_mean_of_the_whole_is_numpys_and_an_estimate_of_a_short_sound_is_exact(
    off: float, cuts: list[int]
) -> None:
    sound = SOUND + np.float32(off)
    wanted = sound.mean(axis=1, dtype=np.float64, keepdims=True)
    assert_allclose(turning.means(cut_at(sound, cuts)), wanted, atol=1e-7)
    assert_allclose(turning.estimated_means(anywhere(sound)), wanted, atol=1e-7)


def test_nothing_has_a_mean_of_zero() -> None:
    assert not turning.means(iter(())).any()

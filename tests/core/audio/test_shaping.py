"""Each edit agrees with one line of numpy on the whole sound, wherever the blocks begin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio import Audio, decode, shaping
from tests.core.audio.sounds import boundaries, cut_at, joined, noise

N = 2_000
PLACES = st.integers(0, N + 300)
CUTS = boundaries(N)


def ramp(n_samples: int) -> Audio:
    return (np.arange(n_samples) / max(n_samples, 1)).astype(np.float32)


@given(first=PLACES, stop=PLACES, cuts=CUTS)
def test_trim_is_a_slice(first: int, stop: int, cuts: list[int]) -> None:
    sound = noise(N)
    assert np.array_equal(
        joined(shaping.trim(cut_at(sound, cuts), first, stop)), sound[:, first:stop]
    )


@given(first=PLACES, cuts=CUTS)
def test_trim_without_an_end_keeps_the_rest(first: int, cuts: list[int]) -> None:
    sound = noise(N)
    assert np.array_equal(joined(shaping.trim(cut_at(sound, cuts), first, None)), sound[:, first:])


@given(first=PLACES, stop=PLACES, cuts=CUTS)
def test_cut_is_what_trim_leaves(first: int, stop: int, cuts: list[int]) -> None:
    sound = noise(N)
    first, stop = sorted((first, stop))
    expected = np.concatenate([sound[:, :first], sound[:, stop:]], axis=1)
    assert np.array_equal(joined(shaping.cut(cut_at(sound, cuts), first, stop)), expected)


@given(at=st.integers(0, N), cuts=CUTS)
def test_two_trims_side_by_side_are_the_whole(at: int, cuts: list[int]) -> None:
    sound = noise(N)
    left = joined(shaping.trim(cut_at(sound, cuts), 0, at))
    right = joined(shaping.trim(cut_at(sound, cuts), at, None))
    assert np.array_equal(np.concatenate([left, right], axis=1), sound)


def test_trim_reads_no_further_than_it_must() -> None:
    read: list[int] = []
    blocks = shaping.told(cut_at(noise(N), range(100, N, 100)), read.append)
    joined(shaping.trim(blocks, 150, 250))
    assert sum(read) == 300


@given(gain_db=st.floats(-60, 60), cuts=CUTS)
def test_gain_multiplies_every_sample(gain_db: float, cuts: list[int]) -> None:
    sound = noise(N)
    expected = sound * np.float32(10 ** (gain_db / 20))
    assert np.array_equal(joined(shaping.gain(cut_at(sound, cuts), gain_db)), expected)


@given(gain_db=st.floats(-40, 40))
def test_gain_and_its_opposite_cancel(gain_db: float) -> None:
    sound = noise(N)
    back = joined(shaping.gain(shaping.gain(iter([sound]), gain_db), -gain_db))
    assert np.abs(back - sound).max() < 1e-6  # two roundings of float32


@given(n_fading=st.integers(0, N), cuts=CUTS)
def test_fade_in_is_a_straight_line_from_nothing(n_fading: int, cuts: list[int]) -> None:
    sound = noise(N)
    expected = sound.copy()
    expected[:, :n_fading] *= ramp(n_fading)
    assert np.array_equal(joined(shaping.fade_in(cut_at(sound, cuts), n_fading)), expected)


@given(n_fading=st.integers(0, N), cuts=CUTS)
def test_fade_out_is_the_mirror_image_of_fade_in(n_fading: int, cuts: list[int]) -> None:
    sound = noise(N)
    faded = joined(shaping.fade_out(cut_at(sound, cuts), n_fading))
    mirrored = joined(shaping.fade_in(cut_at(sound[:, ::-1], cuts), n_fading))[:, ::-1]
    assert np.array_equal(faded, mirrored)
    if n_fading:
        assert not faded[:, -1].any()


@pytest.mark.parametrize("fade", [shaping.fade_in, shaping.fade_out])
def test_a_fade_longer_than_the_sound_takes_all_of_it(fade) -> None:  # type: ignore[no-untyped-def]
    sound = np.ones((2, 100), np.float32)
    found = joined(fade(iter([sound]), 5_000))
    expected = ramp(100) if fade is shaping.fade_in else ramp(100)[::-1]
    assert np.array_equal(found[0], expected)


@pytest.mark.parametrize("fade", [shaping.fade_in, shaping.fade_out])
def test_nothing_fades_to_nothing(fade) -> None:  # type: ignore[no-untyped-def]
    assert joined(fade(iter([]), 10)).shape[1] == 0


@given(lead=st.integers(0, 500), tail=st.integers(0, 500), channels=st.integers(1, 3), cuts=CUTS)
def test_silence_at_both_ends_is_found_to_the_sample(
    lead: int, tail: int, channels: int, cuts: list[int]
) -> None:
    tone = np.full((channels, 100), 0.5, np.float32)
    padded = np.pad(tone, ((0, 0), (lead, tail)))
    assert shaping.sounding(cut_at(padded, cuts), -60) == (lead, lead + 100)


def test_one_channel_that_sounds_is_enough() -> None:
    sound = np.zeros((2, 50), np.float32)
    sound[1, 20] = -0.5
    assert shaping.sounding(iter([sound]), -60) == (20, 21)


def test_silence_has_no_sounding_part() -> None:
    assert shaping.sounding(iter([np.full((2, 50), 1e-4, np.float32)]), -60) is None
    assert shaping.sounding(iter([]), -60) is None


@pytest.mark.parametrize(("old", "new"), [(2, 1), (6, 1), (1, 2)])
def test_mono_is_the_mean_and_from_mono_every_channel_is_the_same(old: int, new: int) -> None:
    sound = noise(500, old)
    mixed = joined(shaping.mix(iter([sound]), shaping.mixing(old, new)))
    expected = np.repeat(sound.mean(axis=0, keepdims=True), new, axis=0)
    assert np.abs(mixed - expected).max() < 1e-6


def test_to_stereo_and_back_mono_is_unchanged() -> None:
    sound = noise(500, 1)
    there = shaping.mix(iter([sound]), shaping.mixing(1, 2))
    assert np.array_equal(joined(shaping.mix(there, shaping.mixing(2, 1))), sound)


@pytest.mark.parametrize("old", [3, 4, 5, 6, 7, 8])
def test_surround_to_stereo_keeps_sides_and_never_clips(old: int) -> None:
    matrix = shaping.mixing(old, 2)
    assert np.abs(matrix).sum(axis=1).max() == pytest.approx(1)
    left_only = matrix @ np.eye(old, dtype=np.float32)[:, :1]
    assert left_only[0] > 0
    assert left_only[1] == 0
    mirrored = matrix[::-1].sum(axis=1)
    assert mirrored[0] == pytest.approx(mirrored[1])


def test_many_channels_without_names_go_left_and_right_in_turn() -> None:
    mixed = shaping.mixing(10, 2) @ np.eye(10, dtype=np.float32)
    assert mixed[0].tolist() == pytest.approx([0.2, 0] * 5)
    assert mixed[1].tolist() == pytest.approx([0, 0.2] * 5)


def test_bass_effects_do_not_go_into_stereo() -> None:
    assert not shaping.mixing(6, 2)[:, 3].any()


@given(n_samples=st.integers(1, 700), cuts=CUTS)
def test_reblocking_keeps_the_sound_and_gives_equal_blocks(n_samples: int, cuts: list[int]) -> None:
    sound = noise(N)
    found = list(shaping.reblocked(cut_at(sound, cuts), n_samples))
    assert all(block.shape[1] == n_samples for block in found[:-1])
    assert 0 < found[-1].shape[1] <= n_samples
    assert np.array_equal(joined(found), sound)


@pytest.mark.real
@given(cuts=boundaries(2_000_000))
def test_on_a_real_song_blocks_change_nothing(real_song: Path, cuts: list[int]) -> None:
    sound = _song(str(real_song))
    chained = shaping.fade_out(
        shaping.gain(shaping.cut(cut_at(sound, cuts), 1_000, 30_000), -3), 44_100
    )
    expected = np.concatenate([sound[:, :1_000], sound[:, 30_000:]], axis=1)
    expected = expected * np.float32(10 ** (-3 / 20))
    expected[:, -44_100:] *= ramp(44_100)[::-1]
    assert np.array_equal(joined(chained), expected)


_songs: dict[str, Audio] = {}


def _song(path: str) -> Audio:
    if path not in _songs:
        _songs[path] = decode.read(path)[0]
    return _songs[path]

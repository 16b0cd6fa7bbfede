"""Laws that edits keep whatever the sound: what commutes, what cancels, what never changes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from songloom.core.audio import Audio, recipe, shaping
from songloom.core.audio.edits import EDITS, Sound
from songloom.errors import BadRecipe
from tests.core.audio.sounds import boundaries, cut_at, joined, noise, tone
from tests.core.audio.wishes import TRACK

RATE = 8_000
N = 1_200  # samples of the sounds here: long enough for every law, cheap to try often
SOUND = noise(N, 2, seed=11)
OTHERS = {TRACK: Sound(lambda: iter([noise(700, 2, seed=12)]), RATE, 2)}
ONE_ULP = float(np.finfo(np.float32).eps)

places = st.integers(0, N)
milliseconds = st.integers(0, 150).map(lambda ms: ms / 1_000)  # 8 samples each: exact at 8 kHz
decibels = st.floats(-30, 30, allow_nan=False)
many = settings(max_examples=60)


def edited(edits: list[dict[str, Any]], sound: Audio = SOUND, rate: int = RATE) -> Audio:
    """The sound after a recipe, however it comes in blocks."""
    start = Sound(lambda: cut_at(sound, [400, 401]), rate, len(sound), others=OTHERS)
    made = recipe.read(edits).on(start)
    return joined(made.make(), made.channels)


def trim(start_s: float, end_s: float | None = None) -> dict[str, Any]:
    return {"edit": "trim", "start_s": start_s, "end_s": end_s}


def cut(start_s: float, end_s: float | None = None) -> dict[str, Any]:
    return {"edit": "cut", "start_s": start_s, "end_s": end_s, "smooth_ms": 0.0}


def gain(gain_db: float) -> dict[str, Any]:
    return {"edit": "gain", "gain_db": gain_db}


def fade(name: str, duration_s: float) -> dict[str, Any]:
    return {"edit": name, "duration_s": duration_s}


# ------------------------------------------------------------------ cutting


@given(first=places, length=places, inner=places, inner_length=places)
@many
def test_a_trim_of_a_trim_is_one_trim(
    first: int, length: int, inner: int, inner_length: int
) -> None:
    outer = shaping.trim(iter([SOUND]), first, first + length)
    both = joined(shaping.trim(outer, inner, inner + inner_length))
    start, stop = first + inner, min(first + length, first + inner + inner_length)
    assert_array_equal(both, joined(shaping.trim(iter([SOUND]), start, max(start, stop))))


@given(first=places, stop=places)
@many
def test_trimming_twice_by_what_is_left_changes_nothing(first: int, stop: int) -> None:
    once = joined(shaping.trim(iter([SOUND]), first, stop))
    again = joined(shaping.trim(iter([once]), 0, once.shape[1]))
    assert_array_equal(again, once)


@given(first=places, length=places)
@many
def test_what_is_cut_put_back_in_its_place_is_the_whole(first: int, length: int) -> None:
    stop = min(first + length, N)
    taken = SOUND[:, first:stop]
    left = joined(shaping.cut(iter([SOUND]), first, stop))
    assert_array_equal(np.concatenate([left[:, :first], taken, left[:, first:]], axis=1), SOUND)


@given(one=st.tuples(places, places), other=st.tuples(places, places))
@many
def test_cuts_that_do_not_meet_commute_when_the_later_is_first(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Cutting from the end on leaves the times before it as they are."""
    (a, b), (c, d) = sorted(one), sorted(other)
    assume(b <= c)
    late_first = shaping.cut(shaping.cut(iter([SOUND]), c, d), a, b)
    early_first = shaping.cut(shaping.cut(iter([SOUND]), a, b), c - (b - a), d - (b - a))
    assert_array_equal(joined(late_first), joined(early_first))


@given(start=milliseconds, length=milliseconds)
@many
def test_a_trim_is_the_two_cuts_around_it(start: float, length: float) -> None:
    end = min(start + length, N / RATE)
    assume(0.0 < start < end < N / RATE)
    assert_array_equal(edited([cut(end), cut(0.0, start)]), edited([trim(start, end)]))


@given(start=milliseconds, length=milliseconds)
@many
def test_cut_and_trim_of_the_same_times_share_the_sound_among_them(
    start: float, length: float
) -> None:
    end = start + length
    assume(start > 0.0 and length > 0 and end < N / RATE)
    kept, left = edited([trim(start, end)]), edited([cut(start, end)])
    assert kept.shape[1] + left.shape[1] == N
    assert kept.shape[1] == round(length * RATE)


# ------------------------------------------------------------------ louder, softer


@given(gain_db=decibels)
@many
def test_a_gain_and_its_inverse_leave_every_sample_within_two_roundings(gain_db: float) -> None:
    back = edited([gain(gain_db), gain(-gain_db)])
    assert_allclose(back, SOUND, rtol=4 * ONE_ULP, atol=0)


@given(one=decibels, other=decibels)
@many
def test_gains_add_up_in_any_order(one: float, other: float) -> None:
    both = edited([gain(one), gain(other)])
    assert_allclose(both, edited([gain(other), gain(one)]), rtol=4 * ONE_ULP)
    assert_allclose(both, edited([gain(one + other)]), rtol=8 * ONE_ULP)


@pytest.mark.parametrize(("gain_db", "times"), [(20.0, 10.0), (-20.0, 0.1), (6.0206, 2.0)])
def test_twenty_decibels_are_ten_times(gain_db: float, times: float) -> None:
    assert_allclose(edited([gain(gain_db)]), SOUND * np.float32(times), rtol=1e-5)


def test_no_gain_is_no_change_to_the_bit() -> None:
    assert_array_equal(edited([gain(0.0)]), SOUND)


def test_a_gain_keeps_silence_silent_and_signs_as_they_are() -> None:
    silence = np.zeros((2, 50), np.float32)
    assert_array_equal(edited([gain(60.0)], silence), silence)
    assert_array_equal(np.sign(edited([gain(-40.0)])), np.sign(SOUND))


# ------------------------------------------------------------------ fades


@given(n_fading=st.integers(1, 2 * N))
@many
def test_a_fade_in_of_something_steady_never_falls(n_fading: int) -> None:
    steady = np.ones((1, N), np.float32)
    risen = joined(shaping.fade_in(iter([steady]), n_fading), 1)[0]
    assert (np.diff(risen) >= 0).all()
    assert risen[0] == 0.0
    assert risen.max() <= 1.0


@given(n_fading=st.integers(1, 2 * N))
@many
def test_a_fade_out_of_something_steady_never_rises_and_ends_in_silence(n_fading: int) -> None:
    steady = np.ones((1, N), np.float32)
    fallen = joined(shaping.fade_out(iter([steady]), n_fading), 1)[0]
    assert (np.diff(fallen) <= 0).all()
    assert fallen[-1] == 0.0


@given(one=st.integers(0, N // 2), other=st.integers(0, N // 2))
@many
def test_fades_at_both_ends_that_do_not_meet_commute(one: int, other: int) -> None:
    in_first = shaping.fade_out(shaping.fade_in(iter([SOUND]), one), other)
    out_first = shaping.fade_in(shaping.fade_out(iter([SOUND]), other), one)
    assert_array_equal(joined(in_first), joined(out_first))


@given(n_fading=st.integers(0, N), at=places)
@many
def test_no_fade_makes_any_sample_louder_or_turns_its_sign(n_fading: int, at: int) -> None:
    for change in (shaping.fade_in, shaping.fade_out):
        faded = joined(change(cut_at(SOUND, [at]), n_fading))
        assert (np.abs(faded) <= np.abs(SOUND)).all()
        assert (faded * SOUND >= 0).all()


@given(n_fading=st.integers(0, N - 1))
@many
def test_behind_a_fade_in_and_before_a_fade_out_nothing_changes(n_fading: int) -> None:
    risen = joined(shaping.fade_in(iter([SOUND]), n_fading))
    assert_array_equal(risen[:, n_fading:], SOUND[:, n_fading:])
    fallen = joined(shaping.fade_out(iter([SOUND]), n_fading))
    assert_array_equal(fallen[:, : N - n_fading], SOUND[:, : N - n_fading])


def test_a_fade_of_half_its_length_stands_at_half() -> None:
    steady = np.ones((1, N), np.float32)
    risen = joined(shaping.fade_in(iter([steady]), 1_000), 1)
    assert risen[0, 500] == pytest.approx(0.5, abs=ONE_ULP)


# ------------------------------------------------------------------ channels


@given(channels=st.integers(1, 8), seed=st.integers(0, 99))
@many
def test_mono_is_the_mean_and_is_left_alone_afterwards(channels: int, seed: int) -> None:
    sound = noise(64, channels, seed=seed)
    mono = edited([{"edit": "channels", "channels": 1}], sound)
    assert_allclose(mono[0], sound.mean(axis=0), atol=8 * ONE_ULP)
    assert_array_equal(edited([{"edit": "channels", "channels": 1}], mono), mono)


def test_mono_made_stereo_is_the_same_on_both_sides_and_comes_back_exactly() -> None:
    mono = SOUND[:1]
    stereo = edited([{"edit": "channels", "channels": 2}], mono)
    assert_array_equal(stereo, np.repeat(mono, 2, axis=0))
    assert_array_equal(edited([{"edit": "channels", "channels": 1}], stereo), mono)


def test_what_is_opposite_on_both_sides_is_silence_in_mono() -> None:
    opposite = np.concatenate([SOUND[:1], -SOUND[:1]])
    assert not edited([{"edit": "channels", "channels": 1}], opposite).any()


@given(channels=st.integers(1, 12))
@many
def test_mixing_never_passes_full_scale(channels: int) -> None:
    loud = np.ones((channels, 16), np.float32)
    for new in (1, 2):
        assert np.abs(shaping.mixing(channels, new) @ loud).max() <= 1.0 + ONE_ULP * channels


# ------------------------------------------------------------------ order


POINTWISE = (gain(-4.0), {"edit": "channels", "channels": 1})
PLACED = (trim(0.02, 0.12), cut(0.03, 0.05))


@pytest.mark.parametrize(("one", "other"), list(itertools.product(POINTWISE, PLACED)))
def test_what_works_on_each_sample_commutes_with_what_chooses_samples(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert_allclose(edited([one, other]), edited([other, one]), atol=2 * ONE_ULP)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (trim(0.02, 0.12), cut(0.01, 0.03)),
        (trim(0.05), fade("fade_in", 0.05)),
        (cut(0.0, 0.05), fade("fade_in", 0.05)),
        (trim(0.0, 0.1), fade("fade_out", 0.02)),
    ],
)
def test_where_a_time_means_another_place_the_order_matters(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = edited([one, other]), edited([other, one])
    assert first.shape != second.shape or not np.array_equal(first, second)


def test_the_mean_of_fades_is_the_fade_of_the_mean() -> None:
    mono = {"edit": "channels", "channels": 1}
    fades = [fade("fade_in", 0.03), fade("fade_out", 0.02)]
    assert_allclose(edited([*fades, mono]), edited([mono, *fades]), atol=2 * ONE_ULP)


# ------------------------------------------------------------------ blocks, and odd sounds


EVERY_EDIT: list[dict[str, Any]] = [
    trim(0.01, 0.09),
    cut(0.02, 0.06),
    fade("fade_in", 0.04),
    fade("fade_out", 0.04),
    gain(3.0),
    {"edit": "resample", "sample_rate": 11_025},
    {"edit": "channels", "channels": 1},
    {"edit": "trim_silence", "threshold_db": -20.0},
    {"edit": "cut", "start_s": 0.05, "end_s": 0.1},
    {"edit": "insert_silence", "at_s": 0.06, "duration_s": 0.02},
    {"edit": "join", "track": TRACK, "crossfade_s": 0.02},
    {"edit": "reverse"},
    {"edit": "high_pass", "cutoff_hz": 200.0},
    {"edit": "low_pass", "cutoff_hz": 900.0, "order": 3},
    {"edit": "width", "width_percent": 150.0},
    {"edit": "swap_channels"},
    {"edit": "mix", "matrix": [[0.5, 0.5], [1.0, -1.0], [0.0, 0.25]]},
    {"edit": "invert"},
    {"edit": "remove_dc"},
    {"edit": "dither", "bits": 12},
]


def test_every_edit_but_the_loudness_is_tried_here() -> None:
    """A loudness needs 0.4 s; its blocks are tried with the limiter."""
    assert {one["edit"] for one in EVERY_EDIT} == set(EDITS) - {"loudness"}


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit["edit"]))
@given(cuts=boundaries(N))
@settings(max_examples=25)
def test_how_a_sound_comes_in_blocks_changes_no_bit(edit: dict[str, Any], cuts: list[int]) -> None:
    made = recipe.read([edit])
    whole = made.on(Sound(lambda: iter([SOUND]), RATE, 2, others=OTHERS))
    pieces = made.on(Sound(lambda: cut_at(SOUND, cuts), RATE, 2, others=OTHERS))
    assert_array_equal(joined(pieces.make()), joined(whole.make()))


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit["edit"]))
def test_an_edited_sound_can_be_started_again_and_is_the_same(edit: dict[str, Any]) -> None:
    made = recipe.read([edit]).on(Sound(lambda: iter([SOUND]), RATE, 2, others=OTHERS))
    assert_array_equal(joined(made.make()), joined(made.make()))


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit["edit"]))
def test_an_edit_never_writes_into_the_sound_that_it_was_given(edit: dict[str, Any]) -> None:
    kept = SOUND.copy()
    kept.flags.writeable = False
    made = recipe.read([edit]).on(Sound(lambda: iter([kept]), RATE, 2, others=OTHERS))
    assert_array_equal(joined(made.make()), edited([edit]))


ODD: dict[str, Callable[[], Audio]] = {
    "silence": lambda: np.zeros((2, N), np.float32),
    "full scale": lambda: np.sign(noise(N)) * np.float32(1),
    "a constant": lambda: np.full((2, N), 0.5, np.float32),
    "one sample": lambda: np.full((2, 1), 0.25, np.float32),
    "beyond full scale": lambda: noise(N) * np.float32(40),
    "nearly nothing": lambda: noise(N) * np.float32(1e-38),
}


def is_left(edit: dict[str, Any], sound: Audio) -> bool:
    """Whether anything can be left of it: silence has no end, one sample no later part."""
    if edit["edit"] == "trim_silence":
        return bool(np.abs(sound).max() > 0.1)
    return edit["edit"] != "trim" or bool(sound.shape[1] > edit["start_s"] * RATE)


@pytest.mark.parametrize("name", list(ODD))
@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit["edit"]))
def test_every_number_stays_finite_whatever_the_sound(edit: dict[str, Any], name: str) -> None:
    sound = ODD[name]()
    if not is_left(edit, sound):
        with pytest.raises(BadRecipe, match=r"^edit 1 \("):
            edited([edit], sound)
        return
    made = edited([edit], sound)
    assert np.isfinite(made).all()
    assert made.dtype == np.float32
    assert made.shape[1] > 0


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit["edit"]))
def test_one_sample_is_enough_or_the_refusal_names_the_edit(edit: dict[str, Any]) -> None:
    one = ODD["one sample"]()
    if edit["edit"] == "trim":
        with pytest.raises(BadRecipe, match=r"edit 1 \(trim\): nothing would be left"):
            edited([edit], one)
    else:
        longer = {"insert_silence": round(0.02 * RATE), "join": 700 - 1}  # the one is overlapped
        n = edited([edit], one).shape[1] - longer.get(edit["edit"], 0)
        assert n in (1, round(11_025 / RATE))


# ------------------------------------------------------------------ silence at the ends


@given(lead=st.integers(0, 300), tail=st.integers(0, 300))
@many
def test_taking_silence_away_twice_takes_no_more(lead: int, tail: int) -> None:
    body = tone(500, 0.05, RATE) + np.float32(0.3)
    padded = np.pad(body, ((0, 0), (lead, tail)))
    once = edited([{"edit": "trim_silence"}], padded)
    assert_array_equal(once, body)
    assert_array_equal(edited([{"edit": "trim_silence"}], once), once)


@given(threshold_db=st.floats(-90, -30), step=st.floats(0, 10))
@many
def test_a_higher_threshold_never_keeps_more(threshold_db: float, step: float) -> None:
    rising = np.geomspace(1e-4, 0.5, N, dtype=np.float32)[np.newaxis]
    higher = {"edit": "trim_silence", "threshold_db": threshold_db + step}
    lower = {"edit": "trim_silence", "threshold_db": threshold_db}
    assert edited([higher], rising).shape[1] <= edited([lower], rising).shape[1]


# ------------------------------------------------------------------ sample rates


@pytest.mark.parametrize(("low", "high"), [(8_000, 48_000), (22_050, 44_100), (11_025, 48_000)])
def test_up_and_back_down_is_the_same_sound_below_nine_tenths_of_its_limit(
    low: int, high: int
) -> None:
    """Away from both ends, where the sinc of 64 crossings runs out of sound."""
    sound = sum(tone(share * low / 2, 0.2, low, level=0.2) for share in (0.05, 0.3, 0.7))
    there = [{"edit": "resample", "sample_rate": high}, {"edit": "resample", "sample_rate": low}]
    back = edited(there, np.asarray(sound, np.float32), low)
    assert back.shape == np.shape(sound)
    inside = slice(200, -200)
    assert_allclose(back[:, inside], np.asarray(sound)[:, inside], atol=1e-3)  # −60 dB


@given(n=st.integers(1, 900), rate=st.sampled_from([4_000, 11_025, 16_000, 44_100]))
@settings(max_examples=30)
def test_a_resampled_sound_has_the_nearest_whole_number_of_samples(n: int, rate: int) -> None:
    made = edited([{"edit": "resample", "sample_rate": rate}], SOUND[:, :n])
    assert abs(made.shape[1] - n * rate / RATE) <= 0.5


def test_resampling_is_linear() -> None:
    half = {"edit": "resample", "sample_rate": 12_000}
    assert_allclose(edited([half, gain(-6.0)]), edited([gain(-6.0), half]), atol=4 * ONE_ULP)
    one, other = noise(N, seed=1), noise(N, seed=2)
    both = edited([half], one + other)
    assert_allclose(both, edited([half], one) + edited([half], other), atol=1e-6)

"""One law for each edit there is: a new edit fails here until somebody says what it must keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from songloom.core.audio import Audio, levelling, recipe
from songloom.core.audio.edits import EDITS, Sound
from tests.core.audio.sounds import cut_at, joined, noise
from tests.core.audio.wishes import TRACK

RATE = 8_000
N = 2_400
ONE_ULP = float(np.finfo(np.float32).eps)
OTHER = noise(700, 2, seed=52)
Values = dict[str, Any]
Law = Callable[[Audio, Values], None]


def edited(name: str, sound: Audio, values: Values | None = None, rate: int = RATE) -> Audio:
    others = {TRACK: Sound(lambda: iter([OTHER]), rate, 2)}
    start = Sound(lambda: cut_at(sound, [801]), rate, len(sound), others=others)
    made = recipe.read([{"edit": name, **(values or {})}]).on(start)
    return joined(made.make(), made.channels)


def keeps_the_very_samples(sound: Audio, values: Values) -> None:
    first, stop = (round(values[key] * RATE) for key in ("start_s", "end_s"))
    assert_array_equal(edited("trim", sound, values), sound[:, first:stop])


def takes_out_as_many_samples_as_lie_between(sound: Audio, values: Values) -> None:
    first, stop = (round(values[key] * RATE) for key in ("start_s", "end_s"))
    made = edited("cut", sound, values | {"smooth_ms": 5})
    assert made.shape[1] == N - (stop - first)
    assert_array_equal(made[:, first + 20 :], sound[:, stop + 20 :])


def only_scales_between_nothing_and_all(name: str) -> Law:
    def law(sound: Audio, values: Values) -> None:
        made = edited(name, sound, values)
        assert (np.abs(made) <= np.abs(sound)).all()
        assert (made * sound >= 0).all()
        assert not made[:, 0 if name == "fade_in" else -1].any()

    return law


def is_undone_by_its_opposite(sound: Audio, values: Values) -> None:
    back = edited("gain", edited("gain", sound, values), {"gain_db": -values["gain_db"]})
    assert_allclose(back, sound, rtol=4 * ONE_ULP)


def reaches_its_loudness_below_its_ceiling(sound: Audio, values: Values) -> None:
    """Of half a second of noise with room above it; a hundredth of a dB is rounding."""
    rate = 48_000
    long = np.tile(sound, (1, 12)) * np.float32(0.2)
    made = edited("loudness", long, values, rate)
    found = levelling.measure(iter([made]), rate, 2)
    assert found.lufs == pytest.approx(values["target_lufs"], abs=0.3)
    assert found.true_peak_dbtp is not None
    assert found.true_peak_dbtp <= values["ceiling_dbtp"] + 0.01


def lasts_as_long_to_half_a_sample(sound: Audio, values: Values) -> None:
    made = edited("resample", sound, values)
    assert (
        abs(made.shape[1] / values["sample_rate"] - N / RATE) <= 0.5 / values["sample_rate"] + 1e-9
    )


def is_the_same_when_done_twice(name: str, tolerance: float = 0.0) -> Law:
    def law(sound: Audio, values: Values) -> None:
        once = edited(name, sound, values)
        assert_allclose(edited(name, once, values), once, atol=tolerance)

    return law


def is_taken_out_again_by_a_cut(sound: Audio, values: Values) -> None:
    longer = edited("insert_silence", sound, values | {"smooth_ms": 0})
    at = min(values["at_s"], N / RATE)
    span = {"start_s": at, "end_s": at + values["duration_s"], "smooth_ms": 0}
    assert_array_equal(edited("cut", longer, span), sound)


def begins_with_one_and_ends_with_the_other(sound: Audio, values: Values) -> None:
    overlap = min(round(values["crossfade_s"] * RATE), 700)
    made = edited("join", sound, values | {"track": TRACK})
    assert made.shape[1] == N + 700 - overlap
    assert_array_equal(made[:, : N - overlap], sound[:, : N - overlap])
    assert_array_equal(made[:, N:], OTHER[:, overlap:])


def is_undone_by_itself(name: str) -> Law:
    def law(sound: Audio, values: Values) -> None:
        assert_array_equal(edited(name, edited(name, sound, values), values), sound)

    return law


def is_linear(name: str) -> Law:
    def law(sound: Audio, values: Values) -> None:
        other = noise(N, 2, seed=53)
        both = edited(name, sound + other, values)
        apart = edited(name, sound, values) + edited(name, other, values)
        assert_allclose(both, apart, atol=2e-5)

    return law


def leaves_the_middle_alone(sound: Audio, values: Values) -> None:
    made = edited("width", sound, values)
    assert_allclose(made.sum(axis=0), sound.sum(axis=0), atol=16 * ONE_ULP)


def leaves_no_mean_and_every_difference(sound: Audio, values: Values) -> None:
    made = edited("remove_dc", sound + np.float32(0.2))
    assert_allclose(made.mean(axis=1, dtype=np.float64), 0, atol=1e-7)
    assert_allclose(np.diff(made), np.diff(sound), atol=1e-6)


def moves_no_sample_by_more_than_a_step_and_a_half(sound: Audio, values: Values) -> None:
    step = 2.0 ** (1 - values["bits"])
    inside = np.clip(sound, -0.9, 0.9)
    made = edited("dither", inside, values)
    assert np.abs(made.astype(np.float64) - inside).max() <= 1.5 * step + 1e-7
    assert_array_equal(made / step, np.rint(made / step))


tenths = st.integers(0, 140).map(lambda n: n / 1_000)  # 8 samples each: exact at this rate
spans = st.fixed_dictionaries(
    {"start_s": tenths.map(lambda t: t + 0.01), "end_s": tenths.map(lambda t: t + 0.155)}
)
lengths = st.fixed_dictionaries({"duration_s": st.floats(0.001, 0.5)})
cutoffs = st.fixed_dictionaries({"cutoff_hz": st.floats(20, 3_500), "order": st.integers(1, 8)})
nothing: st.SearchStrategy[Values] = st.just({})

LAWS: dict[str, tuple[Law, st.SearchStrategy[Values]]] = {
    "trim": (keeps_the_very_samples, spans),
    "cut": (takes_out_as_many_samples_as_lie_between, spans),
    "fade_in": (only_scales_between_nothing_and_all("fade_in"), lengths),
    "fade_out": (only_scales_between_nothing_and_all("fade_out"), lengths),
    "gain": (is_undone_by_its_opposite, st.fixed_dictionaries({"gain_db": st.floats(-60, 60)})),
    "loudness": (
        reaches_its_loudness_below_its_ceiling,
        st.fixed_dictionaries(
            {"target_lufs": st.floats(-40, -25), "ceiling_dbtp": st.floats(-6, -1)}
        ),
    ),
    "resample": (
        lasts_as_long_to_half_a_sample,
        st.fixed_dictionaries({"sample_rate": st.sampled_from([4_000, 11_025, 16_000, 44_100])}),
    ),
    "channels": (
        is_the_same_when_done_twice("channels"),
        st.fixed_dictionaries({"channels": st.integers(1, 2)}),
    ),
    "trim_silence": (
        is_the_same_when_done_twice("trim_silence"),
        st.fixed_dictionaries({"threshold_db": st.floats(-60, -20)}),
    ),
    "insert_silence": (
        is_taken_out_again_by_a_cut,
        st.fixed_dictionaries({"at_s": tenths, "duration_s": tenths.map(lambda t: t + 0.001)}),
    ),
    "join": (
        begins_with_one_and_ends_with_the_other,
        st.fixed_dictionaries({"crossfade_s": st.floats(0, 0.2)}),
    ),
    "reverse": (is_undone_by_itself("reverse"), nothing),
    "high_pass": (is_linear("high_pass"), cutoffs),
    "low_pass": (is_linear("low_pass"), cutoffs),
    "width": (
        leaves_the_middle_alone,
        st.fixed_dictionaries({"width_percent": st.floats(0, 300)}),
    ),
    "swap_channels": (is_undone_by_itself("swap_channels"), nothing),
    "mix": (
        is_linear("mix"),
        st.fixed_dictionaries(
            {"matrix": st.lists(st.tuples(*[st.floats(-2, 2)] * 2), min_size=1, max_size=3)}
        ),
    ),
    "invert": (
        is_undone_by_itself("invert"),
        st.fixed_dictionaries({"channel": st.integers(0, 2)}),
    ),
    "remove_dc": (leaves_no_mean_and_every_difference, nothing),
    "dither": (
        moves_no_sample_by_more_than_a_step_and_a_half,
        st.fixed_dictionaries({"bits": st.integers(8, 20), "seed": st.integers(0, 99)}),
    ),
}


def test_every_edit_has_a_law_and_nothing_else_has() -> None:
    assert set(LAWS) == set(EDITS)


@pytest.mark.parametrize("name", LAWS)
@given(data=st.data(), seed=st.integers(0, 20))
@settings(max_examples=25, deadline=None)
def test_an_edit_keeps_its_law(name: str, data: st.DataObject, seed: int) -> None:
    law, values = LAWS[name]
    law(noise(N, 2, seed=seed), data.draw(values))

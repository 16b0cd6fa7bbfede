"""The stored model composes: quickly, alike for the same seed, and within what was ordered."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from songloom.core.score.neural.runtime import MelodyModel, UniformModel, load, parsed_metre
from songloom.core.score.notes import Note
from songloom.errors import BadValue

ASSETS = Path(__file__).parents[4] / "src/songloom/assets/models"


KINDS = ("transformer", "lstm")


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest) -> MelodyModel:
    return load(ASSETS / request.param / "melody.safetensors")


def compose(model: MelodyModel, *, seed: int = 1, **wishes: Any) -> list[Note]:
    asked: dict[str, Any] = {"n_bars": 8, "metre": "4/4", "mode": "major", **wishes}
    return model.compose(rng=np.random.default_rng(seed), **asked)


def test_the_same_seed_gives_the_same_melody_and_another_gives_another(model: MelodyModel) -> None:
    assert compose(model, seed=4) == compose(model, seed=4)
    assert compose(model, seed=4) != compose(model, seed=5)


@pytest.mark.parametrize("metre", ["2/4", "3/4", "4/4", "6/8", "9/8", "12/8", "5/4"])
@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "mixolydian", "lydian"])
def test_a_melody_fills_its_bars_and_ends_on_the_tonic(
    model: MelodyModel, metre: str, mode: str
) -> None:
    beats, unit = parsed_metre(metre)
    bar = 96 * beats // unit
    notes = compose(model, metre=metre, mode=mode, n_bars=4, n_candidates=1)
    assert notes[-1].end_ticks == 4 * bar
    assert notes[-1].pitch % 12 == 0
    for before, after in itertools.pairwise(notes):
        assert before.end_ticks <= after.onset_ticks
    assert all(n.onset_ticks // bar == (n.end_ticks - 1) // bar for n in notes)


def test_notes_stay_within_the_range_asked_for(model: MelodyModel) -> None:
    notes = compose(model, low=64, high=79)
    assert 64 <= min(n.pitch for n in notes) <= max(n.pitch for n in notes) <= 79


def test_a_five_tone_scale_is_kept(model: MelodyModel) -> None:
    notes = compose(model, scale=(0, 2, 4, 7, 9))
    assert {n.pitch % 12 for n in notes} <= {0, 2, 4, 7, 9}


def test_a_pickup_comes_before_the_first_bar(model: MelodyModel) -> None:
    notes = compose(model, pickup_ticks=24)
    assert notes[0].onset_ticks == 0
    assert any(n.onset_ticks == 24 for n in notes)
    assert notes[-1].end_ticks == 8 * 96  # the last bar leaves room for the pickup to come again


def test_a_melody_goes_on_from_its_opening(model: MelodyModel) -> None:
    opening = [Note(0, 24, 72), Note(24, 24, 76), Note(48, 48, 79)]
    notes = compose(model, opening=opening)
    assert notes[:3] == opening


def test_density_changes_how_many_notes_there_are(model: MelodyModel) -> None:
    few, many = (
        sum(len(compose(model, seed=seed, density=wish)) for seed in range(3))
        for wish in (-1.0, 1.0)
    )
    assert few < many


def test_bars_come_back_in_a_melody_as_in_the_tunes_it_learnt_from(model: MelodyModel) -> None:
    """Seven of eight folk tunes repeat a bar; a model without memory would not."""

    def n_repeated(notes: list[Note]) -> int:
        bars: dict[int, list[tuple[int, int, int]]] = {}
        for n in notes:
            shape = (n.onset_ticks % 72, n.duration_ticks, n.pitch)
            bars.setdefault(n.onset_ticks // 72, []).append(shape)
        return len(bars) - len({tuple(bar) for bar in bars.values()})

    tunes = [compose(model, seed=seed, metre="6/8", n_bars=16) for seed in range(4)]
    assert sum(n_repeated(tune) > 0 for tune in tunes) >= 3


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"n_bars": 0}, "bars: 0 was asked; allowed are 1 to 400"),
        ({"n_bars": 401}, "bars: 401"),
        ({"low": 70, "high": 75}, "range in semitones: 5"),
        ({"low": 10, "high": 90}, "lowest pitch: 10"),
        ({"temperature": -1.0}, "temperature"),
        ({"density": 3.0}, "density"),
        ({"n_candidates": 17}, "candidates: 17 was asked; allowed are 1 to 16"),
        ({"metre": "waltz"}, "expected two numbers"),
        ({"metre": "3/5"}, "1 to 16 beats of 2, 4, 8 or 16"),
        ({"metre": "17/4"}, "1 to 16 beats"),
    ],
)
def test_an_order_that_cannot_be_written_is_refused_with_both_numbers(
    model: MelodyModel, wishes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadValue, match=sentence):
        compose(model, **wishes)


def test_the_model_that_knows_nothing_keeps_the_same_rules() -> None:
    notes = compose(UniformModel(), metre="6/8")
    assert notes[-1].end_ticks == 8 * 72
    assert notes[-1].pitch % 12 == 0


@pytest.mark.parametrize(
    "make", [UniformModel, lambda: load(ASSETS / "lstm" / "melody.safetensors")]
)
def test_one_bar_is_enough(make: Callable[[], MelodyModel]) -> None:
    notes = compose(make(), n_bars=1)
    assert notes[-1].end_ticks == 96

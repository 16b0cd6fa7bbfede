"""Where a score is known, a tempo heard an octave off is set right, and its beats with it."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.core.features.octaves import in_octave

SLOW_BPM = 60.0


def heard(bpm: float, beats_s: list[float]) -> dict[str, Any]:
    return {"tempo_bpm": bpm, "beats_s": beats_s, "key": "D"}


def test_a_double_tempo_is_halved_and_every_other_beat_stays() -> None:
    found = in_octave(heard(120.4, [0.01, 0.51, 1.01, 1.51, 2.01]), SLOW_BPM)
    assert found["tempo_bpm"] == pytest.approx(60.2)
    assert found["beats_s"] == [0.01, 1.01, 2.01]
    assert found["key"] == "D"


def test_the_beats_that_stay_are_those_of_the_score() -> None:
    found = in_octave(heard(120.0, [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]), SLOW_BPM)
    assert found["beats_s"] == [1.0, 2.0, 3.0]


def test_a_half_tempo_is_doubled_with_a_beat_between_each_two() -> None:
    found = in_octave(heard(60.0, [0.0, 1.0, 2.0]), 120.0)
    assert found["tempo_bpm"] == 120.0
    assert found["beats_s"] == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_what_was_heard_stays_beside_it() -> None:
    assert in_octave(heard(132.0, []), 66.0)["tempo_heard_bpm"] == 132.0


@pytest.mark.parametrize("score_bpm", [None, 0.0, 121.0, 80.0, 70.0, 30.0])
def test_a_tempo_that_is_no_octave_away_stays_as_it_was_heard(score_bpm: float | None) -> None:
    before = heard(120.0, [0.5, 1.0, 1.5])
    assert in_octave(before, score_bpm) == before


def test_a_pulse_that_was_not_heard_is_not_made_up() -> None:
    nothing = {"tempo_bpm": None, "beats_s": None}
    assert in_octave(nothing, SLOW_BPM) == nothing


def test_one_beat_alone_is_kept() -> None:
    assert in_octave(heard(120.0, [0.2]), SLOW_BPM)["beats_s"] == [0.2]


@pytest.mark.parametrize(("heard_bpm", "metre"), [(120.0, 4), (120.0, 3), (30.0, 4), (30.0, 3)])
def test_bars_and_alternatives_follow_the_octave(heard_bpm: float, metre: int) -> None:
    """Whichever beats were taken for the first of a bar: the score's bars begin at 0 s."""
    step_s = 60 / heard_bpm
    beats_s = [n * step_s for n in range(25)]
    said = heard(heard_bpm, beats_s) | {"downbeats_s": beats_s[1::metre], "metre": metre}
    said["tempo_alternatives_bpm"] = [60.4, 90.0]
    found = in_octave(said, SLOW_BPM)
    assert found["downbeats_s"] == [at for at in found["beats_s"] if at % metre == 0]
    assert found["tempo_alternatives_bpm"] == [heard_bpm, 90.0]


def test_bars_that_were_not_heard_are_not_made_up() -> None:
    said = heard(120.0, [0.0, 0.5, 1.0]) | {"downbeats_s": None, "metre": None}
    assert in_octave(said, SLOW_BPM)["downbeats_s"] is None

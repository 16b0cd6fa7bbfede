"""Who plays what, bar by bar."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.query.prompt_request import METRES, Request
from songloom.core.score.arrangement import PANS, arranged, cast
from songloom.core.score.choices import choose
from songloom.core.score.chords import tonic
from songloom.core.score.form import lay_out
from songloom.core.score.instruments import DRUM_CHANNEL, instrument
from songloom.core.score.notes import Note

ENSEMBLES = st.lists(st.integers(0, 127), min_size=1, max_size=9, unique=True).map(tuple)


def parts_of(request: Request, seed: int = 1) -> dict[str, tuple[Note, ...]]:
    choices = choose(request, seed)
    layout = lay_out(choices)
    beat = layout.metre.beat_ticks
    tune = [Note(at, beat, 76) for at in range(0, layout.end_ticks, beat)]
    chords = [tonic(choices.mode, choices.key)] * layout.n_bars
    return {part.name: part.notes for part in arranged(choices, layout, chords, tune, seed)}


@given(ENSEMBLES)
def test_every_instrument_gets_a_part_and_nobody_plays_the_tune_twice(
    programs: tuple[int, ...],
) -> None:
    found = cast(programs)
    assert found.tune == programs[0]
    playing = [found.tune, found.chords, found.bass, *found.counters, *found.pads, *found.struck]
    assert set(programs) <= set(playing)
    others = [*found.counters, *found.pads, *found.struck]
    assert len(set(others)) == len(others)


@given(ENSEMBLES)
def test_basses_go_to_deep_instruments_and_chords_to_those_that_can(
    programs: tuple[int, ...],
) -> None:
    found = cast(programs)
    if found.chords is not None:
        assert instrument(found.chords).chords >= 2
    if found.bass is not None:
        assert instrument(found.bass).is_bass or instrument(found.bass).lowest <= 45
    assert all(instrument(program).is_struck for program in found.struck)


@given(ENSEMBLES, st.sampled_from(METRES), st.booleans(), st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_any_ensemble_in_any_metre_plays_all_its_instruments_to_the_end(
    programs: tuple[int, ...], metre: str, has_drums: bool, seed: int
) -> None:
    request = Request(instruments=programs, metre=metre, drums=has_drums, seconds=20.0)
    choices = choose(request, seed)
    layout = lay_out(choices)
    beat = layout.metre.beat_ticks
    tune = [Note(at, beat, 76) for at in range(0, layout.end_ticks, beat)]
    chords = [tonic(choices.mode, choices.key)] * layout.n_bars
    parts = arranged(choices, layout, chords, tune, seed)
    assert parts[0].name == "melody"
    sounding = {part.program for part in parts if part.channel != DRUM_CHANNEL}
    assert sounding == set(choices.programs) >= set(programs)
    assert any(part.channel == DRUM_CHANNEL for part in parts) == has_drums
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        assert part.name.split(" ")[0] in PANS_OF_PARTS
        assert all(
            0 <= note.onset_ticks < note.end_ticks <= layout.end_ticks for note in part.notes
        )
        assert all(0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 for note in part.notes)


PANS_OF_PARTS = {"melody", "counter", "chords", "bass", "pad", "rhythm", "drums"}


def test_contrasting_sections_are_accompanied_differently() -> None:
    choices = choose(Request(metre="4/4", form="ABA", bpm=120.0, seconds=50.0, instruments=(0,)), 1)
    layout = lay_out(choices)
    tune = [Note(at, 24, 76) for at in range(0, layout.end_ticks, 24)]
    chords = [tonic(choices.mode, choices.key)] * layout.n_bars
    (chord_part,) = [p for p in arranged(choices, layout, chords, tune, 1) if p.name == "chords"]
    body = [s for s in layout.sections if s.kind == "body"]

    def rhythm(index: int) -> set[int]:
        start = layout.bar_start(body[index].first_bar)
        return {
            n.onset_ticks - start for n in chord_part.notes if start <= n.onset_ticks < start + 96
        }

    assert rhythm(0) == rhythm(2) != rhythm(1)


def test_a_swing_beat_swings_every_part() -> None:
    parts = parts_of(Request(style="swing", metre="4/4", seconds=20.0, drums=True))
    ride = {note.onset_ticks % 24 for note in parts["drums"]}
    assert 16 in ride
    assert 12 not in ride
    for name in ("chords", "bass"):
        assert 12 not in {note.onset_ticks % 24 for note in parts[name]}


def test_without_drums_nothing_is_on_their_channel() -> None:
    assert "drums" not in parts_of(Request(drums=False, style="rock", seconds=15.0))
    assert "drums" in parts_of(Request(drums=True, style="lullaby", seconds=15.0))


def test_struck_instruments_play_the_beats() -> None:
    parts = parts_of(Request(instruments=(0, 115), metre="3/4", seconds=15.0))
    assert {note.onset_ticks % 24 for note in parts["rhythm"]} == {0}


def test_parts_do_not_depend_on_one_anothers_chance() -> None:
    """Adding drums leaves every other part's touch as it was."""
    request = Request(metre="4/4", seconds=15.0, instruments=(40, 0), style="lullaby", drums=False)
    without, with_drums = parts_of(request), parts_of(replace(request, drums=True))
    for name, notes in without.items():
        assert with_drums[name] == notes


@pytest.mark.parametrize("name", sorted(PANS_OF_PARTS))
def test_every_kind_of_part_has_its_place_from_left_to_right(name: str) -> None:
    assert 0 <= PANS[name] <= 127

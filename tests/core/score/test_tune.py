"""The tune over the form: range, returns, cadences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.query.prompt_request import Request
from songloom.core.score.choices import choose
from songloom.core.score.chords import tonic
from songloom.core.score.draws import stream
from songloom.core.score.form import lay_out
from songloom.core.score.instruments import instrument
from songloom.core.score.notes import Metre, Note
from songloom.core.score.scales import SCALES
from songloom.core.score.tune import (
    PICKUPS,
    SPAN,
    WIDE,
    folded,
    nearest_of,
    placed,
    scale_of,
    tessitura,
    varied,
    weave,
    with_cadences,
    without_overlaps,
    write_material,
)

LINES = st.lists(
    st.builds(Note, st.integers(0, 900), st.integers(1, 200), st.integers(40, 90)), max_size=40
)


class Scale:
    """A melodist that goes up and down a C major scale in quarters: easy to follow by eye."""

    def compose(self, *, n_bars: int, metre: str, **others: object) -> list[Note]:
        self.asked = {"n_bars": n_bars, "metre": metre} | others
        steps = (60, 62, 64, 65, 67, 65, 64, 62)
        ticks = n_bars * Metre.of(metre).bar_ticks
        return [Note(at, 24, steps[at // 24 % 8]) for at in range(0, ticks, 24)]


@pytest.mark.parametrize("program", range(128))
def test_a_tune_fits_its_instrument(program: int) -> None:
    for valence in (-1.0, 0.0, 1.0):
        low, high = tessitura((program, 0), valence)
        assert 12 <= high - low <= SPAN
        assert low >= instrument(program).lowest
        if instrument(program).highest - instrument(program).lowest >= 12:
            assert high <= instrument(program).highest


def test_glad_tunes_lie_higher_than_sad_ones() -> None:
    assert tessitura((0,), 1.0)[0] > tessitura((0,), -1.0)[0]


def test_where_nobody_reaches_below_the_tune_it_makes_room_itself() -> None:
    assert tessitura((73,), 0.0)[0] >= instrument(73).lowest + 10
    assert tessitura((73, 0), 0.0)[0] < tessitura((73,), 0.0)[0] + 12


@given(LINES, st.integers(0, 11), st.integers(40, 70))
def test_a_tune_is_put_into_its_key_and_range(notes: list[Note], key: int, low: int) -> None:
    found = placed(notes, key, low, low + SPAN)
    assert [n.pitch % 12 for n in found] == [(n.pitch + key) % 12 for n in notes]
    assert all(low <= n.pitch <= low + SPAN for n in found)
    if notes and max(n.pitch for n in notes) - min(n.pitch for n in notes) <= SPAN - 11:
        shifts = {b.pitch - a.pitch for a, b in zip(notes, found, strict=True)}
        assert len(shifts) == 1  # there is an octave where all of it fits, so nothing is folded


def test_of_two_octaves_that_fit_the_one_in_the_middle_is_taken() -> None:
    tune = [Note(0, 24, 60), Note(24, 24, 64), Note(48, 24, 67)]
    assert [n.pitch for n in placed(tune, 0, 58, 86)] == [72, 76, 79]
    assert [n.pitch for n in placed(tune, 2, 50, 72)] == [62, 66, 69]


def test_modes_that_the_model_knows_keep_their_accidentals() -> None:
    assert scale_of("minor") is None
    assert scale_of("yu") == frozenset(SCALES["yu"])
    assert scale_of("lydian") == frozenset(SCALES["lydian"])


def pickup_of(tune: list[Note], start: int) -> list[Note]:
    return [note for note in tune if start - 24 <= note.onset_ticks < start]


def test_a_pickup_sounds_where_there_is_room_before_its_section() -> None:
    choices = choose(
        Request(key=0, mode="major", metre="4/4", form="ABA", bpm=120.0, seconds=30.0), 1
    )
    layout = lay_out(choices)
    first, second, third = [s for s in layout.sections if s.kind == "body"][:3]
    bar = layout.metre.bar_ticks
    a = [Note(-12, 12, 67), Note(0, first.n_bars * bar - 24, 60)]
    full = [Note(0, second.n_bars * bar, 64)]
    short = [Note(0, second.n_bars * bar - 24, 64)]
    start = layout.bar_start(third.first_bar)
    with_room = weave({"A": a, "B": short}, layout, choices, 1)
    assert [n.pitch for n in pickup_of(with_room, start)] == [67]
    late = [*short, Note(second.n_bars * bar - 12, 12, 72)]
    taken = weave({"A": a, "B": late}, layout, choices, 1)
    assert [n.pitch for n in pickup_of(taken, start)] == [72]
    cut = weave({"A": a, "B": full}, layout, choices, 1)
    assert pickup_of(cut, start)[-1].pitch == 67
    assert min(n.onset_ticks for n in with_room) >= 0


@pytest.mark.parametrize("metre", PICKUPS)
def test_pickups_come_as_often_as_in_the_tunes(metre: str) -> None:
    assert sum(PICKUPS[metre].values()) == pytest.approx(1)
    melodist = Scale()
    asked = []
    choices = choose(Request(key=0, mode="major", metre=metre, instruments=(0,), seconds=20.0), 1)
    layout = lay_out(choices)
    for seed in range(200):
        write_material(choices, layout, melodist, seed, 0)
        asked.append(melodist.asked["pickup_ticks"])
    for ticks, share in PICKUPS[metre].items():
        assert asked.count(ticks) / 200 == pytest.approx(share, abs=0.15)  # four deviations


@given(st.integers(0, 127), st.integers(36, 72))
def test_folding_keeps_the_tone_and_finds_the_range(pitch: int, low: int) -> None:
    found = folded(pitch, low, low + 12)
    assert found % 12 == pitch % 12
    assert low <= found <= low + 12
    assert folded(found, low, low + 12) == found


@given(st.sets(st.integers(0, 11), min_size=1), st.integers(50, 90))
def test_the_nearest_tone_of_a_chord_is_the_nearest(classes: set[int], near: int) -> None:
    found = nearest_of(frozenset(classes), near, 60, 77)
    assert 60 <= found <= 77
    assert found % 12 in classes
    inside = [p for p in range(60, 78) if p % 12 in classes]
    assert abs(found - near) == min(abs(p - near) for p in inside)


@given(LINES, st.integers(1, 1_200))
def test_without_overlaps_one_note_sounds_at_a_time(notes: list[Note], end: int) -> None:
    found = without_overlaps(notes, end)
    for before, after in pairwise(found):
        assert before.end_ticks <= after.onset_ticks
    assert all(note.duration_ticks > 0 and note.end_ticks <= end for note in found)
    assert {note.onset_ticks for note in found} == {
        n.onset_ticks for n in notes if n.onset_ticks < end
    }
    assert without_overlaps(found, end) == found


def test_the_model_is_asked_for_the_mode_metre_and_range_of_the_piece() -> None:
    choices = choose(Request(key=7, mode="zhi", metre="3/4", instruments=(40, 0), seconds=30.0), 1)
    melodist = Scale()
    write_material(choices, lay_out(choices), melodist, 1, 0)
    assert melodist.asked["metre"] == "3/4"
    assert melodist.asked["mode"] == "mixolydian"
    assert melodist.asked["scale"] == frozenset(SCALES["zhi"])
    low, high = tessitura((40, 0), 0.0)
    assert high - low >= WIDE
    assert int(str(melodist.asked["high"])) - int(str(melodist.asked["low"])) > high - low


def test_an_instrument_of_few_tones_is_asked_for_as_many_and_no_more() -> None:
    choices = choose(Request(key=7, metre="4/4", instruments=(14,), seconds=30.0), 1)
    melodist = Scale()
    write_material(choices, lay_out(choices), melodist, 1, 0)
    low, high = tessitura((14,), choices.valence)
    assert high - low < WIDE
    assert int(str(melodist.asked["high"])) - int(str(melodist.asked["low"])) == high - low


@pytest.mark.parametrize("key", range(12))
def test_what_the_model_wrote_in_c_sounds_in_the_key(key: int) -> None:
    choices = choose(Request(key=key, mode="major", metre="4/4", instruments=(0,), seconds=20.0), 1)
    material = write_material(choices, lay_out(choices), Scale(), 1, 0)
    scale = {(tone + key) % 12 for tone in SCALES["major"]}
    first = material["A"]
    assert {note.pitch % 12 for note in first} <= scale
    assert min(first).pitch % 12 == key
    low, high = tessitura((0,), 0.0)
    assert all(low <= note.pitch <= high for note in first)


def test_a_letter_that_returns_brings_its_bars_back() -> None:
    choices = choose(
        Request(
            key=0, mode="major", metre="4/4", form="ABA", bpm=120.0, seconds=30.0, instruments=(0,)
        ),
        1,
    )
    layout = lay_out(choices)
    material = write_material(choices, layout, Scale(), 1, 0)
    tune = weave(material, layout, choices, 1)
    body = [s for s in layout.sections if s.kind == "body"]
    starts = [layout.bar_start(s.first_bar) for s in body]
    first = {
        n.onset_ticks - starts[0]: n.pitch for n in tune if starts[0] <= n.onset_ticks < starts[1]
    }
    again = {n.onset_ticks - starts[2]: n.pitch for n in tune if n.onset_ticks >= starts[2]}
    common = [at for at in first if at in again]
    assert len(common) >= 0.8 * min(len(first), len(again))
    assert all(first[at] == again[at] for at in common)


def test_the_tune_rests_during_the_intro() -> None:
    choices = choose(
        Request(key=0, mode="major", metre="4/4", bpm=120.0, seconds=36.5, instruments=(0,)), 1
    )
    layout = lay_out(choices)
    assert layout.sections[0].kind == "intro"
    tune = weave(write_material(choices, layout, Scale(), 1, 0), layout, choices, 1)
    pickup = max(PICKUPS["4/4"])
    assert tune[0].onset_ticks >= layout.bar_start(layout.sections[0].n_bars) - pickup


@given(LINES, st.integers(0, 999))
@settings(max_examples=60)
def test_variation_fills_the_same_time_with_tones_of_the_scale(
    notes: list[Note], seed: int
) -> None:
    choices = choose(Request(key=0, mode="major", metre="4/4"), 1)
    line = without_overlaps(notes, 1_200)
    found = varied(line, choices, Metre(4, 4), stream(seed, "x"))
    assert sum(n.duration_ticks for n in found) == sum(n.duration_ticks for n in line)
    assert {n.onset_ticks for n in line} <= {n.onset_ticks for n in found}
    new = [n for n in found if n.onset_ticks not in {m.onset_ticks for m in line}]
    assert all(n.pitch % 12 in SCALES["major"] for n in new)


@pytest.mark.parametrize("metre", ["4/4", "3/4", "6/8", "5/4"])
def test_sections_rest_on_chord_tones_and_the_piece_on_the_tonic(metre: str) -> None:
    choices = choose(Request(key=5, mode="minor", metre=metre, seconds=40.0, instruments=(0,)), 2)
    layout = lay_out(choices)
    chords = [tonic("minor", 5)] * layout.n_bars
    tune = weave(write_material(choices, layout, Scale(), 2, 0), layout, choices, 2)
    found = with_cadences(tune, layout, chords, choices)
    for section in layout.sections:
        if section.kind == "intro" or section is layout.sections[-1]:
            continue
        end = layout.bar_end(section.first_bar + section.n_bars - 1)
        start = layout.bar_start(section.first_bar + section.n_bars - 1)
        of_last = [n for n in found if start <= n.onset_ticks < end]
        longest = max(n.duration_ticks for n in of_last)
        closing = [n for n in of_last if n.duration_ticks == longest][-1]
        assert closing.pitch % 12 in chords[0].pitch_classes
    assert found[-1].pitch % 12 == 5
    assert found[-1].onset_ticks >= layout.bar_start(layout.n_bars - 1)


def test_a_cadence_keeps_the_rhythm_that_was_written() -> None:
    choices = choose(Request(key=5, mode="major", metre="4/4", seconds=40.0, instruments=(0,)), 2)
    layout = lay_out(choices)
    chords = [tonic("major", 5)] * layout.n_bars
    tune = weave(write_material(choices, layout, Scale(), 2, 0), layout, choices, 2)
    found = with_cadences(tune, layout, chords, choices)
    last_bar = layout.bar_start(layout.n_bars - 1)
    kept = [(n.onset_ticks, n.duration_ticks) for n in tune if n.end_ticks <= last_bar]
    assert {(n.onset_ticks, n.duration_ticks) for n in found} >= set(kept)


def test_a_tune_that_breaks_off_still_comes_home() -> None:
    choices = choose(Request(key=5, mode="major", metre="4/4", seconds=40.0, instruments=(0,)), 2)
    layout = lay_out(choices)
    chords = [tonic("major", 5)] * layout.n_bars
    for notes in ([], [Note(0, 24, 64)]):
        found = with_cadences(notes, layout, chords, choices)
        assert found[-1].pitch % 12 == 5
        assert found[-1].onset_ticks == layout.bar_start(layout.n_bars - 1)
        assert found[-1].end_ticks == layout.end_ticks


def test_the_last_step_to_the_tonic_is_no_wild_leap() -> None:
    leaps = []
    for seed in range(30):
        choices = choose(Request(seconds=20.0, instruments=(0,)), seed)
        layout = lay_out(choices)
        chords = [tonic(choices.mode, choices.key)] * layout.n_bars
        tune = weave(write_material(choices, layout, Scale(), seed, 0), layout, choices, seed)
        found = with_cadences(tune, layout, chords, choices)
        leaps.append(abs(found[-1].pitch - found[-2].pitch))
    assert max(leaps) <= 12
    assert np.median(leaps) <= 7

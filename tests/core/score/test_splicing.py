"""Whatever is changed: every note that was not named stays, to the tick."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.score.instruments import instrument
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score
from songloom.core.score.rereading import reread
from songloom.core.score.revision import bars_of, revised
from songloom.core.score.splicing import above, once, one_line, playable, spliced, within
from songloom.errors import BadValue
from tests.core.score.pieces import model
from tests.core.score.test_revision import PROMPTS, notes_of, shelved, told

notes = st.builds(
    Note, st.integers(0, 400), st.integers(1, 90), st.integers(40, 90), st.integers(1, 127)
)
seeds = st.integers(0, 2**31)
pieces = st.sampled_from(PROMPTS).map(shelved)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Score, dict[str, Any], Score]:
    """A piece, a change of some of its bars or parts, and what comes of it."""
    before = draw(pieces)
    names = [part.name for part in before.parts]
    first = draw(st.integers(1, before.layout.n_bars))
    last = draw(st.integers(first, before.layout.n_bars))
    change: dict[str, Any] = {"change": draw(st.sampled_from(["again", "vary"]))}
    change["bars"] = draw(st.sampled_from([None, [first, last]]))
    if change["change"] == "again":
        change["part"] = draw(st.sampled_from([None, *names]))
        locked = draw(st.lists(st.sampled_from(names), max_size=len(names) - 1, unique=True))
        change["locked"] = [] if change["part"] else locked[: len(names) - 1]
    return before, change, revised(before, [change], draw(seeds), model())


@settings(max_examples=40)
@given(changed())
def test_locked_parts_and_other_bars_stay_note_for_note(
    taken: tuple[Score, dict[str, Any], Score],
) -> None:
    before, change, after = taken
    first, last = bars_of(before, change)
    start, end = before.layout.bar_start(first - 1), before.layout.bar_end(last - 1)
    named = [change["part"]] if change.get("part") else list(notes_of(before))
    if change["change"] == "vary":
        named = ["melody"]
    free = [name for name in named if name not in change.get("locked", [])]
    for name, old in notes_of(before).items():
        new = notes_of(after).get(name, ())
        if name not in free:
            assert new == old
        else:
            outside = [n for n in old if not start <= n.onset_ticks < end]
            assert [n for n in new if not start <= n.onset_ticks < end] == outside
    assert (after.layout, after.chords) == (before.layout, before.chords)
    assert reread(after.midi_bytes(), told(after)).midi_bytes() == after.midi_bytes()


@settings(max_examples=20)
@given(pieces, st.integers(0, 127), seeds, st.data())
def test_a_swapped_part_written_anew_stays_in_the_range_of_its_new_instrument(
    before: Score, program: int, seed: int, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([p.name for p in before.parts if p.name != "drums"]))
    swap = {"change": "instrument", "part": name, "program": program}
    after = revised(before, [swap, {"change": "again", "part": name}], seed, model())
    player = instrument(program)
    widest = player.highest - player.lowest >= 12
    assert all(player.lowest <= n.pitch for n in notes_of(after)[name])
    assert not widest or all(n.pitch <= player.highest for n in notes_of(after)[name])
    others = {other: old for other, old in notes_of(before).items() if other != name}
    assert {o: n for o, n in notes_of(after).items() if o != name} == others


@settings(max_examples=25)
@given(pieces, st.integers(-24, 24), st.data())
def test_muting_transposing_and_chords_touch_what_they_name_alone(
    before: Score, by: int, data: st.DataObject
) -> None:
    moved = revised(before, [{"change": "transpose", "semitones": by}], 1, model())
    assert [
        (n.onset_ticks, n.duration_ticks, n.velocity) for p in moved.parts for n in p.notes
    ] == [(n.onset_ticks, n.duration_ticks, n.velocity) for p in before.parts for n in p.notes]
    bar = data.draw(st.integers(1, before.layout.n_bars))
    chord = data.draw(st.sampled_from(["F", "Bbm7", "C#dim", "G/B", "Esus4"]))
    after = revised(before, [{"change": "chord", "bar": bar, "chord": chord}], 1, model())
    start, end = before.layout.bar_start(bar - 1), before.layout.bar_end(bar - 1)
    for name, old in notes_of(before).items():
        new = notes_of(after).get(name, ())
        kept = old if name in ("melody", "drums") else [n for n in old if outside(n, start, end)]
        assert [n for n in new if name in ("melody", "drums") or outside(n, start, end)] == list(
            kept
        )
    if len(before.parts) > 1:
        name = data.draw(st.sampled_from(list(notes_of(before))))
        muted = revised(before, [{"change": "mute", "part": name}], 1, model())
        assert notes_of(muted) == {k: v for k, v in notes_of(before).items() if k != name}


def outside(note: Note, start: int, end: int) -> bool:
    return not start <= note.onset_ticks < end


@given(st.lists(notes), st.lists(notes), st.integers(1, 3), st.integers(0, 2))
def test_new_notes_never_touch_old_ones(
    old: list[Note], new: list[Note], first: int, more: int
) -> None:
    score = shelved(PROMPTS[1])
    bars = (first, first + more)
    start, end = score.layout.bar_start(first - 1), score.layout.bar_end(first + more - 1)
    found = spliced(score, sorted(old), new, bars)
    assert [n for n in found if outside(n, start, end)] == [
        n for n in sorted(old) if outside(n, start, end)
    ]
    assert all(n.end_ticks <= end for n in found if not outside(n, start, end))


@given(st.lists(notes))
def test_a_line_is_one_note_at_a_time(new: list[Note]) -> None:
    score = shelved(PROMPTS[1])
    bars = (1, 3)
    held = Note(0, 10, 60)
    line = one_line(score, [held], new, (1, 3))
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(line))
    assert {n.onset_ticks for n in line} == {
        n.onset_ticks for n in new if n.onset_ticks < score.layout.bar_end(bars[1] - 1)
    }


@given(st.lists(notes, max_size=12), st.lists(notes, max_size=12))
def test_lifted_notes_lie_above_and_move_by_octaves(new: list[Note], others: list[Note]) -> None:
    for before, after in zip(new, above(new, others), strict=True):
        assert (after.pitch - before.pitch) % 12 == 0
        assert after.pitch >= before.pitch
        over = [o.pitch for o in others if o.onset_ticks <= after.onset_ticks < o.end_ticks]
        assert after.pitch >= max(over, default=0)


@given(st.lists(notes, max_size=12), st.lists(notes, max_size=12), st.integers(60, 90))
def test_no_note_is_lifted_beyond_its_player(
    new: list[Note], others: list[Note], highest: int
) -> None:
    for before, after in zip(new, above(new, others, highest), strict=True):
        assert after.pitch <= max(before.pitch, highest)
        over = [o.pitch for o in others if o.onset_ticks <= after.onset_ticks < o.end_ticks]
        assert after.pitch >= max(over, default=0) or after.pitch + 12 > highest


@given(st.lists(notes), st.integers(0, 127))
def test_what_an_instrument_cannot_reach_is_moved_by_octaves(new: list[Note], program: int) -> None:
    player = instrument(program)
    for before, after in zip(new, playable(new, program), strict=True):
        assert (after.pitch - before.pitch) % 12 == 0
        assert after.pitch >= player.lowest
        assert after == before or not player.lowest <= before.pitch <= player.highest


@pytest.mark.parametrize(
    ("pitch", "low", "high", "found"),
    [(30, 55, 90, 66), (100, 55, 90, 88), (60, 55, 90, 60), (100, 60, 64, 64), (65, 60, 64, 65)],
)
def test_the_nearest_octave_inside_a_range(pitch: int, low: int, high: int, found: int) -> None:
    assert within(pitch, low, high) == found


def test_two_notes_of_a_pitch_do_not_overlap() -> None:
    assert once([Note(0, 10, 60), Note(5, 10, 60), Note(10, 5, 60), Note(5, 5, 61)]) == [
        Note(0, 10, 60),
        Note(5, 5, 61),
        Note(10, 5, 60),
    ]


def test_with_every_part_locked_there_is_nothing_to_write() -> None:
    before = shelved(PROMPTS[0])
    every = list(notes_of(before))
    for wrong in (every, "melody", {"melody": 1}):
        with pytest.raises(BadValue):
            revised(before, [{"change": "again", "locked": wrong}], 1, model())
    written = revised(before, [{"change": "again", "locked": every[1:]}], 1, model())
    assert notes_of(written)["melody"] != notes_of(before)["melody"]

"""One thing changed: what was named is new, every other note stays where and as it was."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from songloom.core.score.form import Section
from songloom.core.score.instruments import instrument
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score
from songloom.core.score.rereading import reread, title_of
from songloom.core.score.revision import CHANGES, bars_of, revised, tried
from songloom.errors import BadValue
from tests.core.score.midi_reader import read
from tests.core.score.pieces import model, score_of

POP = "pop with drums in A minor, 12 s"
WALTZ = "waltz in D major, violin and piano, 12 s"
PROMPTS = (POP, WALTZ, "古风，笛子和古筝，10秒", "Am F C G, backing, 8 s", "flute alone, 6 s")


GIVEN = ("Am", "F", "C", "G")


def told(score: Score) -> dict[str, Any]:
    """The document as it comes back from the database."""
    found: dict[str, Any] = json.loads(json.dumps(score.document()))
    return found


def shelved(prompt: str) -> Score:
    score = score_of(prompt, 3)
    return reread(score.midi_bytes("Regen"), told(score))


def change(score: Score, seed: int = 5, **wanted: Any) -> Score:
    return revised(score, [wanted], seed, model())


def notes_of(score: Score) -> dict[str, tuple[Note, ...]]:
    return {part.name: part.notes for part in score.parts}


def differing(before: Score, after: Score) -> dict[str, list[Note]]:
    """By part the notes that are only in one of the two."""
    old, new = notes_of(before), notes_of(after)
    names = {*old, *new}
    pairs = {name: set(old.get(name, ())) ^ set(new.get(name, ())) for name in names}
    return {name: sorted(notes) for name, notes in pairs.items() if notes}


def bars_touched(score: Score, notes: list[Note]) -> set[int]:
    return {note.onset_ticks // score.layout.metre.bar_ticks + 1 for note in notes}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_piece_read_back_and_written_again_is_the_same_file(prompt: str) -> None:
    score = score_of(prompt, 3)
    midi = score.midi_bytes("Regen")
    again = reread(midi, told(score))
    assert again.midi_bytes("Regen") == midi
    assert told(again) == told(score)
    assert title_of(midi) == "Regen"


def test_what_no_piece_of_ours_is_cannot_be_changed() -> None:
    score = score_of(WALTZ, 3)
    midi, document = score.midi_bytes(), told(score)
    for broken in ({}, document | {"chords": ["H"]}, document | {"metre": "waltz"}):
        with pytest.raises(BadValue, match="too long ago"):
            reread(midi, broken)
    with pytest.raises(BadValue, match="one chord for each bar"):
        reread(midi, document | {"chords": document["chords"][:-1]})
    with pytest.raises(BadValue, match="MIDI"):
        reread(b"RIFF....WAVE", document)


@pytest.mark.parametrize("prompt", [POP, WALTZ])
def test_bars_of_the_tune_are_written_anew_and_nothing_else(prompt: str) -> None:
    before = shelved(prompt)
    after = change(before, change="again", part="melody", bars=[3, 4])
    found = differing(before, after)
    assert set(found) == {"melody"}
    assert bars_touched(before, found["melody"]) <= {3, 4}
    tune = notes_of(after)["melody"]
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(tune))


@pytest.mark.parametrize("prompt", [POP, WALTZ])
def test_a_new_tune_stays_above_what_accompanies_it(prompt: str) -> None:
    after = change(shelved(prompt), change="again", part="melody")
    heard = read(after.midi_bytes())
    others = [note for note in heard.melodic if note not in heard.track("melody").notes]
    above = [
        all(o.pitch <= n.pitch for o in others if o.onset <= n.onset < o.onset + o.length)
        for n in heard.track("melody").notes
    ]
    assert sum(above) / len(above) >= 0.98


@pytest.mark.parametrize("part", ["chords", "bass", "drums"])
def test_a_part_is_written_anew_and_the_tune_stays(part: str) -> None:
    before = shelved(POP)
    found = differing(before, change(before, change="again", part=part, bars=[2, 3]))
    assert set(found) <= {part}
    assert bars_touched(before, found.get(part, [])) <= {2, 3}


def test_a_section_is_written_anew_in_every_part_and_the_rest_stays() -> None:
    before = shelved(WALTZ)
    section = before.layout.sections[0]
    found = differing(before, change(before, change="again", section=1))
    assert len(found) > 1
    allowed = set(range(section.first_bar + 1, section.first_bar + section.n_bars + 1))
    assert all(bars_touched(before, notes) <= allowed for notes in found.values())


def test_the_same_seed_gives_the_same_take_and_another_seed_another() -> None:
    before = shelved(WALTZ)
    takes = [change(before, seed, change="again").midi_bytes() for seed in (5, 5, 6)]
    assert takes[0] == takes[1] != takes[2]


def test_a_muted_part_is_gone_and_the_only_one_cannot_be() -> None:
    before = shelved(POP)
    after = change(before, change="mute", part="drums")
    assert "drums" not in notes_of(after)
    assert set(differing(before, after)) == {"drums"}
    alone = before
    for part in before.parts[1:]:
        alone = change(alone, change="mute", part=part.name)
    with pytest.raises(BadValue, match="only part"):
        change(alone, change="mute", part="melody")


@pytest.mark.parametrize("program", [73, 42, 58, 10])
def test_a_swapped_instrument_plays_the_same_rhythm_in_its_own_range(program: int) -> None:
    before = shelved(WALTZ)
    after = change(before, change="instrument", part="melody", program=program)
    assert next(p for p in after.parts if p.name == "melody").program == program
    old, new = notes_of(before)["melody"], notes_of(after)["melody"]
    assert [(n.onset_ticks, n.pitch % 12) for n in old] == [
        (n.onset_ticks, n.pitch % 12) for n in new
    ]
    own = instrument(program)
    assert all(own.lowest <= note.pitch <= own.highest for note in new)
    assert set(differing(before, after)) <= {"melody"}


@pytest.mark.parametrize("by", [-12, -3, 1, 5])
def test_transposed_there_and_back_is_the_same_piece(by: int) -> None:
    before = shelved(POP)
    there = change(before, change="transpose", semitones=by)
    assert there.choices.key == (before.choices.key + by) % 12
    assert [c.root for c in there.chords] == [(c.root + by) % 12 for c in before.chords]
    assert [
        n.pitch - m.pitch
        for n, m in zip(notes_of(there)["melody"], notes_of(before)["melody"], strict=True)
    ] == [by] * len(notes_of(before)["melody"])
    assert notes_of(there)["drums"] == notes_of(before)["drums"]
    back = change(there, change="transpose", semitones=-by)
    assert notes_of(back) == notes_of(before)
    assert [c.root for c in reread(there.midi_bytes(), told(there)).chords] == [
        c.root for c in there.chords
    ]


def test_an_edited_chord_is_heard_in_its_bar_and_only_there() -> None:
    before = shelved(WALTZ)
    after = change(before, change="chord", bar=2, chord="F#m7b5")
    assert after.chords[1].name == "F#m7b5"
    found = differing(before, after)
    assert "melody" not in found
    assert all(bars_touched(before, notes) == {2} for notes in found.values())
    start, end = before.layout.bar_start(1), before.layout.bar_end(1)
    sounding = {n.pitch % 12 for n in notes_of(after)["chords"] if start <= n.onset_ticks < end}
    assert sounding <= after.chords[1].pitch_classes


def test_a_variation_keeps_form_and_harmony_but_not_the_notes() -> None:
    before = shelved(WALTZ)
    after = change(before, change="variation")
    assert (after.chords, after.layout) == (before.chords, before.layout)
    assert {"chords"} <= set(differing(before, after))
    varied = notes_of(change(before, change="vary"))["melody"]
    assert len(varied) >= len(notes_of(before)["melody"])


@pytest.mark.parametrize("prompt", [POP, WALTZ])
def test_a_continuation_keeps_every_note_and_goes_on(prompt: str) -> None:
    before = shelved(prompt)
    after = change(before, change="continue", bars=4)
    for name, notes in notes_of(before).items():
        assert set(notes) <= set(notes_of(after)[name])
    assert after.layout.n_bars >= before.layout.n_bars + 4
    assert after.seconds > before.seconds
    assert len(after.chords) == after.layout.n_bars
    assert after.chords[-1].root == before.choices.key
    assert reread(after.midi_bytes(), told(after)).midi_bytes() == after.midi_bytes()


def test_a_given_progression_goes_round_in_the_continuation() -> None:
    before = shelved("Am F C G, backing, 8 s")
    assert "melody" not in notes_of(before)
    after = change(before, change="continue", bars=5, progression=GIVEN)
    n_before = before.layout.n_bars
    going_on = [GIVEN[(n_before + bar) % 4] for bar in range(5)]
    assert [c.name for c in after.chords[-5:]] == going_on
    assert "melody" not in notes_of(after)


def test_nothing_grows_beyond_ten_minutes() -> None:
    score = shelved("slow piano, 40 bpm, 590 s")
    with pytest.raises(BadValue, match="600"):
        change(score, change="continue", bars=64)


WRONG: list[dict[str, Any]] = [
    {"change": "louder"},
    {},
    {"change": "mute"},
    {"change": "mute", "part": "kazoo"},
    {"change": "again", "bars": [0, 2]},
    {"change": "again", "bars": [4, 2]},
    {"change": "again", "bars": [1, 999]},
    {"change": "again", "bars": "all"},
    {"change": "again", "section": 99},
    {"change": "instrument", "part": "melody", "program": 128},
    {"change": "instrument", "part": "melody", "program": True},
    {"change": "instrument", "part": "drums", "program": 3},
    {"change": "transpose", "semitones": 25},
    {"change": "transpose", "semitones": 1.5},
    {"change": "chord", "bar": 0, "chord": "F"},
    {"change": "chord", "bar": 1, "chord": "H"},
    {"change": "continue", "bars": 65},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_a_piece_does_not_have_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        tried(shelved(POP), [wrong])


def test_a_try_refuses_and_allows_what_the_change_itself_does() -> None:
    before = shelved(POP)
    for kind in CHANGES:
        asked = {"change": kind, "part": "melody", "program": 73, "semitones": 2}
        asked |= {"bar": 1, "chord": "F"} if kind == "chord" else {}
        assert tried(before, [asked]).chords
    for n in (0, 17):
        with pytest.raises(BadValue, match="changes were asked"):
            tried(before, [{"change": "vary"}] * n)


def test_bars_and_sections_count_from_one() -> None:
    score = shelved(WALTZ)
    first: Section = score.layout.sections[0]
    assert bars_of(score, {}) == (1, score.layout.n_bars)
    assert bars_of(score, {"section": 1}) == (1, first.n_bars)
    assert bars_of(score, {"bars": [2, 3]}) == (2, 3)


@pytest.mark.parametrize(
    ("role", "parts"), [("backing", {"chords", "bass", "drums"}), ("melody only", {"melody"})]
)
def test_the_role_says_which_parts_sound(role: str, parts: set[str]) -> None:
    assert set(notes_of(score_of(f"pop in A minor with drums, {role}, 8 s", 3))) == parts


def test_a_given_progression_is_kept_exactly() -> None:
    score = score_of("Am F C G, backing, 16 s, 120 bpm", 3)
    assert [c.name for c in score.chords] == ["Am", "F", "C", "G"] * 2
    for bar, chord in enumerate(score.chords):
        start, end = score.layout.bar_start(bar), score.layout.bar_end(bar)
        sounding = {
            n.pitch % 12
            for p in score.parts
            if p.name == "chords"
            for n in p.notes
            if start <= n.onset_ticks < end
        }
        assert sounding == chord.pitch_classes

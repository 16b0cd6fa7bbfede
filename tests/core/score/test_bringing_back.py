"""A piece edited elsewhere comes back: what was not touched stays, what cannot be kept is said."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.score.bringing_back import LARGEST_BYTES, bring_back, edited
from songloom.core.score.instruments import instrument
from songloom.core.score.midi import variable_length
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score
from songloom.core.score.rereading import reread
from songloom.errors import BadValue
from tests.core.score.test_revision import POP, PROMPTS, WALTZ, notes_of, shelved, told

Events = list[tuple[int, bytes]]


def chunk(events: Events) -> bytes:
    body, now = b"", 0
    for tick, message in sorted(events, key=lambda one: one[0]):
        body, now = body + variable_length(tick - now) + message, tick
    body += b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def meta(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind, len(body)]) + body


def foreign(
    score: Score,
    *,
    resolution: int = 960,
    is_one_track: bool = False,
    names: dict[str, str] | None = None,
    notes: Mapping[str, Sequence[Note]] | None = None,
    programs: dict[str, int] | None = None,
    heading: Sequence[bytes] = (),
    drift: int = 0,
) -> bytes:
    """The piece as another editor writes it: its own resolution, note-offs as note-ons of 0."""
    tempo = round(60_000_000 / score.layout.quarter_bpm).to_bytes(3, "big")
    head: Events = [(0, meta(0x51, tempo)), *((0, one) for one in heading)]
    tracks: list[Events] = []
    for part in score.parts:
        name = (names or {}).get(part.name, part.name)
        program = (programs or {}).get(part.name, part.program)
        events: Events = [(0, meta(3, name.encode())), (0, bytes([0xC0 | part.channel, program]))]
        for note in (notes or {}).get(part.name, part.notes):
            on, off = (tick * resolution // 24 for tick in (note.onset_ticks, note.end_ticks))
            events.append((off, bytes([0x90 | part.channel, note.pitch, 0])))
            events.append((on + drift, bytes([0x90 | part.channel, note.pitch, note.velocity])))
        tracks.append(events)
    if is_one_track:
        tracks = [[one for events in tracks for one in events if one[1][:2] != b"\xff\x03"]]
        tracks[0] += head
    else:
        tracks.insert(0, head)
    kind = 0 if is_one_track else 1
    return (
        b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), resolution)
        + b"".join(chunk(events) for events in tracks)
    )  # fmt: skip


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("resolution", [96, 480, 960])
def test_a_piece_written_by_another_editor_is_the_same_piece(prompt: str, resolution: int) -> None:
    score = shelved(prompt)
    after, said = edited(foreign(score, resolution=resolution), score)
    assert after.midi_bytes() == score.midi_bytes()
    assert told(after) | {"bpm": 0} == told(score) | {"bpm": 0}
    assert said == []


def test_our_own_file_comes_back_as_it_was_and_is_refused() -> None:
    score = shelved(POP)
    after, said = edited(score.midi_bytes("Any title"), score)
    assert (after.midi_bytes(), said) == (score.midi_bytes(), [])


def test_an_edited_note_is_heard_and_every_other_stays(tmp_path: Path) -> None:
    score = shelved(WALTZ)
    tune = list(notes_of(score)["melody"])
    tune[3] = replace(tune[3], pitch=tune[3].pitch + 1)
    paths = [tmp_path / name for name in ("edit.mid", "base.mid", "out.mid")]
    paths[0].write_bytes(foreign(score, notes={"melody": tune}))
    paths[1].write_bytes(score.midi_bytes())
    made = bring_back(str(paths[0]), str(paths[1]), told(score), str(paths[2]))
    after = reread(paths[2].read_bytes(), made["document"])
    assert made["told"] == []
    assert notes_of(after) == notes_of(score) | {"melody": tuple(tune)}
    assert after.chords == score.chords
    paths[0].write_bytes(foreign(score))
    with pytest.raises(BadValue, match="as it was"):
        bring_back(str(paths[0]), str(paths[1]), told(score), str(paths[2]))


@pytest.mark.parametrize("spelled", ["Melody", "melody, Violin", "MELODY (solo)"])
def test_parts_are_known_by_their_names_as_editors_spell_them(spelled: str) -> None:
    score = shelved(WALTZ)
    after, _ = edited(foreign(score, names={"melody": spelled}), score)
    assert notes_of(after) == notes_of(score)


def test_in_one_track_parts_are_known_by_their_instruments() -> None:
    score = shelved(PROMPTS[2])  # a flute and a koto, each in one part
    after, _ = edited(foreign(score, is_one_track=True), score)
    assert sorted(notes_of(after).values()) == sorted(notes_of(score).values())
    assert "melody" in notes_of(after)


def test_a_part_that_is_new_keeps_its_name_and_two_of_a_name_are_told_apart() -> None:
    score = shelved(POP)
    spelled = {"chords": "Strings", "bass": "Strings"}
    after, _ = edited(foreign(score, names=spelled), score)
    assert {"melody", "Strings", "Strings 2", "drums"} == set(notes_of(after))
    again = reread(after.midi_bytes(), told(after))
    assert again.midi_bytes() == after.midi_bytes()


@pytest.mark.parametrize("by", [-36, 24])
def test_a_line_out_of_reach_is_moved_by_octaves_and_it_is_said(by: int) -> None:
    score = shelved(WALTZ)
    moved = [note.transposed(by) for note in notes_of(score)["melody"]]
    after, said = edited(foreign(score, notes={"melody": moved}), score)
    player = instrument(score.parts[0].program)
    new = notes_of(after)["melody"]
    assert all(player.lowest <= note.pitch <= player.highest for note in new)
    assert len({(b.pitch - a.pitch) % 12 for a, b in zip(moved, new, strict=True)}) == 1
    assert said == [{"what": "range", "part": "melody", "n": said[0]["n"]}]
    assert said[0]["n"] > 0


def test_one_note_out_of_reach_moves_alone() -> None:
    score = shelved(WALTZ)
    tune = list(notes_of(score)["melody"])
    tune[2] = replace(tune[2], pitch=tune[2].pitch - 48)
    after, said = edited(foreign(score, notes={"melody": tune}), score)
    assert said == [{"what": "range", "part": "melody", "n": 1}]
    (moved,) = [note for note in notes_of(after)["melody"] if note not in tune]
    assert moved.pitch % 12 == tune[2].pitch % 12


def test_a_played_in_timing_comes_onto_the_grid_and_it_is_said() -> None:
    score = shelved(WALTZ)
    after, said = edited(foreign(score, resolution=960, drift=7), score)
    assert notes_of(after)["melody"][0].onset_ticks == notes_of(score)["melody"][0].onset_ticks
    assert said == [{"what": "grid", "n": sum(len(part.notes) for part in score.parts)}]


def test_tempo_metre_and_key_of_the_file_hold_and_what_changes_within_is_said() -> None:
    score = shelved(WALTZ)
    faster = foreign(score, heading=[meta(0x51, (400_000).to_bytes(3, "big"))])
    faster = faster.replace(meta(0x51, round(6e7 / score.layout.quarter_bpm).to_bytes(3, "big")),
                            meta(0x51, (400_000).to_bytes(3, "big")))  # fmt: skip
    after, said = edited(faster, score)
    assert after.layout.quarter_bpm == pytest.approx(150)
    assert said == []
    heading = [meta(0x58, bytes([4, 2, 24, 8])), meta(0x59, struct.pack("bB", -3, 1))]
    after, said = edited(foreign(score, heading=heading), score)
    assert (str(after.layout.metre), after.choices.key, after.choices.mode) == ("4/4", 0, "minor")
    assert len(after.chords) == after.layout.n_bars
    two = [
        meta(0x51, b"\x01\0\0"),
        meta(0x58, b"\3\2\x18\x08"),
        meta(0x58, b"\2\2\x18\x08"),
        b"\xe0\0\x40",
    ]
    _, said = edited(foreign(score, heading=two), score)
    assert [one["what"] for one in said] == ["tempo", "metre", "bends"]


def test_bars_that_were_added_or_cut_away_change_the_form() -> None:
    score = shelved(WALTZ)
    bar = score.layout.metre.bar_ticks
    end = Note(score.layout.n_bars * bar + 3 * bar, bar, 62)
    longer, _ = edited(foreign(score, notes={"melody": [*notes_of(score)["melody"], end]}), score)
    assert longer.layout.n_bars > score.layout.n_bars + 2
    assert len(longer.chords) == longer.layout.n_bars
    kept = {
        name: [n for n in notes if n.end_ticks <= 2 * bar]
        for name, notes in notes_of(score).items()
    }
    shorter, _ = edited(foreign(score, notes=kept), score)
    assert shorter.layout.n_bars == 2
    for found in (longer, shorter):
        last = found.layout.sections[-1]
        assert last.first_bar + last.n_bars == found.layout.n_bars
        assert reread(found.midi_bytes(), told(found)).midi_bytes() == found.midi_bytes()


def test_what_cannot_be_played_is_refused_with_both_numbers() -> None:
    score = shelved(WALTZ)
    with pytest.raises(BadValue, match="0 notes"):
        edited(foreign(score, notes={part.name: [] for part in score.parts}), score)
    with pytest.raises(BadValue, match=str(LARGEST_BYTES)):
        edited(score.midi_bytes() + b"\0" * LARGEST_BYTES, score)
    late = [Note(24 * 3_000, 24, 62)]
    with pytest.raises(BadValue, match="600 s"):
        edited(foreign(score, notes={"melody": late}), score)
    tempo = round(60_000_000 / score.layout.quarter_bpm).to_bytes(3, "big")
    slow = score.midi_bytes().replace(meta(0x51, tempo), meta(0x51, b"\xff\xff\xff"))
    with pytest.raises(BadValue, match="quarters a minute"):
        edited(slow, score)


BROKEN = {
    "empty": b"",
    "a page": b"<!doctype html><p>404",
    "a sound": b"RIFF\0\0\0\0WAVEfmt ",
    "no tracks": b"MThd" + struct.pack(">IHHH", 6, 1, 0, 480),
    "cut off": shelved(WALTZ).midi_bytes()[:-40],
    "a head alone": b"MThd\0\0",
    "frames of film": b"MThd" + struct.pack(">IHHH", 6, 1, 1, 0xE728),
    "a track that says it is longer": b"MThd"
    + struct.pack(">IHHH", 6, 1, 1, 480)
    + b"MTrk\0\0\xff\0\0",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_in_words(name: str) -> None:
    with pytest.raises(BadValue, match=r"MIDI|notes"):
        edited(BROKEN[name], shelved(WALTZ))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_file_does_more_than_be_refused(damage: list[tuple[int, int]]) -> None:
    score = shelved(WALTZ)
    midi = bytearray(score.midi_bytes())
    for place, byte in damage:
        midi[place % len(midi)] = byte
    try:
        after, _ = edited(bytes(midi), score)
    except BadValue:
        return
    assert len(after.chords) == after.layout.n_bars
    assert reread(after.midi_bytes(), told(after)).midi_bytes() == after.midi_bytes()

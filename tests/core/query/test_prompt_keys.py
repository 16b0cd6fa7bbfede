"""Keys, modes and chords in all the ways that people write them."""

from __future__ import annotations

from itertools import product

import pytest

from songloom.core.query.prompt import parse

PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"": 0, "#": 1, "b": -1}
MODES = {"major": "大调", "minor": "小调"}


@pytest.mark.parametrize(("letter", "sign", "mode"), list(product(PITCH_CLASS, SIGNS, MODES)))
def test_every_key_is_understood_in_both_languages(letter: str, sign: str, mode: str) -> None:
    key = (PITCH_CLASS[letter] + SIGNS[sign]) % 12
    word = {"": "", "#": " sharp", "b": " flat"}[sign]
    prefix = {"": "", "#": "升", "b": "降"}[sign]
    for written in (
        f"{letter}{sign} {mode}",
        f"in {letter}{sign} {mode}",
        f"piano in {letter.lower()}{sign} {mode}",
        f"in the key of {letter}{word} {mode}",
        f"{letter}{word.replace(' ', '-')} {mode}",
        f"{prefix}{letter}{MODES[mode]}",
        f"{letter}{sign} {MODES[mode]}",
        f"{prefix}{letter.lower()} {MODES[mode]}",
    ):
        request = parse(written)
        assert (request.key, request.mode) == (key, mode), written
        assert request.chords is None, written
        assert request.not_understood == (), written


def test_musical_signs_count_like_letters() -> None:
    assert parse("F♯ minor").key == 6
    assert parse("B♭ major").key == 10
    assert parse("♭B大调").key == 10


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ballad in A", 9),
        ("in C", 0),
        ("key of G", 7),
        ("in the key of Eb", 3),
        ("key: D", 2),
        ("in Bb, slow", 10),
        ("D调", 2),
        ("1=D", 2),
        ("1=bB", 10),
    ],
)
def test_a_tonic_alone_is_a_major_key_by_custom(written: str, key: int) -> None:
    request = parse(written)
    assert (request.key, request.mode) == (key, "major")
    assert any(slot.name == "mode" and slot.how == "inferred" for slot in request.slots)


def test_a_mode_that_was_said_beats_the_custom() -> None:
    request = parse("in A, minor key")
    assert (request.key, request.mode) == (9, "minor")


@pytest.mark.parametrize("written", ["in Am", "key: Am", "Am", "slow waltz, Am, 30 s"])
def test_a_minor_chord_alone_is_a_key(written: str) -> None:
    assert (parse(written).key, parse(written).mode) == (9, "minor")


# --- the letter a -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "key", "mode", "seconds"),
    [
        ("in a minor", 9, "minor", None),
        ("a waltz in a minor", 9, "minor", None),
        ("waltz, a minor, slow", 9, "minor", None),
        ("A minor waltz", 9, "minor", None),
        ("in a major", 9, "major", None),
        ("in a minor key", None, "minor", None),
        ("in a major key, slow", None, "major", None),
        ("write a minor waltz", None, "minor", None),
        ("a minute", None, None, 60),
        ("a minute in a minor", 9, "minor", 60),
        ("in a minor, a minute long", 9, "minor", 60),
        ("about a minute", None, None, 60),
        ("in a slow tempo", None, None, None),
        ("in a 6/8 time", None, None, None),
        ("in a happy mood", None, None, None),
        ("1 min", None, None, 60),
        ("2 mins in d minor", 2, "minor", 120),
    ],
)
def test_the_note_the_article_and_the_minute(
    written: str, key: int | None, mode: str | None, seconds: float | None
) -> None:
    request = parse(written)
    assert (request.key, request.mode, request.seconds) == (key, mode, seconds)


# --- modes --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["dorian", "phrygian", "lydian", "mixolydian", "locrian"])
def test_church_modes(mode: str) -> None:
    assert (parse(f"D {mode}").key, parse(f"D {mode}").mode) == (2, mode)
    assert (parse(f"{mode} tune").key, parse(mode).mode) == (None, mode)


@pytest.mark.parametrize(
    ("name", "mode"), [("宫", "gong"), ("商", "shang"), ("角", "jue"), ("徵", "zhi"), ("羽", "yu")]
)
def test_the_five_tones(name: str, mode: str) -> None:
    assert parse(f"{name}调式").mode == mode
    assert parse(f"{name}调").mode == mode
    for written in (f"G{name}调式", f"G {name}调", f"用 G{name}"):
        assert (parse(written).key, parse(written).mode) == (7, mode), written


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("pentatonic", "gong"),
        ("minor pentatonic", "yu"),
        ("五声音阶", "gong"),
        ("harmonic minor", "minor"),
        ("和声小调", "minor"),
        ("aeolian", "minor"),
    ],
)
def test_other_names_of_modes(written: str, mode: str) -> None:
    assert parse(written).mode == mode


# --- chords -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "chords"),
    [
        ("Am F C G", ["Am", "F", "C", "G"]),
        ("Am, F, C, G", ["Am", "F", "C", "G"]),
        ("Am - F - C - G", ["Am", "F", "C", "G"]),
        ("C-G-Am-F", ["C", "G", "Am", "F"]),
        ("| Dm7 | G7 | Cmaj7 |", ["Dm7", "G7", "Cmaj7"]),
        ("Am → F → C → G", ["Am", "F", "C", "G"]),
        ("chords C G", ["C", "G"]),
        ("chord progression: C F G7 C", ["C", "F", "G7", "C"]),
        ("和弦进行 Am F C G", ["Am", "F", "C", "G"]),
        ("以 Am F C G 和弦进行", ["Am", "F", "C", "G"]),
        ("F#m D A E/G#", ["F#m", "D", "A", "E/G#"]),
        ("B♭ E♭ F7", ["Bb", "Eb", "F7"]),
        ("I V vi IV", ["I", "V", "vi", "IV"]),
        ("i bVII bVI V7", ["i", "bVII", "bVI", "V7"]),
        ("Em7b5 A7 Dm", ["Em7b5", "A7", "Dm"]),
    ],
)
def test_chords_are_kept_as_written(written: str, chords: list[str]) -> None:
    request = parse(written)
    assert list(request.chords or ()) == chords
    assert request.not_understood == ()


@pytest.mark.parametrize(
    "written",
    ["A minor", "a C major scale", "in A", "I am sad", "A song", "D大调", "vitamin C", "plan B"],
)
def test_what_is_no_progression_gives_no_chords(written: str) -> None:
    assert parse(written).chords is None


def test_a_progression_and_a_key_live_side_by_side() -> None:
    request = parse("Am F C G in A minor, 30 s")
    assert request.chords == ("Am", "F", "C", "G")
    assert (request.key, request.mode, request.seconds) == (9, "minor", 30)


def test_letters_of_a_form_are_no_chords() -> None:
    for written in ("AABA form", "A A B A form", "A-A-B-A form", "AABA曲式"):
        assert (parse(written).form, parse(written).chords) == ("AABA", None), written

"""Chords: what names mean, and what belongs to a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.chords import (
    QUALITIES,
    dominant_seventh,
    fitting_key,
    major_dominant,
    read_chord,
    tonic,
    triads,
)
from songloom.core.score.scales import SCALES, harmony_scale, is_minor

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
TONES = {name: pitch for pitch, name in enumerate(NAMES)}


def classes(*names: str) -> set[int]:
    return {TONES[name] for name in names}


@pytest.mark.parametrize(
    ("name", "tones"),
    [
        ("C", ("C", "E", "G")),
        ("Am", ("A", "C", "E")),
        ("F#m", ("F#", "A", "C#")),
        ("Bb", ("Bb", "D", "F")),
        ("G7", ("G", "B", "D", "F")),
        ("Dm7", ("D", "F", "A", "C")),
        ("Cmaj7", ("C", "E", "G", "B")),
        ("Bdim", ("B", "D", "F")),
        ("Caug", ("C", "E", "G#")),
        ("Em7b5", ("E", "G", "Bb", "D")),
        ("Asus4", ("A", "D", "E")),
        ("Dsus2", ("D", "E", "A")),
        ("Cadd9", ("C", "E", "G", "D")),
        ("Am6", ("A", "C", "E", "F#")),
        ("E/G#", ("E", "G#", "B")),
    ],
)
def test_chord_names_mean_the_tones_of_every_chord_book(name: str, tones: tuple[str, ...]) -> None:
    assert read_chord(name).pitch_classes == classes(*tones)


def test_a_slash_names_the_bass() -> None:
    assert read_chord("C/G").bass == TONES["G"]
    assert read_chord("C").bass == read_chord("C").root == 0
    assert read_chord("Am/F#").bass == TONES["F#"]


@pytest.mark.parametrize(
    ("degree", "key", "mode", "name"),
    [
        ("I", 0, "major", "C"),
        ("V", 0, "major", "G"),
        ("vi", 0, "major", "Am"),
        ("ii7", 0, "major", "Dm7"),
        ("V7", 9, "minor", "E7"),
        ("i", 9, "minor", "Am"),
        ("bVII", 9, "minor", "G"),
        ("bVI", 9, "minor", "F"),
        ("VI", 9, "minor", "F"),
        ("bVII", 0, "major", "Bb"),
        ("IV", 5, "major", "Bb"),
        ("vii°", 0, "major", "Bdim"),
    ],
)
def test_degrees_are_chords_of_the_key(degree: str, key: int, mode: str, name: str) -> None:
    found, meant = read_chord(degree, key=key, mode=mode), read_chord(name)
    assert (found.root, found.pitch_classes) == (meant.root, meant.pitch_classes)


@pytest.mark.parametrize("name", ["", "H", "Cfoo", "c", "Am/", "7", "Cm7b5b5", "Z/G"])
def test_a_name_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_chord(name)


@given(
    st.sampled_from("CDEFGAB"), st.sampled_from(["", "#", "b"]), st.sampled_from(sorted(QUALITIES))
)
def test_every_quality_on_every_root_holds_its_root_and_is_read_the_same_in_any_key(
    letter: str, sign: str, quality: str
) -> None:
    chord = read_chord(letter + sign + quality)
    assert chord.root in chord.pitch_classes
    assert 3 <= len(chord.pitch_classes) <= 6
    assert read_chord(letter + sign + quality, key=7, mode="minor") == chord


@pytest.mark.parametrize(
    "mode", ["major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian"]
)
@pytest.mark.parametrize("key", [0, 5, 10])
def test_the_triads_of_a_mode_use_its_tones_alone(mode: str, key: int) -> None:
    scale = {(tone + key) % 12 for tone in SCALES[mode]}
    found = triads(mode, key)
    assert [chord.root for chord in found] == [(tone + key) % 12 for tone in SCALES[mode]]
    for chord in found:
        assert chord.pitch_classes <= scale
        assert read_chord(chord.name).pitch_classes == chord.pitch_classes  # its name says so too


def test_triads_of_c_major_are_those_of_the_first_lesson() -> None:
    assert [chord.name for chord in triads("major")] == ["C", "Dm", "Em", "F", "G", "Am", "Bdim"]
    assert [chord.name for chord in triads("minor", 9)] == ["Am", "Bdim", "C", "Dm", "Em", "F", "G"]


@pytest.mark.parametrize("mode", sorted(SCALES))
def test_the_chord_of_rest_has_the_tonic_and_the_modes_own_third(mode: str) -> None:
    home = tonic(mode, 2)
    assert home.root == 2
    assert (2 + (3 if is_minor(mode) else 4)) % 12 in home.pitch_classes


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_the_dominant_leads_home_by_a_semitone(mode: str) -> None:
    for key in range(12):
        for chord in (dominant_seventh(mode, key), major_dominant(key, mode)):
            assert (key + 11) % 12 in chord.pitch_classes
            assert chord.root == (key + 7) % 12


def test_modes_without_a_leading_tone_close_from_their_seventh() -> None:
    for mode in ("dorian", "mixolydian", "phrygian"):
        chord = dominant_seventh(mode, 0)
        assert chord.root == 10
        assert chord.pitch_classes <= set(harmony_scale(mode))


@pytest.mark.parametrize(
    ("names", "key", "mode"),
    [
        (("C", "F", "G", "C"), 0, "major"),
        (("Am", "Dm", "E7", "Am"), 9, "minor"),
        (("Am", "F", "C", "G"), 9, "minor"),
        (("G", "D", "Em", "C"), 7, "major"),
        (("Dm", "Gm", "A7", "Dm"), 2, "minor"),
        (("Bb", "Eb", "F7", "Bb"), 10, "major"),
    ],
)
def test_the_key_of_a_progression(names: tuple[str, ...], key: int, mode: str) -> None:
    assert fitting_key(tuple(read_chord(name) for name in names)) == (key, mode)

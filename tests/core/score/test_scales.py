"""Scales, signatures and the names of notes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt_request import MODES
from songloom.core.score.scales import (
    HARMONY_OF,
    LENT_BY,
    SCALES,
    harmony_scale,
    is_minor,
    note_name,
    signature,
    snapped,
)

PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def rotated(mode: str, degree: int) -> tuple[int, ...]:
    """The scale from another of its degrees."""
    scale = SCALES[mode]
    return tuple(sorted((tone - scale[degree]) % 12 for tone in scale))


@pytest.mark.parametrize(
    ("mode", "degree"),
    [
        ("dorian", 1),
        ("phrygian", 2),
        ("lydian", 3),
        ("mixolydian", 4),
        ("minor", 5),
        ("locrian", 6),
    ],
)
def test_church_modes_are_the_white_keys_from_another_tone(mode: str, degree: int) -> None:
    assert SCALES[mode] == rotated("major", degree)


@pytest.mark.parametrize(("mode", "degree"), [("shang", 1), ("jue", 2), ("zhi", 3), ("yu", 4)])
def test_the_five_tones_are_one_scale_from_each_of_its_tones(mode: str, degree: int) -> None:
    assert SCALES[mode] == rotated("gong", degree)


def test_every_mode_that_can_be_asked_for_has_a_scale_and_a_harmony() -> None:
    assert set(SCALES) == set(MODES)
    for mode in MODES:
        assert len(harmony_scale(mode)) == 7
        assert set(SCALES[mode]) <= set(harmony_scale(mode)), mode


def test_a_mode_is_minor_if_its_third_is_small() -> None:
    for mode, scale in SCALES.items():
        if 3 in scale or 4 in scale:
            assert is_minor(mode) == (3 in scale), mode


def test_lent_modes_are_ones_that_melodies_were_learnt_in() -> None:
    assert set(LENT_BY.values()) | set(HARMONY_OF.values()) <= {
        "major",
        "minor",
        "dorian",
        "mixolydian",
    }


@pytest.mark.parametrize(
    ("key", "mode", "sharps"),
    [
        ("C", "major", 0),
        ("G", "major", 1),
        ("D", "major", 2),
        ("A", "major", 3),
        ("E", "major", 4),
        ("B", "major", 5),
        ("F", "major", -1),
        ("A", "minor", 0),
        ("E", "minor", 1),
        ("B", "minor", 2),
        ("D", "minor", -1),
        ("G", "minor", -2),
        ("C", "minor", -3),
        ("F", "minor", -4),
        ("D", "dorian", -1),
    ],
)
def test_signatures_as_every_theory_book_has_them(key: str, mode: str, sharps: int) -> None:
    assert signature(PITCH_CLASS[key], mode) == sharps


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_signatures_follow_the_circle_of_fifths(mode: str) -> None:
    """A fifth up is one sharp more, but for the one place where sharps turn into flats."""
    for key in range(12):
        step = signature((key + 7) % 12, mode) - signature(key, mode)
        assert step in (1, 1 - 12)


@pytest.mark.parametrize(
    ("pitch_class", "key", "mode", "name"),
    [
        (10, 5, "major", "Bb"),
        (10, 11, "major", "A#"),
        (6, 7, "major", "F#"),
        (3, 0, "minor", "Eb"),
        (0, 0, "major", "C"),
    ],
)
def test_black_keys_are_named_as_the_key_spells_them(
    pitch_class: int, key: int, mode: str, name: str
) -> None:
    assert note_name(pitch_class, key, mode) == name


@given(st.integers(20, 110), st.sets(st.integers(0, 11), min_size=1))
def test_snapping_finds_the_nearest_tone_and_leaves_tones_alone(
    pitch: int, classes: set[int]
) -> None:
    found = snapped(pitch, frozenset(classes))
    assert found % 12 in classes
    nearest = min(
        abs(other - pitch) for other in range(pitch - 11, pitch + 12) if other % 12 in classes
    )
    assert abs(found - pitch) == nearest
    assert snapped(found, frozenset(classes)) == found


def test_of_two_equally_near_tones_the_tune_goes_on_towards_where_it_came_from() -> None:
    assert snapped(61, frozenset({0, 2}), towards=50) == 60
    assert snapped(61, frozenset({0, 2}), towards=70) == 62

"""Keys from pitch classes and chords: what is the key of a profile, and when a key changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.features.chords import CHORDS
from songloom.core.features.keys import (
    MAJOR,
    MINOR,
    N_KEYS,
    Key,
    changes,
    chord_shares,
    key_of,
    likelihood,
    normalised,
    own_triads,
    profiles,
)

FRAME_S = 0.186
NOTHING = np.zeros(0, np.intp)


def path_of(*names: str, each: int = 10) -> np.ndarray:
    return np.repeat([CHORDS.index(name) for name in names], each)


@given(st.integers(0, 11), st.booleans(), st.floats(0.1, 10))
def test_a_profile_is_its_own_best_match_in_every_key(
    tonic: int, is_minor: bool, gain: float
) -> None:
    shares = np.roll(np.array(MINOR if is_minor else MAJOR), tonic) * gain
    found = key_of(shares, NOTHING)
    assert (found.tonic, found.is_minor) == (tonic, is_minor)
    assert found.confidence > 1 / N_KEYS


def test_there_are_24_different_profiles_of_one_size() -> None:
    found = profiles(MAJOR, MINOR)
    assert found.shape == (24, 12)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)
    assert len(np.unique(found.round(9), axis=0)) == 24


def test_chords_tell_a_minor_key_from_its_relative() -> None:
    """The same notes but one: the major dominant belongs to A minor alone."""
    flat = np.full(12, 1 / 12)
    minor = key_of(flat, path_of("Am", "Dm", "E", "Am"))
    major = key_of(flat, path_of("C", "F", "G", "C"))
    assert (minor.tonic, minor.is_minor) == (9, True)
    assert (major.tonic, major.is_minor) == (0, False)


@given(st.integers(1, 11))
def test_transposing_moves_every_likelihood_along(up: int) -> None:
    rng = np.random.default_rng(up)
    notes, chords = rng.random(12), rng.random(24)
    moved = likelihood(
        np.roll(notes, up), np.concatenate([np.roll(chords[:12], up), np.roll(chords[12:], up)])
    )
    still = likelihood(notes, chords)
    expected = np.concatenate([np.roll(still[:12], up), np.roll(still[12:], up)])
    assert moved == pytest.approx(expected)


def test_every_key_has_six_triads_and_its_own_tonic() -> None:
    own = own_triads()
    assert own.sum(axis=1).tolist() == [6.0] * N_KEYS
    assert np.all(np.diag(own) == 1)


def test_shares_of_chords_leave_out_what_is_none() -> None:
    assert chord_shares(path_of("C", "N")).sum() == pytest.approx(0.5)
    assert chord_shares(NOTHING).sum() == 0


def test_a_key_that_stays_is_said_once_as_the_whole_has_it() -> None:
    notes = np.tile(np.array(MAJOR) / np.sum(MAJOR), (400, 1))
    path = path_of(*["C", "F", "G", "C"] * 10)
    assert changes(notes, path, FRAME_S, Key(7, True, 0.9)) == [(0.0, 7 + 12)]


def test_a_key_that_moves_is_found_where_it_moves() -> None:
    major = np.array(MAJOR) / np.sum(MAJOR)
    notes = np.concatenate([np.tile(major, (200, 1)), np.tile(np.roll(major, 6), (200, 1))])
    path = np.concatenate(
        [path_of(*["C", "F", "G", "C"] * 5), path_of(*["F#", "B", "C#", "F#"] * 5)]
    )
    (first_s, first), (second_s, second) = changes(notes, path, FRAME_S, Key(0, False, 1.0))
    assert (first_s, first, second) == (0.0, 0, 6)
    assert second_s == pytest.approx(200 * FRAME_S, abs=4)


def test_equal_shares_are_normalised_to_nothing() -> None:
    assert normalised(np.full(12, 3.0)).tolist() == [0.0] * 12

"""Key, mode, tuning and pitch classes of music made in a known key."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.chords import NOTES
from songloom.core.features.reasons import FEW_PITCHES, NO_PITCH, SILENCE
from songloom.core.features.tonality import contrast
from tests.core.features.listening import analysed, reason, value
from tests.core.features.signals import (
    MAJOR_SCALE,
    Audio,
    drums,
    mixed,
    noise,
    sine,
    song,
    stereo,
    tone,
)

KEYED = ("key", "mode", "key_confidence", "key_changes")


@pytest.mark.parametrize("tonic", range(12), ids=NOTES)
@pytest.mark.parametrize("is_minor", [False, True], ids=["major", "minor"])
def test_a_cadence_is_heard_in_its_key(tonic: int, is_minor: bool) -> None:
    found = analysed(song(tonic, is_minor=is_minor), *KEYED).features
    assert (found["key"], found["mode"]) == (NOTES[tonic], "minor" if is_minor else "major")
    assert 0.3 < found["key_confidence"] <= 1


@pytest.mark.parametrize("cents", [-45.0, -30.0, -10.0, 0.0, 20.0, 35.0])
def test_an_instrument_out_of_tune_keeps_its_key_and_says_how_far(cents: float) -> None:
    found = analysed(song(2, cents=cents), "key", "mode", "tuning_cents").features
    assert (found["key"], found["mode"]) == ("D", "major")
    assert found["tuning_cents"] == pytest.approx(cents, abs=4)


def test_a_scale_that_returns_to_its_first_note_has_that_key() -> None:
    steps = [*MAJOR_SCALE, 12, *reversed(MAJOR_SCALE)]
    notes = [tone(65 + step, 0.35) for step in steps * 2]
    found = analysed(np.concatenate([*notes, tone(65, 1.5)]), *KEYED).features
    assert (found["key"], found["mode"]) == ("F", "major")


def test_drums_beside_a_song_do_not_change_its_key() -> None:
    both = mixed(song(9, is_minor=True, n_bars=12), drums(100, 30))
    found = analysed(both, *KEYED).features
    assert (found["key"], found["mode"]) == ("A", "minor")


@pytest.mark.parametrize("sample_rate", [11_025, 44_100, 48_000])
def test_the_sample_rate_does_not_change_the_key(sample_rate: int) -> None:
    sound = song(4, sample_rate=sample_rate, n_bars=4)
    assert value(sound, "key", sample_rate=sample_rate) == "E"


def test_a_gain_changes_no_pitch_class() -> None:
    sound = song(7, n_bars=4)
    soft = value(sound * np.float32(0.03), "chroma")
    assert soft == pytest.approx(value(sound, "chroma"), abs=0.005)


def test_a_note_is_its_pitch_class_in_every_octave() -> None:
    for midi in (48, 60, 72):
        shares = value(sine(440 * 2 ** ((midi + 9 - 69) / 12), 3, sample_rate=22_050), "chroma")
        assert int(np.argmax(shares)) == 9  # A
        assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_transposing_rotates_the_chroma() -> None:
    low, high = (np.array(value(song(tonic, n_bars=4), "chroma")) for tonic in (0, 5))
    assert np.corrcoef(np.roll(low, 5), high)[0, 1] > 0.97


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (noise(5, sample_rate=22_050), NO_PITCH),
        (np.zeros(110_250, np.float32), SILENCE),
        (sine(440, 5, sample_rate=22_050), FEW_PITCHES),
    ],
    ids=["noise", "silence", "one tone"],
)
@pytest.mark.parametrize("name", KEYED)
def test_where_there_is_no_key_none_is_made_up(sound: Audio, why: str, name: str) -> None:
    assert value(sound, name) is None
    assert reason(sound, name) == why


@pytest.mark.parametrize("width", [1, 20, 50, 220])
@pytest.mark.parametrize("at", [500, 12_345, 20_000, 33_075, 60_001])
def test_a_single_click_is_in_no_key(width: int, at: int) -> None:
    click = np.zeros(66_150, np.float32)
    click[at : at + width] = 0.9
    for name in KEYED:
        assert value(click, name) is None
        assert reason(click, name) in (NO_PITCH, FEW_PITCHES)


def test_a_chord_of_all_notes_is_less_sure_than_a_cadence() -> None:
    cluster = stereo(np.sum([tone(60 + i, 8) for i in range(12)], axis=0) / 12)
    found = analysed(cluster, "key_confidence").features["key_confidence"]
    assert found is None or found < analysed(song(0), "key_confidence").features["key_confidence"]


def test_noise_has_no_tuning() -> None:
    assert value(noise(10, sample_rate=22_050), "tuning_cents") is None


def test_a_song_that_rises_by_a_tone_changes_its_key_there() -> None:
    low, high = song(0, n_bars=10), song(2, n_bars=10)
    found = value(np.concatenate([low, high]), "key_changes")
    assert [entry[1:] for entry in found] == [["C", "major"], ["D", "major"]]
    assert found[0][0] == 0.0
    assert found[1][0] == pytest.approx(low.size / 22_050, abs=5)


def test_a_song_in_one_key_changes_it_never() -> None:
    assert value(song(5, is_minor=True, n_bars=12), "key_changes") == [[0.0, "F", "minor"]]


def test_equal_shares_have_no_contrast_and_a_single_one_the_most() -> None:
    assert contrast(np.full(12, 1 / 12)) == pytest.approx(0, abs=1e-12)
    assert contrast(np.eye(12)[0]) == pytest.approx(np.sqrt(11))
    assert contrast(np.zeros(12)) == 0.0

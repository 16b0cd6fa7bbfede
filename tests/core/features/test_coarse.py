"""The coarse pass: honest about a few places, or it leaves the song to the whole pass."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from songloom.core.audio import decode
from songloom.core.features import FEATURES_VERSION, analyse_file, coarse
from songloom.core.features.coarse import COARSE, analyse_coarsely, coarse_document
from songloom.core.features.heard import EVERYTHING
from songloom.core.features.registry import FEATURES
from songloom.errors import NotAudio
from tests.core.features.signals import Audio, noise, sine

RATE = 8_000
OFF = {  # 45 s of noise instead of 120: few bins of it make the lowest octaves
    "octave_energy_db": 1.0,
    "octave_phase_correlation": 0.2,
    "octave_width": 0.3,
    "mfcc_mean": 1.0,
    "timbre": 2.0,  # dB; where two places meet there is a stroke, which adds to the deviations
}


def saved(path: Path, sound: Audio) -> str:
    soundfile.write(path, np.atleast_2d(sound).T, RATE)
    return str(path)


def steady(seconds: float) -> Audio:
    """Two tones in a little noise, otherwise on the left than on the right."""
    tone = 0.3 * sine(440, seconds, sample_rate=RATE)
    left = tone + 0.05 * noise(seconds, seed=1, sample_rate=RATE)
    right = 0.5 * tone + 0.1 * noise(seconds, seed=2, sample_rate=RATE)
    return np.stack([left, right]).astype(np.float32)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> str:
    return saved(tmp_path_factory.mktemp("coarse") / "steady.flac", steady(120.0))


def test_of_a_steady_sound_a_few_places_say_what_the_whole_says(song: str) -> None:
    few, whole = analyse_coarsely(song), analyse_file(song, COARSE)
    assert few is not None
    for name, value in whole.features.items():
        found = few.features[name]
        if isinstance(value, str):
            assert found == value
        else:
            few_numbers, numbers = np.asarray(found, float), np.asarray(value, float)
            off = OFF.get(name, 0.0)
            assert np.allclose(few_numbers, numbers, rtol=0.05, atol=off, equal_nan=True), name


def test_only_what_needs_no_whole_is_named(song: str) -> None:
    few = analyse_coarsely(song)
    assert few is not None
    assert tuple(few.features) == tuple(name for name in FEATURES if name in COARSE)
    whole = {"duration_s", "key", "tempo_bpm", "silences_s", "fade_out_s", "loudness_range_lu"}
    assert not whole & set(COARSE)


def test_what_it_gathers_is_what_its_features_need() -> None:
    needed = {part for name in COARSE for part in FEATURES[name].needs}
    assert needed == coarse.GATHER
    assert coarse.GATHER < EVERYTHING


def test_at_most_45_seconds_are_heard_spread_over_the_song(tmp_path: Path) -> None:
    """Loud only in the last ninth: one place of nine hears it, so the balance shifts by a ninth."""
    sound = np.zeros(180 * RATE, np.float32)
    sound[: 160 * RATE] = 0.2 * sine(300, 160.0, sample_rate=RATE)
    sound[160 * RATE :] = 0.2 * sine(3_000, 20.0, sample_rate=RATE)
    few = analyse_coarsely(saved(tmp_path / "a.flac", sound))
    assert few is not None
    assert few.features["centroid_hz"] == pytest.approx(300 + 2_700 / 9, rel=0.02)
    assert coarse.N_PLACES * coarse.PLACE_S <= 45


@pytest.mark.parametrize("seconds", [0.1, 5.0])
def test_a_short_song_is_left_to_the_whole_pass(tmp_path: Path, seconds: float) -> None:
    path = saved(tmp_path / "a.flac", steady(seconds))
    assert analyse_coarsely(path) is None
    found = coarse_document(path)
    assert found["is_coarse"] is False
    assert set(found["features"]) == set(FEATURES)


def test_the_document_says_which_pass_it_is_from(song: str) -> None:
    told: list[float] = []
    found = coarse_document(song, progress=told.append)
    assert found["is_coarse"] is True
    assert found["cpu_s"] > 0
    assert found["reasons"] == {}
    assert set(found["features"]) == set(COARSE)


def test_the_same_file_gives_the_same_numbers(song: str) -> None:
    first, again = analyse_coarsely(song), analyse_coarsely(song)
    assert first == again
    assert FEATURES_VERSION >= 5


def lying(path: Path) -> str:
    """Half a second of samples whose header claims an hour."""
    n = RATE // 2
    body = struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    head = b"RIFF" + struct.pack("<I", 36 + 7_200 * RATE) + b"WAVEfmt " + body
    samples = (8_000 * np.sin(np.arange(n) / 3)).astype("<i2").tobytes()
    path.write_bytes(head + b"data" + struct.pack("<I", 7_200 * RATE) + samples)
    return str(path)


def test_a_header_that_lies_leads_to_the_whole_pass(tmp_path: Path) -> None:
    path = lying(tmp_path / "a.wav")
    with decode.opened(path) as sound:
        claimed_s = sound.claimed_s
    found = coarse_document(path)
    assert found["is_coarse"] is False or claimed_s is None
    assert found["features"]["duration_s"] == pytest.approx(0.5)


def test_a_file_that_cannot_be_jumped_in_is_heard_whole(
    song: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then every place would cost all that lies before it."""
    monkeypatch.setattr(decode.Opened, "_sought", lambda self, first: 0)
    assert analyse_coarsely(song) is None
    assert coarse_document(song)["is_coarse"] is False


def test_a_change_of_rate_on_the_way_is_left_to_the_whole_pass(
    song: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, opens = decode.Opened.__init__, []

    def other_rate(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        opens.append(self)
        if len(opens) == 3:
            self.sample_rate += 1

    monkeypatch.setattr(decode.Opened, "__init__", other_rate)
    assert analyse_coarsely(song) is None


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no music, " * 100)
    with pytest.raises(NotAudio):
        coarse_document(str(tmp_path / "a.mp3"))


def test_silence_has_reasons_as_ever(tmp_path: Path) -> None:
    few = analyse_coarsely(saved(tmp_path / "a.flac", np.zeros(100 * RATE, np.float32)))
    assert few is not None
    nothing = {name for name, value in few.features.items() if value is None}
    assert "timbre" in nothing
    assert nothing == set(few.reasons)

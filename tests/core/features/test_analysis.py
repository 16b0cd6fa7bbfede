"""From a file to numbers: finite, honest, repeatable, in bounded memory."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features import BASIC, FEATURES_VERSION, analyse_file, cli_document
from songloom.core.features.analysis import document, measured, rounded, wanted
from songloom.core.features.heard import hear
from songloom.core.features.reasons import ALL
from songloom.core.features.registry import FEATURES
from songloom.errors import BadValue, EmptyFile, NoSuchFile, NotAudio
from tests.core.features.listening import analysed
from tests.core.features.signals import Audio, clicks, drums, noise, sine, song, stereo
from tests.songs import song as real


def written(path: Path, audio: Audio, sample_rate: int = 22_050, subtype: str | None = None) -> str:
    soundfile.write(path, np.atleast_2d(audio).T, sample_rate, subtype=subtype)
    return str(path)


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, (int, float)):
        yield float(value)


def assert_honest(features: dict[str, Any], reasons: dict[str, str]) -> None:
    """All fields, all finite, nulls with a known reason, and JSON that any parser reads."""
    assert list(features) == list(FEATURES)
    assert all(math.isfinite(x) for value in features.values() for x in numbers(value))
    assert {name for name, value in features.items() if value is None} == set(reasons)
    assert set(reasons.values()) <= set(ALL)
    json.dumps([features, reasons], allow_nan=False)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_the_same_song_in_every_format_has_the_same_key_tempo_and_loudness(
    tmp_path: Path, suffix: str
) -> None:
    path = written(tmp_path / f"song.{suffix}", stereo(song(2, n_bars=6, tempo_bpm=110)))
    found = analyse_file(path).features
    assert (found["key"], found["mode"]) == ("D", "major")
    assert found["tempo_bpm"] == pytest.approx(110, rel=0.01)
    assert found["loudness_lufs"] == pytest.approx(
        analysed(stereo(song(2, n_bars=6, tempo_bpm=110)), "loudness_lufs").features[
            "loudness_lufs"
        ],
        abs=0.2,
    )


@pytest.mark.real
@pytest.mark.parametrize("stem", ["revelation", "frontiers", "chipdisko"])
def test_real_songs_are_measured_honestly_and_twice_the_same(stem: str) -> None:
    path = str(real(stem))
    first, second = analyse_file(path), analyse_file(path)
    assert first == second
    assert_honest(first.features, first.reasons)
    assert first.features["tempo_bpm"] is not None
    assert -40 < first.features["loudness_lufs"] < 0
    assert -1 <= first.features["stereo_correlation"] <= 1


ODD_SOUNDS = {
    "one sample": np.array([0.5], np.float32),
    "two samples": np.array([0.5, -0.5], np.float32),
    "a tenth of a second": sine(440, 0.1, sample_rate=22_050),
    "silence": np.zeros(22_050, np.float32),
    "a constant": np.full(22_050, 0.5, np.float32),
    "one click": np.eye(1, 22_050, 5_000, dtype=np.float32)[0],
    "clipped": np.clip(50 * noise(2, sample_rate=22_050), -1, 1),
    "faint": 1e-6 * noise(4, sample_rate=22_050),
    "too loud for full scale": 100 * noise(4, sample_rate=22_050),
    "silence, then a click at the end": np.eye(1, 88_200, 88_199, dtype=np.float32)[0],
}


@pytest.mark.parametrize("n_channels", [1, 2, 6])
@pytest.mark.parametrize("name", ODD_SOUNDS)
def test_odd_sounds_get_numbers_or_reasons(name: str, n_channels: int) -> None:
    audio = np.stack([ODD_SOUNDS[name]] * n_channels).astype(np.float32)
    found = analysed(audio)
    assert_honest(found.features, found.reasons)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    n_samples=st.integers(1, 12_000),
    n_channels=st.integers(1, 3),
    sample_rate=st.sampled_from([4_000, 8_000, 11_025, 22_050, 48_000, 96_000, 192_000]),
    level=st.sampled_from([0.0, 1e-7, 1e-3, 0.3, 5.0]),
)
def test_any_samples_get_numbers_or_reasons(
    seed: int, n_samples: int, n_channels: int, sample_rate: int, level: float
) -> None:
    rng = np.random.default_rng(seed)
    audio = (level * rng.standard_normal((n_channels, n_samples))).astype(np.float32)
    found = analysed(audio, sample_rate=sample_rate)
    assert_honest(found.features, found.reasons)


def test_one_sample_too_soft_for_any_frame_has_no_centroid_and_warns_of_nothing() -> None:
    audio = np.full((1, 1), 1.26e-4, np.float32)
    found = analysed(audio, sample_rate=4_000)
    assert_honest(found.features, found.reasons)
    assert found.features["centroid_hz"] is None
    assert found.features["duration_s"] == 1 / 4_000


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=8))
def test_block_borders_change_no_feature(cuts: list[int]) -> None:
    audio = stereo(clicks(110, 5, sample_rate=12_000) + 0.1 * song(3, n_bars=3)[:60_000])
    whole = measured(hear([audio], 12_000, 2), wanted(None))
    parted = measured(hear(np.split(audio, sorted(cuts), axis=1), 12_000, 2), wanted(None))
    for name, value in whole.features.items():
        if not isinstance(value, (int, float)):
            continue
        assert parted.features[name] == pytest.approx(value, rel=1e-3, abs=1e-4), name


def test_only_what_was_asked_for_is_measured(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", drums(120, 5))
    found = analyse_file(path, ["tempo_bpm", "duration_s"]).features
    assert list(found) == ["duration_s", "tempo_bpm"]
    assert list(analyse_file(path, BASIC).features) == list(BASIC)
    assert analyse_file(path).features["tempo_bpm"] == found["tempo_bpm"]


def test_an_unknown_feature_is_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", sine(440, 1, sample_rate=22_050))
    with pytest.raises(BadValue, match="danceability"):
        analyse_file(path, ["danceability"])


def test_progress_tells_seconds_heard(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", noise(10, sample_rate=22_050))
    told: list[float] = []
    analyse_file(path, ["duration_s"], progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(10.0)


def test_the_document_of_a_child_is_json(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", drums(100, 6))
    said = json.loads(json.dumps(document(path), allow_nan=False))
    assert said["features"] == analyse_file(path).features
    assert said["cpu_s"] > 0


def test_duration_counts_samples_and_believes_no_header(tmp_path: Path) -> None:
    path = tmp_path / "liar.wav"
    written(path, sine(440, 0.5, sample_rate=22_050))
    lying = bytearray(path.read_bytes())
    lying[40:44] = (0x7FFF_FFF0).to_bytes(4, "little")  # the size of the sound that follows
    path.write_bytes(lying)
    assert analyse_file(str(path), ["duration_s"]).features["duration_s"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("content", "error"), [(b"", EmptyFile), (b"not a song " * 50, NotAudio)], ids=["empty", "text"]
)
def test_what_is_no_audio_is_refused(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(content)
    with pytest.raises(error):
        analyse_file(str(path))
    with pytest.raises(NoSuchFile):
        analyse_file(str(tmp_path / "nowhere.mp3"))


def test_memory_grows_by_bytes_where_sound_grows_by_megabytes() -> None:
    def peak_mb(minutes: float) -> float:
        rng = np.random.default_rng(1)
        blocks = (
            (0.1 * rng.standard_normal((1, 65_536))).astype(np.float32)
            for _ in range(round(minutes * 60 * 8_000 / 65_536))
        )
        tracemalloc.start()
        measured(hear(blocks, 8_000, 1), wanted(None))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 1e6

    peak_mb(0.2)  # imports
    a_minute_mb = (peak_mb(12) - peak_mb(4)) / 8
    assert a_minute_mb < 1.0  # so two hours stay below 120 MB, at any sample rate


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_keeps_six_digits_and_zero(x: float) -> None:
    assert rounded(x) == pytest.approx(x, rel=5.1e-6)
    assert rounded(rounded(x)) == rounded(x)
    assert rounded([x, None, "C"]) == [rounded(x), None, "C"]
    assert rounded(3) == 3


def test_what_is_not_finite_never_leaves() -> None:
    for bad in (math.nan, math.inf):
        with pytest.raises(AssertionError):
            rounded([bad])


def test_a_bad_file_never_stops_the_others(tmp_path: Path) -> None:
    good = written(tmp_path / "good.wav", drums(120, 4))
    text = tmp_path / "text.wav"
    text.write_bytes(b"words, words, words")
    paths = [good, str(text), str(tmp_path / "gone.wav"), good]
    told: list[str] = []
    files = cli_document(paths, told.append)["files"]
    assert told == [file["path"] for file in files] == paths
    assert [file["error"] and file["error"]["code"] for file in files] == [
        None,
        "not_audio",
        "no_such_file",
        None,
    ]
    assert {file["features_version"] for file in files} == {FEATURES_VERSION}
    assert files[0]["features"] == files[3]["features"] == analyse_file(good).features
    assert files[1]["features"] == files[1]["reasons"] == {}
    assert files[1]["error"]["message"]
    json.dumps(files, allow_nan=False)


def test_no_files_are_an_empty_document() -> None:
    assert cli_document([]) == {"files": []}


def test_importing_features_loads_nothing_heavy() -> None:
    code = (
        "import sys, songloom.core.features;"
        "print(sorted({'av', 'numpy', 'scipy', 'django', 'sklearn'} & sys.modules.keys()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_measuring_a_file_needs_no_django(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", drums(120, 4))
    code = (
        "import sys, json; from songloom.core.features import cli_document;"
        "files = cli_document(sys.argv[1:])['files'];"
        "print(json.dumps([files[0]['features']['tempo_bpm'], 'django' in sys.modules]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    tempo_bpm, has_django = json.loads(told.stdout)
    assert tempo_bpm == pytest.approx(120, rel=0.01)
    assert not has_django

"""A recipe becomes a file: exact, loud as asked, never too high, the same bits every time."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest

from songloom.core import sandbox
from songloom.core.audio import decode, levelling
from songloom.core.audio.formats import RENDITIONS
from songloom.core.audio.rendering import preview, render
from songloom.errors import BadRecipe, BadValue, BeyondLimits, DiskFull, NotAudio, WebPage
from tests.core.audio.sounds import noise, tone, write, write_wav

RATE = 44_100
RECIPE = [
    {"edit": "trim", "start_s": 1, "end_s": 4},
    {"edit": "fade_in", "duration_s": 0.5},
    {"edit": "gain", "gain_db": -3},
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "source.flac", noise(5 * RATE))


@pytest.fixture
def loud(tmp_path: Path) -> Path:
    """Strokes at full scale over soft noise, at 44.1 kHz."""
    sound = noise(6 * RATE, level=0.02)
    stroke = np.exp(-np.arange(5_000) / 400) * np.sin(np.arange(5_000) * 0.08)
    for at in range(0, sound.shape[1] - 5_000, 20_000):
        sound[:, at : at + 5_000] += (0.95 * stroke).astype(np.float32)
    return write_wav(tmp_path / "loud.wav", sound.clip(-1, 1))


def test_a_lossless_rendition_is_what_numpy_says(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.flac"
    told = render(str(source), str(out), recipe=RECIPE, format="flac")
    expected = noise(5 * RATE)[:, RATE : 4 * RATE].copy()
    expected[:, : RATE // 2] *= np.arange(RATE // 2, dtype=np.float32) / (RATE // 2)
    expected *= np.float32(10 ** (-3 / 20))
    found, _ = decode.read(str(out))
    assert np.abs(found - expected).max() <= 0.5 / 32_768 + 1e-7  # rounding to 16 bits
    assert told == {
        "n_samples": 3 * RATE,
        "sample_rate": RATE,
        "channels": 2,
        "n_clipped": 0,
        "duration_s": 3.0,
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "size_bytes": out.stat().st_size,
        "format": "flac",
        "bit_rate_kbps": None,
    }


@pytest.mark.parametrize("name", RENDITIONS)
def test_every_format_is_made_the_same_twice_and_also_in_a_child(
    source: Path, tmp_path: Path, name: str
) -> None:
    arguments: dict[str, Any] = {"source": str(source), "recipe": RECIPE, "format": name}
    here, again, there = (tmp_path / f"{n}.{name}" for n in range(3))
    first = render(out=str(here), **arguments)
    assert render(out=str(again), **arguments) == first
    target = "songloom.core.audio.rendering:render"
    assert sandbox.call(target, {**arguments, "out": str(there)}) == first
    assert here.read_bytes() == again.read_bytes() == there.read_bytes()
    assert first["duration_s"] == pytest.approx(3, abs=0.001)


@pytest.mark.real
@pytest.mark.parametrize("name", RENDITIONS)
def test_a_real_song_in_every_format(real_song: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"out.{name}"
    told = render(str(real_song), str(out), recipe=RECIPE, format=name)
    assert told["duration_s"] == pytest.approx(3, abs=0.001)
    assert decode.read(str(out))[0].shape[1] == pytest.approx(told["n_samples"], abs=1_024)


def test_an_empty_recipe_is_a_copy_in_another_format(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    render(str(source), str(out), recipe=[], format="wav")
    assert np.array_equal(decode.read(str(out))[0], noise(5 * RATE))


def test_24_bits_stay_24_bits(tmp_path: Path) -> None:
    steps = np.random.default_rng(1).integers(-(2**22), 2**22, (2, 10_000))
    sound = (steps / 2**23).astype(np.float32)
    source = write(tmp_path / "a.flac", sound, 96_000, bits=24)
    for name in ("flac", "wav"):
        out = tmp_path / f"out.{name}"
        render(str(source), str(out), recipe=[], format=name)
        assert np.array_equal(decode.read(str(out))[0], sound)


@pytest.mark.parametrize(
    ("name", "rate", "channels"), [("mp3", 48_000, 2), ("opus", 48_000, 6), ("m4a", 96_000, 6)]
)
def test_what_a_format_cannot_hold_is_fitted(
    tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    source = write(tmp_path / "a.flac", noise(19_200, 6), 192_000)
    told = render(str(source), str(tmp_path / "out"), recipe=[], format=name)
    assert (told["sample_rate"], told["channels"]) == (rate, channels)
    assert told["duration_s"] == pytest.approx(0.1, abs=1e-4)


def test_tags_of_the_source_stand_in_the_rendition(source: Path, tmp_path: Path) -> None:
    file: Any = mutagen.File(source)
    file["title"], file["artist"] = ["千里之外"], ["周杰伦", "费玉清"]
    file.save()
    out = tmp_path / "out.mp3"
    render(str(source), str(out), recipe=RECIPE, format="mp3")
    tags: Any = mutagen.File(out).tags
    assert tags["TPE1"].text == ["周杰伦", "费玉清"]
    assert tags["TIT2"].text == ["千里之外"]


def test_what_passes_full_scale_is_counted(source: Path, tmp_path: Path) -> None:
    recipe = [{"edit": "gain", "gain_db": 20}]
    told = render(str(source), str(tmp_path / "a.wav"), recipe=recipe, format="wav")
    assert told["n_clipped"] == int((np.abs(noise(5 * RATE) * np.float32(10)) > 1).sum())


# ------------------------------------------------------------------ loudness in the file


@pytest.mark.parametrize("name", RENDITIONS)
@pytest.mark.parametrize("target_lufs", [-16, -13])
def test_the_file_itself_has_the_loudness_and_keeps_the_ceiling(
    loud: Path, tmp_path: Path, name: str, target_lufs: float
) -> None:
    out = tmp_path / f"out.{name}"
    recipe = [{"edit": "loudness", "target_lufs": target_lufs}]
    told = render(str(loud), str(out), recipe=recipe, format=name, bit_rate_kbps=96)
    blocks = decode.blocks(str(out))
    levels = levelling.measure(blocks, told["sample_rate"], told["channels"])
    assert levels.lufs == pytest.approx(target_lufs, abs=0.3)
    assert levels.true_peak_dbtp is not None
    assert levels.true_peak_dbtp <= -1


def test_resampling_after_a_loudness_breaks_neither_promise(loud: Path, tmp_path: Path) -> None:
    recipe = [{"edit": "loudness"}, {"edit": "resample", "sample_rate": 22_050}]
    out = tmp_path / "out.wav"
    told = render(str(loud), str(out), recipe=recipe, format="wav")
    levels = levelling.measure(decode.blocks(str(out)), told["sample_rate"], 2)
    assert levels.lufs == pytest.approx(-16, abs=0.3)
    assert levels.true_peak_dbtp is not None
    assert levels.true_peak_dbtp <= -1


def test_a_gain_after_a_loudness_is_meant(loud: Path, tmp_path: Path) -> None:
    recipe = [{"edit": "loudness"}, {"edit": "gain", "gain_db": -4}]
    out = tmp_path / "out.flac"
    told = render(str(loud), str(out), recipe=recipe, format="flac")
    levels = levelling.measure(decode.blocks(str(out)), told["sample_rate"], 2)
    assert levels.lufs == pytest.approx(-20, abs=0.3)


def test_an_independent_meter_agrees(loud: Path, tmp_path: Path) -> None:
    """FFmpeg's own ebur128 filter on the finished file."""
    import av
    from av.filter import Graph

    out = tmp_path / "out.wav"
    render(str(loud), str(out), recipe=[{"edit": "loudness"}], format="wav")
    with av.open(str(out)) as container:
        graph = Graph()
        source = graph.add_abuffer(template=container.streams.audio[0])
        meter = graph.add("ebur128", "peak=true:metadata=1")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        metadata: dict[str, str] = {}
        for frame in container.decode(audio=0):
            graph.push(frame)
            while True:
                try:
                    pulled = graph.pull()
                except (av.BlockingIOError, EOFError):
                    break
                metadata = dict(pulled.metadata) or metadata
    assert float(metadata["lavfi.r128.I"]) == pytest.approx(-16, abs=0.3)


# ------------------------------------------------------------------ previews


def test_a_preview_is_a_window_of_the_edited_sound(source: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.wav", tmp_path / "part.wav"
    render(str(source), str(whole), recipe=RECIPE, format="wav")
    told = preview(str(source), str(part), recipe=RECIPE, at_s=0.25, duration_s=1)
    window = decode.read(str(whole))[0][:, round(0.25 * RATE) : round(1.25 * RATE)]
    assert np.array_equal(decode.read(str(part))[0], window)
    assert told["duration_s"] == 1


def test_a_preview_is_never_longer_than_ten_seconds(tmp_path: Path) -> None:
    source = write(tmp_path / "a.flac", noise(15 * 8_000), 8_000)
    told = preview(str(source), str(tmp_path / "out.wav"), recipe=[], duration_s=3_600)
    assert told["duration_s"] == 10


def test_a_preview_near_the_end_is_what_is_left(source: Path, tmp_path: Path) -> None:
    told = preview(str(source), str(tmp_path / "out.wav"), recipe=RECIPE, at_s=2.5)
    assert told["duration_s"] == 0.5
    with pytest.raises(BadRecipe, match=r"nothing would be left of a sound of 3\.00 s"):
        preview(str(source), str(tmp_path / "out.wav"), recipe=RECIPE, at_s=3.5)


# ------------------------------------------------------------------ refusals and limits


@pytest.mark.parametrize("name", RENDITIONS)
def test_a_full_disk_is_called_one_and_nothing_is_held(tmp_path: Path, name: str) -> None:
    """With as much room as the limit on file sizes: Linux tells both in the same place."""
    source = write(tmp_path / "a.flac", noise(60 * 44_100))
    pool = sandbox.Pool(1)
    arguments = {"source": str(source), "out": str(tmp_path / "out"), "recipe": [], "format": name}
    target = "songloom.core.audio.rendering:render"
    with pytest.raises(BeyondLimits, match="more than 0 MB"):
        pool.call(target, arguments, limits=sandbox.Limits(file_mb=0))
    held = pool.call("tests.core.sandbox_targets:open_descriptors", {})
    assert str(tmp_path / "out") not in held
    pool.close()


@pytest.mark.parametrize("name", RENDITIONS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_no_space_left_is_an_error_of_its_own(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / "a.flac", noise(60 * 44_100))
    full = tmp_path / "out"
    full.symlink_to("/dev/full")
    arguments = {"source": str(source), "out": str(full), "recipe": [], "format": name}
    with pytest.raises(DiskFull):
        sandbox.call("songloom.core.audio.rendering:render", arguments)


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"<html><body>no song</body></html>", WebPage), (os.urandom(9_000), NotAudio)],
)
def test_a_source_that_is_no_audio(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(error):
        render(str(path), str(tmp_path / "out.wav"), recipe=[], format="wav")


def test_an_order_that_is_wrong_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    for how, error in (
        ({"recipe": [{"edit": "x"}], "format": "wav"}, BadRecipe),
        ({"recipe": [], "format": "x"}, BadValue),
        ({"recipe": [], "format": "mp3", "bit_rate_kbps": 5}, BadValue),
    ):
        with pytest.raises(error):
            render("nowhere", str(tmp_path / "out"), **how)
    assert not list(tmp_path.iterdir())


def test_a_file_larger_than_allowed_is_beyond_limits(source: Path, tmp_path: Path) -> None:
    arguments = {
        "source": str(source),
        "out": str(tmp_path / "a.wav"),
        "recipe": [],
        "format": "wav",
    }
    with pytest.raises(BeyondLimits, match="more than 0 MB"):
        sandbox.call(
            "songloom.core.audio.rendering:render", arguments, limits=sandbox.Limits(file_mb=0)
        )


def test_progress_rises_and_counts_every_pass(loud: Path, tmp_path: Path) -> None:
    told: list[float] = []
    recipe = [{"edit": "trim_silence"}, {"edit": "loudness"}]
    render(str(loud), str(tmp_path / "a.wav"), recipe=recipe, format="wav", progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < 0.2
    assert told[-1] == 0.99


def test_memory_stays_bounded_however_long_the_sound(tmp_path: Path) -> None:
    """Twenty minutes of stereo are 423 MB as floats; a child with 200 MB must be enough."""
    source = write(tmp_path / "long.flac", np.tile(tone(440, 60.0), 20))
    recipe = [{"edit": "fade_in"}, {"edit": "cut", "end_s": 5}, {"edit": "fade_out"}]
    told = sandbox.call(
        "songloom.core.audio.rendering:render",
        {
            "source": str(source),
            "out": str(tmp_path / "o.opus"),
            "recipe": recipe,
            "format": "flac",
        },
        limits=sandbox.Limits(memory_mb=200, wall_s=300),
    )
    assert told["duration_s"] == 20 * 60 - 5

"""What is written into a pipe while it is made is the whole song, and nobody waits in vain."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from songloom.core.audio import decode
from songloom.core.audio.streaming import stream
from songloom.errors import BadValue, NotAudio, RefusedInput
from tests.core.audio.sounds import noise, write


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "a.flac", noise(4 * 44_100))


def heard(source: Path, tmp_path: Path, **how: Any) -> bytes:
    """All that a reader at the other end of the pipe gets."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    try:
        stream(str(source), str(pipe), **how)
    finally:
        reader.join(10)
        pipe.unlink()
    return got[0]


@pytest.mark.parametrize("name", ["flac", "wav"])
def test_lossless_streams_hold_every_sample(source: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "heard"
    path.write_bytes(heard(source, tmp_path, format=name))
    assert np.array_equal(decode.read(str(path))[0], noise(4 * 44_100))


@pytest.mark.parametrize("name", ["mp3", "opus", "aac"])
def test_lossy_streams_last_as_long_as_the_song(source: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "heard"
    path.write_bytes(heard(source, tmp_path, format=name, bit_rate_kbps=96))
    found, rate = decode.read(str(path))
    assert found.shape[1] / rate == pytest.approx(4, abs=0.1)


def test_a_part_of_the_song(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "heard"
    path.write_bytes(heard(source, tmp_path, format="flac", start_s=1, end_s=2.5))
    window = noise(4 * 44_100)[:, 44_100 : round(2.5 * 44_100)]
    assert np.array_equal(decode.read(str(path))[0], window)


def test_a_reader_who_leaves_is_no_error(source: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def read_a_little() -> None:
        with open(pipe, "rb", buffering=0) as file:
            file.read(100)

    reader = threading.Thread(target=read_a_little)
    reader.start()
    assert stream(str(source), str(pipe), format="flac") < 4
    reader.join(10)


def test_errors_come_before_the_pipe_is_opened(source: Path, tmp_path: Path) -> None:
    text = tmp_path / "a.mp3"
    text.write_text("no song" * 100)
    pipe = str(tmp_path / "never opened")
    with pytest.raises(NotAudio):
        stream(str(text), pipe, format="mp3")
    with pytest.raises(BadValue):
        stream(str(source), pipe, format="midi")
    with pytest.raises(RefusedInput, match="ends before 9 s"):
        stream(str(source), pipe, format="mp3", start_s=9)

"""Damaged files of every format: a description or a clear refusal, never a crash or a bug."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from songloom.core.sandbox import Limits, Pool
from songloom.errors import NotAudio, RefusedInput
from tests.core.audio.sounds import noise, tone, write, write_wav
from tests.core.audio.tagged import tagged

PROBE = "songloom.core.audio.probe:probe"
FORMATS = ["mp3", "flac", "ogg", "opus", "m4a", "wav"]
N_DAMAGED = 40  # of each format and kind; many thousands were tried once
HUGE = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x01")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(1)
    yield made
    made.close()


def scattered(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 200)):
        content[chance.randrange(len(content))] = chance.randrange(256)


def in_the_head(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 30)):
        content[chance.randrange(min(len(content), 2_000))] = chance.randrange(256)


def a_piece_gone(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content))
    del content[at : at + chance.randrange(1, 4_000)]


def a_huge_number(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(min(len(content), 3_000))
    content[at : at + 4] = chance.choice(HUGE)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("damage", [scattered, in_the_head, a_piece_gone, a_huge_number])
def test_a_damaged_file_is_described_or_refused(  # type: ignore[no-untyped-def]
    pool: Pool, tmp_path: Path, name: str, damage
) -> None:
    whole = tagged(tmp_path, name).read_bytes()
    path = tmp_path / "damaged"
    chance = random.Random(f"{name} {damage.__name__}")  # the same files in every run
    refusals: list[str] = []
    for _ in range(N_DAMAGED):
        content = bytearray(whole)
        damage(content, chance)
        path.write_bytes(content)
        try:
            found = pool.call(PROBE, {"path": str(path)}, limits=Limits(cpu_s=20, wall_s=60))
        except RefusedInput as refusal:
            refusals.append(str(refusal))
            continue
        assert 0 < found["duration_s"] < 60
        assert found["n_samples"] == round(found["duration_s"] * found["sample_rate"])
        assert 1 <= found["channels"] <= 64
    assert all(refusals)


def test_sound_of_a_kind_that_nothing_can_decode_is_refused_in_words(
    pool: Pool, tmp_path: Path
) -> None:
    content = bytearray(write_wav(tmp_path / "a.wav", tone(440, 0.5)).read_bytes())
    content[20:22] = b"\x77\x77"  # a number that no codec has
    path = tmp_path / "b.wav"
    path.write_bytes(content)
    with pytest.raises(NotAudio, match="of a kind that nothing here can decode"):
        pool.call(PROBE, {"path": str(path)})


def test_silence_between_two_songs_of_different_shape_is_no_error(
    pool: Pool, tmp_path: Path
) -> None:
    first = write(tmp_path / "a.mp3", noise(8 * 44_100)).read_bytes()
    second = write(tmp_path / "b.mp3", noise(16_000, 1), 16_000).read_bytes()
    path = tmp_path / "c.mp3"
    path.write_bytes(first + bytes(5_000) + second)
    found = pool.call(PROBE, {"path": str(path)})
    assert found["duration_s"] == pytest.approx(9, abs=0.2)

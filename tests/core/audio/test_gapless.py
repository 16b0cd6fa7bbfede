"""An album stays gapless: what goes through a format comes back as long, and in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from songloom.core.audio import Audio, decode
from songloom.core.audio.formats import FORMATS, RENDITIONS
from songloom.core.audio.gapless import SMPB_ATOM, Padding
from songloom.core.audio.probe import probe
from songloom.core.audio.rendering import render
from tests.core.audio.sounds import write

RATE = 44_100
N = 100_003  # no multiple of any frame


def soft_noise(n_samples: int, seed: int = 1) -> Audio:
    """Noise below 5 kHz: every encoder keeps it well enough to tell one sample from the next."""
    white = np.random.default_rng(seed).normal(0, 0.15, (2, n_samples))
    kernel = np.hanning(11) / np.hanning(11).sum()
    return np.stack([np.convolve(one, kernel, "same") for one in white]).astype(np.float32)


def lag(one: Audio, other: Audio, most: int = 2_500) -> int:
    """By how many samples `other` comes later than `one`, from the highest correlation."""
    a, b = one[0, most:-most].astype(np.float64), other[0].astype(np.float64)
    size = 2 ** int(np.ceil(np.log2(a.size + b.size)))
    product = np.fft.irfft(np.conj(np.fft.rfft(a, size)) * np.fft.rfft(b, size), size)
    return int(np.argmax(product[: 2 * most])) - most


@pytest.mark.parametrize("n_samples", [N, 44_100, 30_001])
@pytest.mark.parametrize("name", RENDITIONS)
def test_through_a_format_and_back_there_are_as_many_samples_in_the_same_places(
    tmp_path: Path, name: str, n_samples: int
) -> None:
    rate = FORMATS[name].nearest_rate(RATE)
    sound = soft_noise(n_samples)
    path = write(tmp_path / f"a.{name}", sound, rate)
    back, _ = decode.read(str(path))
    assert back.shape == sound.shape
    assert lag(sound, back) == 0
    assert probe(str(path))["n_samples"] == n_samples


@pytest.mark.parametrize("first", RENDITIONS)
@pytest.mark.parametrize("then", RENDITIONS)
def test_transcoding_from_any_format_to_any_other_keeps_length_and_place(
    tmp_path: Path, first: str, then: str
) -> None:
    rate = 48_000  # which all of them hold
    sound = soft_noise(60_007)
    source = write(tmp_path / f"a.{first}", sound, rate)
    out = tmp_path / f"b.{then}"
    render(str(source), str(out), recipe=[], format=then)
    back, _ = decode.read(str(out))
    assert back.shape == sound.shape
    assert lag(sound, back) == 0


@pytest.mark.parametrize("name", RENDITIONS)
def test_a_track_split_in_two_and_transcoded_goes_on_without_a_gap(
    tmp_path: Path, name: str
) -> None:
    """Both halves one after the other are as long as the whole, and the second is in its place."""
    rate, at = 48_000, 50_021
    sound = soft_noise(120_011)
    halves = []
    for n, part in enumerate((sound[:, :at], sound[:, at:])):
        back, _ = decode.read(str(write(tmp_path / f"{n}.{name}", part, rate)))
        halves.append(back)
    whole = np.concatenate(halves, axis=1)
    assert whole.shape == sound.shape
    assert lag(sound[:, at:], halves[1]) == 0


@pytest.mark.parametrize("name", ["mp3", "opus", "ogg"])
def test_another_decoder_finds_as_many_samples(tmp_path: Path, name: str) -> None:
    """libsndfile reads the same headers by code of its own."""
    import soundfile

    rate = FORMATS[name].nearest_rate(RATE)
    path = write(tmp_path / f"a.{name}", soft_noise(N), rate)
    found = soundfile.info(str(path)).frames
    assert found == N if name != "mp3" else abs(found - N) <= 1_152  # its mp3 counts whole frames


def test_an_m4a_says_its_length_in_the_edit_list_the_last_packet_and_itunes_tag(
    tmp_path: Path,
) -> None:
    import mutagen

    path = write(tmp_path / "a.m4a", soft_noise(N), RATE)
    file: Any = mutagen.File(path)
    numbers = bytes(file.tags[SMPB_ATOM][0]).decode().split()
    delay, padding, n_samples = (int(number, 16) for number in numbers[1:4])
    assert (delay, n_samples) == (1_024, N)
    assert (delay + padding + n_samples) % 1_024 == 0
    whole = path.read_bytes()
    at = whole.index(b"elst") + 12
    duration, media_time = (
        int.from_bytes(whole[at : at + 4]),
        int.from_bytes(whole[at + 4 : at + 8]),
    )
    assert (duration, media_time) == (N, 1_024)


def test_a_file_of_itunes_without_short_packets_ends_where_its_tag_says() -> None:
    class Container:
        class format:  # noqa: N801
            name = "mov,mp4,m4a"

        metadata = {"iTunSMPB": " 00000000 00000840 000001C4 0000000000046A3C 00000000"}

    padding = Padding.of(Container)
    assert padding.n_said == 0x46A3C
    assert padding.after(0x46A3C + 0x1C4) == 0x1C4
    assert padding.after(0x46A3C) == 0
    assert padding.after(0x46A3C - 100) == 0, "a file that ends early is not cut further"
    assert padding.after(0x46A3C + 1_000_000) == 0, "what claims that much padding lies"


@pytest.mark.parametrize("said", ["", "junk", " 00000000 00000840", "00000000 g g g", "\0" * 40])
def test_a_tag_that_says_nothing_is_no_length(said: str) -> None:
    class Container:
        class format:  # noqa: N801
            name = "mov,mp4,m4a"

        metadata = {"iTunSMPB": said}

    assert Padding.of(Container).n_said is None


def test_tags_leave_the_length_as_it_was(tmp_path: Path) -> None:
    from songloom.core.audio.tagging import write_tags

    path = write(tmp_path / "a.m4a", soft_noise(N), RATE)
    write_tags(str(path), {"title": ["曲"], "artist": ["somebody"]})
    assert decode.read(str(path))[0].shape[1] == N
    assert "itunsmpb" not in probe(str(path))["tags"]

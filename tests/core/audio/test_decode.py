"""Every sample comes out, as it went in, whatever the header, the name or the blocks say."""

from __future__ import annotations

import os
import struct
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songloom.core.audio import decode
from songloom.core.audio.vorbis import renumbered
from songloom.errors import EmptyFile, NoSuchFile, NotAudio, Truncated, WebPage
from tests.core.audio.sounds import joined, noise, tone, write, write_wav

IS_LOSSLESS = {"flac", "wav"}


@pytest.mark.parametrize("channels", [1, 2, 5, 7, 8])
@pytest.mark.parametrize("name", ["wav", "flac"])
def test_lossless_files_give_back_every_sample(tmp_path: Path, name: str, channels: int) -> None:
    sound = noise(20_000, channels)
    found, sample_rate = decode.read(str(write(tmp_path / f"a.{name}", sound, 48_000)))
    assert sample_rate == 48_000
    assert np.array_equal(found, sound)


@pytest.mark.parametrize("name", ["mp3", "opus", "ogg", "m4a"])
def test_lossy_files_sound_alike_and_lie_where_they_lay(tmp_path: Path, name: str) -> None:
    sound = tone(440, 1.0, 48_000)
    found, sample_rate = decode.read(str(write(tmp_path / f"a.{name}", sound, 48_000)))
    assert sample_rate == 48_000
    assert abs(found.shape[1] - 48_000) <= 1_024  # one AAC frame
    middle = slice(4_000, 44_000)
    error = found[:, middle] - sound[:, middle]
    assert (error**2).mean() < (sound**2).mean() / 1_000  # −30 dB: also nothing is shifted


def test_an_independent_reader_agrees_on_16_bit_wav(tmp_path: Path) -> None:
    sound = noise(5_000)
    path = write_wav(tmp_path / "a.wav", sound)
    with wave.open(str(path)) as file:
        steps = np.frombuffer(file.readframes(5_000), "<i2").reshape(-1, 2).T
    assert np.array_equal(decode.read(str(path))[0] * 32_768, steps)


@given(block_samples=st.integers(1, 30_000))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_block_length_changes_nothing(tmp_path_factory: Any, block_samples: int) -> None:
    path = tmp_path_factory.getbasetemp() / "blocks.flac"
    if not path.exists():
        write(path, noise(50_000))
    found = list(decode.blocks(str(path), block_samples=block_samples))
    assert all(block.shape[1] == block_samples for block in found[:-1])
    assert np.array_equal(joined(found), noise(50_000))


def test_blocks_are_float32_channels_by_samples(tmp_path: Path) -> None:
    (block,) = decode.blocks(str(write(tmp_path / "a.flac", noise(1_000, 1))))
    assert block.dtype == np.float32
    assert block.shape == (1, 1_000)
    assert block.flags.c_contiguous


@pytest.mark.real
def test_real_songs_decode_whole_and_stay_in_range(real_songs: list[Path]) -> None:
    for path in real_songs[::9]:
        with decode.opened(str(path)) as sound:
            peak = max(float(np.abs(block).max()) for block in sound.blocks())
            assert sound.n_broken == 0
            assert sound.n_samples > 44_100
        assert 0.01 < peak < 4  # lossy peaks may pass 1


@pytest.mark.real
def test_decoding_twice_gives_the_same_samples(real_song: Path) -> None:
    first, _ = decode.read(str(real_song))
    again, _ = decode.read(str(real_song))
    assert np.array_equal(first, again)


# ------------------------------------------------------------------ sample formats


@pytest.mark.parametrize(
    ("codec", "step"),
    [
        ("pcm_u8", 1 / 128),
        ("pcm_s24le", 1 / 8_388_608),
        ("pcm_s32le", 2e-7),
        ("pcm_s64le", 2e-7),
        ("pcm_f32le", 0),
        ("pcm_f64le", 0),
    ],
)
def test_every_width_of_pcm_means_the_same(tmp_path: Path, codec: str, step: float) -> None:
    sound = tone(440, 0.1)
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=44_100)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(sound.T.reshape(1, -1).copy(), "flt", "stereo")
        frame.sample_rate, frame.time_base = 44_100, Fraction(1, 44_100)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    found, _ = decode.read(str(path))
    assert np.abs(found - sound).max() <= step


def test_what_is_no_number_becomes_silence_or_full_scale(tmp_path: Path) -> None:
    samples = np.array([0.25, np.nan, np.inf, -np.inf, 0.5], "<f4")
    path = tmp_path / "a.wav"
    path.write_bytes(_wav_header(3, 1, 8_000, 32, samples.nbytes) + samples.tobytes())
    found, _ = decode.read(str(path))
    assert found.tolist() == [[0.25, 0.0, 1.0, -1.0, 0.5]]


def test_a_change_of_rate_on_the_way_is_converted_to_the_first(tmp_path: Path) -> None:
    first = write(tmp_path / "a.mp3", tone(440, 8.0, 44_100), 44_100).read_bytes()
    second = write(tmp_path / "b.mp3", tone(440, 1.0, 22_050, channels=1), 22_050).read_bytes()
    path = tmp_path / "joined.mp3"
    path.write_bytes(first + second)
    found, sample_rate = decode.read(str(path))
    assert sample_rate == 44_100
    assert found.shape[0] == 2
    assert found.shape[1] == pytest.approx(9 * 44_100, abs=5_000)  # each encoder pads
    middle = found[:, 9 * 44_100 - 25_000 : 9 * 44_100 - 5_000]
    assert abs(np.abs(np.fft.rfft(middle[1])).argmax() * 44_100 / 20_000 - 440) < 3  # in tune


def test_a_chain_of_ogg_streams_plays_on(tmp_path: Path) -> None:
    write(tmp_path / "a.ogg", tone(440, 1.0))
    second = write(tmp_path / "b.ogg", tone(660, 1.0)).read_bytes()
    path = tmp_path / "chain.ogg"
    path.write_bytes((tmp_path / "a.ogg").read_bytes() + renumbered(second, b"next"))
    assert decode.read(str(path))[0].shape[1] == pytest.approx(88_200, abs=1_024)


# ------------------------------------------------------------------ what is refused


def refused(path: Path) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the question
        decode.read(str(path))
    return caught.value


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert type(refused(tmp_path / "gone.mp3")) is NoSuchFile


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").touch()
    assert type(refused(tmp_path / "a.mp3")) is EmptyFile


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"\n\n  <HTML>\n<head>",
        b"\xef\xbb\xbf<!doctype html>",
        "<!DOCTYPE html><html>".encode("utf-16"),
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C"><html xmlns="x">',
        b"<!-- saved --><html>",
    ],
)
def test_a_web_page_is_called_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    error = refused(path)
    assert type(error) is WebPage
    assert "web page" in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"hello, world\n" * 100,
        b'{"error": "not found"}',
        b"\x89PNG\r\n\x1a\n" + bytes(1_000),
        b"PK\x03\x04" + bytes(1_000),
        b"%PDF-1.7\n" + bytes(2_000),
        bytes(100_000),
        os.urandom(100_000),
    ],
)
def test_what_is_no_audio(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.flac"
    path.write_bytes(content)
    assert type(refused(path)) is NotAudio


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{secret}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">'
        "<BaseURL>{secret}</BaseURL></MPD>",
    ],
)
def test_a_list_that_names_other_files_opens_none_of_them(tmp_path: Path, content: str) -> None:
    secret = write(tmp_path / "secret.wav", tone(440, 0.2))
    path = tmp_path / "list.mp3"
    path.write_text(content.format(secret=secret))
    assert isinstance(refused(path), NotAudio)


@pytest.mark.parametrize("name", ["concat:a.wav|b.wav", "pipe:0", "subfile,,start,0,end,0,,:a.wav"])
def test_a_name_that_looks_like_a_protocol_is_only_a_name(tmp_path: Path, name: str) -> None:
    sound = tone(440, 0.1)
    write(tmp_path / "a.wav", sound).rename(tmp_path / name)
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert np.abs(decode.read(name)[0] - sound).max() < 1e-4
    finally:
        os.chdir(here)


@pytest.mark.parametrize(
    "name", ["青花瓷 ♪.wav", "a\nb.wav", "%41?x#y.wav", b"\xc7\xe0\xbb\xa8.wav"]
)
def test_any_file_name_can_be_opened(tmp_path: Path, name: str | bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    write(tmp_path / "a.wav", tone(440, 0.1)).rename(path)
    assert decode.read(str(path))[0].shape == (2, 4_410)


@pytest.mark.parametrize("name", ["wav", "flac", "ogg", "opus", "m4a"])
def test_a_file_of_which_only_the_head_arrived_is_truncated(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"a.{name}", tone(440, 2.0, 48_000), 48_000)
    path.write_bytes(path.read_bytes()[:40])
    assert type(refused(path)) is Truncated


@pytest.mark.parametrize("sample_rate", [1, 3_999, 768_001, 0xFFFF_FFF0])
def test_an_odd_sample_rate_is_refused_with_the_range(tmp_path: Path, sample_rate: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav_header(1, 1, sample_rate, 16, 2_000) + bytes(2_000))
    error = refused(path)
    assert isinstance(error, NotAudio)


def test_more_channels_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav_header(1, 65, 8_000, 16, 13_000) + bytes(13_000))
    error = refused(path)
    assert "65 channels; 1 to 64" in str(error)


def test_more_broken_than_whole_is_no_audio(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tone(440, 10.0))
    content = bytearray(path.read_bytes())
    for at in range(3_000, len(content) - 100, 50):
        content[at : at + 30] = os.urandom(30)
    path.write_bytes(bytes(content))
    try:
        with decode.opened(str(path)) as sound:
            n_samples = sum(block.shape[1] for block in sound.blocks())
    except NotAudio:
        return
    assert n_samples <= 11 * 44_100  # what can still be played is played, and no more


def _wav_header(kind: int, channels: int, sample_rate: int, bits: int, n_bytes: int) -> bytes:
    frame = channels * bits // 8
    rate = min(sample_rate * frame, 0xFFFF_FFFF)
    fmt = struct.pack("<HHIIHH", kind, channels, sample_rate, rate, frame, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + n_bytes)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + fmt
        + b"data"
        + struct.pack("<I", n_bytes)
    )

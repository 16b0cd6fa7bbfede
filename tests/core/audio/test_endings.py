"""Whether a file stops early, from what its container promised."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio import endings, sniff
from songloom.core.audio.endings import ends_early, promised_s, wav_s, xing_s
from songloom.errors import EmptyFile, NoSuchFile, NotAudio, Truncated, WebPage
from tests.core.audio.sounds import noise, tone, write, write_wav

WAV = "wav"


def chunk(name: bytes, content: bytes, claimed: int | None = None) -> bytes:
    size = len(content) if claimed is None else claimed
    return name + struct.pack("<I", size) + content + b"\x00" * (len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WAVE" + b"".join(chunks)


def fmt(kind: int = 1, rate: int = 8_000, frame: int = 2, said: int = 16_000) -> bytes:
    return chunk(b"fmt ", struct.pack("<HHIIHH", kind, 1, rate, said, frame, 16))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (wav(fmt(), chunk(b"data", bytes(16_000))), 1.0),
        (wav(chunk(b"LIST", b"odd"), fmt(), chunk(b"data", bytes(4), 32_000)), 2.0),
        (wav(fmt(said=99), chunk(b"data", bytes(4), 16_000)), 1.0),  # PCM: its own sum
        (wav(fmt(kind=0x11, said=4_000), chunk(b"data", bytes(4), 16_000)), 4.0),  # ADPCM
        (wav(fmt(), chunk(b"data", b"", 0xFFFF_FFFF)), None),
        (wav(fmt(), chunk(b"data", b"", 0x7FFF_FFFF)), None),
        (wav(chunk(b"data", bytes(4))), None),
        (wav(fmt()), None),
        (wav(), None),
        (b"RIFF", None),
        (wav(fmt(rate=0, said=0), chunk(b"data", bytes(4))), None),
    ],
)
def test_what_a_wav_promises(tmp_path: Path, content: bytes, expected: float | None) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert wav_s(str(path)) == expected


def test_a_wav_of_endless_chunks_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(*[chunk(b"junk", b"")] * 5_000, fmt(), chunk(b"data", bytes(4))))
    assert wav_s(str(path)) is None


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050, 16_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_what_an_mp3_promises(tmp_path: Path, rate: int, channels: int, seconds: float) -> None:
    path = write(tmp_path / "a.mp3", noise(round(seconds * rate), channels), rate)
    found = xing_s(path.read_bytes()[:8_000])
    assert found is not None
    assert found == pytest.approx(seconds, abs=3 * 1_152 / rate)  # delay and padding


def test_an_id3_tag_before_the_first_frame_is_skipped(tmp_path: Path) -> None:
    content = write(tmp_path / "a.mp3", tone(440, 1.0)).read_bytes()
    tag = b"ID3\x04\x00\x00\x00\x00\x10\x00" + bytes(2_048)
    plain = content[content.index(b"\xff\xfb") :]
    assert xing_s(tag + plain) == xing_s(plain)


@given(start=st.binary(max_size=300))
def test_any_bytes_promise_something_or_nothing(start: bytes) -> None:
    for content in (start, b"ID3" + start, b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + start):
        found = xing_s(content)
        assert found is None or found >= 0


def test_containers_that_guess_are_not_relied_on(tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.aac", tone(440, 0.5)))
    assert promised_s(path, container_format="aac", claimed_s=99.0) is None
    assert promised_s(path, container_format="flac", claimed_s=99.0) == 99.0
    assert promised_s(path, container_format="mov,mp4,m4a,3gp,3g2,mj2", claimed_s=9.0) == 9.0
    assert promised_s(path, container_format="flac", claimed_s=None) is None


@pytest.mark.parametrize(
    ("duration_s", "promised", "expected"),
    [(10, 10, False), (9.95, 10, False), (9.8, 10, True), (10.5, 10, False), (1, 100, True)],
)
def test_a_little_less_is_padding_much_less_is_a_cut(
    tmp_path: Path, duration_s: float, promised: float, expected: bool
) -> None:
    path = str(write_wav(tmp_path / "a.wav", tone(440, 0.1)))
    assert ends_early(path, duration_s=duration_s, promised=promised) is expected


@pytest.mark.parametrize("name", ["ogg", "opus"])
def test_an_ogg_file_ends_early_where_its_last_page_does(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"a.{name}", noise(48_000), 48_000)
    content = path.read_bytes()
    last = content.rindex(b"OggS")
    for stop, expected in (
        (len(content), False),
        (len(content) - 1, True),
        (last, False),  # cut between two pages it cannot be known
        (last + 10, True),
        (last + 27, True),
    ):
        path.write_bytes(content[:stop])
        assert ends_early(str(path), duration_s=1, promised=None) is expected


def test_the_tolerance_is_larger_than_any_encoders_delay() -> None:
    aac_priming_s, mp3_delay_s = 2_112 / 44_100, (1_105 + 1_152) / 44_100
    assert max(aac_priming_s, mp3_delay_s) < endings.TOLERANCE_S


# ------------------------------------------------------------------ first bytes


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"fLaC\x00", "FLAC"),
        (b"OggS\x00", "Ogg"),
        (b"RIFF\x00\x00\x00\x00WAVE", "WAV"),
        (b"ID3\x03", "MP3"),
        (b"\x00\x00\x00\x20ftypM4A ", "MPEG-4"),
        (b"FORM", "AIFF"),
        (b"MAC \x96", "Monkey's Audio"),
        (b"\x89PNG", None),
        (b"", None),
    ],
)
def test_files_are_known_by_their_first_bytes(start: bytes, kind: str | None) -> None:
    assert sniff.kind(start) == kind


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"<!DOCTYPE html>", True),
        (b"  \r\n<html lang=zh>", True),
        (b"<HTML", True),
        (b"<script>", True),
        (b'<?xml version="1.0"?><rss>', False),
        (b"<!-- comment --> plain", False),
        (b"Dear <html> reader", False),
        (b"fLaC<html>", False),
        (b"", False),
    ],
)
def test_web_pages_are_known_by_their_first_tag(start: bytes, expected: bool) -> None:
    assert sniff.looks_like_html(start) is expected


def test_the_error_for_what_cannot_be_played_says_how_much_there_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"fLaC" + bytes(1_230))
    error = sniff.why_unplayable(str(path))
    assert isinstance(error, Truncated)
    assert "FLAC" in str(error)
    assert "1,234 bytes" in str(error)
    path.write_bytes(b"nothing")
    assert type(sniff.why_unplayable(str(path))) is NotAudio


def test_what_can_be_refused_at_sight_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for content, error in ((b"", EmptyFile), (b"<html>", WebPage)):
        path.write_bytes(content)
        with pytest.raises(error):
            sniff.refuse_at_sight(str(path))
    path.write_bytes(b"anything else")
    sniff.refuse_at_sight(str(path))
    with pytest.raises(NoSuchFile, match="cannot be opened"):
        sniff.refuse_at_sight(str(tmp_path / "gone"))
    with pytest.raises(NoSuchFile) as caught:
        sniff.refuse_at_sight(str(tmp_path))
    assert str(tmp_path) not in str(caught.value)  # no server path

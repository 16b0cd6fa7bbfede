"""What a file is and says of itself, in every format the same; hostile files cost a warning."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest

from songloom.core import sandbox
from songloom.core.audio import covers, tags
from songloom.core.audio.probe import probe
from songloom.errors import BeyondLimits, EmptyFile, TooLong, Truncated
from tests.core.audio import tagged
from tests.core.audio.sounds import noise, tone, write, write_wav

FORMATS = ["mp3", "flac", "ogg", "opus", "m4a", "wav"]
EXPECTED = {
    "title": [tagged.TITLE],
    "artist": tagged.ARTISTS,
    "albumartist": ["群星"],
    "album": [tagged.ALBUM],
    "genre": ["Pop", "Mandopop"],
    "date": ["2006-09-05"],
    "tracknumber": ["3"],
    "tracktotal": ["12"],
    "discnumber": ["1"],
    "disctotal": ["2"],
    "composer": ["周杰伦"],
    "lyrics": [tagged.LYRICS],
    "isrc": ["TWK970600301"],
    "label": ["阿尔发"],
    "compilation": ["1"],
    "musicbrainz_trackid": [tagged.TRACK_ID],
    "musicbrainz_albumid": [tagged.ALBUM_ID],
    "replaygain_track_gain": [tagged.GAIN],
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_tags_are_found_in_every_format(tmp_path: Path, name: str) -> None:
    found = probe(str(tagged.tagged(tmp_path, name)))
    assert {key: found["tags"].get(key) for key in EXPECTED} == EXPECTED
    assert set(found["tags"]) == set(EXPECTED)
    assert found["lyrics"] == tagged.LYRICS
    assert found["warnings"] == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_front_cover_is_taken_wherever_it_stands(tmp_path: Path, name: str) -> None:
    found = probe(str(tagged.tagged(tmp_path, name)), cover_dir=str(tmp_path))
    path = Path(found["cover"])
    assert path.parent == tmp_path
    assert path.read_bytes() == tagged.picture("red")
    assert path.suffix == ".jpg"


@pytest.mark.parametrize(
    ("name", "codec", "bits"),
    [
        ("mp3", "mp3float", None),
        ("flac", "flac", 16),
        ("ogg", "vorbis", None),
        ("opus", "opus", None),
        ("m4a", "aac", None),
        ("wav", "pcm_s16le", 16),
    ],
)
def test_technical_facts(tmp_path: Path, name: str, codec: str, bits: int | None) -> None:
    path = write(tmp_path / "song.bin", noise(2 * 48_000), 48_000, name=name)
    found = probe(str(path))
    assert (found["format"], found["codec"], found["bits"]) == (name, codec, bits)
    assert (found["sample_rate"], found["channels"]) == (48_000, 2)
    assert found["duration_s"] == pytest.approx(2.0, abs=0.025)  # one AAC frame
    assert found["duration_s"] == found["n_samples"] / 48_000
    assert found["size_bytes"] == path.stat().st_size
    assert found["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    average = found["size_bytes"] * 8 / found["duration_s"]
    assert found["bit_rate"] == pytest.approx(average, rel=0.5)
    assert not found["is_truncated"]


@pytest.mark.real
def test_real_songs_are_whole_and_readable(real_songs: list[Path]) -> None:
    for path in real_songs[::11]:
        found = probe(str(path))
        assert not found["is_truncated"], path.name
        assert found["warnings"] == []
        assert found["format"] in ("ogg", "opus", "mp3")
        assert 5 < found["duration_s"] < 1_200


def test_what_a_probe_finds_is_json_and_comes_through_the_sandbox(tmp_path: Path) -> None:
    path = str(tagged.tagged(tmp_path, "flac"))
    assert sandbox.call("songloom.core.audio.probe:probe", {"path": path}) == probe(path)


# ------------------------------------------------------------------ endings


@pytest.mark.parametrize("name", ["flac", "wav", "mp3", "ogg", "opus"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_stops_early_is_kept_and_says_where(
    tmp_path: Path, name: str, part: float
) -> None:
    path = write(tmp_path / f"a.{name}", noise(10 * 48_000), 48_000)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    found = probe(str(path))
    assert found["is_truncated"]
    assert found["warnings"] == ["truncated"]
    assert found["duration_s"] == pytest.approx(10 * part, abs=1.1)  # bit rates vary
    if name in ("flac", "wav", "mp3"):
        assert found["claimed_s"] == pytest.approx(10, abs=0.1)


def test_an_mp4_whose_index_comes_first_is_kept_when_cut(tmp_path: Path) -> None:
    path = write(tmp_path / "a.m4a", noise(10 * 48_000), 48_000)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    found = probe(str(path))
    assert found["is_truncated"]
    assert found["duration_s"] == pytest.approx(5, abs=0.3)


def test_an_mp4_without_its_index_cannot_be_played(tmp_path: Path) -> None:
    content = write(tmp_path / "a.m4a", noise(48_000), 48_000).read_bytes()
    at = content.index(b"moov") - 4
    size = struct.unpack(">I", content[at : at + 4])[0]
    path = tmp_path / "b.m4a"
    path.write_bytes(content[:at] + content[at + size :])
    with pytest.raises(Truncated, match="MPEG-4"):
        probe(str(path))


@pytest.mark.parametrize("name", FORMATS)
def test_whole_files_of_any_length_are_not_called_truncated(tmp_path: Path, name: str) -> None:
    for n_samples in (1_000, 4_801, 50_123):
        path = write(tmp_path / f"{n_samples}.{name}", noise(n_samples), 48_000)
        found = probe(str(path))
        assert not found["is_truncated"]
        assert found["n_samples"] == pytest.approx(n_samples, abs=1_024)


def test_damage_in_the_middle_is_a_warning_not_an_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", noise(10 * 48_000), 48_000)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 100_000] = bytes(100_000)
    path.write_bytes(bytes(content))
    found = probe(str(path))
    assert found["duration_s"] > 9
    assert len(found["warnings"]) == 1


# ------------------------------------------------------------------ headers that lie


def test_a_header_that_claims_three_days_is_not_believed(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(440, 0.5, 8_000, channels=1), 8_000)
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = struct.pack("<I", 0xFFFF_FFFF)
    path.write_bytes(bytes(content))
    found = probe(str(path))
    assert found["duration_s"] == 0.5
    assert not found["is_truncated"]  # this is how a WAV is written into a pipe
    assert found["claimed_s"] is None


def test_a_header_that_claims_a_little_more_means_a_cut_file(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(440, 0.5, 8_000, channels=1), 8_000)
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", 8_000 * 2 * 5)
    path.write_bytes(bytes(content))
    found = probe(str(path))
    assert (found["duration_s"], found["claimed_s"], found["is_truncated"]) == (0.5, 5.0, True)


def test_a_flac_header_that_claims_days_costs_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", noise(4_800), 48_000)
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F  # the upper bits of the number of samples
    content[22:26] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(content))
    found = probe(str(path))
    assert found["duration_s"] == pytest.approx(0.1)
    assert found["is_truncated"]


def test_a_file_of_no_samples_is_empty(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.zeros((2, 0), np.float32))
    with pytest.raises((EmptyFile, Truncated)):
        probe(str(path))


def test_too_long_is_said_as_soon_as_it_is_known(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", np.zeros((2, 100 * 48_000), np.float32), 48_000)
    with pytest.raises(TooLong, match="the longest allowed is 10 s"):
        probe(str(path), longest_s=10)
    assert probe(str(path), longest_s=100)["duration_s"] == 100


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    told: list[float] = []
    probe(str(write(tmp_path / "a.flac", noise(10 * 44_100))), progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1


# ------------------------------------------------------------------ hostile and odd tags


@pytest.mark.parametrize(
    "failure", [MemoryError, RecursionError("deep"), ZeroDivisionError, ValueError, OSError]
)
def test_whatever_the_tag_reader_raises_the_sound_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Any
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(mutagen, "File", fail)
    path = write(tmp_path / "a.flac", noise(4_800), 48_000)
    found = probe(str(path))
    assert found["warnings"] == ["unreadable_tags"]
    assert found["n_samples"] == 4_800


def test_tags_that_only_the_decoder_can_read_are_taken_from_it(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(440, 0.2))
    text = "老歌".encode()
    info = b"INFO" + b"INAM" + struct.pack("<I", len(text)) + text
    content = path.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    assert probe(str(path))["tags"]["title"] == ["老歌"]


@pytest.mark.slow
def test_fifty_thousand_frames_in_a_tag_cost_no_more_than_the_limits_allow(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tone(440, 1.0))
    frame = b"TXXX" + b"\x00\x00\x00\x08" + b"\x00\x00" + b"\x03" + b"k\x00value"[:7]
    frames = frame * 50_000
    size = len(frames)
    packed = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x04\x00\x00" + packed + frames + path.read_bytes())
    try:
        found = sandbox.call(
            "songloom.core.audio.probe:probe",
            {"path": str(path)},
            limits=sandbox.Limits(cpu_s=20, wall_s=60),
        )
    except BeyondLimits:
        return
    assert found["duration_s"] == pytest.approx(1, abs=0.05)


def test_a_tag_that_claims_gigabytes_is_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", noise(4_800), 48_000)
    content = path.read_bytes()
    huge = b"\x04" + b"\xff\xff\xff"  # a Vorbis comment block of 16 MB that is not there
    path.write_bytes(content[:4] + huge + content[4:])
    try:
        found = sandbox.call("songloom.core.audio.probe:probe", {"path": str(path)})
    except (Truncated, BeyondLimits):
        return
    assert found["n_samples"] <= 4_800


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\x00b\x07c", "abc"),
        ("  spaces \n", "spaces"),
        ("line one\r\nline two\rthree", "line one\nline two\nthree"),
        ("e\u0301", "é"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("x" * 5_000, "x" * 2_000),
        ("\x00", ""),
    ],
)
def test_values_are_cleaned(value: str, expected: str) -> None:
    assert tags.clean(value) == expected
    assert tags.clean(tags.clean(value)) == expected


def test_too_many_values_are_cut_and_equal_ones_kept_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", noise(100))
    file: Any = mutagen.File(path)
    file["genre"] = ["Pop", "Pop", *(f"genre {n}" for n in range(500))]
    file.save()
    found = probe(str(path))["tags"]["genre"]
    assert found[0] == "Pop"
    assert len(found) == len(set(found)) == tags.MOST_VALUES


def test_old_id3_genres_by_number_become_words(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tone(440, 0.5))
    written = tagged.id3.ID3()
    written.add(tagged.id3.TCON(encoding=0, text=["(17)(6)"]))
    written.save(path, v2_version=3)
    assert probe(str(path))["tags"]["genre"] == ["Rock", "Grunge"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (tagged.picture(kind="PNG"), "png"),
        (tagged.picture(kind="GIF"), "gif"),
        (tagged.picture(kind="WEBP"), "webp"),
        (tagged.picture(), "jpg"),
        (b"<svg onload='alert(1)'/>", None),
        (b"", None),
    ],
)
def test_a_picture_is_what_its_bytes_are(data: bytes, expected: str | None) -> None:
    assert covers.suffix(data) == expected


def test_pictures_that_are_none_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", noise(100))
    file: Any = mutagen.File(path)
    file.add_picture(tagged.flac_picture(b"<svg/>"))
    file.add_picture(tagged.flac_picture(tagged.picture("green"), 0))
    file.save()
    found = probe(str(path), cover_dir=str(tmp_path))
    assert Path(found["cover"]).read_bytes() == tagged.picture("green")


def test_without_a_folder_for_it_no_picture_is_written(tmp_path: Path) -> None:
    path = tagged.tagged(tmp_path, "flac")
    assert probe(str(path))["cover"] is None
    assert [one.name for one in tmp_path.iterdir()] == [path.name]

"""Tags on their way: from any file to our names, and from us into any file that we make."""

from __future__ import annotations

import importlib
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.audio.probe import probe, read_own_tags
from songloom.core.audio.rendering import render
from songloom.core.audio.tag_names import ASF, FREE, ID3, MP4, free_name
from songloom.core.audio.tagging import write_tags
from songloom.core.audio.tags import LONGEST_VALUE, clean
from songloom.errors import Truncated
from tests.core.audio.sounds import noise, tone, write
from tests.core.audio.tagged import tagged

mutagen: Any = importlib.import_module("mutagen")
id3: Any = importlib.import_module("mutagen.id3")
aiff: Any = importlib.import_module("mutagen.aiff")

EVERY_FORMAT = ("mp3", "opus", "flac", "ogg", "m4a", "wav")
WRITTEN = {
    "title": ["千里之外"],
    "artist": ["周杰伦", "费玉清"],
    "albumartist": ["群星"],
    "album": ["依然范特西"],
    "genre": ["Pop", "Mandopop"],
    "date": ["2006-09-05"],
    "tracknumber": ["3"],
    "discnumber": ["1"],
    "composer": ["周杰伦"],
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Half a second of sound without any tag, in each format."""
    folder = tmp_path_factory.mktemp("plain")
    sound = tone(440, 0.5, 48_000)
    return {
        name: write(folder / f"plain.{name}", sound, 48_000).read_bytes() for name in EVERY_FORMAT
    }


def copy_of(plain: dict[str, bytes], name: str, folder: Path) -> str:
    path = folder / f"copy.{name}"
    path.write_bytes(plain[name])
    return str(path)


# ------------------------------------------------------------------ out of us, into a file


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_every_tag_that_is_written_is_read_again(
    plain: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    path = copy_of(plain, name, tmp_path)
    write_tags(path, WRITTEN)
    assert read_own_tags(path) == WRITTEN


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_a_number_and_its_total_are_written_as_one_and_read_as_two(
    plain: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    path = copy_of(plain, name, tmp_path)
    write_tags(path, {"title": ["x"], "tracknumber": ["3"], "tracktotal": ["12"]})
    assert read_own_tags(path)["tracknumber"] == ["3"]


@pytest.mark.parametrize("name", EVERY_FORMAT)
@pytest.mark.parametrize("number", ["A", "", "99999", "-1", "Ⅳ"])
def test_an_odd_number_of_a_track_stops_no_rendition(
    plain: dict[str, bytes], tmp_path: Path, name: str, number: str
) -> None:
    path = copy_of(plain, name, tmp_path)
    write_tags(path, {"title": ["x"], "tracknumber": [number], "discnumber": [number]})
    assert read_own_tags(path)["title"] == ["x"]


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_tags_leave_the_sound_as_it_is(plain: dict[str, bytes], tmp_path: Path, name: str) -> None:
    path = copy_of(plain, name, tmp_path)
    before = probe(path)
    write_tags(path, WRITTEN)
    after = probe(path)
    for fact in ("n_samples", "sample_rate", "channels", "format", "is_truncated"):
        assert after[fact] == before[fact]


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_a_rendition_carries_names_and_numbers_but_no_identity(tmp_path: Path, name: str) -> None:
    """An edited sound is no longer the recording that a MusicBrainz id or an ISRC names."""
    source = tagged(tmp_path, "flac")
    out = str(tmp_path / f"out.{name}")
    render(str(source), out, recipe=[], format=name)
    found = read_own_tags(out)
    assert found == {key: values for key, values in WRITTEN.items() if key in found}
    assert set(found) == set(WRITTEN)


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_very_long_and_very_odd_text_survives_a_file(
    plain: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    odd = ["🎵🎶 Ünïcödé \u202eright to left", "x" * LONGEST_VALUE, "=;,/\\\"'<>&", "ﷺ 한국어 ไทย"]
    path = copy_of(plain, name, tmp_path)
    write_tags(path, {"title": odd[:1], "artist": odd})
    assert read_own_tags(path)["artist"] == [clean(text) for text in odd]


# ------------------------------------------------------------------ clean text


@given(text=st.text(max_size=60))
@settings(max_examples=300)
def test_cleaning_twice_cleans_no_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text", ["°\x1f¡", "Ã\x00©", "A\u0303©", " °¡ ", "\ud800°¡", "°\u0007¡°\u0008¡"]
)
def test_what_lies_between_two_bytes_hides_no_encoding(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(text=st.text(max_size=40), longest=st.integers(1, 20))
def test_cleaned_text_is_never_longer_than_asked(text: str, longest: int) -> None:
    found = clean(text, longest=longest)
    assert len(found) <= longest
    assert found == found.strip()


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_keep_their_ends_in_one_spelling(ends: str) -> None:
    assert clean(f"  one{ends}two{ends}{ends}three\x00  ") == "one\ntwo\n\nthree"


# ------------------------------------------------------------------ names


@given(spelling=st.sampled_from(sorted(FREE)), upper=st.booleans(), gap=st.sampled_from(" _-"))
def test_case_and_gaps_change_no_name(spelling: str, upper: bool, gap: str) -> None:
    spread = gap.join((spelling[:3], spelling[3:]))
    assert free_name(spread.upper() if upper else spread) == FREE[spelling]


@given(spelling=st.text(max_size=120))
def test_any_free_name_becomes_a_name_that_stays_or_none(spelling: str) -> None:
    name = free_name(spelling)
    if name is not None:
        assert name == name.strip()
        assert free_name(name) in (name, None) or free_name(name) in FREE.values()


def test_what_two_formats_both_know_they_call_the_same() -> None:
    common = {"title", "artist", "album", "albumartist", "genre", "date", "tracknumber", "composer"}
    for names in (ID3, MP4, ASF):
        assert common <= set(names.values())


# ------------------------------------------------------------------ other programs' files


@pytest.mark.parametrize("version", [3, 4])
def test_both_versions_of_id3_say_the_same(
    plain: dict[str, bytes], tmp_path: Path, version: int
) -> None:
    path = copy_of(plain, "mp3", tmp_path)
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    for name, text in (
        ("TIT2", "晴天"),
        ("TPE1", "周杰伦"),
        ("TDRC", "2003-07-31"),
        ("TRCK", "3/11"),
    ):
        file.tags.add(getattr(id3, name)(encoding=1, text=[text]))
    if version == 3:
        file.tags.update_to_v23()
    file.save(v2_version=version)
    found = read_own_tags(path)
    assert (found["title"], found["artist"]) == (["晴天"], ["周杰伦"])
    assert (found["tracknumber"], found["tracktotal"]) == (["3"], ["11"])
    assert found["date"][0].startswith("2003")


@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
def test_every_encoding_of_id3_says_the_same(
    plain: dict[str, bytes], tmp_path: Path, encoding: int
) -> None:
    path = copy_of(plain, "mp3", tmp_path)
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    file.tags.add(id3.TIT2(encoding=encoding, text=["Déjà vu"]))
    file.save()
    assert read_own_tags(path)["title"] == ["Déjà vu"]


def aiff_bytes(n_samples: int = 800, *, claimed: int | None = None, rate: int = 8_000) -> bytes:
    """A mono AIFF written by hand from Apple's specification."""
    sound: bytes = (noise(n_samples, 1)[0] * 32_768).astype(">i2").tobytes()
    exponent = rate.bit_length() - 1
    extended = struct.pack(">HQ", 16_383 + exponent, rate << (63 - exponent))
    frames = n_samples if claimed is None else claimed
    common = struct.pack(">hIh", 1, frames, 16) + extended
    chunks = b"COMM" + struct.pack(">I", len(common)) + common
    chunks += b"SSND" + struct.pack(">III", len(sound) + 8, 0, 0) + sound
    return b"FORM" + struct.pack(">I", len(chunks) + 4) + b"AIFF" + chunks


def test_an_aiff_with_id3_inside_is_described_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "a.aiff"
    path.write_bytes(aiff_bytes())
    file = aiff.AIFF(path)
    file.add_tags()
    file.tags.add(id3.TIT2(encoding=3, text=["晴天"]))
    file.tags.add(id3.TCON(encoding=3, text=["(17)"]))
    file.save()
    found = probe(str(path))
    assert (found["format"], found["n_samples"], found["bits"]) == ("aiff", 800, 16)
    assert (found["tags"]["title"], found["tags"]["genre"]) == (["晴天"], ["Rock"])


@pytest.mark.parametrize("claimed", [0, 1, 801, 2**31 - 1])
def test_an_aiff_that_lies_of_its_length_gives_what_there_is(tmp_path: Path, claimed: int) -> None:
    """Whatever the header says, the length told is that of decoded samples."""
    path = tmp_path / "a.aiff"
    path.write_bytes(aiff_bytes(claimed=claimed))
    found = probe(str(path))
    assert 0 < found["n_samples"] <= 800
    assert found["duration_s"] == found["n_samples"] / 8_000


@pytest.mark.parametrize("claimed", [2**31, 2**32 - 1])
def test_an_aiff_longer_than_a_number_can_say_is_refused(tmp_path: Path, claimed: int) -> None:
    path = tmp_path / "a.aiff"
    path.write_bytes(aiff_bytes(claimed=claimed))
    with pytest.raises(Truncated, match="AIFF"):
        probe(str(path))

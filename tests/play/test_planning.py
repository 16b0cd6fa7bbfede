"""The file as it is wherever that is what was asked for; else the least that is enough."""

from __future__ import annotations

import pytest

from songloom.errors import BadValue, NoAudio, StorageAway
from songloom.library.models import Track, User
from songloom.library.services.storing import main_file
from songloom.play.services import plan
from tests.kept import lose

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("format", "limit"),
    [("", None), ("", 0), ("raw", None), ("raw", 64), ("wav", None), ("WAV", None), ("", 2_000)],
)
def test_the_file_is_sent_as_it_is(long_track: Track, format: str, limit: int | None) -> None:
    found = plan(long_track, format=format, max_bit_rate_kbps=limit)
    file = main_file(long_track)
    assert file is not None
    assert found.is_original
    assert found.file == file
    assert (found.mime, found.format) == ("audio/wav", "wav")
    assert found.etag
    assert found.etag in file.sha256


@pytest.mark.parametrize(
    ("format", "limit", "expected", "kbps", "mime"),
    [
        ("mp3", None, "mp3", 192, "audio/mpeg"),
        ("opus", 96, "opus", 96, "audio/ogg"),
        ("", 128, "mp3", 128, "audio/mpeg"),
        ("ogg", 64, "opus", 64, "audio/ogg"),
        ("m4a", None, "aac", 160, "audio/aac"),
        ("flac", None, "flac", None, "audio/flac"),
        ("mp3", 8, "mp3", 32, "audio/mpeg"),
        ("mp3", 1_000, "mp3", 320, "audio/mpeg"),
    ],
)
def test_a_format_or_a_limit_makes_a_transcode(
    long_track: Track, format: str, limit: int | None, expected: str, kbps: int | None, mime: str
) -> None:
    found = plan(long_track, format=format, max_bit_rate_kbps=limit)
    assert not found.is_original
    assert (found.format, found.bit_rate_kbps, found.mime) == (expected, kbps, mime)
    assert found.etag == ""


def test_the_estimated_length_is_time_times_bit_rate(long_track: Track) -> None:
    assert plan(long_track, format="mp3", max_bit_rate_kbps=128).estimated_bytes == 192_000
    assert plan(long_track, format="flac").estimated_bytes is None
    assert plan(long_track).estimated_bytes is None


def test_a_later_start_is_a_transcode_of_the_rest(long_track: Track) -> None:
    found = plan(long_track, start_s=4)
    assert not found.is_original
    assert (found.start_s, found.duration_s) == (4, 8)


def test_a_part_of_a_file_is_never_sent_as_the_whole_file(long_track: Track) -> None:
    long_track.files.update(start_s=5.0, end_s=12.0)
    Track.objects.filter(pk=long_track.pk).update(duration_s=7.0)
    found = plan(Track.objects.get(pk=long_track.pk), format="raw", start_s=1)
    assert not found.is_original
    assert (found.start_s, found.end_s) == (6.0, 12.0)


def test_an_unknown_format_is_refused_with_those_there_are(long_track: Track) -> None:
    with pytest.raises(BadValue, match=r"“midi”; there are mp3, opus, flac"):
        plan(long_track, format="midi")


@pytest.mark.stores
def test_a_file_that_is_away_and_an_entry_without_sound_are_told_apart(
    long_track: Track, listener: User
) -> None:
    file = main_file(long_track)
    assert file is not None
    lose(file.sha256)
    with pytest.raises(StorageAway):
        plan(long_track)
    entry = Track.objects.create(title="a name", owner=listener, origin=Track.Origin.IMPORTED)
    with pytest.raises(NoAudio):
        plan(entry)

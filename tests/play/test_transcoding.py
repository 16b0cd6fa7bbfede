"""A live transcode: whole, in time, harmless when its listener stalls or leaves."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import StreamingHttpResponse

from songloom.core.audio import decode
from songloom.errors import Busy, NotAudio, RefusedInput
from songloom.library import storage
from songloom.library.models import Track
from songloom.library.services.attention import someone_listens
from songloom.library.services.storing import main_file
from songloom.play import transcoding
from songloom.play.services import Transcode, plan
from tests.kept import copy_of

pytestmark = pytest.mark.django_db


def free_slots() -> int:
    return transcoding._slots._value


@pytest.fixture(autouse=True)
def all_slots_come_back() -> Iterator[None]:
    yield
    ends_s = time.monotonic() + 5
    while free_slots() < transcoding.most_at_once() and time.monotonic() < ends_s:
        time.sleep(0.02)
    assert free_slots() == transcoding.most_at_once()


@pytest.mark.parametrize("format", ["mp3", "opus", "aac", "flac"])
def test_the_whole_song_arrives_in_the_format_asked_for(
    long_track: Track, tmp_path: Path, format: str
) -> None:
    wanted = plan(long_track, format=format)
    content = b"".join(Transcode(wanted).pieces())
    path = tmp_path / f"heard.{format}"
    path.write_bytes(content)
    with decode.opened(str(path)) as sound:
        n_samples = sum(block.shape[1] for block in sound.blocks())
        seconds = n_samples / sound.sample_rate
    assert seconds == pytest.approx(12, abs=0.1)  # encoders pad by less


@pytest.mark.stores
def test_only_the_rest_arrives_after_a_later_start(long_track: Track, tmp_path: Path) -> None:
    path = tmp_path / "rest.flac"
    path.write_bytes(b"".join(Transcode(plan(long_track, format="flac", start_s=8)).pieces()))
    file = main_file(long_track)
    assert file is not None
    whole, _ = decode.read(str(copy_of(file.sha256)))
    rest, _ = decode.read(str(path))
    assert (rest == whole[:, 8 * 44_100 :]).all()


def test_a_bit_rate_is_kept_to(long_track: Track) -> None:
    wanted = plan(long_track, format="mp3", max_bit_rate_kbps=64)
    n_bytes = len(b"".join(Transcode(wanted).pieces()))
    assert n_bytes == pytest.approx(wanted.estimated_bytes, rel=0.05)


def test_a_server_with_one_thread_can_send_several(long_track: Track) -> None:
    wanted = plan(long_track, format="opus")

    async def collected() -> bytes:
        return b"".join([piece async for piece in Transcode(wanted)])

    async def both() -> list[bytes]:
        return list(await asyncio.gather(collected(), collected()))

    first, second = asyncio.run(both())
    assert len(first) > 100_000
    assert first == second


def test_django_streams_it_without_reading_it_into_memory(long_track: Track) -> None:
    stream = Transcode(plan(long_track, format="flac"))
    answer = StreamingHttpResponse(stream)
    assert answer.is_async
    answer.close()
    assert list(stream.pieces()) == []


@pytest.mark.stores
def test_a_listener_who_leaves_ends_the_child_within_a_second(long_track: Track) -> None:
    stream = Transcode(plan(long_track, format="flac"))
    pieces = stream.pieces()
    assert next(pieces)
    left_s = time.monotonic()
    stream.close()
    while free_slots() < transcoding.most_at_once():
        assert time.monotonic() - left_s < 1
        time.sleep(0.01)
    stream.close()


def test_a_listener_who_stalls_keeps_everybody_else_hearing(long_track: Track) -> None:
    stalled = Transcode(plan(long_track, format="flac"))
    started_s = time.monotonic()
    assert len(b"".join(Transcode(plan(long_track, format="opus")).pieces())) > 100_000
    assert time.monotonic() - started_s < 20
    assert len(b"".join(stalled.pieces())) > 500_000  # and goes on where it stopped


def test_too_many_at_once_are_refused_and_told_how_many(long_track: Track) -> None:
    wanted = plan(long_track, format="flac")
    streams = [Transcode(wanted) for _ in range(transcoding.most_at_once())]
    with pytest.raises(Busy, match=str(transcoding.most_at_once())):
        Transcode(wanted)
    for stream in streams:
        stream.close()


@pytest.mark.stores
def test_sound_that_cannot_be_read_is_said_before_the_first_byte(long_track: Track) -> None:
    file = main_file(long_track)
    assert file is not None
    noise = b"no sound at all" * 100
    file.sha256 = hashlib.sha256(noise).hexdigest()
    storage.keep_bytes(noise, file.sha256)
    file.save()
    with pytest.raises(NotAudio):
        Transcode(plan(long_track, format="mp3"))


def test_a_start_behind_the_end_is_refused(long_track: Track) -> None:
    with pytest.raises(RefusedInput, match="ends before 40 s"):
        Transcode(plan(long_track, format="mp3", start_s=40))


@pytest.mark.stores
def test_nothing_is_left_of_a_stream(long_track: Track) -> None:
    stream = Transcode(plan(long_track, format="mp3"))
    folder = Path(stream._folder)
    assert folder.is_dir()
    b"".join(stream.pieces())
    ends_s = time.monotonic() + 2
    while folder.exists() and time.monotonic() < ends_s:
        time.sleep(0.02)
    assert not folder.exists()
    assert not [t for t in threading.enumerate() if t.name == "transcode" and t.is_alive()]


def test_while_somebody_listens_it_is_known(long_track: Track) -> None:
    b"".join(Transcode(plan(long_track, format="mp3")).pieces())
    assert someone_listens()

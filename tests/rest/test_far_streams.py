"""Listening to songs that lie in a far storage, over a real port and a real S3 server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pytest_django import Settings

from songloom.library.models import Track, User
from songloom.library.services import people
from tests import kept
from tests.live import calling, stream_of, while_forty_stall
from tests.shelf import person, shelve
from tests.weed import Weed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def far(weed: Weed, settings: Settings, tmp_path: Path) -> None:
    settings.CACHE = tmp_path / "cache"
    settings.STORAGE_URL = weed.url(f"streams-{tmp_path.name}")


@pytest.fixture
def ada(transactional_db: None) -> User:
    return person("ada")


@pytest.fixture
def client(ada: User) -> Iterator[httpx.Client]:
    with calling(ada) as web:
        yield web


def sound_of(track: Track) -> bytes:
    return kept.bytes_of(track.files.get().sha256)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=10-19", slice(10, 20)),
        ("bytes=-100", slice(-100, None)),
        ("bytes = 5-", slice(5, None)),
    ],
)
def test_a_range_is_sent_as_such(
    client: httpx.Client, ada: User, asked: str, expected: slice
) -> None:
    track = shelve(ada, "Song")
    whole = sound_of(track)
    part = client.get(stream_of(track), headers={"Range": asked})
    assert (part.status_code, part.content) == (206, whole[expected])
    first, last, _ = expected.indices(len(whole))
    assert part.headers["content-range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    assert part.headers["content-type"] == "audio/wav"
    assert "x-accel-redirect" not in part.headers
    assert "sandbox" in part.headers["content-security-policy"]


@pytest.mark.parametrize("asked", ["bytes=5-2", "lines=1-2", "bytes=0-1,5-9", "bytes=x"])
def test_what_is_no_single_range_is_answered_with_the_whole(
    client: httpx.Client, ada: User, asked: str
) -> None:
    track = shelve(ada, "Song")
    answer = client.get(stream_of(track), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, sound_of(track))


def test_a_range_behind_the_end_says_where_the_end_is(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Song")
    answer = client.get(stream_of(track), headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(sound_of(track))}"


def test_who_holds_the_song_is_not_sent_it_again(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Song")
    head = client.head(stream_of(track))
    assert head.headers["content-length"] == str(len(sound_of(track)))
    held = {"If-None-Match": head.headers["etag"]}
    assert client.get(stream_of(track), headers=held).status_code == 304
    ranged = {"Range": "bytes=0-9", "If-Range": head.headers["etag"]}
    assert client.get(stream_of(track), headers=ranged).status_code == 206
    other = {"Range": "bytes=0-9", "If-Range": '"older"'}
    assert client.get(stream_of(track), headers=other).status_code == 200


def test_forty_listeners_who_stall_keep_nobody_waiting(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Long", seconds=1_200.0)  # 19 MB: more than sockets buffer
    assert while_forty_stall(client, track) == sound_of(track)


def test_a_listener_who_leaves_gives_the_connection_back(
    client: httpx.Client, ada: User, weed: Weed
) -> None:
    track = shelve(ada, "Long", seconds=1_200.0)
    port = urlsplit(weed.endpoint).port
    idle = n_connections(port)
    for _ in range(3):
        with client.stream("GET", stream_of(track)) as stream:
            next(stream.iter_raw(10_000))
    deadline = time.monotonic() + 30
    while n_connections(port) > idle + 1:  # one may be kept for the next
        assert time.monotonic() < deadline
        time.sleep(0.05)


def n_connections(port: int | None) -> int:
    """Connections from this process to a port of this machine that carry or may carry bytes."""
    held = {
        os.readlink(entry)[8:-1]
        for entry in Path("/proc/self/fd").iterdir()
        if entry.is_symlink() and os.readlink(entry).startswith("socket:")
    }
    found = 0
    for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if int(words[2].rpartition(":")[2], 16) == port and words[3] == "01" and words[9] in held:
            found += 1
    return found


def test_a_storage_that_restarts_in_the_middle_of_a_song_is_not_heard(
    client: httpx.Client, ada: User, tmp_path: Path, settings: Settings
) -> None:
    own = Weed(tmp_path)
    try:
        settings.STORAGE_URL = own.url("restarts")
        track = shelve(ada, "Long", seconds=1_200.0)
        whole = sound_of(track)
        with client.stream("GET", stream_of(track)) as stream:
            pieces = stream.iter_raw(100_000)
            heard = next(pieces)
            own.stop()
            assert client.get(stream_of(track)).status_code == 503
            own.start()
            heard += b"".join(pieces)
        assert heard == whole
    finally:
        own.stop()


def test_a_storage_that_is_away_is_said_so_everywhere_and_nothing_is_a_500(
    client: httpx.Client, ada: User, settings: Settings
) -> None:
    track = shelve(ada, "Song")
    app = people.make_app_password(ada, "phone", "a phone's password")
    assert app
    settings.STORAGE_URL = "s3://k:s@bucket?endpoint=http://127.0.0.1:9"
    upload = {"file": ("x.wav", b"RIFF....WAVE")}
    for answer in (
        client.get(stream_of(track)),
        client.head(stream_of(track)),
        client.get(stream_of(track), params={"format": "mp3"}),
        client.post("/api/v1/tracks", files={"file": ("x.wav", wav())}),
    ):
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"]
    assert client.post("/api/v1/tracks", files=upload).status_code == 415
    assert Track.objects.count() == 1
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["storage"]) == (503, False)
    assert client.get(f"/api/v1/tracks/{track.pk}").status_code == 200  # words need no storage


def wav() -> bytes:
    from tests.shelf import wav_bytes

    return wav_bytes(1.0, 555.0)


# --- by redirect ------------------------------------------------------------------------------


@pytest.fixture
def led(settings: Settings) -> None:
    settings.STORAGE_REDIRECTS = True


def test_a_listener_is_led_to_an_address_that_is_signed_for_a_while(
    client: httpx.Client, ada: User, weed: Weed, led: None, settings: Settings
) -> None:
    track = shelve(ada, "晴天")
    answer = client.get(stream_of(track), headers={"Range": "bytes=10-19"})
    assert answer.status_code == 302
    address = answer.headers["location"]
    assert address.startswith(f"{weed.endpoint}/")
    assert f"X-Amz-Expires={settings.SIGNED_URL_S}" in address
    assert "no-store" in answer.headers["cache-control"]
    part = httpx.get(address, headers={"Range": "bytes=10-19"})  # no key of ours goes along
    assert (part.status_code, part.content) == (206, sound_of(track)[10:20])
    assert part.headers["content-type"] == "audio/wav"
    assert httpx.get(address.replace("X-Amz-Signature=", "X-Amz-Signature=0")).status_code == 403
    followed = client.get(stream_of(track), follow_redirects=True)
    assert followed.content == sound_of(track)


def test_head_and_what_is_held_already_are_answered_here(
    client: httpx.Client, ada: User, led: None
) -> None:
    track = shelve(ada, "Song")
    head = client.head(stream_of(track))
    assert head.status_code == 200
    assert head.headers["content-length"] == str(len(sound_of(track)))
    held = {"If-None-Match": head.headers["etag"]}
    assert client.get(stream_of(track), headers=held).status_code == 304


def test_a_download_keeps_its_name_on_the_way(client: httpx.Client, ada: User, led: None) -> None:
    track = shelve(ada, "晴天", artist="周杰伦")
    people.make_app_password(ada, "phone", "a phone's password")
    query = {"u": "ada", "p": "a phone's password", "id": str(track.pk)}
    answer = client.get("/rest/download", params=query, follow_redirects=True)
    assert answer.content == sound_of(track)
    assert "%E6%99%B4%E5%A4%A9.wav" in answer.headers["content-disposition"]


def test_a_listener_elsewhere_is_led_to_the_public_address(
    client: httpx.Client, ada: User, weed: Weed, led: None, settings: Settings
) -> None:
    track = shelve(ada, "Song")
    settings.STORAGE_URL += "&public=https%3A%2F%2Fsound.example.org"
    address = client.get(stream_of(track)).headers["location"]
    assert urlsplit(address).netloc == "sound.example.org"


def test_pages_allow_sound_from_where_they_lead_and_from_nowhere_else(
    client: httpx.Client, ada: User, weed: Weed, settings: Settings
) -> None:
    def media() -> str:
        policy = client.get("/sign-in/", follow_redirects=True).headers["content-security-policy"]
        (rule,) = [part for part in policy.split("; ") if part.startswith("media-src")]
        return rule

    assert media() == "media-src 'self' blob:"
    settings.STORAGE_REDIRECTS = True
    assert media() == f"media-src 'self' blob: {weed.endpoint}"
    settings.STORAGE_URL = ""
    assert media() == "media-src 'self' blob:"

"""On a real S3 server: an object is whole or not there, and what fails is said in our own words."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from songloom.errors import Conflict, DiskFull, RangeBeyondEnd, StorageAway, StorageDenied
from songloom.library import storage
from songloom.library.keep.verify import verify
from songloom.library.storage import s3
from songloom.library.storage.s3 import S3Store
from tests import kept
from tests.weed import BUCKET, Weed

CLEAN = {"ok": True, "problems": [], "repaired": 0}
PART = 5 << 20  # the smallest part that S3 takes


@pytest.fixture
def shelf(weed: Weed, settings: Settings, tmp_path: Path) -> str:
    """A prefix of this test's own, set as the storage."""
    settings.CACHE = tmp_path / "cache"
    prefix = f"far-{tmp_path.name}"
    settings.STORAGE_URL = weed.url(prefix)
    return prefix


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 12 MB go in three parts, so that no test moves gigabytes."""
    monkeypatch.setattr(s3, "IN_ONE_BYTES", PART)
    monkeypatch.setattr(s3, "PART_BYTES", PART)
    storage._opened.cache_clear()


def store() -> S3Store:
    found = storage.far()
    assert found is not None
    return found


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def put(content: bytes, folder: Path) -> str:
    """Kept, and no longer at hand."""
    sha256 = written(folder / "in", content)
    storage.keep(folder / "in", sha256)
    store().cache.shrink(0)
    return sha256


def test_bytes_lie_under_their_hash_as_at_home(shelf: str, weed: Weed, tmp_path: Path) -> None:
    sha256 = put(b"tone", tmp_path)
    key = f"{shelf}/audio/{sha256[:2]}/{sha256}"
    assert weed.keys(shelf) == [key]
    assert weed.client().get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"tone"
    assert storage.where(sha256) == f"s3://{BUCKET}/{key}"
    assert storage.read_bytes(sha256) == b"tone"


def test_a_source_is_used_up_only_when_it_is_given_away(shelf: str, tmp_path: Path) -> None:
    sha256 = written(tmp_path / "a", b"tone")
    storage.keep(tmp_path / "a", sha256, move=False)
    storage.keep(tmp_path / "a", sha256, use_up=False)
    assert (tmp_path / "a").read_bytes() == b"tone"
    storage.keep(tmp_path / "a", sha256)
    assert not (tmp_path / "a").exists()


def test_the_same_bytes_again_are_not_sent_again_but_come_anew_when_they_are_old(
    shelf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tidies up takes old bytes without a row: those that come again must look young."""
    sha256 = put(b"again", tmp_path)
    before = kept.modified_s(sha256)
    monkeypatch.setattr(S3Store, "_put", lambda *_: pytest.fail("sent again"))
    put(b"again", tmp_path)
    assert kept.modified_s(sha256) == before
    monkeypatch.setattr(s3, "YOUNG_S", -1)
    deadline = time.monotonic() + 30
    while kept.modified_s(sha256) == before:  # the server counts whole seconds
        assert time.monotonic() < deadline
        put(b"again", tmp_path)
    assert kept.bytes_of(sha256) == b"again"


def test_a_large_file_in_parts_comes_back_bit_by_bit(
    shelf: str, small_parts: None, tmp_path: Path
) -> None:
    content = os.urandom(2 * PART + 1_234)
    sha256 = put(content, tmp_path)
    assert store().size_of(sha256, "audio") == len(content)
    with storage.at_hand(sha256) as path:
        assert path.read_bytes() == content
    assert list(store().unfinished(older_than_s=-60)) == []


KILLED = """
import sys, django
django.setup()
from pathlib import Path
from songloom.library import storage
from songloom.library.storage import s3
s3.IN_ONE_BYTES = s3.PART_BYTES = 5 << 20
import botocore.httpsession as http
send, sent = http.URLLib3Session.send, 0
def counted(self, request):
    global sent
    answer = send(self, request)
    if "partNumber" in request.url:
        sent += 1
        if sent == 2:
            print("two parts", flush=True)
            import time; time.sleep(600)
    return answer
http.URLLib3Session.send = counted
storage.keep(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.django_db
def test_a_process_killed_while_it_sends_leaves_nothing_that_anybody_sees(
    shelf: str, weed: Weed, tmp_path: Path, settings: Settings
) -> None:
    content = os.urandom(4 * PART)
    sha256 = written(tmp_path / "large", content)
    settings.HOME = tmp_path / "home"
    given = os.environ | {
        "SONGLOOM_HOME": str(settings.HOME),
        "SONGLOOM_STORAGE_URL": settings.STORAGE_URL,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "large"), sha256],
        env=given,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "two parts\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert weed.keys(shelf) == []
    assert not storage.is_there(sha256)
    assert verify(is_deep=True) == CLEAN
    (left,) = store().unfinished(older_than_s=-60)  # it takes room until somebody ends it
    store().end_unfinished(left)
    assert list(store().unfinished(older_than_s=-60)) == []
    storage.keep(tmp_path / "large", sha256)
    assert kept.bytes_of(sha256) == content
    assert verify(is_deep=True) == CLEAN


def test_a_source_that_changed_meanwhile_is_not_kept(
    shelf: str, weed: Weed, tmp_path: Path
) -> None:
    sha256 = written(tmp_path / "in", b"before")
    (tmp_path / "in").write_bytes(b"after!")
    with pytest.raises(Conflict):
        storage.keep(tmp_path / "in", sha256)
    assert weed.keys(shelf) == []


def test_bytes_that_rot_in_the_storage_are_never_given_out_as_the_song(
    shelf: str, weed: Weed, tmp_path: Path
) -> None:
    sha256 = put(b"sound", tmp_path)
    (key,) = weed.keys(shelf)
    weed.client().put_object(Bucket=BUCKET, Key=key, Body=b"rotten")
    with pytest.raises(StorageAway, match="other bytes"), storage.at_hand(sha256):
        pass
    assert not list(store().cache._kept())


def test_what_is_not_there_is_away_and_dropping_it_is_no_error(shelf: str) -> None:
    nobody = "0" * 64
    assert not storage.is_there(nobody)
    storage.drop(nobody)
    for look in (lambda: storage.read_bytes(nobody), lambda: store().size_of(nobody, "audio")):
        with pytest.raises(StorageAway, match="cannot be reached"):
            look()


# --- the cache --------------------------------------------------------------------------------


def test_what_was_moved_in_is_at_hand_without_being_fetched(
    shelf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = written(tmp_path / "in", b"just uploaded")
    storage.keep(tmp_path / "in", sha256)
    monkeypatch.setattr(S3Store, "pieces", lambda *_: pytest.fail("fetched"))
    assert storage.read_bytes(sha256) == b"just uploaded"


def test_the_longest_unused_leave_the_cache_when_it_is_full(
    shelf: str, tmp_path: Path, settings: Settings
) -> None:
    settings.STORAGE_CACHE_BYTES = 2_500
    names = [put(bytes([i]) * 1_000, tmp_path) for i in range(3)]
    for at, name in enumerate([*names[:2], names[0], names[2]]):
        with storage.at_hand(name) as path:
            os.utime(path, ns=(at * 10**9, at * 10**9))  # the same file as in the cache
    left = [path.name for _, _, path in sorted(store().cache._kept())]
    assert left == [names[0], names[2]]


def test_a_file_in_use_stays_readable_when_it_leaves_the_cache(shelf: str, tmp_path: Path) -> None:
    sha256 = put(b"in use", tmp_path)
    with storage.at_hand(sha256) as path:
        store().cache.shrink(0)
        storage.drop(sha256)
        assert path.read_bytes() == b"in use"
    assert not path.exists()


def test_a_file_larger_than_the_cache_is_at_hand_but_not_kept(
    shelf: str, tmp_path: Path, settings: Settings
) -> None:
    settings.STORAGE_CACHE_BYTES = 10
    sha256 = put(b"larger than ten bytes", tmp_path)
    with storage.at_hand(sha256) as path:
        assert path.read_bytes() == b"larger than ten bytes"
    assert not list(store().cache._kept())


def test_many_who_need_the_same_file_at_once_all_get_it_whole(shelf: str, tmp_path: Path) -> None:
    content = os.urandom(300_000)
    sha256 = put(content, tmp_path)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(storage.read_bytes(sha256))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [content] * 6


def test_a_disk_that_fills_up_while_fetching_is_said_and_the_cache_makes_room(
    shelf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, sha256 = put(b"other", tmp_path), put(b"sound", tmp_path)
    storage.read_bytes(other)

    def no_room(*_: object) -> Iterator[bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(S3Store, "pieces", no_room)
    with pytest.raises(DiskFull), storage.at_hand(sha256):
        pass
    assert not list(store().cache._kept())


# --- streams ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("", slice(0, 100)),
        ("bytes=10-19", slice(10, 20)),
        ("bytes=90-", slice(90, 100)),
        ("bytes=-7", slice(93, 100)),
        ("bytes=95-1000", slice(95, 100)),
    ],
)
def test_a_range_is_that_part_of_the_bytes(
    shelf: str, tmp_path: Path, wanted: str, expected: slice
) -> None:
    content = os.urandom(100)
    stream = store().stream(put(content, tmp_path), "audio", wanted)
    assert stream.size_bytes == 100
    assert (stream.first, stream.last + 1) == (expected.start, expected.stop)
    assert stream.n_bytes == expected.stop - expected.start
    assert b"".join(iter(lambda: stream.read(7), b"")) == content[expected]
    stream.close()


def test_a_range_behind_the_end_is_told_apart_from_a_storage_that_is_away(
    shelf: str, tmp_path: Path
) -> None:
    sha256 = put(b"short", tmp_path)
    with pytest.raises(RangeBeyondEnd):
        store().stream(sha256, "audio", "bytes=5-")


class Breaks:
    """A connection that breaks after some bytes."""

    def __init__(self, body: Any, after: int) -> None:
        self.body, self.left = body, after

    def read(self, n: int) -> bytes:
        if self.left <= 0:
            raise ConnectionResetError
        piece: bytes = self.body.read(min(n, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self.body.close()


def test_a_stream_goes_on_where_the_connection_broke(shelf: str, tmp_path: Path) -> None:
    content = os.urandom(50_000)
    stream = store().stream(put(content, tmp_path), "audio", "bytes=100-")
    heard = b""
    while piece := stream.read(4_000):
        heard += piece
        stream._body = Breaks(stream._body, after=1_500)
    assert heard == content[100:]


def test_a_stream_of_bytes_that_changed_meanwhile_ends_rather_than_mixing_them(
    shelf: str, weed: Weed, tmp_path: Path
) -> None:
    stream = store().stream(put(b"a" * 5_000, tmp_path), "audio")
    assert stream.read(1_000) == b"a" * 1_000
    (key,) = weed.keys(shelf)
    weed.client().put_object(Bucket=BUCKET, Key=key, Body=b"b" * 5_000)
    stream._body = Breaks(stream._body, after=0)
    with pytest.raises(StorageAway, match="broke off"):
        stream.read(1_000)


# --- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "secret"), [("songloom", "wrong"), ("nobody", "wrong")], ids=["secret", "key"]
)
def test_a_wrong_key_is_said_to_be_refused_and_not_told(
    weed: Weed, settings: Settings, key: str, secret: str
) -> None:
    settings.STORAGE_URL = weed.url("x", key=key, secret=secret)
    assert not storage.store().is_reachable()
    for ask in (
        lambda: storage.is_there("0" * 64),
        lambda: storage.read_bytes("0" * 64),
        lambda: storage.keep_bytes(b"x", hashlib.sha256(b"x").hexdigest()),
        lambda: list(storage.store().entries("audio")),
        lambda: storage.drop("0" * 64),
    ):
        with pytest.raises(StorageDenied, match="refuses this key") as caught:
            ask()
        assert secret not in str(caught.value)
        assert caught.value.http_status == 503


def test_a_key_that_may_only_read_cannot_write(shelf: str, weed: Weed, settings: Settings) -> None:
    settings.STORAGE_URL = weed.url(shelf, key="reader")
    assert not storage.is_there("0" * 64)
    with pytest.raises(StorageDenied):
        storage.keep_bytes(b"x", hashlib.sha256(b"x").hexdigest())
    assert weed.keys(shelf) == []


def test_without_any_key_it_says_that_one_is_needed(
    weed: Weed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    settings.STORAGE_URL = f"s3://{BUCKET}/nokey?endpoint={weed.endpoint}"
    with pytest.raises(StorageDenied, match="needs a key"):
        storage.is_there("0" * 64)


def test_the_usual_variables_are_as_good_as_a_key_in_the_address(
    weed: Weed, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.weed import KEY, SECRET

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    s3._connected.cache_clear()
    settings.STORAGE_URL = f"s3://{BUCKET}/by-variable?endpoint={weed.endpoint}"
    storage.keep_bytes(b"y", hashlib.sha256(b"y").hexdigest())
    assert len(weed.keys("by-variable")) == 1
    s3._connected.cache_clear()


def test_a_bucket_that_is_not_there_is_named_as_the_trouble(weed: Weed, settings: Settings) -> None:
    settings.STORAGE_URL = weed.url("x").replace(BUCKET, "no-such-bucket")
    assert not storage.store().is_reachable()
    with pytest.raises(StorageAway, match="no bucket"):
        storage.keep_bytes(b"x", hashlib.sha256(b"x").hexdigest())


def test_a_server_that_is_not_there_is_away_at_once(settings: Settings) -> None:
    settings.STORAGE_URL = "s3://k:s@bucket?endpoint=http://127.0.0.1:9"
    assert not storage.store().is_reachable()
    with pytest.raises(StorageAway, match="does not answer"):
        storage.is_there("0" * 64)
    assert not list((settings.HOME / "tmp").glob("*.stored"))

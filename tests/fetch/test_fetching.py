"""Fetching from real servers, well-behaved and hostile."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from songloom.errors import BadUrl, Cancelled, DeadLink, ForbiddenAddress, TooLarge, WebPage
from songloom.fetch import Answer, fetching
from tests.fetch.servers import LOOPBACK, Answering, Request, Server, serving

SONG = b"OggS" + bytes(range(256)) * 4_000


def get(url: str, **options: Any) -> bytes:
    with fetching(url, **{"allow": LOOPBACK, **options}) as answer:
        return b"".join(answer.chunks())


def described(url: str, **options: Any) -> Answer:
    with fetching(url, **{"allow": LOOPBACK, **options}) as answer:
        return answer


def fails(
    error: type[Exception],
    answering: Answering,
    *,
    match: str | None = None,
    path: str = "/",
    **options: Any,
) -> Server:
    """Fetching from such a server ends in this error; returns the server with what it was asked."""
    with serving(answering) as server, pytest.raises(error, match=match):
        get(server.url(path), **options)
    return server


def plain(body: bytes = SONG, **headers: str) -> Answering:
    """A server that answers just so."""
    return lambda request: request.answer(body, **headers)


def test_a_file_arrives_as_it_was_sent() -> None:
    with serving(plain()) as server:
        assert get(server.url("/a.ogg?x=1")) == SONG
    (request,) = server.requests
    assert request.path == "/a.ogg?x=1"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["accept-encoding"] == "identity"
    assert "cookie" not in request.headers
    assert "authorization" not in request.headers


def test_loopback_is_closed_unless_it_is_allowed() -> None:
    assert fails(ForbiddenAddress, plain(), allow=()).requests == []


# --- names and addresses ---------------------------------------------------------------------


def test_a_name_is_resolved_once_and_kept_in_the_host_header() -> None:
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with serving(plain()) as server:
        assert get(server.url(host="music.example"), resolver=resolver) == SONG
    assert asked == ["music.example"]
    assert server.requests[0].headers["host"] == f"music.example:{server.port}"


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.2"], ["::ffff:10.0.0.1"], ["fd00::1"]]
)
def test_a_name_that_leads_to_a_private_address_is_refused(addresses: list[str]) -> None:
    with pytest.raises(ForbiddenAddress):
        get("http://music.example/a", allow=["127.0.0.1"], resolver=lambda host, port: addresses)


def test_a_name_that_changes_its_address_is_checked_at_every_connection() -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    send_on = plain(b"", status="302 Found", location="http://music.example:1/b")
    with serving(send_on) as server, pytest.raises(ForbiddenAddress):
        get(server.url(host="music.example"), resolver=lambda host, port: next(answers))
    assert len(server.requests) == 1


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with serving(plain()) as server:
        found = get(server.url(host="x.example"), resolver=lambda h, p: ["127.0.0.99", "127.0.0.1"])
    assert found == SONG


@pytest.mark.parametrize("addresses", [[], ["127.0.0.99"]])
def test_a_name_without_a_living_address_is_a_dead_link(addresses: list[str]) -> None:
    with pytest.raises(DeadLink):
        get("http://music.example:9/a", resolver=lambda host, port: addresses)


def test_an_unknown_name_is_a_dead_link() -> None:
    with pytest.raises(DeadLink, match="cannot be found"):
        get("http://no-such-name.invalid/a")


# --- redirects -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
def test_a_redirect_is_followed(status: str) -> None:
    def answering(request: Request) -> None:
        if request.path == "/old":
            request.answer(b"", status=status, location="../new/%E6%AD%8C.ogg")
        else:
            request.answer(SONG)

    with serving(answering) as server, fetching(server.url("/old"), allow=LOOPBACK) as answer:
        assert b"".join(answer.chunks()) == SONG
        assert answer.url == server.url("/new/%E6%AD%8C.ogg")
        assert answer.file_name == "歌.ogg"


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("http://10.0.0.1/", ForbiddenAddress),
        ("http://[::ffff:a9fe:a9fe]/", ForbiddenAddress),
        ("//169.254.169.254/latest", ForbiddenAddress),
        ("file:///etc/passwd", BadUrl),
        ("http://u:p@127.0.0.1/", BadUrl),
        ("http://2130706433/", BadUrl),
        ("gopher://127.0.0.1/", BadUrl),
        ("", DeadLink),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(target: str, error: type[Exception]) -> None:
    server = fails(error, plain(b"", status="302 Found", location=target))
    assert len(server.requests) == 1


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    def answering(request: Request) -> None:
        left = int(request.path[1:])
        if left:
            request.answer(b"", status="302 Found", location=f"/{left - 1}")
        else:
            request.answer(SONG)

    with serving(answering) as server:
        assert get(server.url("/5")) == SONG
    fails(BadUrl, answering, match="5 times", path="/6")


# --- answers that are no song ----------------------------------------------------------------


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 No", "204 Empty", "206 Part"])
def test_an_error_is_a_dead_link_with_its_number(status: str) -> None:
    fails(DeadLink, plain(b"x", status=status), match=status[:3])


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>", b"\xef\xbb\xbf \n<HTML><body>404", b"<!-- x --><html>"]
)
def test_a_web_page_is_refused_at_its_first_bytes(page: bytes) -> None:
    fails(WebPage, plain(page + b" " * 9_000))


def test_an_empty_answer_is_a_dead_link() -> None:
    fails(DeadLink, plain(b""), match="nothing")


def test_something_that_is_no_http_is_a_dead_link() -> None:
    fails(DeadLink, lambda request: request.send(b"SSH-2.0-OpenSSH_9.2\r\n" * 20))


# --- size ------------------------------------------------------------------------------------


def test_a_size_announced_too_large_is_refused_before_the_body() -> None:
    huge = plain(b"", content_length="999999999999")
    fails(TooLarge, huge, match=r"0\.01 MB", largest_bytes=10_000)


def test_an_endless_body_is_cut_off() -> None:
    sent = 0

    def endless(request: Request) -> None:
        nonlocal sent
        request.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            request.send(SONG)
            sent += len(SONG)

    fails(TooLarge, endless, largest_bytes=3_000_000)
    assert sent < 60_000_000  # what fits into buffers on the way, not what it would have sent


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_counted_as_it_swells(coding: str) -> None:
    swollen = b"OggS" + b"\0" * 100_000_000
    bomb = gzip.compress(swollen, 6) if coding == "gzip" else zlib.compress(swollen)
    assert len(bomb) < 200_000
    pieces: list[int] = []

    def count(url: str) -> None:
        with fetching(url, largest_bytes=1_000_000, allow=LOOPBACK) as answer:
            pieces.extend(len(piece) for piece in answer.chunks())

    with serving(plain(bomb, content_encoding=coding)) as server, pytest.raises(TooLarge):
        count(server.url())
    assert sum(pieces) <= 1_000_000
    assert max(pieces) <= 1 << 17  # never much of it in memory at once


def test_a_compressed_song_is_unpacked() -> None:
    with serving(plain(gzip.compress(SONG), content_encoding="gzip")) as server:
        assert get(server.url()) == SONG


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(SONG)[:-300], "gzip"),
        (b"OggSOggS" * 99, "gzip"),
        (SONG, "br"),
        (SONG, "zstd"),
    ],
    ids=["cut off", "no gzip", "brotli", "zstandard"],
)
def test_a_broken_or_unasked_coding_is_a_dead_link(body: bytes, coding: str) -> None:
    fails(DeadLink, plain(body, content_encoding=coding))


# --- time and cancelling ---------------------------------------------------------------------


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nx-a: "])
def test_a_server_that_drips_is_left_when_the_whole_time_is_over(start: bytes) -> None:
    def slow(request: Request) -> None:
        request.send(start)
        for _ in range(200):
            request.send(b"O")
            time.sleep(0.05)

    began = time.monotonic()
    fails(DeadLink, slow, match="longer than", whole_s=1.0)
    assert time.monotonic() - began < 5  # of the 10 s that it would drip


def silent(request: Request) -> None:
    request.connection.settimeout(8)
    request.connection.recv(1)


def test_a_silent_server_is_left_when_somebody_cancels() -> None:
    began = time.monotonic()

    def check() -> None:
        if time.monotonic() - began > 0.7:
            raise Cancelled("cancelled")

    fails(Cancelled, silent, check=check)
    assert time.monotonic() - began < 5


def test_a_silent_server_is_a_dead_link_after_the_read_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("songloom.fetch.wire.READ_S", 0.3)
    fails(DeadLink, silent, match="within")


# --- interruptions ---------------------------------------------------------------------------


def breaking(*, after: int, etag: str = '"v1"', offers: bool = True) -> Callable[[Request], None]:
    """A server that breaks off the first answer, and can go on from a byte."""

    def answering(request: Request) -> None:
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        named = {"etag": etag} if etag else {}
        more = {"accept_ranges": "bytes"} if offers else {}
        if start == 0:
            request.answer(SONG[:after], content_length=str(len(SONG)), **named, **more)
        elif request.headers.get("if-range") == '"v1"':
            part = f"bytes {start}-{len(SONG) - 1}/{len(SONG)}"
            request.answer(SONG[start:], status="206 Partial", content_range=part, **named)
        else:
            request.answer(SONG)

    return answering


def test_an_interrupted_body_goes_on_where_it_ended() -> None:
    with serving(breaking(after=300_000)) as server:
        assert get(server.url()) == SONG
    assert [r.headers.get("range") for r in server.requests] == [None, "bytes=300000-"]


@pytest.mark.parametrize("options", [{"etag": ""}, {"etag": 'W/"v1"'}, {"offers": False}])
def test_a_body_shorter_than_announced_is_a_dead_link(options: dict[str, Any]) -> None:
    ends = f"300,000 of {len(SONG):,}"
    server = fails(DeadLink, breaking(after=300_000, **options), match=ends)
    assert len(server.requests) == 1


def test_a_file_that_changed_meanwhile_is_not_glued_together() -> None:
    fails(DeadLink, breaking(after=300_000, etag='"v2"'))


def test_a_server_that_breaks_off_again_and_again_is_left() -> None:
    def answering(request: Request) -> None:
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        part = {"content_range": f"bytes {start}-{len(SONG) - 1}/{len(SONG)}"} if start else {}
        request.answer(
            SONG[start : start + 1000],
            status="206 Partial" if start else "200 OK",
            etag='"a"',
            content_length=str(len(SONG) - start),
            accept_ranges="bytes",
            **part,
        )

    assert len(fails(DeadLink, answering, match="4,000 of").requests) == 4


# --- names of files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "path", "name"),
    [
        ('attachment; filename="a b.mp3"', "/x", "a b.mp3"),
        ("attachment; filename=a.mp3", "/x", "a.mp3"),
        ("attachment; filename=\"no.mp3\"; filename*=UTF-8''%E6%AD%8C.mp3", "/x", "歌.mp3"),
        ('attachment; filename="../../etc/passwd"', "/x", "passwd"),
        ('attachment; filename="C:\\\\m\\\\a.mp3"', "/x", "a.mp3"),
        ('attachment; filename="a\\"b.mp3"', "/x", 'a"b.mp3'),
        ("inline", "/d/%E6%AD%8C%20x.flac?k=v", "歌 x.flac"),
        ("inline", "/a%2Fb.mp3", "b.mp3"),
        ("inline", "/", "download"),
        ("inline", "/..", "download"),
        ("inline", "/" + "n" * 400 + ".mp3", "n" * 255),
    ],
)
def test_the_name_of_a_file(header: str, path: str, name: str) -> None:
    with serving(plain(content_disposition=header)) as server:
        assert described(server.url(path)).file_name == name


def test_what_is_announced_is_told() -> None:
    with serving(plain(content_type="Audio/OGG; codecs=opus")) as server:
        answer = described(server.url())
    assert (answer.media_type, answer.size_bytes) == ("audio/ogg", len(SONG))

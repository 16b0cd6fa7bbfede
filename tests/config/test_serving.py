"""Files that a view names are sent whole or in ranges, to whoever may have them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songloom.config.serving import Message, Receive, Scope, Send, SendFiles
from tests.config.asking import Client

N_BYTES = 200_000
SOUND = bytes(i * 7 % 251 for i in range(N_BYTES))


class View:
    """A view as Django would answer it: a file named in a header, an empty body, two cookies."""

    def __init__(
        self, path: str, status: int = 200, extra: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        self.headers = [
            (b"x-accel-redirect", b"/_files" + quote(path).encode()),
            (b"content-type", b"audio/ogg"),
            (b"content-length", b"0"),
            (b"set-cookie", b"a=1"),
            (b"set-cookie", b"b=2"),
            (b"content-security-policy", b"sandbox"),
            *extra,
        ]
        self.status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b""})


def client_of(view: View, *roots: Path) -> Client:
    async def allowed() -> Iterable[Path]:
        return roots

    return Client(SendFiles(view, allowed))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    (folder / "晴 天.ogg").write_bytes(SOUND)
    return folder


@pytest.fixture(scope="module")
def client(shelf: Path) -> Client:
    return client_of(View(str(shelf / "晴 天.ogg")), shelf)


def test_a_file_is_sent_whole_and_django_headers_stay(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["content-type"] == "audio/ogg"
    assert answer.headers["content-length"] == str(N_BYTES)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "x-accel-redirect" not in answer.headers


def test_head_says_the_same_as_get_and_sends_nothing(client: Client) -> None:
    whole, head = client.get("/"), client.head("/")
    assert head.content == b""
    for name in ("content-length", "etag", "last-modified", "content-type", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.integers(0, N_BYTES - 1), length=st.integers(1, N_BYTES))
def test_a_range_is_that_slice_of_the_file(client: Client, first: int, length: int) -> None:
    last = first + length - 1
    answer = client.get("/", headers={"range": f"bytes={first}-{last}"})
    there = SOUND[first : last + 1]
    assert (answer.status_code, answer.content) == (206, there)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(there) - 1}/{N_BYTES}"


@pytest.mark.parametrize(
    ("asked", "there"), [("bytes=-500", SOUND[-500:]), ("bytes=199000-", SOUND[199_000:])]
)
def test_a_range_may_be_open_at_either_end(client: Client, asked: str, there: bytes) -> None:
    assert client.get("/", headers={"range": asked}).content == there


def test_several_ranges_come_as_parts_with_their_own_headers(client: Client) -> None:
    answer = client.get("/", headers={"range": "bytes=0-9, 100-119, -5"})
    assert answer.status_code == 206
    boundary = answer.headers["content-type"].partition("boundary=")[2].encode()
    parts = [
        part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        for part in answer.content.split(b"--" + boundary)
    ]
    assert [part for part in parts if part] == [SOUND[:10], SOUND[100:120], SOUND[-5:]]
    assert len(re.findall(rb"(?i)content-range: bytes", answer.content)) == 3


@pytest.mark.parametrize(
    "odd",
    [
        "bytes=x-y",
        "bytes=",
        "seconds=1-2",
        "bytes=5",
        "0-10",
        "bytes=1-2-3",
        "bytes=5-2",
        "bytes=0-1,9-8",
    ],
)
def test_a_range_that_makes_no_sense_is_as_good_as_none(client: Client, odd: str) -> None:
    answer = client.get("/", headers={"range": odd})
    assert (answer.status_code, answer.content) == (200, SOUND)


def test_a_range_behind_the_end_cannot_be_had(client: Client) -> None:
    answer = client.get("/", headers={"range": f"bytes={N_BYTES}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{N_BYTES}"


def test_who_holds_this_version_is_not_sent_it_again(client: Client) -> None:
    tag = client.get("/").headers["etag"]
    for held in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = client.get("/", headers={"if-none-match": held})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert client.get("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_range_of_another_version_is_answered_with_the_whole(client: Client) -> None:
    tag = client.get("/").headers["etag"]
    ranged = {"range": "bytes=0-9"}
    assert client.get("/", headers={**ranged, "if-range": tag}).content == SOUND[:10]
    assert client.get("/", headers={**ranged, "if-range": '"older"'}).content == SOUND


def test_the_tag_that_the_view_chose_is_kept(shelf: Path) -> None:
    view = View(str(shelf / "晴 天.ogg"), extra=[(b"etag", b'"sha"')])
    answer = client_of(view, shelf).get("/")
    assert answer.headers.get_list("etag") == ['"sha"']


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret_key"
    path.write_text("do not send")
    return path


def test_nothing_outside_the_allowed_folders_is_sent(shelf: Path, secret: Path) -> None:
    for path in (
        str(secret),
        f"{shelf}/../{secret.parent.name}/secret_key",
        "/etc/passwd",
        str(shelf),
        "",
    ):
        view = View(path)
        view.headers[0] = (b"x-accel-redirect", b"/_files" + quote(path).encode() or b"x")
        answer = client_of(view, shelf).get("/")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
        assert "set-cookie" not in answer.headers


def test_a_link_that_leads_out_of_a_folder_is_not_followed(shelf: Path, secret: Path) -> None:
    link = shelf / "innocent.ogg"
    link.symlink_to(secret)
    try:
        assert client_of(View(str(link)), shelf).get("/").status_code == 404
        assert client_of(View(str(link)), shelf, secret.parent).get("/").text == "do not send"
    finally:
        link.unlink()


def test_a_file_that_is_gone_is_not_found_and_not_a_crash(shelf: Path) -> None:
    answer = client_of(View(str(shelf / "gone.ogg")), shelf).get("/")
    assert answer.status_code == 404


def test_an_answer_that_names_no_file_passes_unchanged(shelf: Path) -> None:
    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {
            "type": "http.response.start",
            "status": 418,
            "headers": [(b"x-tea", b"1")],
        }
        await send(start)
        await send({"type": "http.response.body", "body": b"short ", "more_body": True})
        await send({"type": "http.response.body", "body": b"and stout"})

    async def none() -> Iterable[Path]:
        return []

    answer = Client(SendFiles(plain, none)).get("/")
    assert (answer.status_code, answer.text, answer.headers["x-tea"]) == (
        418,
        "short and stout",
        "1",
    )

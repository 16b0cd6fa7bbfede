"""No request may carry more than the limit, announced or not."""

from __future__ import annotations

import asyncio
import errno
import json
from typing import Any

import pytest

from songloom.interfaces.answers.bodies import SLACK_BYTES, LimitBodies, Message

LIMIT = 3_000_000
ROOM = LIMIT + SLACK_BYTES  # a multipart frame around the largest file


async def hungry(scope: Any, receive: Any, send: Any) -> None:
    """Reads all that comes and says how much it was."""
    n_bytes = 0
    while True:
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if message["type"] == "http.disconnect":
            return  # as Django does
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(n_bytes).encode()})


async def deaf(scope: Any, receive: Any, send: Any) -> None:
    """Reads to the end, and answers even where the sender seems to have left."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"all well"})


async def hasty(scope: Any, receive: Any, send: Any) -> None:
    """Answers before it reads."""
    await send({"type": "http.response.start", "status": 202, "headers": []})
    await hungry(scope, receive, lambda message: asyncio.sleep(0))


def answer(app: Any, sizes: list[int], announced: bytes | None = None) -> list[Message]:
    messages = [
        {"type": "http.request", "body": b"x" * size, "more_body": i + 1 < len(sizes)}
        for i, size in enumerate(sizes)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if announced is None else [(b"content-length", announced)]
    scope = {"type": "http", "headers": headers, "method": "POST", "path": "/"}
    asyncio.run(LimitBodies(app, LIMIT)(scope, receive, send))
    return sent


@pytest.mark.parametrize("sizes", [[0], [LIMIT], [1_000_000] * 3, [ROOM]])
def test_what_fits_passes_untouched(sizes: list[int]) -> None:
    sent = answer(hungry, sizes, str(sum(sizes)).encode())
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == str(sum(sizes)).encode()


@pytest.mark.parametrize("app", [hungry, deaf])
@pytest.mark.parametrize(
    ("sizes", "announced"),
    [
        ([10], str(ROOM + 1).encode()),
        ([ROOM + 1], None),
        ([1_000_000] * 5, None),
        ([1_000_000] * 5, b"10"),
        ([1_000_000] * 5, b"nonsense"),
    ],
)
def test_what_does_not_fit_gets_413_with_the_limit(
    app: Any, sizes: list[int], announced: bytes | None
) -> None:
    start, body = answer(app, sizes, announced)
    assert start["status"] == 413
    error = json.loads(body["body"])["error"]
    assert error.keys() == {"code", "message", "fields", "id"}
    assert error["code"] == "too_large"
    assert "3 MB" in error["message"]
    assert dict(start["headers"])[b"connection"] == b"close"


MULTIPART = b'multipart/form-data; boundary="a b"'


def posted(body: list[bytes], kind: bytes = MULTIPART) -> list[Message]:
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": i + 1 < len(body)}
        for i, part in enumerate(body)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"content-type", kind)], "method": "POST", "path": "/"}
    asyncio.run(LimitBodies(hungry, LIMIT)(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    "body",
    [
        [b"--a b--"],
        [b"--a b\r\n\r\nx\r\n--a ", b"b--\r\n"],
        [b"--a b\r\n\r\nx\r\n", b"-", b"-", b"a b-", b"-", b"\r\n"],
        [b"x" * 5_000, b"\r\n--a b--\r\n", b"a short epilogue"],
    ],
)
def test_a_multipart_body_that_is_closed_passes(body: list[bytes]) -> None:
    start, said = posted(body)
    assert start["status"] == 200
    assert said["body"] == str(sum(map(len, body))).encode()


@pytest.mark.parametrize(
    "body", [[b""], [b"--a b"], [b"--a b--", b"x" * 5_000], [b"--ab--"], [b"x", b"y"]]
)
def test_a_multipart_body_that_is_not_closed_is_malformed(body: list[bytes]) -> None:
    start, said = posted(body)
    assert start["status"] == 400
    assert json.loads(said["body"])["error"]["code"] == "malformed"


@pytest.mark.parametrize(
    "kind", [b"application/json", b"multipart/form-data", b"text/plain; boundary=x", b""]
)
def test_any_other_body_ends_as_it_likes(kind: bytes) -> None:
    assert posted([b"anything"], kind)[0]["status"] == 200


def test_an_answer_that_has_begun_is_not_answered_twice() -> None:
    sent = answer(hasty, [ROOM + 1])
    assert [message["type"] for message in sent] == ["http.response.start"]


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507)])
def test_a_disk_that_fills_while_a_body_comes_is_507(number: int, status: int) -> None:
    async def full(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise OSError(number, "no space", "/a/secret/path")

    start, body = answer(full, [10, 10])
    assert start["status"] == status
    assert json.loads(body["body"])["error"]["code"] == "disk_full"
    assert b"secret" not in body["body"]


def test_any_other_failure_is_not_hidden() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError(errno.EIO, "broken")

    with pytest.raises(OSError, match="broken"):
        answer(broken, [1])


def test_other_protocols_pass() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(LimitBodies(app, LIMIT)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]

"""GET and POST /csv."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Track, User
from songloom.library.services import people
from tests.shelf import person, shelve

TABLE = "标题,时长\n青花瓷,3:58\n坏,很长\n"


@pytest.fixture
def ada(db: None) -> User:
    return person("ada")


@pytest.fixture
def client(ada: User) -> Client:
    key, _ = people.make_api_key(ada, "x")
    return Client(headers={"Authorization": f"Bearer {key}"})


def send(client: Client, content: str | bytes, **more: Any) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("t.csv", raw)
    return client.post("/api/v1/csv", {"file": file, "wait": "0", **more})


def text_of(answer: Any) -> str:
    return async_to_sync(whole)(answer).decode()


async def whole(answer: Any) -> bytes:
    return b"".join([piece async for piece in answer.streaming_content])


def test_a_table_goes_out_with_what_the_asker_may_see(client: Client, ada: User) -> None:
    other = person("otto")
    shelve(ada, "Mine", artist="Ann")
    shelve(other, "Shared")
    shelve(other, "Hidden", is_private=True)
    answer = client.get("/api/v1/csv")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="songloom.csv"'
    header, *rows = text_of(answer).splitlines()
    assert header.startswith("频率,时长,艺术家,专辑名,发行日期,title,id,genres,")
    assert [row.split(",")[5] for row in rows] == ["Mine", "Shared"]


def test_other_forms_headers_and_queries(client: Client, ada: User) -> None:
    shelve(ada, "Blue", date="2003")
    shelve(ada, "Red", date="2004")
    english = text_of(client.get("/api/v1/csv?header=en&format=tsv&q=year:2003"))
    assert english.startswith("dominant_hz\tduration_s\t")
    assert english.count("\n") == 2
    lines = text_of(client.get("/api/v1/csv?format=jsonl")).splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Blue", "Red"]
    for odd in ("header=fr", "format=xls"):
        answer = client.get(f"/api/v1/csv?{odd}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_value")


async def sent_by_asgi(key: str) -> bytes:
    headers = {"Authorization": f"Bearer {key}"}
    return await whole(await AsyncClient().get("/api/v1/csv", headers=headers))


@pytest.mark.django_db(transaction=True)
def test_a_server_that_waits_for_many_sends_the_same(ada: User) -> None:
    shelve(ada, "Blue")
    key, _ = people.make_api_key(ada, "y")
    sent = async_to_sync(sent_by_asgi)(key).decode()
    assert sent.splitlines()[1].split(",")[5] == "Blue"


@pytest.mark.django_db(transaction=True)
def test_a_table_comes_in_by_a_job(client: Client, ada: User) -> None:
    answer = send(client, TABLE)
    assert answer.status_code == 202
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    assert answer["Location"].endswith(str(job.pk))
    finish([job])
    result = client.get(answer["Location"]).json()["result"]
    assert (result["imported"], result["updated"]) == (1, 0)
    assert [(f["line"], f["column"], f["code"]) for f in result["refused"]] == [
        (3, "时长", "bad_number")
    ]
    assert result["track_ids"] == [str(Track.objects.get(owner=ada).pk)]


@pytest.mark.django_db(transaction=True)
def test_what_is_done_while_one_waits_is_told_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_seconds: float) -> None:
        finish(list(Job.objects.unfinished()))

    monkeypatch.setattr("songloom.interfaces.rest.exchanging.time.sleep", work)
    answer = send(client, TABLE, wait="20", strict="true")
    assert answer.status_code == 200
    assert answer.json()["imported"] == 0
    assert len(answer.json()["refused"]) == 1
    assert answer.json()["job"]["state"] == "done"
    assert set(answer.json()) == {"imported", "updated", "refused", "job"}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, "empty_file"),
        (b" \n", 415, "empty_file"),
        (b"colour\nblue\n", 422, "bad_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), 422, "bad_table"),
        (b"PAR1" + bytes(100), 422, "bad_table"),
        (b"\xff\xfe", 415, "empty_file"),
    ],
)
def test_what_is_no_table_is_refused(
    client: Client, content: bytes, status: int, code: str
) -> None:
    answer = send(client, content)
    assert answer.status_code in (status, 422)
    assert answer.json()["error"]["code"] in (code, "bad_table")
    assert not Job.objects.exists()


def test_an_encoding_and_a_wait_have_limits(client: Client) -> None:
    assert send(client, TABLE, encoding="rot13").status_code == 422
    assert send(client, TABLE, wait="1000").status_code == 422
    assert client.post("/api/v1/csv").status_code == 422

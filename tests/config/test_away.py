"""While the database is missed every interface says so in its own shape, and nobody asks it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from songloom.interfaces.subsonic import protocol
from songloom.jobs import away
from tests.config import asking

CHINESE = "数据库现在没有回应"


@pytest.fixture
def missed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The server was missed a moment ago; who puts a 1 into the list makes it answer."""
    back: list[int] = []
    monkeypatch.setattr(away, "watch", away.Watch())
    monkeypatch.setattr(away, "_asked_at_s", 0.0)
    monkeypatch.setattr(away, "ASK_EVERY_S", 0.0)
    monkeypatch.setattr(away, "_connects", lambda: bool(back))
    away.watch.miss()
    return back


ADDRESSES = ["/", "/songs/", "/admin/", "/api/v1/tracks", "/rest/ping", "/rest/nothing", "/no/page"]


@pytest.mark.usefixtures("missed")
@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_asks_a_database_that_is_missed(address: str) -> None:
    """Without the mark of a database a question to it would fail the test."""
    answer = Client().get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"]


@pytest.mark.usefixtures("missed")
def test_rest_has_its_error_object_in_the_language_of_who_asks() -> None:
    for method in ("get", "post", "put", "patch", "delete"):
        answer = getattr(Client(), method)("/api/v1/tracks", HTTP_ACCEPT_LANGUAGE="zh-CN,zh")
        error = answer.json()["error"]
        assert error["code"] == "database_away"
        assert error["message"].startswith(CHINESE)


@pytest.mark.usefixtures("missed")
@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        ({}, "<?xml"),
        ({"f": "xml"}, "<?xml"),
        ({"f": "json"}, '{"subsonic-response"'),
        ({"f": "jsonp", "callback": "told"}, "/**/told({"),
        ({"f": "jsonp", "callback": "alert(1)//"}, '{"subsonic-response"'),
    ],
)
def test_subsonic_has_error_0_in_the_form_that_was_asked_for(
    asked: dict[str, str], begins: str
) -> None:
    answer = Client().get("/rest/getGenres", asked)
    assert answer.status_code == 503
    text = answer.content.decode()
    assert text.startswith(begins)
    assert "alert" not in text


@pytest.mark.usefixtures("missed")
def test_the_page_leads_back_to_where_one_was_and_never_repeats_a_form() -> None:
    asked = "/search/?q=%3Cb%3E&page=2"
    page = Client().get(asked, HTTP_ACCEPT_LANGUAGE="en")
    assert 'href="/search/?q=%3Cb%3E&amp;page=2"' in page.content.decode()
    sent = Client().post("/add/url/", {"url": "http://x"})
    assert 'class="button main" href="/"' in sent.content.decode()


@pytest.mark.usefixtures("missed")
def test_a_cookie_says_the_language_as_on_every_page() -> None:
    browser = Client()
    browser.cookies["django_language"] = "zh-hans"
    page = browser.get("/songs/", HTTP_ACCEPT_LANGUAGE="en")
    assert CHINESE in page.content.decode()
    assert page["Content-Language"] == "zh-hans"


@pytest.mark.usefixtures("missed")
def test_our_script_gets_the_main_part_alone_so_that_the_music_plays_on() -> None:
    part = Client().get("/songs/", HTTP_X_PART="main").content.decode()
    assert part.startswith("<title>")
    assert part.count("<main") == 1
    assert "<body" not in part
    said = Client().get("/songs/", HTTP_ACCEPT="application/json").json()["error"]
    assert said["code"] == "database_away"


@pytest.mark.usefixtures("missed")
def test_who_only_wants_to_know_whether_the_process_lives_is_told() -> None:
    assert Client().get("/healthz").status_code == 200
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, False)


@pytest.mark.django_db
def test_the_first_who_asks_after_its_return_is_answered(missed: list[int]) -> None:
    assert Client().get("/api/v1/tracks").status_code == 503
    missed.append(1)
    assert Client().get("/api/v1/tracks").status_code == 401
    assert not away.watch.is_missing


@pytest.mark.django_db
def test_a_server_that_is_there_costs_no_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").status_code == 200


ASKING = ["/setup/x", "/api/v1/tracks", "/rest/getGenres?apiKey=x&f=json"]


@pytest.mark.parametrize("address", ASKING)
@pytest.mark.django_db
def test_whoever_meets_its_absence_first_is_told_the_same(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.models.sql.compiler import SQLCompiler

    def refuse(*_: Any, **__: Any) -> Any:
        raise OperationalError(2006, "MySQL server has gone away")

    monkeypatch.setattr(away, "watch", away.Watch())
    monkeypatch.setattr(away, "is_away", lambda error: isinstance(error, OperationalError))
    monkeypatch.setattr(SQLCompiler, "execute_sql", refuse)
    browser = Client(raise_request_exception=False)
    answer = browser.get(address, HTTP_AUTHORIZATION="Bearer x")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert away.watch.is_missing


@pytest.mark.parametrize("address", ASKING)
@pytest.mark.django_db
def test_a_lock_that_somebody_held_for_too_long_is_a_reason_to_come_again(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.models.sql.compiler import SQLCompiler

    def refuse(*_: Any, **__: Any) -> Any:
        raise OperationalError("database is locked")

    monkeypatch.setattr(away, "is_away", lambda error: False)
    monkeypatch.setattr(away, "is_locked", lambda error: isinstance(error, OperationalError))
    monkeypatch.setattr(protocol, "is_locked", away.is_locked)
    monkeypatch.setattr(SQLCompiler, "execute_sql", refuse)
    browser = Client(raise_request_exception=False)
    answer = browser.get(address, HTTP_AUTHORIZATION="Bearer x")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "database" not in answer.content.decode()
    assert not away.watch.is_missing


def test_a_failure_of_another_kind_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from songloom.interfaces.rest import health

    def breaks() -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(health, "has_database", breaks)
    answer = Client(raise_request_exception=False).get("/readyz")
    assert answer.status_code == 500
    assert not away.watch.is_missing


def test_a_file_is_not_sent_where_nobody_can_say_whether_it_may_be() -> None:
    from songloom.config.serving import SendFiles
    from songloom.errors import DatabaseAway

    async def named(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"X-Accel-Redirect", b"/_files/etc/hostname")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def roots() -> Any:
        raise DatabaseAway("The database does not answer right now.")

    answer = asking.Client(SendFiles(named, roots)).get("/x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["error"]["code"] == "database_away"

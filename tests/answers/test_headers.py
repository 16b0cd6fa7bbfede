"""The content policy and its companions stand on every answer, whoever gave it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from songloom.config.static import ServeStatic
from songloom.interfaces.answers.bodies import LimitBodies
from songloom.interfaces.answers.headers import ContentPolicy, guard, policy
from songloom.play import services as play
from tests.config import asking
from tests.shelf import person, shelve

COMPANIONS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}

POLICY = policy()


def assert_guarded(answer: Any, policy: str = POLICY) -> None:
    assert answer.headers["Content-Security-Policy"] == policy
    assert {name: answer.headers[name] for name in COMPANIONS} == COMPANIONS


@pytest.fixture
def admin(db: None) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(person("yun", is_admin=True))
    return browser


def test_the_policy_knows_no_exception() -> None:
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


@pytest.mark.parametrize(
    "name", ["admin:index", "admin:login", "admin:library_track_changelist", "admin:logout"]
)
def test_djangos_tables_carry_the_policy(admin: Client, name: str) -> None:
    assert_guarded(admin.get(reverse(name)))
    assert_guarded(Client().get(reverse(name)))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/no/such/page", 404),
        ("/admin/no/such/table/", 404),
        ("/songs", 301),
        ("/sign-out/", 405),
        ("/api/v1/no-such-thing", 404),
        ("/api/v1/tracks", 200),
        ("/rest/ping", 200),
        ("/healthz", 200),
        ("/setup/wrong", 410),
        ("/play/unsigned", 404),
    ],
)
def test_pages_errors_and_documents_carry_the_policy(
    admin: Client, address: str, status: int
) -> None:
    answer = admin.get(address)
    assert answer.status_code == status
    assert_guarded(answer)


def test_a_failure_on_our_side_carries_the_policy(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: Any) -> Any:
        raise RuntimeError("a bug")

    shelve(person("mo"), "Song")
    monkeypatch.setattr(play, "last_heard", fails)
    answer = admin.get("/")
    assert answer.status_code == 500
    assert_guarded(answer)


def test_a_refused_form_and_a_strange_host_carry_the_policy(admin: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/sign-in/", {"name": "yun"})
    assert refused.status_code == 403
    assert_guarded(refused)
    strange = admin.get("/", headers={"Host": "evil.example"})
    assert strange.status_code == 400
    assert_guarded(strange)


def test_a_cover_keeps_its_own_stricter_policy(admin: Client) -> None:
    track = shelve(person("mo"), "Song")
    answer = admin.get(reverse("web:track_cover", args=[track.pk]))
    assert_guarded(answer, "sandbox; default-src 'none'")


def test_an_answer_that_is_waited_for_is_guarded_too() -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("late")

    answer: Any = asyncio.run(ContentPolicy(view)(HttpRequest()))  # type: ignore[arg-type]
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_policy_that_is_there_stays() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    assert guard(own).headers["Content-Security-Policy"] == "sandbox"


def test_the_policy_is_the_outermost_layer() -> None:
    assert settings.MIDDLEWARE[0].endswith(".ContentPolicy")


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("Django is not asked")


def test_what_is_answered_before_django_is_asked_is_guarded_as_well() -> None:
    strict = "default-src 'none'; frame-ancestors 'none'"
    missing = asking.Client(ServeStatic(_nothing)).get("/static/no/such.css")
    assert missing.status_code == 404
    assert_guarded(missing, strict)
    large = asking.Client(LimitBodies(_nothing, 10)).post("/", content=b"x" * 2_000_000)
    assert large.status_code == 413
    assert json.loads(large.content)["error"]["code"] == "too_large"
    assert_guarded(large, strict)

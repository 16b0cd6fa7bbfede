"""Signing in by key, by app password and by token; the login password opens nothing here."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from songloom.interfaces.answers import limits
from songloom.library.models import AppPassword, User
from songloom.library.services import people
from tests.shelf import PASSWORD
from tests.subsonic.conftest import APP_PASSWORD


def call(name: str = "ping", method: str = "get", **parameters: Any) -> dict[str, Any]:
    response = getattr(Client(), method)(f"/rest/{name}", {**parameters, "f": "json"})
    assert response.status_code == 200
    answer: dict[str, Any] = json.loads(response.content)["subsonic-response"]
    assert answer["type"] == "songloom"
    assert answer["openSubsonic"] is True
    return answer


def number(**parameters: Any) -> int | None:
    answer = call(**parameters)
    assert answer["status"] == ("failed" if "error" in answer else "ok")
    code: int | None = answer.get("error", {}).get("code")
    return code


def token(password: str, salt: str = "c19b2d") -> dict[str, str]:
    made = hashlib.md5((password + salt).encode(), usedforsecurity=False).hexdigest()
    return {"t": made, "s": salt}


@pytest.fixture
def phone(ada: User) -> AppPassword:
    return people.make_app_password(ada, "phone", APP_PASSWORD)[1]


def test_an_app_password_signs_in_in_three_spellings(phone: AppPassword) -> None:
    assert number(u="ada", p=APP_PASSWORD) is None
    assert number(u="ada", p=f"enc:{APP_PASSWORD.encode().hex()}") is None
    assert number(u="ada", **token(APP_PASSWORD)) is None
    assert number(u="ada", t=token(APP_PASSWORD)["t"].upper(), s="c19b2d") is None


def test_an_api_key_signs_in_alone(ada: User) -> None:
    key, _row = people.make_api_key(ada, "car")
    assert call("tokenInfo", apiKey=key)["tokenInfo"] == {"username": "ada"}
    assert number(apiKey=key, u="ada") == 43
    assert number(apiKey=key, t="x", s="y") == 43
    assert number(apiKey=key + "x") == 44


def test_the_login_password_is_refused_in_every_spelling(phone: AppPassword) -> None:
    assert number(u="ada", p=PASSWORD) == 40
    assert number(u="ada", p=f"enc:{PASSWORD.encode().hex()}") == 40
    assert number(u="ada", **token(PASSWORD)) == 40


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, 10),
        ({"u": "ada"}, 10),
        ({"u": "ada", "t": "abc"}, 10),
        ({"u": "ada", "p": "x", "t": "abc", "s": "1"}, 43),
        ({"u": "nobody", "p": APP_PASSWORD}, 40),
        ({"u": "ada", "p": "enc:nothex"}, 40),
        ({"u": "ada", "p": "enc:ff"}, 40),
        ({"u": "ada", "p": "\x00"}, 10),
        ({"u": "ADA", "p": "wrong"}, 40),
        ({"u": "ada", "t": "ü" * 16, "s": "1"}, 40),
    ],
)
def test_what_cannot_sign_in_says_why(
    phone: AppPassword, parameters: dict[str, str], code: int
) -> None:
    assert number(**parameters) == code


def test_revoked_secrets_and_closed_users_are_out_at_once(ada: User, phone: AppPassword) -> None:
    key, row = people.make_api_key(ada, "car")
    people.revoke(phone)
    assert number(u="ada", p=APP_PASSWORD) == 40
    assert number(apiKey=key) is None
    people.revoke(row)
    assert number(apiKey=key) == 44
    _again, _row = people.make_app_password(ada, "phone", APP_PASSWORD)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert number(u="ada", p=APP_PASSWORD) == 40


def test_a_form_may_carry_everything(phone: AppPassword) -> None:
    assert number(method="post", u="ada", p="wrong") == 40
    response = Client().post(
        "/rest/ping.view",
        f"u=ada&p={APP_PASSWORD}&f=json",
        content_type="application/x-www-form-urlencoded",
    )
    assert json.loads(response.content)["subsonic-response"]["status"] == "ok"
    response = Client().post(
        f"/rest/ping?u=ada&p={APP_PASSWORD}",
        "f=json",
        content_type="application/x-www-form-urlencoded",
    )
    assert json.loads(response.content)["subsonic-response"]["status"] == "ok"


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("1.16.1", None),
        ("1.16.9", None),
        ("1.1.0", None),
        ("1", None),
        ("", None),  # a script that leaves it out
        ("new", None),
        ("0.9", 20),
        ("1.17.0", 30),
        ("2", 30),
    ],
)
def test_a_version_that_does_not_fit_says_who_must_change(
    phone: AppPassword, version: str, code: int | None
) -> None:
    assert number(u="ada", p=APP_PASSWORD, v=version) == code


def test_a_header_is_a_way_that_is_not_known_here(ada: User) -> None:
    key, _row = people.make_api_key(ada, "car")
    headers = {"Authorization": f"Bearer {key}"}
    answer = json.loads(Client().get("/rest/ping", {"f": "json"}, headers=headers).content)
    assert answer["subsonic-response"]["error"]["code"] == 42
    assert number(apiKey=key) is None


def test_a_session_cookie_means_nothing_here(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    answer = json.loads(client.get("/rest/ping", {"f": "json"}).content)["subsonic-response"]
    assert answer["error"]["code"] == 10


def test_extensions_are_told_to_strangers_too() -> None:
    listed = call("getOpenSubsonicExtensions")["openSubsonicExtensions"]
    known = {extension["name"]: extension["versions"] for extension in listed}
    assert known["apiKeyAuthentication"] == [1]
    assert known["formPost"] == [1]
    assert known["songLyrics"] == [1, 2]
    others = {"indexBasedQueue", "playbackReport", "sonicSimilarity", "topSongsByArtistId"}
    assert known.keys() >= others | {"transcodeOffset", "transcoding"}


def test_five_wrong_secrets_close_the_door_for_a_while(
    phone: AppPassword, settings: Settings
) -> None:
    settings.RATE_LIMITS = True
    for limit in limits.EVERY:
        limit.forget()
    for _ in range(5):
        assert number(u="ada", p="wrong") == 40
    response = Client().get("/rest/ping", {"u": "ada", "p": APP_PASSWORD, "f": "json"})
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 20
    assert json.loads(response.content)["subsonic-response"]["status"] == "failed"
    assert number(u="bob", p="wrong") == 40  # another name has its own count
    for limit in limits.EVERY:
        limit.forget()
    for _ in range(30):
        assert number(u="ada", p=APP_PASSWORD) is None  # right ones are not counted


def test_no_secret_stands_in_any_answer(ada: User, phone: AppPassword) -> None:
    for name in ("getUser", "ping", "getMusicFolders"):
        body = json.dumps(call(name, u="ada", p=APP_PASSWORD))
        assert APP_PASSWORD not in body
        assert PASSWORD not in body
    refused = Client().get("/rest/ping", {"u": "ada", "p": "my wrong secret"})
    assert b"my wrong secret" not in refused.content

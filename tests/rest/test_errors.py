"""Every error under /api is the same object, whoever found it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from songloom.library.models import User
from tests.rest.conftest import Caller, assert_error, read
from tests.shelf import PASSWORD, shelve

NOTHING = "0b51d1f4-3b1c-4b5f-9d3f-0c8e3a6f2a11"  # the id of no row


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/v2/tracks", 404, "not_found"),
        ("POST", "/api/v1/nothing/here", 404, "not_found"),
        ("GET", "tracks/not-an-id", 404, "not_found"),
        ("GET", f"tracks/{NOTHING}", 404, "not_found"),
        ("GET", f"jobs/{NOTHING}", 404, "not_found"),
        ("GET", f"playlists/{NOTHING}", 404, "not_found"),
        ("DELETE", "tracks", 405, "wrong_method"),
        ("PUT", "playlists", 405, "wrong_method"),
        ("GET", "tracks?limit=0", 422, "bad_value"),
        ("GET", "tracks?limit=501", 422, "bad_value"),
        ("GET", "tracks?limit=many", 422, "bad_value"),
        ("GET", "tracks?cursor=rubbish", 422, "bad_value"),
        ("GET", "tracks?sort=sideways", 422, "bad_value"),
        ("GET", "jobs?state=asleep", 422, "bad_value"),
    ],
)
def test_errors_have_status_code_and_form(
    ada: Caller, method: str, path: str, status: int, code: str
) -> None:
    assert read(ada.send(method, path), status)["error"]["code"] == code


def test_a_405_says_what_is_allowed(ada: Caller) -> None:
    response = ada.send("DELETE", "tracks")
    assert "GET" in response["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b"\xff\xfe\x00",
        b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"",
    ],
)
def test_a_body_that_is_no_json_is_malformed(ada: Caller, body: bytes) -> None:
    response = ada.client.generic(
        "POST", "/api/v1/playlists", body, "application/json", headers=ada.headers
    )
    assert response.status_code in (400, 422)
    assert response.status_code == 400 or body == b""
    assert_error(json.loads(response.content))


def test_a_body_over_one_megabyte_is_too_large(ada: Caller) -> None:
    answer = ada.post("playlists", {"name": "x" * (1 << 20)}, 413)
    assert answer["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x", "owner": NOTHING}, "owner"),
        ({"name": "x", "tracks": ["nothing"]}, "tracks.0"),
        ({"name": "x", "tracks": [NOTHING]}, "tracks"),
        ([], "body"),
    ],
)
def test_a_refused_value_is_named(ada: Caller, body: Any, field: str) -> None:
    error = ada.post("playlists", body, 422)["error"]
    assert error["code"] == "bad_value"
    assert list(error["fields"]) == [field]
    assert error["fields"][field]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nothing", "Basic YTpi", "slk_x"]
)
def test_without_a_valid_key_there_is_nothing_to_see(nobody: Caller, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    response = nobody.send("GET", "tracks", headers=headers)
    assert read(response, 401)["error"]["code"] == "unauthenticated"


def signed_in(user: User | None) -> Client:
    client = Client(enforce_csrf_checks=True)
    assert user is not None
    assert client.login(username=user.username, password=PASSWORD)
    return client


def test_a_session_reads_freely_and_writes_with_a_token(ada: Caller) -> None:
    client = signed_in(ada.user)
    assert client.get("/api/v1/tracks").status_code == 200
    body = {"name": "Evening"}
    response = client.post("/api/v1/playlists", body, content_type="application/json")
    assert read(response, 403)["error"]["code"] == "csrf_failed"
    client.cookies["csrftoken"] = token = "t" * 32
    response = client.post(
        "/api/v1/playlists",
        body,
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert response.status_code == 201


def test_a_key_makes_cookies_void(ada: Caller, bob: Caller) -> None:
    """A wrong key beside a valid session is refused; a right one decides alone, without a token."""
    client = signed_in(ada.user)
    response = client.get("/api/v1/tracks", headers={"Authorization": "Bearer wrong"})
    assert read(response, 401)
    response = client.post(
        "/api/v1/playlists",
        {"name": "Bob's"},
        content_type="application/json",
        headers=bob.headers,
    )
    assert response.status_code == 201
    assert bob.user is not None
    assert response.json()["owner"] == str(bob.user.pk)


def test_a_closed_user_is_out_at_once(ada: Caller) -> None:
    assert ada.user is not None
    client = signed_in(ada.user)
    User.objects.filter(pk=ada.user.pk).update(is_active=False)
    ada.get("tracks", 401)
    assert client.get("/api/v1/tracks").status_code == 401


def test_hidden_is_not_found_and_seen_is_not_allowed(ada: Caller, bob: Caller) -> None:
    assert ada.user is not None
    seen = shelve(ada.user, "Seen")
    hidden = shelve(ada.user, "Hidden", is_private=True)
    for method, body in (("PATCH", {"title": "Mine"}), ("DELETE", None)):
        read(bob.send(method, f"tracks/{seen.pk}", body), 403)
        read(bob.send(method, f"tracks/{hidden.pk}", body), 404)
    bob.get(f"tracks/{seen.pk}")
    bob.get(f"tracks/{hidden.pk}", 404)


def test_the_description_stands_where_the_contract_has_it_and_below_the_version(
    nobody: Caller,
) -> None:
    assert nobody.get("/openapi.json") == nobody.get("/api/v1/openapi.json")


def test_the_description_is_open_and_names_every_operation(nobody: Caller) -> None:
    document = nobody.get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    for path in (
        "/api/v1/tracks",
        "/api/v1/tracks/{track_id}",
        "/api/v1/playlists/{playlist_id}",
        "/api/v1/jobs/{job_id}",
    ):
        assert path in paths
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["summary"], f"{method} {path}"

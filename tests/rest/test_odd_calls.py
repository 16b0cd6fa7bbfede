"""No call, however odd, makes a 5xx: whatever is wrong is said in the error object."""

from __future__ import annotations

import json
from string import Formatter
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from songloom.interfaces.rest import urls  # noqa: F401  (mounts every router)
from songloom.interfaces.rest.api import api
from songloom.library.models import Track
from tests.databases import examples
from tests.rest.conftest import Caller, assert_error, read
from tests.shelf import shelve

BODIES: list[Any] = [
    None,
    0,
    "text",
    [],
    {},
    {"": ""},
    {"title": {"a": [1]}},
    {"name": "\x00", "tracks": [None]},
    {"prompt": ["x"], "seconds": {}, "seed": "1"},
    {"url": {"x": 1}},
    {"recipe": [[["deep"]]], "format": None},
    {"recipe": {"version": "x", "edits": "y"}},
    {"rating": 1e308},
    {"tags": {"\x00": ["x"], "tag": [""] * 3}},
    {"folder": "nothing", "path": "\x00"},
]
QUERIES = [
    "limit=1e3",
    "limit=-1",
    "cursor=%00",
    "q=%ff%fe&limit=5",
    "sort=--title",
    "sort=id",
    "format=%00",
    "bitrate=99999999999999999999",
    "size=-5",
    "size=x",
    "state=",
    "limit=5&limit=6",
    "x=" + "y" * 5_000,
]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


def operations() -> list[str]:
    found = []
    for path, methods in api.get_openapi_schema(path_prefix="")["paths"].items():
        found += [f"{method.upper()} {path}" for method in methods]
    return sorted(found)


def paths_of(track: Track, template: str) -> list[str]:
    """The template with an id that is right, and with ids that are not."""
    odd = ["00000000-0000-7000-8000-000000000000", "1", "..%2F..", "x" * 300, "%00"]
    if "{" not in template:
        return [template]
    ids = [str(track.pk), *odd]
    return [template.format_map(dict.fromkeys(named(template), key)) for key in ids]


def named(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def checked(response: Any) -> None:
    assert response.status_code < 500, response.content[:300]
    if response.status_code >= 400 and response.content:
        assert_error(json.loads(response.content))


@pytest.mark.parametrize("operation", operations())
def test_odd_ids_queries_and_bodies_are_answered(root: Caller, operation: str) -> None:
    assert root.user is not None
    track = shelve(root.user, "Song")
    method, template = operation.split(" ")
    for path in paths_of(track, template):
        for query in QUERIES if method in ("GET", "HEAD") else QUERIES[:2]:
            checked(root.send(method, f"/api/v1{path}?{query}"))
    if method in ("POST", "PUT", "PATCH"):
        for body in BODIES:
            checked(root.send(method, f"/api/v1{paths_of(track, template)[0]}", body))


@hypothesis_settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(body=JSON)
def test_any_json_for_a_playlist_is_made_or_refused(ada: Caller, body: Any) -> None:
    response = ada.send("POST", "playlists", body)
    assert response.status_code in (201, 400, 422)
    checked(response)


@hypothesis_settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(words=st.text(max_size=300))
def test_any_title_is_kept_clean_or_refused(ada: Caller, words: str) -> None:
    assert ada.user is not None
    track = Track.objects.filter(owner=ada.user).first() or shelve(ada.user, "Song")
    response = ada.send("PATCH", f"tracks/{track.pk}", {"title": words})
    assert response.status_code in (200, 422)
    if response.status_code == 200:
        title = json.loads(response.content)["title"]
        assert title
        assert "\x00" not in title
        assert title == title.strip()


HALVES = [  # of a character: escaped, raw as some encoders write it, beside a whole one
    b'"a\\ud83d"',
    b'"\\ude00b"',
    b'"\xed\xa0\xbd"',
    b'"\\ud83d\\ud83d\\ude00"',
]
HALF_BODIES = [
    ("POST", "playlists", b'{"name": %s, "comment": %s}'),
    ("PATCH", "tracks/TRACK", b'{"title": %s, "lyrics": %s}'),
    ("PATCH", "tracks/TRACK", b'{"tags": {%s: [%s]}}'),
    ("POST", "generations", b'{"prompt": %s, "seconds": %s}'),
    ("POST", "tracks/TRACK/takes", b'{"changes": [{"change": %s, "part": %s}]}'),
    ("POST", "imports", b'{"url": %s, %s: 1}'),
    ("POST", "tracks/TRACK/renditions", b'{"recipe": [{"edit": %s, %s: 1}]}'),
    ("POST", "folders", b'{"path": %s, "name": %s}'),
]


@pytest.mark.parametrize("half", HALVES, ids=lambda half: repr(half))
@pytest.mark.parametrize(("method", "path", "body"), HALF_BODIES)
def test_half_a_character_anywhere_in_json_never_raises(
    ada: Caller, root: Caller, method: str, path: str, body: bytes, half: bytes
) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "Song")
    who = root if path == "folders" else ada
    response = who.client.generic(
        method,
        f"/api/v1/{path.replace('TRACK', str(track.pk))}",
        body % (half, half),
        "application/json",
        headers=who.headers,
    )
    assert response.status_code < 500, response.content
    checked(response)


def test_what_is_left_of_half_a_character_is_kept(ada: Caller) -> None:
    body = b'{"name": "\\ud83d\\ude00 rain \\ud83d"}'
    response = ada.client.generic(
        "POST", "/api/v1/playlists", body, "application/json", headers=ada.headers
    )
    assert read(response, 201)["name"] == "😀 rain"


def test_a_host_that_is_not_ours_is_refused_as_an_object(ada: Caller) -> None:
    response = Client(raise_request_exception=False).get(
        "/api/v1/tracks", headers={**ada.headers, "Host": "evil.example"}
    )
    assert read(response, 400)["error"]["code"] == "malformed"


def test_what_breaks_is_a_500_without_details(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret in /path/of/ours")

    monkeypatch.setattr("songloom.interfaces.rest.tracks.tracks_page", broken)
    error = ada.get("tracks", 500)["error"]
    assert error["code"] == "error"
    assert "secret" not in json.dumps(error)


def test_wrong_keys_close_the_door_of_an_address(ada: Caller, settings: Any) -> None:
    from songloom.interfaces.answers import limits

    settings.RATE_LIMITS = True
    for limit in limits.EVERY:
        limit.forget()
    wrong = {"Authorization": "Bearer wrong"}
    for _ in range(5):
        read(ada.send("GET", "tracks", headers=wrong), 401)
    refused = ada.send("GET", "tracks")
    assert read(refused, 429)["error"]["code"] == "too_many_requests"
    assert 1 <= int(refused["Retry-After"]) <= 20
    elsewhere = ada.client.get("/api/v1/tracks", headers=ada.headers, REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 200
    for limit in limits.EVERY:
        limit.forget()
    for _ in range(40):
        ada.get("tracks", limit=1)


def test_errors_speak_the_language_of_the_reader(ada: Caller) -> None:
    english = ada.get("tracks/00000000-0000-7000-8000-000000000000", 404)
    response = ada.send(
        "GET",
        "tracks/00000000-0000-7000-8000-000000000000",
        headers={"Accept-Language": "zh-CN,zh;q=0.9"},
    )
    chinese = read(response, 404)
    assert english["error"]["code"] == chinese["error"]["code"] == "not_found"
    assert english["error"]["message"].isascii()
    assert not chinese["error"]["message"].isascii()
    assert response["Content-Language"] == "zh-hans"

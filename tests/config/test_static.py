"""Static files come from the packages, are cached for ever by their hash, and lead nowhere else."""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from starlette.responses import PlainTextResponse

from songloom.config.static import ServeStatic, find, version
from tests.config.asking import Client

NAME = "admin/css/base.css"


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(ServeStatic(PlainTextResponse("django", status_code=200)))


def test_a_name_carries_the_hash_of_its_content() -> None:
    path = find(NAME)
    assert path is not None
    expected = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    assert staticfiles_storage.url(NAME) == f"/static/{NAME}?v={expected}"


def test_a_name_of_nothing_is_left_as_it_is() -> None:
    assert staticfiles_storage.url("no/such.css") == "/static/no/such.css"


def test_by_its_hash_a_file_may_be_kept_for_ever_without_it_one_asks_again(
    client: Client,
) -> None:
    hashed = client.get(staticfiles_storage.url(NAME))
    assert hashed.status_code == 200
    assert "immutable" in hashed.headers["cache-control"]
    assert hashed.headers["content-type"].startswith("text/css")
    for url in (f"/static/{NAME}", f"/static/{NAME}?v=stale"):
        assert client.get(url).headers["cache-control"] == "no-cache"


def test_who_holds_a_file_is_not_sent_it_again(client: Client) -> None:
    tag = client.get(f"/static/{NAME}").headers["etag"]
    again = client.get(f"/static/{NAME}", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "url",
    [
        "/static/",
        "/static/no/such.css",
        "/static/admin",
        "/static/..%2f..%2fsettings.py",
        "/static/%2e%2e/%2e%2e/config/settings.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/" + "a" * 5_000,
    ],
)
def test_a_name_cannot_lead_out_of_the_packages(client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_nothing_is_written_through_a_static_name(client: Client) -> None:
    assert client.post(f"/static/{NAME}", content=b"x").status_code == 404
    assert client.head(f"/static/{NAME}").status_code == 200


def test_everything_else_is_passed_on(client: Client) -> None:
    assert client.get("/").text == "django"
    assert client.get("/statically").text == "django"


def test_a_version_depends_on_content_alone() -> None:
    path = find(NAME)
    assert path is not None
    assert version(path) == version(path)
    assert len(version(path)) == 16

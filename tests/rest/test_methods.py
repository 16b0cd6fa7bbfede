"""HEAD is GET without a body; a method that an address does not take is 405, not 403."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory

from songloom.interfaces.answers.heads import HeadAsGet
from songloom.interfaces.rest import urls  # noqa: F401  (mounts every router)
from songloom.interfaces.rest.api import api
from songloom.library.models import Star
from songloom.library.services.links import play_path
from tests.rest.conftest import Caller, assert_error
from tests.shelf import shelve


def gets() -> list[str]:
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return sorted(path for path, methods in paths.items() if "get" in methods)


@pytest.mark.parametrize("template", gets())
def test_head_answers_as_get_does(root: Caller, template: str) -> None:
    assert root.user is not None
    track = shelve(root.user, "Song", seconds=1.0)
    ids = dict.fromkeys(("playlist_id", "job_id", "generation_id", "folder_id"), str(track.pk))
    ids |= {"rendition_id": str(track.pk), "kind": "loudness"}
    path = "/api/v1" + template.format(track_id=track.pk, **ids)
    got, headed = root.send("GET", path), root.send("HEAD", path)
    assert headed.status_code == got.status_code
    assert headed["Content-Type"] == got["Content-Type"]
    assert headed.getvalue() == b""
    if got.status_code == 200 and not got.streaming and "Content-Length" in got:
        assert headed["Content-Length"] == got["Content-Length"]


@pytest.mark.parametrize("path", ["/", "/songs/", "/search/", "/sign-in/"])
def test_head_answers_on_pages(root: Caller, path: str) -> None:
    client = Client()
    for _ in range(2):  # signed out, then in
        got, headed = client.get(path), client.head(path)
        assert (headed.status_code, headed.content) == (got.status_code, b"")
        assert headed.status_code != 405
        assert root.user is not None
        client.force_login(root.user)


def test_head_needs_the_key_that_get_needs(nobody: Caller) -> None:
    assert nobody.send("HEAD", "tracks").status_code == 401


def test_head_changes_nothing_where_get_may(root: Caller) -> None:
    """An OpenSubsonic client stars by GET; to look at the headers of that must not star."""
    assert root.user is not None
    track = shelve(root.user, "Song")
    client = Client()
    client.force_login(root.user)
    client.head(f"/rest/star?id=tr-{track.pk}&u=root&v=1.16.1&c=x&f=json")
    assert not Star.objects.exists()


@pytest.mark.parametrize(("path", "status"), [("/sign-in/", 200), ("/api/v1/tracks", 401)])
def test_head_answers_in_the_asynchronous_world(root: Caller, path: str, status: int) -> None:
    answer = async_to_sync(AsyncClient().head)(path)
    assert (answer.status_code, answer.content) == (status, b"")


def streamed(request: HttpRequest) -> Any:
    if request.method == "HEAD":
        return HttpResponseNotAllowed(["GET", "POST"])
    return StreamingHttpResponse(iter(unread()), content_type="text/csv")


def unread() -> Any:
    pytest.fail("nobody reads what is not sent")
    yield b""


def test_what_is_sent_while_it_is_read_is_not_read() -> None:
    answer: Any = HeadAsGet(streamed)(RequestFactory().head("/api/v1/csv"))
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "text/csv", b"")


def test_a_view_without_get_stays_a_wrong_method() -> None:
    refused = HttpResponseNotAllowed(["POST"])
    answer: Any = HeadAsGet(lambda request: refused)(RequestFactory().head("/x"))
    assert answer is refused


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/openapi.json", "/api/v1/openapi.json", "link"])
def test_a_wrong_method_is_405_and_not_403(ada: Caller, path: str, method: str) -> None:
    """The form token was asked for first, of what takes no form."""
    assert ada.user is not None
    address = play_path(shelve(ada.user, "Song"), ada.user) if path == "link" else path
    client = Client(enforce_csrf_checks=True)
    answer = client.generic(method, address)
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    if path.startswith("/api/"):
        assert_error(json.loads(answer.content))


def test_both_descriptions_are_the_same() -> None:
    assert Client().get("/openapi.json").content == Client().get("/api/v1/openapi.json").content

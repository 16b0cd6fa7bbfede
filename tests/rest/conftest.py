"""Three people with keys, and what they send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from songloom.config.home import prepare_folders
from songloom.library.models import User
from songloom.library.services import people
from tests.shelf import person


class Caller:
    """One user's program: a key in the header, JSON both ways."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.client = Client(raise_request_exception=False)
        self.headers = {}
        if user is not None:
            key, _row = people.make_api_key(user, "tests")
            self.headers = {"Authorization": f"Bearer {key}"}

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        content = json.dumps(body) if body is not None else ""
        headers = self.headers | more.pop("headers", {})
        return self.client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            content,
            content_type=more.pop("content_type", "application/json"),
            headers=headers,
            **more,
        )

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        response = self.send("GET", path, query_params=query)
        return read(response, status)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return read(self.send("POST", path, body), status)

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        return read(self.send("PATCH", path, body), status)

    def put(self, path: str, body: Any = None, status: int = 200) -> Any:
        return read(self.send("PUT", path, body), status)

    def delete(self, path: str, status: int = 204) -> Any:
        return read(self.send("DELETE", path), status)


def read(response: Any, status: int) -> Any:
    """The body of an answer with this status; an error must be the error object."""
    assert response.status_code == status, response.content[:500]
    document = json.loads(response.content) if response.content else None
    if status >= 400:
        assert_error(document)
    return document


def assert_error(document: Any) -> None:
    assert document.keys() == {"error"}
    error = document["error"]
    assert error.keys() == {"code", "message", "fields", "id"}
    assert error["code"]
    assert error["message"]
    assert isinstance(error["fields"], dict)
    assert error["id"]
    text = json.dumps(document)
    assert "Traceback" not in text
    assert "/site-packages/" not in text


@pytest.fixture(scope="session", autouse=True)
def home() -> None:
    """The folders that a started server finds."""
    prepare_folders(Path(settings.HOME))


@pytest.fixture
def ada(db: None) -> Caller:
    return Caller(person("ada"))


@pytest.fixture
def bob(db: None) -> Caller:
    return Caller(person("bob"))


@pytest.fixture
def root(db: None) -> Caller:
    return Caller(person("root", is_admin=True))


@pytest.fixture
def nobody(db: None) -> Caller:
    return Caller(None)

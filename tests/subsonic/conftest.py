"""Two listeners, an administrator and a small shelf, asked in both forms at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from defusedxml import ElementTree
from django.test import Client

from songloom.interfaces.subsonic.envelope import NAMESPACE
from songloom.library.models import User
from songloom.library.services import people
from tests.shelf import person

APP_PASSWORD = "sesame-for-phones"
Answer = dict[str, Any]
Ask = Callable[..., Answer]


@pytest.fixture
def ada(db: None) -> User:
    return person("ada")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.fixture
def root(db: None) -> User:
    return person("root", is_admin=True)


@pytest.fixture
def ask(ada: User) -> Ask:
    """Ask as Ada. The XML form must say the same as the JSON form, or the call fails here."""
    return asking(ada)


def asking(user: User) -> Ask:
    people.make_app_password(user, "phone", APP_PASSWORD)
    client = Client()

    def ask(name: str, /, **parameters: Any) -> Answer:
        query = {"u": user.username, "p": APP_PASSWORD, "v": "1.16.1", "c": "tests"} | parameters
        response = client.get(f"/rest/{name}", {**query, "f": "json"})
        assert response.status_code == 200
        assert response["Content-Type"] == "application/json"
        answer: Answer = json.loads(response.content)["subsonic-response"]
        if is_reading(name, parameters):
            assert_same(client.get(f"/rest/{name}.view", query), answer)
        return answer

    return ask


# Methods that change nothing and answer the same twice.
CHANGING = ("create", "update", "delete", "star", "unstar", "set", "change", "save", "scrobble",
            "add", "report")  # fmt: skip
DIFFERENT = ("getRandomSongs", "startScan")  # answer otherwise each time


def is_reading(name: str, parameters: dict[str, Any]) -> bool:
    """Whether the call changes nothing and answers the same twice."""
    is_shuffled = name in DIFFERENT or parameters.get("type") == "random"
    return not name.startswith(CHANGING) and not is_shuffled


def assert_same(response: Any, answer: Answer) -> None:
    assert response["Content-Type"].startswith("text/xml")
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{{{NAMESPACE}}}subsonic-response"
    compare(root, answer, "subsonic-response")


def compare(element: Any, document: Any, where: str) -> None:
    """Every field of the JSON form stands in the XML form, and nothing else does."""
    if not isinstance(document, dict):
        assert element.text == said(document), where
        return
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(child.tag.removeprefix(f"{{{NAMESPACE}}}"), []).append(child)
    for name, value in document.items():
        if isinstance(value, list):
            found = children.pop(name, [])
            assert len(found) == len(value), f"{where}.{name}"
            for one, other in zip(found, value, strict=True):
                compare(one, other, f"{where}.{name}")
        elif isinstance(value, dict):
            (found_one,) = children.pop(name)
            compare(found_one, value, f"{where}.{name}")
        elif name == "value" and "cue" not in document:  # a cueLine has it as an attribute
            assert (element.text or "") == said(value), where
        else:
            assert element.attrib[name] == said(value), f"{where}.{name}"
    assert not children, f"{where} has more in XML: {sorted(children)}"
    assert set(element.attrib) <= document.keys(), where


def said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Addresses: what is wrong is said in a sentence with a stable code, and without the password."""

from __future__ import annotations

import sys

import pytest

from songloom.errors import BadStoreAddress, MissingExtra, StoreAway
from songloom.library.exchange.mongo import connecting
from songloom.library.exchange.mongo.connecting import database, host_of
from tests.library.exchange.mongo.conftest import free_port


def test_an_address_leads_to_its_database(uri: str, server: str) -> None:
    with database(uri) as base:
        base["things"].insert_one({"_id": "a"})
        assert base["things"].find_one({"_id": "a"}) == {"_id": "a"}
        assert uri.endswith(base.name)
    with database(f"mongodb://{server}") as base:
        assert base.name == "songloom"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "localhost:27017",
        "http://localhost",
        "mongodb://",
        "mongodb://a:b:c:d/x",
        "mongodb://h/a b$",
    ],
)
def test_what_is_no_address_is_refused(uri: str) -> None:
    with pytest.raises(BadStoreAddress), database(uri):
        pass


def test_a_server_that_is_away_is_told_by_where_it_should_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connecting, "ANSWERS_WITHIN_MS", 300)
    port = free_port()
    uri = f"mongodb://mei:secret-word@127.0.0.1:{port}/x"
    with pytest.raises(StoreAway, match=f"127.0.0.1:{port}") as said, database(uri):
        pass
    assert "secret" not in str(said.value)


def test_without_the_extra_it_is_said_which_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymongo", None)
    with (
        pytest.raises(MissingExtra, match=r"pip install 'songloom\[mongo\]'"),
        database("mongodb://x"),
    ):
        pass


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("mongodb://u:p@h:1/x", "h:1"),
        ("mongodb://h1,h2/x", "h1,h2"),
        ("mongodb://u:p%40x@h", "h"),
        ("mongodb://", "?"),
    ],
)
def test_what_is_told_of_an_address_names_nobody(uri: str, host: str) -> None:
    assert host_of(uri) == host

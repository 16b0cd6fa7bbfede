"""`songloom mongo push|pull|sync`."""

from __future__ import annotations

from pathlib import Path

import pytest

from songloom.library.models import Track
from songloom.library.services.bin import forget_track
from songloom.library.services.people import command_line_user
from tests.cli.conftest import Songloom
from tests.library.exchange.mongo.conftest import free_port, server, uri  # noqa: F401
from tests.shelf import shelve

pytestmark = pytest.mark.django_db(transaction=True)
COUNTS = ("pushed", "pulled", "deleted", "conflicts", "sounds")


def test_push_pull_and_sync_say_what_they_did(songloom: Songloom, uri: str) -> None:  # noqa: F811
    track = shelve(command_line_user(), "青花瓷", artist="周杰伦")
    said = songloom("mongo", "push", uri, "--audio", "--json")
    assert said.status == 0, said.out
    assert [said.document[name] for name in COUNTS] == [1, 0, 0, 0, 1]
    forget_track(track)
    assert "1 taken over" in songloom("mongo", "pull", uri).out
    assert "[no audio]" in songloom("search", "qhc").out
    said = songloom("mongo", "pull", uri, "--audio", "--json")
    assert said.document["sounds"] == 1
    assert Track.objects.get().has_audio
    assert songloom("mongo", "sync", uri, "--json").document["refused"] == []


@pytest.mark.parametrize("what", ["push", "pull", "sync"])
def test_a_wrong_address_is_told_by_its_code(songloom: Songloom, what: str) -> None:
    assert songloom("mongo", what, "http://x", "--json").code == "bad_store_address"


def test_a_server_that_is_away_is_told(songloom: Songloom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songloom.library.exchange.mongo.connecting.ANSWERS_WITHIN_MS", 300)
    said = songloom("mongo", "push", f"mongodb://127.0.0.1:{free_port()}/x", "--json")
    assert (said.status, said.code) == (1, "store_away")


def test_a_mapping_that_is_none_is_told(songloom: Songloom, uri: str, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "map.toml"
    path.write_text("fields = 3")
    assert songloom("mongo", "pull", uri, "--map", str(path), "--json").code == "bad_value"
    assert songloom("mongo", "pull", uri, "--collection", "a$b", "--json").code == "bad_value"

"""`songloom mongo push|pull|sync`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from songloom.library.exchange.mongo import database
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


@pytest.mark.parametrize("what", ["push", "pull", "sync"])
def test_how_far_it_is_stands_on_standard_error_of_a_terminal(
    songloom: Songloom,
    uri: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    shelve(command_line_user(), "青花瓷")
    songloom("mongo", "push", uri)
    assert "1/1" not in songloom("mongo", what, uri, "--json").err  # nobody looks
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a terminal
    said = songloom("mongo", what, uri, "--json")
    assert "1/1" in said.err
    assert said.document["refused"] == []


@pytest.mark.slow
@pytest.mark.only_on("sqlite")
def test_ctrl_c_ends_it_with_one_word_and_again_it_goes_on(uri: str, tmp_path: Path) -> None:  # noqa: F811
    n, table, home = 3_000, tmp_path / "in.csv", tmp_path / "home"
    table.write_text("title\n" + "".join(f"Song {i}\n" for i in range(n)))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SONGLOOM_")}
    given: dict[str, Any] = {"env": clean | {"SONGLOOM_HOME": str(home), "SONGLOOM_DEMO": "0"}}
    command = [sys.executable, "-m", "songloom"]
    subprocess.run([*command, "csv", "import", str(table)], **given, check=True)
    push = [*command, "mongo", "push", uri, "--json"]
    with database(uri) as base:
        with subprocess.Popen(push, **given, stdout=-1, stderr=-1, text=True) as first:
            deadline = time.monotonic() + 120
            while base["tracks"].estimated_document_count() == 0:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            first.send_signal(signal.SIGINT)
            out, err = first.communicate()
        assert (first.returncode, json.loads(out)["error"]["code"]) == (130, "cancelled"), err
        assert "Traceback" not in err
        there = base["tracks"].count_documents({})
        again = subprocess.run(push, **given, check=True, capture_output=True, text=True)
        assert json.loads(again.stdout)["pushed"] == n - there
        assert base["tracks"].count_documents({}) == n

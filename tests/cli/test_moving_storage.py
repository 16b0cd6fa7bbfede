"""`songloom move-storage` in this process: its document, its words, and what it refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.library import storage
from tests.cli.conftest import Songloom
from tests.weed import Weed

pytestmark = pytest.mark.django_db


@pytest.fixture
def song(settings: Settings, tmp_path: Path) -> str:
    settings.HOME = tmp_path / "home"
    settings.MEDIA, settings.CACHE = settings.HOME / "media", settings.HOME / "cache"
    settings.MEDIA.mkdir(parents=True)
    sha256 = hashlib.sha256(b"song").hexdigest()
    storage.keep_bytes(b"song", sha256)
    return sha256


def test_the_document_says_what_was_copied_and_no_secret(
    songloom: Songloom, song: str, weed: Weed, tmp_path: Path
) -> None:
    url = weed.url(f"verb-{tmp_path.name}")
    said = songloom("move-storage", "home", url, "--json")
    assert said.status == 0
    assert said.document["moved"] == 1
    assert said.document["bytes"] == 4
    assert said.document["to"].startswith("s3://")
    assert "secret" not in said.out + said.err
    again = songloom("move-storage", "home", url)
    assert (again.status, again.out.count("\n")) == (0, 2)
    assert "1 files" in again.out
    assert "SONGLOOM_STORAGE_URL" in again.out


def test_a_rotten_source_is_named_and_the_status_says_so(
    songloom: Songloom, song: str, weed: Weed, tmp_path: Path, settings: Settings
) -> None:
    (settings.MEDIA / "audio" / song[:2] / song).write_bytes(b"rot!")
    said = songloom("move-storage", "home", weed.url(f"rot-{tmp_path.name}"))
    assert said.status == 1
    assert f"changed_file  audio/{song[:2]}/{song}" in said.out
    assert "SONGLOOM_STORAGE_URL" not in said.out


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("home", "home", "bad_value"),
        ("home", "ftp://somewhere", "bad_value"),
        ("elsewhere", "home", "bad_value"),
        ("home", "s3://k:s@bucket?endpoint=http://127.0.0.1:9", "storage_away"),
    ],
)
def test_what_cannot_be_moved_is_said(
    songloom: Songloom, song: str, source: str, target: str, code: str
) -> None:
    said = songloom("move-storage", source, target, "--json")
    assert (said.status, said.code) == (1, code)


def test_both_places_must_be_named(songloom: Songloom) -> None:
    assert songloom("move-storage", "home").status == 2

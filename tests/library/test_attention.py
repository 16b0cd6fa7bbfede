"""Heavy work looks whether somebody listens; whoever sends sound says so, cheaply."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from songloom.library.services import attention


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.HOME = tmp_path / "home"
    monkeypatch.setattr(attention, "_noted_at", float("-inf"))
    return tmp_path / "home"


def aged(home: Path, seconds: float) -> None:
    past = time.time() - seconds
    os.utime(home / "cache" / "listening", (past, past))


def test_at_first_nobody_listens() -> None:
    assert not attention.someone_listens()


def test_from_the_first_piece_somebody_listens() -> None:
    attention.note_listening()
    assert attention.someone_listens()


def test_a_while_after_the_last_piece_nobody_listens(home: Path) -> None:
    attention.note_listening()
    aged(home, attention.FORGET_AFTER_S - 2)
    assert attention.someone_listens()
    aged(home, attention.FORGET_AFTER_S + 2)
    assert not attention.someone_listens()


def test_noting_often_touches_the_disk_seldom(home: Path) -> None:
    attention.note_listening()
    aged(home, attention.FORGET_AFTER_S + 2)
    for _ in range(1_000):
        attention.note_listening()
    assert not attention.someone_listens()  # within three seconds one note is enough


def test_after_a_while_it_is_noted_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attention.note_listening()
    aged(home, attention.FORGET_AFTER_S + 2)
    monkeypatch.setattr(attention, "_noted_at", time.monotonic() - attention.NOTE_EVERY_S - 0.1)
    attention.note_listening()
    assert attention.someone_listens()


def test_a_disk_that_takes_no_note_does_not_stop_the_music(home: Path) -> None:
    home.mkdir()
    (home / "cache").write_text("a file where a folder should be")
    attention.note_listening()
    assert not attention.someone_listens()

"""A setting that cannot be is refused with a sentence, by every verb; none is silently ignored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def _search(home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    named = {f"SONGLOOM_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "songloom", "search", "x", "--json"],
        env=os.environ | {"SONGLOOM_HOME": str(home)} | named,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "oracle://somewhere"),
        ("STORAGE_URL", "ftp://somewhere"),
        ("STORAGE_URL", "s3://bucket?endpoint=nowhere"),
        ("STORAGE_CACHE_MB", "none"),
        ("STORAGE_DELIVERY", "carrier"),
        ("BROKER_URL", "kafka://127.0.0.1"),
        ("BROKER_URL", "amqp://"),
        ("BROKER_URL", "redis://127.0.0.1:port/0"),
        ("BROKER_URL", "redis://127.0.0.1/songloom"),
        ("LONGEST_TRACK_S", "long"),
        ("LONGEST_TRACK_S", "nan"),
        ("LARGEST_UPLOAD_MB", "-1"),
        ("UPLOADS", "secret"),
        ("RATE_LIMITS", "no"),
        ("DEMO", "maybe"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_setting_that_cannot_be_is_named_and_nothing_else_happens(
    tmp_path: Path, name: str, value: str
) -> None:
    ended = _search(tmp_path / "home", **{name: value})
    assert ended.returncode == 1
    error = json.loads(ended.stdout)["error"]
    assert error["code"] == "bad_value"
    assert error["message"].startswith(f"SONGLOOM_{name}")
    assert "Traceback" not in ended.stderr


def test_an_empty_setting_is_as_good_as_none(tmp_path: Path) -> None:
    empty = dict.fromkeys(("DATABASE_URL", "BROKER_URL", "LONGEST_TRACK_S", "UPLOADS", "DEMO"), "")
    ended = _search(tmp_path / "home", **empty)
    assert (ended.returncode, json.loads(ended.stdout)["total"]) == (0, 0)


def test_another_database_file_is_taken_by_its_path(tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where.sqlite3"
    ended = _search(tmp_path / "home", DATABASE_URL=f"sqlite:///{elsewhere}")
    assert ended.returncode == 0, ended.stderr
    assert elsewhere.exists()
    assert not (tmp_path / "home" / "db.sqlite3").exists()

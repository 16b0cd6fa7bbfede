"""A home of its own for a test that brings music in."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    (settings.HOME / "tmp").mkdir(parents=True)
    return tmp_path / "home"

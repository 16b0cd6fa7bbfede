"""Runs verbs in this process: the real parser, rooms and database, without the cost of a start."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import translation

from songloom.interfaces import cli
from songloom.interfaces.cli.language import speak


@dataclass(frozen=True)
class Said:
    """What a verb printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        (line,) = self.out.splitlines()
        loaded: dict[str, Any] = json.loads(line)
        return loaded

    @property
    def code(self) -> str:
        return str(self.document["error"]["code"])


Songloom = Callable[..., Said]


@pytest.fixture(autouse=True)
def english() -> None:
    """The language of the terminal is one for the process: no test hears another's."""
    speak("en")


@pytest.fixture
def songloom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Songloom:
    """`songloom("search", "x", "--json")` → Said; `given` comes on standard input."""

    def run(*argv: str, given: str = "", language: str = "en") -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        capsys.readouterr()
        with translation.override(language):
            status = cli.run(argv, language=language, start=lambda: None, up=lambda **_: 0)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return run

"""A style is one file: whatever lies in the folder can be asked for, composed and named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from songloom.core import styles as folder
from songloom.core.query import prompt_words
from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import METRES
from songloom.core.score import compose
from songloom.core.score import styles as habits
from songloom.core.score.drums import BEATS
from songloom.core.score.patterns import PATTERNS
from songloom.core.styles import tables
from songloom.generate.titles import title_for
from songloom.interfaces.web import slots
from tests.core.score.pieces import model

CSARDAS = """
words = ["csardas", "czardas", "恰尔达什舞曲"]
title = { en = "Csardas", zh = "恰尔达什舞曲" }
fitting_metres = ["2/4", "4/4"]
usual_metre = "2/4"
bpm = [150, 170]
metres = ["2/4"]
palettes = [[40, 15]]
patterns = ["boom_chuck", "block"]
is_minor = 1.0
"""
CACHES = (
    tables,
    habits.styles,
    prompt_words.lexicon,
    prompt_words.meanings,
    prompt_words.words_pattern,
)


@pytest.fixture
def csardas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of styles with one file more."""
    for file in folder.FOLDER.glob("*.toml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "csardas.toml").write_text(CSARDAS, encoding="utf-8")
    monkeypatch.setattr(folder, "FOLDER", tmp_path)
    for cached in CACHES:
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in CACHES:
        cached.cache_clear()


@pytest.mark.usefixtures("csardas")
@pytest.mark.parametrize("prompt", ["a czardas, 8 s", "一首恰尔达什舞曲，8秒"])
def test_a_new_file_is_a_new_style_everywhere(prompt: str) -> None:
    request = parse(prompt)
    assert (request.style, request.metre, request.not_understood) == ("csardas", "2/4", ())
    score = compose(request, 1, model())
    assert (score.choices.programs, score.choices.mode) == ((40, 15), "minor")
    assert 140 <= score.layout.beat_bpm <= 180
    assert score.choices.patterns[:2] == ("boom_chuck", "block")
    assert title_for(score, "en", 1).endswith(" Csardas")
    assert title_for(score, "zh", 1).endswith("恰尔达什舞曲")
    for language, word in (("en", "csardas"), ("zh-hans", "恰尔达什舞曲")):
        with override(language):
            assert ("csardas", word) in slots.styles()


@pytest.mark.usefixtures("csardas")
def test_a_metre_that_does_not_fit_gives_way_and_it_is_said() -> None:
    request = parse("a csardas in 7/8")
    assert request.metre == "4/4", "of those that fit the nearest"
    assert "7/8" in request.changed[0]


def test_without_the_file_the_style_is_not_known() -> None:
    assert "csardas" not in tables()
    assert parse("a csardas").style is None


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_file_reads_as_a_style(name: str) -> None:
    table, style = tables()[name], habits.styles()[name]
    assert style.bpm[0] < style.bpm[1]
    assert style.drums is None or style.drums in BEATS
    assert set(style.patterns) <= set(PATTERNS)
    assert {*style.metres, *table.get("fitting_metres", ())} <= set(METRES)
    assert table.get("usual_metre") in (None, *table.get("fitting_metres", ()))
    assert bool(table.get("words")) == (name != "plain")
    assert set(table.get("title", {})) in (set(), {"en", "zh"})
    known = {"words", "title", "fitting_metres", "usual_metre", "bpm", "metres", "palettes"}
    assert set(table) <= known | {"patterns", "drums", "loops", "is_minor"}, "a misspelt field"


def test_a_style_has_words_in_both_languages() -> None:
    for name, table in tables().items():
        words = "".join(table.get("words", ["plain 无"]))
        assert any(c.isascii() and c.isalpha() for c in words), name
        assert any("\u4e00" <= c <= "\u9fff" for c in words), name

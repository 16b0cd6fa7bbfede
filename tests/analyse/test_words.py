"""Every reason and every pause can be said in the reader's language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from songloom.analyse import budget
from songloom.analyse.words import SENTENCES, said
from songloom.core.features import reasons


def pauses() -> set[str]:
    """What `Postponed` is raised with in the budget."""
    return {
        node.args[1].value
        for node in ast.walk(ast.parse(Path(budget.__file__).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Postponed"
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    }


def test_every_reason_and_every_pause_has_its_sentence_and_no_other() -> None:
    assert len(pauses()) == 3
    assert set(SENTENCES) == set(reasons.ALL) | pauses()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_english_is_said_as_it_is_written(sentence: str) -> None:
    with override("en"):
        assert said(sentence) == sentence


def test_what_is_not_ours_stays_as_it_is() -> None:
    assert said("no decoder can read these 12 bytes as audio") == (
        "no decoder can read these 12 bytes as audio"
    )
    assert said("") == ""

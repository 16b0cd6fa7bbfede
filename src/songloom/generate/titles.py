"""Titles in the language of the prompt, from what a piece turned out to be."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from songloom.core.score.piece import Score

WORDS = Path(__file__).with_name("titles.toml")


@cache
def _words(language: str) -> dict[str, Any]:
    table = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return dict(table.get(language, table["en"]))


def title_for(score: Score, language: str, seed: int) -> str:
    """A word for the mood and one for the thing; a dance is called by its name."""
    from songloom.core.score.draws import pick, stream

    choices, words = score.choices, _words(language)
    is_glad = choices.valence > 0 or (choices.valence == 0 and choices.mode == "major")
    mood = 2 * (not is_glad) + (choices.energy <= 0)
    rng = stream(seed, "title")
    first, second = pick(rng, words["first"][mood]), pick(rng, words["second"])
    second = words["dances"].get(choices.style, second)
    return f"{first}{words['joined_by']}{second}"

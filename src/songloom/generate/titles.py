"""Titles in the language of the prompt, from what a piece turned out to be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.core.query.prompt_words import program_name
from songloom.core.styles import tables

if TYPE_CHECKING:
    from songloom.core.score.piece import Score

WORDS = Path(__file__).with_name("titles.toml")
LONGEST_TITLE = 300
BARS_ADDED = 8  # where a continuation names no number
Change = Mapping[str, Any]


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
    second = tables().get(choices.style or "", {}).get("title", {}).get(words["code"], second)
    return f"{first}{words['joined_by']}{second}"


def take_title(title: str, number: int, changes: Sequence[Change], language: str) -> str:
    """The title of a take: that of its piece, which take it is, and what was changed."""
    said = changes_in_words(changes, language)
    form = _words(language)["take"]["title" if said else "plain"]
    room = LONGEST_TITLE - len(form.format(title="", n=number, changes=said))
    return str(form.format(title=title[: max(room, 60)], n=number, changes=said))[:LONGEST_TITLE]


def changes_in_words(changes: Sequence[Change], language: str) -> str:
    """ "melody anew, bars 5–8" for the changes of `core.score.revision.revised`."""
    joined_by = str(_words(language)["take"]["joined_by"])
    return joined_by.join(_change_in_words(change, language) for change in changes)


def told_in_words(changes: Sequence[Change], language: str) -> list[str]:
    """What had to be changed to play a file that was edited elsewhere, a sentence each."""
    forms = _words(language)["told"]
    return [
        str(forms[told["what"]].format(n=told.get("n"), part=_of_told(told, language)))
        for change in changes
        for told in change.get("told") or []
    ]


def _of_told(told: Mapping[str, Any], language: str) -> str:
    return part_in_words(str(told.get("part", "")), language)


def part_in_words(name: str, language: str) -> str:
    """A part of the score, `bass` or `counter 2`, as people call it."""
    kind, _, number = name.partition(" ")
    return f"{_words(language)['parts'].get(kind, kind)} {number}".strip()


def _change_in_words(change: Change, language: str) -> str:
    forms = _words(language)["take"]
    kind = str(change.get("change"))
    number = change.get("bars") if kind == "continue" else change.get("bar")
    by = change.get("semitones") or 0
    if kind == "transpose":
        kind, number = "up" if by >= 0 else "down", abs(by)
    said = forms.get(kind, kind).format(
        parts=_parts_in_words(change, language),
        instrument=program_name(change.get("program") or 0, is_chinese=language == "zh"),
        n=number or BARS_ADDED,
        chord=change.get("chord"),
    )
    where = _where_in_words(change, language) if kind in ("again", "vary") else ""
    return str(forms["joined_by"]).join(part for part in (said, where) if part)


def _parts_in_words(change: Change, language: str) -> str:
    forms = _words(language)["take"]
    if change.get("part"):
        return part_in_words(str(change["part"]), language)
    locked = [part_in_words(str(name), language) for name in change.get("locked") or []]
    if not locked:
        return str(forms["all"])
    return str(forms["but"].format(parts=str(forms["joined_by"]).join(locked)))


def _where_in_words(change: Change, language: str) -> str:
    forms = _words(language)["take"]
    if change.get("section") is not None:
        return str(forms["section"].format(n=change["section"]))
    if not change.get("bars"):
        return ""
    first, last = change["bars"]
    return str(forms["bar" if first == last else "bars"].format(first=first, last=last))

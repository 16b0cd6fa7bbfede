"""How an edit is spelt in one word, as on a command line: `--trim 10:40`, `--fade-in 0.5`.

trim 10:40          from second 10 to second 40; `10:` to the end, `:40` from the start
cut 1:10-2:40       with a dash each side is a time: seconds, minutes:seconds or h:mm:ss
insert-silence 12,2     values in the order of the parameters, with commas between
cut 12:15,smooth_ms=0   or by their names
"""

from __future__ import annotations

import re
from typing import Any

from songloom.core.audio.edits import EDITS, AnyParameter, Edit
from songloom.core.audio.edits.parameters import typed_number
from songloom.errors import BadRecipe

DASHES = re.compile(r"\s*[-–—]\s*")
NEGATIVE = re.compile(r"(?:^|:)\s*[-–—−]\s*[\d.]")


def parse_option(name: str, text: str | float | bool | None = None) -> dict[str, Any]:
    """One edit of a recipe out of an option's name and text; ranges are checked by `recipe.read`.

    Raises BadRecipe for an unknown name, and for text that is no number or no two times.
    """
    edit = name.strip().lstrip("-").replace("-", "_")
    kind = EDITS.get(edit)
    if kind is None:
        raise BadRecipe(f"there is no edit “{name[:40]}”")
    said = "" if text is None or isinstance(text, bool) else str(text).strip()
    if not said and (kind.is_bare or not kind.parameters):
        return {"edit": edit}
    try:
        return {"edit": edit, **_values(kind, said)}
    except BadRecipe as exc:
        message = str(exc)
        is_named = message.startswith(f"{edit}: ")
        raise BadRecipe(message if is_named else f"{edit}: {message}") from None


def read_time(name: str, text: str) -> float:
    """Seconds out of `75`, `1:15` or `0:01:15`. Raises BadRecipe by the option's name."""
    try:
        return _time_s(text.strip())
    except BadRecipe as exc:
        raise BadRecipe(f"{name}: {exc}") from None


def is_span(kind: type[Edit]) -> bool:
    """Whether its text begins with two times."""
    return [one.name for one in kind.parameters[:2]] == ["start_s", "end_s"]


def _values(kind: type[Edit], said: str) -> dict[str, Any]:
    pieces = said.split(",")
    values: dict[str, Any] = {}
    waiting = list(kind.parameters)
    if is_span(kind):
        values["start_s"], values["end_s"] = _span(pieces.pop(0))
        waiting = waiting[2:]
    for piece in pieces:
        name, is_named, value = piece.partition("=")
        if not is_named:
            name, value = (waiting[0].name if waiting else ""), piece
        found = next((one for one in waiting if one.name == name.strip().replace("-", "_")), None)
        if found is None:
            raise BadRecipe(f"“{piece[:40]}” is more than it takes")
        waiting.remove(found)
        values[found.name] = _read(found, value.strip())
    return values


def _read(parameter: AnyParameter, said: str) -> Any:
    """A time may be spelt as one; everything else as its parameter takes it."""
    if parameter.kind == "number" and parameter.unit == "s" and ":" in said:
        return _time_s(said)
    return parameter.spelt(said)


def _span(said: str) -> tuple[float, float | None]:
    if NEGATIVE.search(said):
        raise BadRecipe(
            f"“{said[:40]}” has a time below 0, and nothing lies before the start; "
            "write 0-2:40 for the first 2 minutes 40"
        )
    parts = DASHES.split(said) if DASHES.search(said) else said.split(":")
    if len(parts) != 2 or not any(parts):
        raise BadRecipe(
            f"“{said[:40]}” is not two times; write 10:40 for seconds 10 to 40, "
            "or 1:10-2:40 for minutes and seconds"
        )
    start, end = parts
    return (_time_s(start) if start else 0.0), (_time_s(end) if end else None)


def _time_s(said: str) -> float:
    """Seconds out of `75`, `1:15` or `0:01:15`."""
    parts = said.split(":")
    if len(parts) > 3:
        raise BadRecipe(f"“{said[:40]}” is no time")
    seconds = 0.0
    for part in parts:
        number = typed_number(part)
        if number < 0 or (len(parts) > 1 and part != parts[0] and number >= 60):
            raise BadRecipe(f"“{said[:40]}” is no time")
        seconds = seconds * 60 + number
    return seconds

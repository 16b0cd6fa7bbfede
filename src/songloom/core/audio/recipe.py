"""A recipe: an ordered list of edits as JSON with a version, read, checked and applied.

{"version": 1, "edits": [{"edit": "trim", "start_s": 10, "end_s": 40},
                         {"edit": "gain", "gain_db": -3}]}
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songloom.core.audio import Blocks
from songloom.core.audio.edits import EDITS, Edit, Parameter, Sound
from songloom.errors import BadRecipe

VERSION = 1
ENGINE_VERSION = 2  # rises with every change that may change a rendition's bits
MOST_EDITS = 50


@dataclass(frozen=True)
class Recipe:
    """Edits in the order in which they apply."""

    edits: tuple[Edit, ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON, defaults written out: equal recipes have equal documents."""
        return {"version": VERSION, "edits": [edit.document() for edit in self.edits]}

    def canonical(self) -> str:
        """The one spelling of this recipe, for keys."""
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"))

    def on(self, sound: Sound) -> Sound:
        """The sound after all edits. Raises BadRecipe naming the edit that cannot be done."""
        for number, edit in enumerate(self.edits, 1):
            sound = _checked(edit, f"edit {number} ({edit.name})", sound)
        return sound


def read(document: Any) -> Recipe:
    """A recipe out of JSON: an object with `edits`, or the list of edits alone.

    Raises BadRecipe with the number of the edit and both numbers: what was met, what is allowed.
    """
    if isinstance(document, Mapping):
        version = document.get("version", VERSION)
        if version != VERSION:
            raise BadRecipe(f"the recipe's version is {version!r}; {VERSION} is known")
        document = document.get("edits", [])
    if isinstance(document, str) or not isinstance(document, Sequence):
        raise BadRecipe("a recipe is a list of edits")
    if len(document) > MOST_EDITS:
        raise BadRecipe(f"a recipe of {len(document)} edits; {MOST_EDITS} are allowed")
    return Recipe(tuple(_edit(number, one) for number, one in enumerate(document, 1)))


def _edit(number: int, document: Any) -> Edit:
    if not isinstance(document, Mapping):
        raise BadRecipe(f"edit {number} is no object with an `edit` in it")
    name = str(document.get("edit", ""))[:40]
    kind = EDITS.get(name.replace("-", "_"))
    if kind is None:
        raise BadRecipe(f"edit {number}: there is no edit “{name}”; there are {', '.join(EDITS)}")
    known = {parameter.name: parameter for parameter in kind.parameters}
    values: dict[str, float | None] = {}
    for key, value in document.items():
        if key == "edit":
            continue
        if key not in known:
            names = ", ".join(known)
            raise BadRecipe(
                f"edit {number} ({kind.name}): it has no “{str(key)[:40]}”; it has {names}"
            )
        values[key] = _value(f"edit {number} ({kind.name})", known[key], value)
    edit = kind(**values)
    if problem := edit.problem():
        raise BadRecipe(f"edit {number} ({kind.name}): {problem}")
    return edit


def _value(where: str, parameter: Parameter, value: Any) -> float | None:
    if value is None and parameter.is_optional:
        return None
    if not _is_number(value):
        raise BadRecipe(f"{where}: {parameter.name} must be a number, not {str(value)[:40]!r}")
    if not parameter.lowest <= value <= parameter.highest:
        raise BadRecipe(
            f"{where}: {parameter.name} is {value:g}; {parameter.lowest:g} to "
            f"{parameter.highest:g} {parameter.unit} are allowed".replace("  ", " ")
        )
    if parameter.is_whole:
        if value != int(value):
            raise BadRecipe(f"{where}: {parameter.name} must be a whole number, not {value:g}")
        return int(value)
    return float(value)


def _is_number(value: Any) -> bool:
    """Whether it is a finite number; a whole one of hundreds of digits is none."""
    try:
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        )
    except OverflowError:
        return False


def _checked(edit: Edit, where: str, before: Sound) -> Sound:
    """The sound after one edit; its errors, also those met on the way, name the edit."""
    n_before = [0]

    def heard(blocks: Blocks) -> Blocks:
        n_before[0] = 0
        for block in blocks:
            n_before[0] += block.shape[1]
            yield block

    def never_empty(blocks: Blocks) -> Blocks:
        is_empty = True
        for block in blocks:
            is_empty = False
            yield block
        if is_empty:
            lasts_s = n_before[0] / before.sample_rate
            raise BadRecipe(f"{where}: nothing would be left of a sound of {lasts_s:.2f} s")

    try:
        return edit.on(before.shaped(heard)).shaped(never_empty)
    except BadRecipe as exc:
        message = str(exc)
        raise BadRecipe(message if message.startswith("edit ") else f"{where}: {message}") from exc

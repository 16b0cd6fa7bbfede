"""A recipe: an ordered list of edits as JSON with a version, read, checked and applied.

{"version": 1, "edits": [{"edit": "trim", "start_s": 10, "end_s": 40},
                         {"edit": "gain", "gain_db": -3}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from songloom.core.audio import Blocks
from songloom.core.audio.edits import EDITS, Edit, Join, Sound
from songloom.errors import BadRecipe

VERSION = 1
ENGINE_VERSION = 5  # rises with every change that may change a rendition's bits
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

    def others(self) -> list[str]:
        """The ids of the other tracks that it names, each once."""
        return list(dict.fromkeys(one.track for one in self.edits if isinstance(one, Join)))

    def on(self, sound: Sound) -> Sound:
        """The sound after all edits. Raises BadRecipe naming the edit that cannot be done."""
        for number, edit in enumerate(self.edits, 1):
            before, sound = sound, _checked(edit, f"edit {number} ({edit.name})", sound)
            is_known = bool(before.name) and not isinstance(edit, Join)  # the other may change
            sound = replace(sound, name=f"{before.name}\n{edit}" if is_known else "")
        return sound

    def check(self, n_samples: int, sample_rate: int, channels: int) -> None:
        """Whether a sound of this shape can be edited so, as far as it need not be heard for that.

        Raises BadRecipe as the edit itself would, once it met the sound.
        """
        sound = Sound(_unheard, sample_rate, channels, jump=_unheard, count=lambda: n_samples)
        for number, edit in enumerate(self.edits, 1):
            where, before = f"edit {number} ({edit.name})", sound
            if isinstance(edit, Join):
                return
            try:
                sound = edit.on(before)
            except _NotHeard:
                return
            except BadRecipe as exc:
                raise _named(where, exc) from exc
            if sound.count is None:
                return
            if sound.count() == 0:
                raise _nothing_left(where, before)


class _NotHeard(Exception):
    """An edit wants to hear the sound before it says how long it makes it."""


def _unheard(position: int = 0) -> Blocks:
    raise _NotHeard


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
    where = f"edit {number} ({kind.name})"
    edit = kind(**_values(where, kind, document))
    if problem := edit.problem():
        raise BadRecipe(f"{where}: {problem}")
    return edit


def _values(where: str, kind: type[Edit], document: Mapping[Any, Any]) -> dict[str, Any]:
    """The values of an edit, each checked by its parameter; what it needs must be there."""
    known = {parameter.name: parameter for parameter in kind.parameters}
    for key in document:
        if key != "edit" and key not in known:
            names = ", ".join(known) or "nothing to set"
            raise BadRecipe(f"{where}: it has no “{str(key)[:40]}”; it has {names}")
    return {
        name: parameter.read(where, document.get(name))
        for name, parameter in known.items()
        if name in document or (parameter.default is None and not parameter.is_optional)
    }


def schema() -> dict[str, Any]:
    """What a recipe may be, as JSON schema: every edit there is, with its parameters."""
    edits = {"type": "array", "maxItems": MOST_EDITS, "items": {"oneOf": _schemas()}}
    whole = {
        "type": "object",
        "properties": {"version": {"const": VERSION}, "edits": edits},
        "additionalProperties": False,
    }
    return {"title": "Recipe", "oneOf": [edits, whole]}


def _schemas() -> list[dict[str, Any]]:
    return [kind.schema() for kind in EDITS.values()]


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
            if block.shape[1]:
                is_empty = False
                yield block
        if is_empty:
            raise _nothing_left(where, before, n_before[0])

    try:
        made = edit.on(replace(before, make=lambda: heard(before.make())))
        return replace(made, make=lambda: never_empty(made.make()))
    except BadRecipe as exc:
        raise _named(where, exc) from exc


def _named(where: str, error: BadRecipe) -> BadRecipe:
    message = str(error)
    return BadRecipe(message if message.startswith("edit ") else f"{where}: {message}")


def _nothing_left(where: str, before: Sound, n_heard: int = 0) -> BadRecipe:
    n_whole = n_heard if before.count is None else before.count()
    lasts_s = n_whole / before.sample_rate
    return BadRecipe(f"{where}: nothing would be left of a sound of {lasts_s:.2f} s")

"""What changed from one recipe to another, edit by edit; and the other out of the one and that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from songloom.core.audio.recipe import Recipe, read
from songloom.errors import BadRecipe


@dataclass(frozen=True)
class Change:
    """At a place of the first recipe (counted from 0) an edit goes, comes, or has other values.

    before  as it was; None where it comes
    after   as it is; None where it goes
    """

    at: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def document(self) -> dict[str, Any]:
        return {"at": self.at, "before": self.before, "after": self.after}

    def sentence(self) -> str:
        """In one line: `− gain −3 dB`, `+ reverse`, `fade_in: duration_s 1 → 2`."""
        if self.before is None:
            return f"+ {_spelt(self.after or {})}"
        if self.after is None:
            return f"− {_spelt(self.before)}"
        values = [
            f"{key} {self.before.get(key)} → {self.after.get(key)}"
            for key in {**self.before, **self.after}
            if self.before.get(key) != self.after.get(key)
        ]
        return f"{self.before['edit']}: {', '.join(values)}"


def diff(one: Recipe, other: Recipe) -> list[Change]:
    """The changes that make the other recipe of the one, in order; none for equal recipes."""
    old, new = ([edit.document() for edit in recipe.edits] for recipe in (one, other))
    keys = [[_key(edit) for edit in edits] for edits in (old, new)]
    found: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(a=keys[0], b=keys[1], autojunk=False).get_opcodes():
        if tag != "equal":
            found += _stretch(a, old[a:b], new[c:d])
    return found


def patched(one: Recipe, changes: Iterable[Change]) -> Recipe:
    """The one after these changes. Raises BadRecipe where it is not what they were taken from."""
    left = [edit.document() for edit in one.edits]
    made: list[dict[str, Any]] = []
    position = 0
    for change in changes:
        made += left[position : change.at]
        position = max(position, change.at)
        if change.before is not None:
            if left[position : position + 1] != [change.before]:
                raise BadRecipe(f"edit {position + 1} is not what this change was taken from")
            position += 1
        if change.after is not None:
            made.append(change.after)
    return read([*made, *left[position:]])


def _stretch(at: int, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    """Edits of one kind in the same place have changed; others go or come."""
    found = []
    for n in range(max(len(old), len(new))):
        before = old[n] if n < len(old) else None
        after = new[n] if n < len(new) else None
        place = at + min(n, len(old))
        if before and after and before["edit"] != after["edit"]:
            found += [Change(place, before, None), Change(place + 1, None, after)]
        else:
            found.append(Change(place, before, after))
    return found


def _key(edit: dict[str, Any]) -> str:
    return repr(sorted(edit.items()))


def _spelt(edit: dict[str, Any]) -> str:
    values = [f"{key} {value}" for key, value in edit.items() if key != "edit"]
    return f"{edit['edit']} {', '.join(values)}".rstrip()

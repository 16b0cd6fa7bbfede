"""Recipes as the pages show them: every edit of the registry with its parameters, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songloom.core.audio.edits import EDITS, AnyParameter, Edit, Parameter, Words
from songloom.core.audio.formats import FORMATS, RENDITIONS

LOSSY = tuple(name for name in RENDITIONS if FORMATS[name].is_lossy)
BIT_RATES_KBPS = (64, 96, 128, 160, 192, 256, 320)


def registry() -> list[dict[str, Any]]:
    """Every edit there is, in the reader's language, for the page's script."""
    return [
        {
            "name": name,
            "label": said(kind.words),
            "parameters": [_parameter(one) for one in kind.parameters],
        }
        for name, kind in EDITS.items()
    ]


def _parameter(one: AnyParameter) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": one.kind,
        "name": one.name,
        "label": said(one.words),
        "unit": one.unit,
        "default": one.default,
        "is_optional": one.is_optional,
    }
    if isinstance(one, Parameter):
        shown |= {"low": one.lowest, "high": one.highest, "is_whole": one.is_whole}
    return shown


def said(words: Words) -> str:
    return words.zh if (get_language() or "").startswith("zh") else words.en


def in_words(recipe: Mapping[str, Any] | None) -> str:
    """A recipe in short: its edits in order, with their numbers."""
    if program := (recipe or {}).get("edited_in"):
        return _("edited in %(program)s") % {"program": program}
    edits = (recipe or {}).get("edits") or []
    spoken = [_spoken(edit) for edit in edits if isinstance(edit, Mapping)]
    return _(", ").join(spoken) or _("another format only")


def _spoken(edit: Mapping[str, Any]) -> str:
    kind: type[Edit] | None = EDITS.get(str(edit.get("edit")))
    if kind is None:
        return str(edit.get("edit", ""))
    given = [one for one in kind.parameters if isinstance(edit.get(one.name), int | float)]
    numbers = [f"{edit[one.name]:g} {one.unit}".strip().replace("-", "−") for one in given]
    joint = "–" if len({one.unit for one in given}) == 1 else " / "
    return f"{said(kind.words)} {joint.join(numbers)}".strip()

"""Recipes as the pages show them: every edit of the registry with its parameters, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songloom.core.audio.edits import EDITS, AnyParameter, Edit, Parameter, Words
from songloom.core.audio.formats import FORMATS, RENDITIONS
from songloom.core.audio.presets import PRESETS
from songloom.core.audio.recipe import Recipe
from songloom.core.audio.recipe_diff import Change, diff
from songloom.library.models import Track, User
from songloom.process import presets

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


def changed(one: Recipe, other: Recipe) -> list[str]:
    """What makes the other recipe of the one, a line each: + Reverse, − Gain −3 dB, …

    An edit that goes at one place and comes as it was at another has moved.
    """
    found = diff(one, other)
    gone = [each.before for each in found if each.after is None]
    moved = [each.after for each in found if each.before is None and each.after in gone]
    told = [each for each in found if (each.before or each.after) not in moved or _is_both(each)]
    return [_("%(edit)s: moved") % {"edit": _spoken(one or {})} for one in moved] + [
        _change(each) for each in told
    ]


def _is_both(change: Change) -> bool:
    return change.before is not None and change.after is not None


def _change(change: Change) -> str:
    if change.before is None:
        return f"+ {_spoken(change.after or {})}"
    if change.after is None:
        return f"− {_spoken(change.before)}"
    kind = EDITS[change.before["edit"]]
    names = {one.name: said(one.words) for one in kind.parameters}
    values = [
        f"{words} {_value(change.before.get(name))} → {_value(change.after.get(name))}"
        for name, words in names.items()
        if change.before.get(name) != change.after.get(name)
    ]
    return f"{said(kind.words)}: {_(', ').join(values)}"


def _value(value: Any) -> str:
    return f"{value:g}".replace("-", "−") if isinstance(value, int | float) else "–"


def presets_of(user: User) -> list[dict[str, Any]]:
    """Every preset of somebody: those that come with Songloom in words, then one's own by name."""
    found = presets.presets_of(user).items()
    return [
        {
            "name": name,
            "label": said(PRESETS[name].words) if name in PRESETS else name,
            "is_own": name not in PRESETS,
            "said": in_words(one["recipe"]),
            **one,
        }
        for name, one in sorted(found, key=lambda each: (each[0] not in PRESETS, each[0]))
    ]


def others_of(recipes: list[Mapping[str, Any]], user: User) -> dict[str, dict[str, Any]]:
    """The other songs that recipes name, as a form shows them; those that the user may hear."""
    ids = {
        str(edit["track"])
        for recipe in recipes
        for edit in recipe.get("edits") or []
        if edit.get("track")
    }
    heard = Track.objects.visible_to(user).filter(pk__in=ids)
    return {
        str(one.pk): {"id": str(one.pk), "title": one.title, "seconds": one.duration_s}
        for one in heard
    }

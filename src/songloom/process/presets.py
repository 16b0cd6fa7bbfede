"""Named recipes: those that come with Songloom, and one's own."""

from __future__ import annotations

from typing import Any

from songloom.core.audio.presets import PRESETS
from songloom.errors import BadValue, NotFound
from songloom.library.ids import clean_text
from songloom.library.models import Preference, User
from songloom.library.turns import in_turn
from songloom.process.services import Order

LONGEST_NAME = 60
MOST_PRESETS = 100


def presets_of(owner: User) -> dict[str, dict[str, Any]]:
    """Every preset that somebody has, by name: {"recipe", "format", "bit_rate_kbps"}."""
    return {name: one.document() for name, one in PRESETS.items()} | _own(owner)


def preset(name: str, owner: User) -> dict[str, Any]:
    """One of them. Raises NotFound."""
    found = presets_of(owner)
    if name not in found:
        raise NotFound(f"there is no preset “{name[:LONGEST_NAME]}”; there are {', '.join(found)}")
    return found[name]


def save_preset(
    name: str,
    recipe: Any,
    *,
    owner: User,
    format: str = "flac",
    bit_rate_kbps: int | None = None,
) -> dict[str, Any]:
    """Keep a recipe under a name; one's own of the same name is replaced.

    Raises BadValue, BadRecipe.
    """
    said = clean_text(name, LONGEST_NAME)
    if not said or said in PRESETS:
        raise BadValue(
            f"“{said}” comes with Songloom; choose another name"
            if said
            else "a preset needs a name"
        )
    order = Order.of(recipe, format, bit_rate_kbps)
    made = {
        "recipe": order.recipe.document(),
        "format": order.format,
        "bit_rate_kbps": order.bit_rate_kbps,
    }
    with in_turn(_place(owner)):
        own = _own(owner) | {said: made}
        if len(own) > MOST_PRESETS:
            raise BadValue(f"{len(own)} presets; {MOST_PRESETS} are allowed")
        Preference.write(_place(owner), own)
    return made


def rename_preset(name: str, to: str, *, owner: User) -> str:
    """Give one of one's own another name, which it returns. Raises NotFound, BadValue."""
    said = clean_text(to, LONGEST_NAME)
    with in_turn(_place(owner)):
        own = _own(owner)
        if name not in own:
            raise NotFound(f"you have no preset “{name[:LONGEST_NAME]}”")
        if not said or said in PRESETS or (said in own and said != name):
            raise BadValue(
                f"there is a preset “{said}” already" if said else "a preset needs a name"
            )
        renamed = {said if key == name else key: one for key, one in own.items()}
        Preference.write(_place(owner), renamed)
    return said


def drop_preset(name: str, *, owner: User) -> None:
    """Forget one of one's own. Raises NotFound."""
    with in_turn(_place(owner)):
        own = _own(owner)
        if name not in own:
            raise NotFound(f"you have no preset “{name[:LONGEST_NAME]}”")
        Preference.write(_place(owner), {key: one for key, one in own.items() if key != name})


def _own(owner: User) -> dict[str, dict[str, Any]]:
    return dict(Preference.read(_place(owner), {}))


def _place(owner: User) -> str:
    return f"process.presets.{owner.pk.hex}"

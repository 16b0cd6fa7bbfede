"""The other tracks that a recipe names: only those that whoever asks may hear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from songloom.core.audio.recipe import Recipe
from songloom.errors import BadRecipe
from songloom.library.models import File, Track, User
from songloom.library.services.storing import at_hand, main_file

Others = Mapping[str, File]


def named_in(recipe: Recipe, owner: User) -> dict[str, File]:
    """The file of each other track that a recipe names, by the track's id.

    A track that is hidden from the owner is one that is not there. Raises BadRecipe.
    """
    wanted = recipe.others()
    if not wanted:
        return {}
    tracks = {str(one.pk): one for one in Track.objects.visible_to(owner).filter(pk__in=wanted)}
    found: dict[str, File] = {}
    for number, edit in enumerate(recipe.edits, 1):
        name = getattr(edit, "track", None)
        if name is None or name in found:
            continue
        file = main_file(tracks[name]) if name in tracks else None
        if file is None:
            raise BadRecipe(f"edit {number} ({edit.name}): there is no track {name} with a sound")
        found[name] = file
    return found


@contextmanager
def all_at_hand(others: Others, *, is_preview: bool = False) -> Iterator[dict[str, Any]]:
    """What a child is told of the other tracks, their bytes at hand within the block."""
    with ExitStack() as held:
        yield {
            name: {
                "path": str(held.enter_context(at_hand(file))),
                "start_s": file.start_s,
                "end_s": file.end_s,
                **({"length_s": whole_s(file)} if is_preview else {}),
            }
            for name, file in others.items()
        }


def whole_s(file: File) -> float | None:
    """How long the whole file is, where that is known: of a part, only the part is."""
    return file.duration_s if file.start_s is None and file.end_s is None else None


def sources(others: Others) -> dict[str, list[Any]]:
    """What the sound of each depends on, for the key of a rendition."""
    return {name: source(file) for name, file in sorted(others.items())}


def source(file: File) -> list[Any]:
    return [file.bytes_key, file.start_s, file.end_s]

"""Where renditions come from: track → recipe → rendition → the track that it was saved as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songloom.core.audio.edits import EDITS
from songloom.core.audio.recipe import ENGINE_VERSION
from songloom.library.models import LineageNode, Rendition, Track
from songloom.library.services import tracing

Kind = LineageNode.Kind


def trace(rendition: Rendition, *, others: tuple[Track, ...] = ()) -> LineageNode:
    """Note a rendition, its recipe, its track and the others that it was joined with.

    returns  the rendition's node
    """
    track = rendition.track
    recipe = tracing.node(
        Kind.RECIPE,
        summary(rendition.recipe),
        detail={"recipe": rendition.recipe, "engine_version": ENGINE_VERSION},
        track=track,
        made_from=tuple(tracing.track_node(one) for one in (track, *others)),
    )
    detail = {
        "rendition": str(rendition.pk),
        "sha256": rendition.sha256,
        "format": rendition.format,
        "bit_rate_kbps": rendition.bit_rate_kbps,
    }
    return tracing.node(Kind.RENDITION, rendition.format, detail=detail, made_from=(recipe,))


def trace_saved(track: Track, rendition: Rendition) -> LineageNode:
    """Note that a track was made from a rendition."""
    return tracing.track_node(track, made_from=(trace(rendition),))


def summary(recipe: Mapping[str, Any]) -> str:
    """A recipe in one line: `trim 10–40 s · gain −3 dB`; `copy` where there is no edit."""
    if program := recipe.get("edited_in"):
        return f"edited in {program}"
    return " · ".join(_one(edit) for edit in recipe.get("edits", [])) or "copy"


def _one(edit: Mapping[str, Any]) -> str:
    """Times as a span, else the first number: what it is about."""
    name = str(edit["edit"]).replace("_", " ")
    numbers = [one for one in EDITS[edit["edit"]].parameters if one.kind == "number"]
    if not numbers:
        return name
    first, *others = numbers
    is_span = others and others[0].is_optional
    shown = [edit.get(one.name) for one in ((first, others[0]) if is_span else (first,))]
    said = "–".join("…" if value is None else f"{value:g}" for value in shown)
    return f"{name} {said} {first.unit}".rstrip().replace("-", "−")

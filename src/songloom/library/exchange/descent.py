"""Writes down what a table says a track was made from, so that the graph shows it again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from songloom.library.exchange.ancestry import FARTHEST
from songloom.library.ids import clean_text
from songloom.library.models import LineageEdge, LineageNode, Track
from songloom.library.services.tracing import node, track_key, track_node

Kind = LineageNode.Kind
LONGEST_LABEL = 10_000
KINDS = {kind.value for kind in Kind}


def note(tracks: Iterable[tuple[Track, Any]]) -> None:
    """Each track's ancestors as `ancestry.of` tells them; what is told badly is left out."""
    for track, told in tracks:
        places: list[LineageNode | None] = []
        for each in told[:-1][:FARTHEST]:
            places.append(_node(each, places))
        parents = tuple(_parents(told[-1], places))
        LineageNode.objects.filter(node_key=track_key(track.pk)).update(track=track)
        track_node(track, made_from=parents)


def _node(told: dict[str, Any], places: list[LineageNode | None]) -> LineageNode | None:
    kind, label, detail = told.get("kind"), told.get("label", ""), told.get("detail", {})
    if kind not in KINDS or not isinstance(label, str) or not isinstance(detail, dict):
        return None
    label, detail = clean_text(label, LONGEST_LABEL), detail if _is_sound(detail) else {}
    parents = tuple(_parents(told, places))
    if kind == Kind.TRACK and (known := _id(told.get("track"))):
        return _other_track(known, label, parents)
    return node(Kind(kind), label, detail=detail, made_from=parents)


def _is_sound(detail: dict[str, Any]) -> bool:
    """Whether every database can hold it: no zeros, no halves of characters, an end."""
    try:
        spelled = json.dumps(detail, ensure_ascii=False, allow_nan=False)
        spelled.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in spelled


def _other_track(pk: UUID, label: str, parents: tuple[LineageNode, ...]) -> LineageNode:
    """A track that may be here, may come later in the table, or never."""
    found, _ = LineageNode.objects.get_or_create(
        node_key=track_key(pk),
        defaults={
            "kind": Kind.TRACK,
            "label": label[:500],
            "track": Track.objects.filter(pk=pk).first(),
        },
    )
    for parent in parents:
        LineageEdge.objects.get_or_create(parent=parent, child=found)
    return found


def _parents(told: Any, places: list[LineageNode | None]) -> Iterable[LineageNode]:
    given = told.get("from", []) if isinstance(told, dict) else []
    for place in given if isinstance(given, list) else []:
        if type(place) is int and 0 <= place < len(places):
            parent = places[place]
            if parent is not None:
                yield parent


def _id(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None

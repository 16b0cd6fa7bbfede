"""What a track was made from, in a form that can be written down and read again.

[{"kind": "url", "label": "https://…"},
 {"kind": "file", "label": "song.ogg", "detail": {…}, "from": [0]},
 {"kind": "track", "from": [1]}]                     the last is the track itself
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from songloom.library.models import LineageEdge, LineageNode, Track, User
from songloom.library.services.disclosing import hush, known

Told = list[dict[str, Any]]
FARTHEST = 200  # ancestors of one track
PARAMETERS = 400  # ids in one query; SQLite of old takes 999


def of(tracks: Sequence[Track | UUID], viewer: User) -> dict[UUID, Told]:
    """The ancestors of each track, oldest first, the track itself last; one query a generation.

    A track that the viewer may not hear is named by nothing but its kind.
    """
    own = LineageNode.objects.filter(kind=LineageNode.Kind.TRACK, track__in=tracks)
    starts = {node.pk: node for node in own}
    parents, nodes = _upwards(starts, viewer)
    for part in _parts(nodes):
        hush([nodes[pk] for pk in part], viewer)
    told = {}
    for pk, start in starts.items():
        if parents.get(pk) and start.track_id:
            told[start.track_id] = _told(pk, parents, nodes)
    return told


def _upwards(
    starts: dict[UUID, LineageNode], viewer: User
) -> tuple[dict[UUID, set[UUID]], dict[UUID, LineageNode]]:
    parents: dict[UUID, set[UUID]] = defaultdict(set)
    nodes = dict(starts)
    front = set(starts)
    while front:
        edges = [edge for part in _parts(front) for edge in _edges_above(part, viewer)]
        for parent, child in edges:
            parents[child].add(parent)
        front = {parent for parent, _ in edges} - nodes.keys()
        for part in _parts(front):
            nodes |= LineageNode.objects.in_bulk(part)
    return parents, nodes


def _parts(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    order = sorted(ids)
    return (order[at : at + PARAMETERS] for at in range(0, len(order), PARAMETERS))


def _edges_above(children: list[UUID], viewer: User) -> list[tuple[UUID, UUID]]:
    """What is above a hidden track is as hidden."""
    found = LineageEdge.objects.filter(known(viewer, "child"), child__in=children)
    return list(found.values_list("parent_id", "child_id"))


def _told(
    start: UUID,
    parents: dict[UUID, set[UUID]],
    nodes: dict[UUID, LineageNode],
) -> Told:
    """In an order that depends on what is told alone: the farthest first, then as spelled."""
    far = _distances(start, parents)
    spelled = {pk: _spelled(nodes[pk], is_bare=pk == start) for pk in far}
    order = sorted(far, key=lambda pk: (-far[pk], json.dumps(spelled[pk], sort_keys=True)))
    places = {pk: place for place, pk in enumerate(order)}
    for pk in order:
        made_from = sorted(places[p] for p in parents.get(pk, ()) if p in places)
        if made_from:
            spelled[pk]["from"] = made_from
    return [spelled[pk] for pk in order]


def _distances(start: UUID, parents: dict[UUID, set[UUID]]) -> dict[UUID, int]:
    """How many steps the longest way to each ancestor has; a circle is cut."""
    far = {start: 0}
    front = [start]
    while front and len(far) < FARTHEST:
        following = []
        for child in front:
            for parent in sorted(parents.get(child, ())):
                if parent not in far:
                    far[parent] = far[child] + 1
                    following.append(parent)
        front = following
    return far


def _spelled(node: LineageNode, *, is_bare: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": str(node.kind)}
    if is_bare:
        return told
    if node.label:
        told["label"] = node.label
    if node.detail:
        told["detail"] = node.detail
    if node.kind == LineageNode.Kind.TRACK and node.track_id:
        told["track"] = str(node.track_id)
    return told

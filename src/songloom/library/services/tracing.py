"""Lineage: notes what was made from what, and draws the graph around a track."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from songloom.library.models import File, LineageEdge, LineageNode, Track

Kind = LineageNode.Kind
FARTHEST = 200  # nodes; a graph for eyes, not an export


def node(
    kind: LineageNode.Kind,
    label: str,
    *,
    detail: Mapping[str, Any] | None = None,
    track: Track | None = None,
    made_from: tuple[LineageNode, ...] = (),
) -> LineageNode:
    """Note one thing and what it was made from. The same thing twice is one node."""
    found, _ = LineageNode.objects.get_or_create(
        node_key=_key(kind, label, detail or {}, track),
        defaults={
            "kind": kind,
            "label": label[:500],
            "detail": dict(detail or {}),
            "track": track,
        },
    )
    for parent in made_from:
        LineageEdge.objects.get_or_create(parent=parent, child=found)
    return found


def track_node(track: Track, *, made_from: tuple[LineageNode, ...] = ()) -> LineageNode:
    """The node of a track itself."""
    return node(Kind.TRACK, track.title, track=track, made_from=made_from)


def file_node(file: File, *, made_from: tuple[LineageNode, ...] = ()) -> LineageNode:
    """The node of a file: its bytes by hash, its name as it came."""
    detail = {"sha256": file.sha256, "format": file.format}
    return node(Kind.FILE, file.original_name, detail=detail, made_from=made_from)


def trace_file(track: Track, file: File, *, url: str = "") -> LineageNode:
    """Note the usual way: (address →) file → track."""
    parents = (node(Kind.URL, url),) if url else ()
    return track_node(track, made_from=(file_node(file, made_from=parents),))


def graph(track: Track) -> dict[str, list[dict[str, Any]]]:
    """All that led to this track and all that came of it.

    returns {"nodes": [{"id", "kind", "label", "track", "detail", "created_at"}],
             "edges": [{"from", "to"}]}
    """
    start = LineageNode.objects.filter(kind=Kind.TRACK, track=track).first()
    if start is None:
        return {"nodes": [], "edges": []}
    edges: set[tuple[Any, Any]] = set()
    _walk(start, edges, is_down=False)
    _walk(start, edges, is_down=True)
    ids = {start.pk} | {end for edge in edges for end in edge}
    nodes = LineageNode.objects.filter(pk__in=ids).order_by("created_at", "id")
    return {
        "nodes": [_document(found) for found in nodes],
        "edges": [{"from": str(a), "to": str(b)} for a, b in sorted(edges, key=str)],
    }


def _walk(start: LineageNode, edges: set[tuple[Any, Any]], *, is_down: bool) -> None:
    """Follow edges in one direction, one query a generation."""
    here = "parent_id" if is_down else "child_id"
    seen = {start.pk}
    front = {start.pk}
    while front and len(seen) < FARTHEST:
        rows = LineageEdge.objects.filter(**{f"{here}__in": front})
        found = list(rows.values_list("parent_id", "child_id"))
        edges.update(found)
        front = {edge[is_down] for edge in found} - seen
        seen |= front


def _document(found: LineageNode) -> dict[str, Any]:
    return {
        "id": str(found.pk),
        "kind": found.kind,
        "label": found.label,
        "track": str(found.track_id) if found.track_id else None,
        "detail": found.detail,
        "created_at": found.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _key(kind: str, label: str, detail: Mapping[str, Any], track: Track | None) -> str:
    if track is not None and kind == Kind.TRACK:
        spelled = f"track\0{track.pk}"
    else:
        about = json.dumps(detail, sort_keys=True, ensure_ascii=False, default=str)
        spelled = f"{kind}\0{label}\0{about}\0{track.pk if track else ''}"
    return hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()

"""Lineage: notes what was made from what, and draws the graph around a track."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from songloom.library.ids import uuid7
from songloom.library.inserting import insert, insert_missing, parts
from songloom.library.models import File, LineageEdge, LineageNode, Track, User
from songloom.library.services.disclosing import Edges, descent, hush, known

Kind = LineageNode.Kind
NODE = ("id", "kind", "node_key", "track_id", "label", "detail")
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
    found, _is_new = LineageNode.objects.get_or_create(
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
    detail = bytes_detail(file.sha256, file.parts_sha256, file.format)
    return node(Kind.FILE, file.original_name, detail=detail, made_from=made_from)


def bytes_detail(sha256: str, parts_sha256: str, form: str) -> dict[str, str]:
    """Which bytes a file has, as far as it was read when it was first met."""
    known = {"sha256": sha256} if sha256 else {"parts_sha256": parts_sha256}
    return known | {"format": form}


def trace_file(track: Track, file: File, *, url: str = "") -> LineageNode:
    """Note the usual way: (address →) file → track."""
    parents = (node(Kind.URL, url),) if url else ()
    return track_node(track, made_from=(file_node(file, made_from=parents),))


def trace_new(made: Iterable[tuple[UUID, str, str, dict[str, str]]]) -> None:
    """The same for many new tracks: (id, title, name of its file, `bytes_detail`) of each."""
    tracks: list[tuple[Any, ...]] = []
    edges = []
    files: dict[str, tuple[Any, ...]] = {}
    for track_id, title, label, detail in made:
        key, pk = _key(Kind.FILE, label, detail, None), uuid7()
        files.setdefault(key, (uuid7(), Kind.FILE.value, key, None, label, detail))
        tracks.append((pk, Kind.TRACK.value, track_key(track_id), track_id, title, {}))
        edges.append((key, pk))
    insert_missing(LineageNode, NODE, files.values())
    there: dict[str, UUID] = {}
    for part in parts(files):
        rows = LineageNode.objects.filter(node_key__in=part)
        there.update(rows.order_by().values_list("node_key", "pk"))
    insert(LineageNode, NODE, tracks)
    insert(LineageEdge, ("parent_id", "child_id"), ((there[key], pk) for key, pk in edges))


def score_bpm(track: Track) -> float | None:
    """The tempo in the score that a track was played from; None where there is no score."""
    scores = LineageNode.objects.filter(kind=Kind.SCORE, edges_down__child__track=track)
    for detail in scores.filter(edges_down__child__kind=Kind.TRACK).values_list(
        "detail", flat=True
    ):
        bpm = detail.get("choices", detail).get("bpm")
        if isinstance(bpm, int | float):
            return float(bpm)
    return None


def graph(track: Track, viewer: User | AnonymousUser) -> dict[str, Any]:
    """All that led to this track and all that came of it, the nearest FARTHEST nodes of it.

    Where it was made from a track that the viewer may not know of, that is one node without a
    name, and nothing beyond it. What came of it and is hidden is left out.

    returns {"nodes": [{"id", "kind", "label", "track", "detail", "created_at", "is_hidden"}],
             "edges": [{"from", "to"}], "is_cut": whether more is left out}
    """
    start = LineageNode.objects.filter(kind=Kind.TRACK, track=track).first()
    if start is None:
        return {"nodes": [], "edges": [], "is_cut": False}
    edges: Edges = set()
    below: Edges = set()
    before, is_cut_above = _walk(start, edges, FARTHEST, viewer, is_down=False)
    _, is_cut_below = _walk(start, below, FARTHEST - len(before) + 1, viewer, is_down=True)
    edges |= descent(below, viewer)
    ids = {start.pk} | {end for edge in edges for end in edge}
    rows = LineageNode.objects.filter(pk__in=ids).select_related("track")
    nodes = list(rows.order_by("created_at", "id"))
    hidden = hush(nodes, viewer)
    names = {found.pk: str(found.pk) for found in nodes}
    names |= {pk: f"hidden-{n}" for n, pk in enumerate(sorted(hidden), 1)}
    return {
        "nodes": [
            _hidden(found, names) if found.pk in hidden else _document(found) for found in nodes
        ],
        "edges": [{"from": names[a], "to": names[b]} for a, b in sorted(edges, key=str)],
        "is_cut": is_cut_above or is_cut_below,
    }


def _walk(
    start: LineageNode,
    edges: Edges,
    most: int,
    viewer: User | AnonymousUser,
    *,
    is_down: bool,
) -> tuple[set[Any], bool]:
    """Follow edges in one direction, one query a generation, to `most` nodes, `start` included.

    A hidden node is met, and nothing beyond it.

    returns  the nodes met, and whether there are more
    """
    here, there = ("parent_id", "child_id") if is_down else ("child_id", "parent_id")
    seen = {start.pk}
    front = {start.pk}
    open_ends = known(viewer, here.removesuffix("_id"))
    while front:
        rows = LineageEdge.objects.filter(open_ends, **{f"{here}__in": front}).order_by("id")
        back = rows.filter(**{f"{there}__in": seen}).values_list("parent_id", "child_id")
        edges.update(back)
        ahead = rows.exclude(**{f"{there}__in": seen}).values_list("parent_id", "child_id")
        found = list(ahead[: most - len(seen) + 1])
        kept = found[: most - len(seen)]
        edges.update(kept)
        front = {edge[is_down] for edge in kept}
        seen |= front
        if len(found) > len(kept):
            return seen, True
    return seen, False


def _document(found: LineageNode) -> dict[str, Any]:
    named = found.track if found.kind == Kind.TRACK else None
    return {
        "id": str(found.pk),
        "kind": found.kind,
        "label": named.title if named else found.label,
        "track": str(found.track_id) if found.track_id else None,
        "detail": found.detail,
        "created_at": found.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "is_hidden": False,
    }


def _hidden(found: LineageNode, names: Mapping[UUID, str]) -> dict[str, Any]:
    """That there is something, and of what kind: no more."""
    return {
        "id": names[found.pk],
        "kind": found.kind,
        "label": _("something private"),
        "track": None,
        "detail": {},
        "created_at": None,
        "is_hidden": True,
    }


def _key(kind: str, label: str, detail: Mapping[str, Any], track: Track | None) -> str:
    if track is not None and kind == Kind.TRACK:
        return track_key(track.pk)
    about = json.dumps(detail, sort_keys=True, ensure_ascii=False, default=str)
    return _hashed(f"{kind}\0{label}\0{about}\0{track.pk if track else ''}")


def track_key(pk: UUID) -> str:
    """The key of a track's own node, whether the track is here or not."""
    return _hashed(f"track\0{pk}")


def _hashed(spelled: str) -> str:
    return hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()

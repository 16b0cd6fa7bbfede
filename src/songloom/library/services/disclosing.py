"""What of a lineage somebody may know: nothing of a track that is hidden from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from songloom.library.models import LineageEdge, LineageNode, Rendition, Track, User

Viewer = User | AnonymousUser
Kind = LineageNode.Kind
Edges = set[tuple[UUID, UUID]]  # parent, child
SPEAKING = (Kind.SCORE, Kind.RECIPE)  # their details name other tracks
NAMING = ("like", "changed")  # of a request: they name the song that a piece takes after


def known(viewer: Viewer, node: str = "") -> Q:
    """The condition for nodes, or for edges to this `node`, that tell of no hidden track.

    What lies beyond a hidden track (its file, its address) is as hidden as the track, so whoever
    follows edges stops there. A track that was private when it was forgotten has no name left.
    """
    at = f"{node}__" if node else ""
    shown = Track.objects.shown_to(viewer).order_by().filter(pk=OuterRef(f"{at}track"))
    is_nameless = Q(**{f"{at}kind": Kind.TRACK, f"{at}label": ""})
    return Q(Exists(shown)) | (Q(**{f"{at}track__isnull": True}) & ~is_nameless)


def hush(nodes: Iterable[LineageNode], viewer: Viewer) -> set[UUID]:
    """Take from these nodes, in place, what tells of hidden tracks; returns which are hidden."""
    found = {node.pk: node for node in nodes}
    rows = LineageNode.objects.filter(known(viewer), pk__in=found)
    hidden = found.keys() - set(rows.values_list("pk", flat=True))
    for pk in hidden:
        found[pk].label, found[pk].detail, found[pk].track = "", {}, None
    for pk in _of_hidden([pk for pk, node in found.items() if node.kind in SPEAKING], viewer):
        found[pk].detail = _unnamed(found[pk].detail)
    return hidden


def _of_hidden(nodes: list[UUID], viewer: Viewer) -> set[UUID]:
    """The scores and recipes that a track which is hidden led to."""
    if not nodes:
        return set()
    above = LineageEdge.objects.filter(child__in=nodes).exclude(known(viewer, "parent"))
    return set(above.values_list("child_id", flat=True))


def _unnamed(detail: dict[str, Any]) -> dict[str, Any]:
    """What a node tells, without what names the track that led to it."""
    told = dict(detail)
    if isinstance(request := detail.get("request"), dict):
        told["request"] = {k: v for k, v in request.items() if k not in NAMING}
    if isinstance(recipe := detail.get("recipe"), dict):
        edits = [{k: v for k, v in edit.items() if k != "track"} for edit in recipe["edits"]]
        told["recipe"] = recipe | {"edits": edits}
    return told


def descent(below: Edges, viewer: Viewer) -> Edges:
    """Of the edges below a track, those that lead to something which the viewer may know of.

    Renditions are their makers'. A recipe or a score tells of what was made by it: it is left out
    where all of that is hidden, be it among these edges or the next ones.
    """
    inner = {end for edge in below for end in edge}
    onward = LineageEdge.objects.filter(parent__in=inner).exclude(parent__kind=Kind.TRACK)
    leads = below | set(onward.values_list("parent_id", "child_id"))
    ids = {end for edge in leads for end in edge}
    nodes = LineageNode.objects.filter(pk__in=ids)
    hidden = set(nodes.exclude(known(viewer)).values_list("pk", flat=True))
    hidden |= _of_others(nodes.filter(kind=Kind.RENDITION), viewer)
    tracks = set(nodes.filter(kind=Kind.TRACK).values_list("pk", flat=True))
    kept = (tracks | ids - {parent for parent, _ in leads}) - hidden
    front = kept
    while front:
        front = {parent for parent, child in leads if child in front} & (ids - kept - tracks)
        kept = kept | front
    return {(parent, child) for parent, child in below if child in kept}


def _of_others(nodes: QuerySet[LineageNode], viewer: Viewer) -> set[UUID]:
    """The renditions among these that somebody else made."""
    told = {pk: str(detail.get("rendition")) for pk, detail in nodes.values_list("pk", "detail")}
    made = [text for text in told.values() if is_uuid(text)]
    mine = Rendition.objects.visible_to(viewer).values("pk")
    theirs = Rendition.objects.filter(pk__in=made).exclude(pk__in=mine)
    hidden = {str(pk) for pk in theirs.values_list("pk", flat=True)}
    return {pk for pk, text in told.items() if text in hidden}


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False

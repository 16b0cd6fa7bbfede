"""Lineage drawn: threads from left to right over the warp, and the same as a list."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from songloom.interfaces.web.recipes import in_words
from songloom.library.models import LineageNode, Track, User
from songloom.library.services import tracing

COLUMN, ROW = 142, 74  # pixels from node to node
LEFT, TOP = 72, 34
DYES = {
    "url": "indigo",
    "file": "indigo",
    "track": "indigo",
    "recipe": "lotus",
    "rendition": "lotus",
    "prompt": "gardenia",
    "model": "walnut",
    "score": "accent",
}
LONGEST_LABEL = 18  # letters; a Chinese character is as wide as two
PAPER = 124  # pixels that a label stands on: eighteen letters and the dots of a Chinese font
GAP = (COLUMN - PAPER) // 2  # half of what lies free between the labels of two columns
MOST_BESIDE = 3  # columns that fit into half of a page
SCORE = re.compile(r"(?P<metre>\S+) · (?P<bpm>[\d.]+) BPM · (?P<bars>\d+)")


@dataclass
class Node:
    """One thing in the graph: where it stands and what is written under it."""

    id: str
    kind: str
    label: str
    said: str
    dye: str
    is_here: bool
    track: str | None
    column: int = 0
    row: int = 0

    @property
    def x(self) -> int:
        return LEFT + COLUMN * self.column

    @property
    def y(self) -> int:
        return TOP + ROW * self.row

    @property
    def short(self) -> str:
        """The label as far as it fits under its knot."""
        text = self.label.removeprefix("https://").removeprefix("http://")
        return text if _wide(text) <= LONGEST_LABEL else f"{_cut(text, LONGEST_LABEL - 1)}…"


@dataclass(frozen=True)
class Thread:
    """A curve from a node to what was made from it."""

    path: str
    dye: str


@dataclass
class Drawing:
    """All of it, with the size of the picture."""

    nodes: list[Node] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    parents: dict[str, list[str]] = field(default_factory=dict)
    is_cut: bool = False

    @property
    def width(self) -> int:
        return max((node.x for node in self.nodes), default=0) + LEFT

    @property
    def height(self) -> int:
        return max((node.y for node in self.nodes), default=0) + 54

    @property
    def is_wide(self) -> bool:
        """Whether it needs the whole page: half of it would cut nodes off."""
        return any(node.column >= MOST_BESIDE for node in self.nodes)

    @property
    def paper(self) -> int:
        return PAPER

    @property
    def warp(self) -> range:
        return range(8, self.width, 12)


def drawn(track: Track, viewer: User) -> Drawing:
    """The graph around a track, as far as the viewer may know it."""
    graph = tracing.graph(track, viewer)
    ids = [UUID(node["track"]) for node in graph["nodes"] if node["track"]]
    visible = Track.objects.visible_to(viewer)
    seen = {str(pk) for pk in visible.filter(pk__in=ids).values_list("pk", flat=True)}
    nodes = {one["id"]: _node(one, track, seen) for one in graph["nodes"]}
    edges = [
        (e["from"], e["to"]) for e in graph["edges"] if e["from"] in nodes and e["to"] in nodes
    ]
    _place(nodes, edges)
    in_order = sorted(nodes.values(), key=lambda node: (node.column, node.row))
    drawing = Drawing(in_order, is_cut=graph["is_cut"])
    for start, end in edges:
        drawing.threads.append(Thread(_curve(nodes[start], nodes[end]), nodes[start].dye))
        drawing.parents.setdefault(end, []).append(nodes[start].label)
    return drawing


def _node(found: dict[str, Any], here: Track, seen: set[str]) -> Node:
    kind, track = found["kind"], found["track"]
    is_here = kind == "track" and track == str(here.pk)
    label = found["label"] or kind_name(kind)
    score = SCORE.fullmatch(label) if kind == "score" else None
    if score:
        label = f"{score['metre']} · {round(float(score['bpm']))} BPM"
    if kind == "recipe" and "recipe" in found["detail"]:
        label = in_words(found["detail"]["recipe"])
    return Node(
        id=found["id"],
        kind=kind,
        label=label,
        said=_said(kind, found["detail"], is_here=is_here, bars=score["bars"] if score else ""),
        dye=DYES.get(kind, "walnut"),
        is_here=is_here,
        track=track if track in seen else None,
    )


def kind_name(kind: str) -> str:
    return str(dict(LineageNode.Kind.choices).get(kind, kind))


def _said(kind: str, detail: dict[str, Any], *, is_here: bool, bars: str) -> str:
    if is_here:
        return _("this song")
    if bars and detail.get("seed") is not None:
        return _("%(bars)s bars, seed %(seed)s") % {"bars": bars, "seed": detail["seed"]}
    if kind in ("model", "score") and detail.get("seed") is not None:
        return _("seed %(seed)s") % {"seed": detail["seed"]}
    if kind == "prompt":
        return _("the words")
    if kind in ("file", "rendition") and detail.get("format"):
        return str(detail["format"]).upper()
    return kind_name(kind)


def _place(nodes: dict[str, Node], edges: list[tuple[str, str]]) -> None:
    """Columns by the longest way from a source; rows so that threads go on straight."""
    for _round in nodes:
        moved = False
        for start, end in edges:
            if nodes[end].column < nodes[start].column + 1 <= len(nodes):
                nodes[end].column = nodes[start].column + 1
                moved = True
        if not moved:
            break
    taken: set[tuple[int, int]] = set()
    parents: dict[str, list[Node]] = {}
    for start, end in edges:
        parents.setdefault(end, []).append(nodes[start])
    for node in sorted(nodes.values(), key=lambda one: one.column):
        row = min((parent.row for parent in parents.get(node.id, [])), default=0)
        while (node.column, row) in taken:
            row += 1
        node.row = row
        taken.add((node.column, row))


def _curve(start: Node, end: Node) -> str:
    """Along the row of the start, where no label stands, and over in the gap before the end."""
    if start.y == end.y:
        return f"M{start.x} {start.y}H{end.x}"
    middle = end.x - COLUMN // 2
    over = f"C{middle} {start.y} {middle} {end.y} {middle + GAP} {end.y}"
    return f"M{start.x} {start.y}H{middle - GAP}{over}H{end.x}"


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _cut(text: str, most: int) -> str:
    while _wide(text) > most:
        text = text[:-1]
    return text

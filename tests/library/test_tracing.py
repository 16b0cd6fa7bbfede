"""Lineage is a graph that goes both ways and never forgets."""

from __future__ import annotations

from songloom.library.models import LineageEdge, LineageNode, User
from songloom.library.services import bin as bin_
from songloom.library.services import tracing
from tests.library.conftest import Keep

Kind = LineageNode.Kind


def test_an_address_a_file_and_a_track_form_a_line(keep: Keep) -> None:
    track = keep()
    tracing.trace_file(track, track.files.get(), url="https://example.org/a.flac")
    graph = tracing.graph(track)
    assert [node["kind"] for node in graph["nodes"]] == ["url", "file", "track"]
    by_id = {node["id"]: node["kind"] for node in graph["nodes"]}
    assert {(by_id[e["from"]], by_id[e["to"]]) for e in graph["edges"]} == {
        ("url", "file"),
        ("file", "track"),
    }


def test_tracing_twice_changes_nothing(keep: Keep) -> None:
    track = keep()
    for _ in range(2):
        tracing.trace_file(track, track.files.get(), url="https://example.org/a.flac")
    assert LineageNode.objects.count() == 3
    assert LineageEdge.objects.count() == 2


def test_what_was_made_below_is_seen_from_above_and_the_other_way_round(keep: Keep) -> None:
    old, new = keep(b"old"), keep(b"new")
    recipe = tracing.node(Kind.RECIPE, "trim", made_from=(tracing.track_node(old),))
    tracing.track_node(new, made_from=(recipe,))
    for track in (old, new):
        graph = tracing.graph(track)
        assert {node["track"] for node in graph["nodes"]} == {str(old.pk), str(new.pk), None}
        assert len(graph["edges"]) == 2


def test_siblings_do_not_appear(keep: Keep) -> None:
    parent, a, b = keep(b"p"), keep(b"a"), keep(b"b")
    for child in (a, b):
        tracing.track_node(child, made_from=(tracing.track_node(parent),))
    tracks = {node["track"] for node in tracing.graph(a)["nodes"]}
    assert tracks == {str(parent.pk), str(a.pk)}


def test_a_loop_ends(keep: Keep) -> None:
    a, b = keep(b"a"), keep(b"b")
    first = tracing.track_node(a)
    second = tracing.track_node(b, made_from=(first,))
    LineageEdge.objects.create(parent=second, child=first)
    assert len(tracing.graph(a)["nodes"]) == 2


def test_a_node_outlives_its_track(keep: Keep) -> None:
    old, new = keep(b"old"), keep(b"new")
    tracing.track_node(new, made_from=(tracing.track_node(old),))
    bin_.forget_track(old)
    assert [node["track"] for node in tracing.graph(new)["nodes"]] == [None, str(new.pk)]


def test_a_track_without_lineage_has_an_empty_graph(keep: Keep, owner: User) -> None:
    assert tracing.graph(keep()) == {"nodes": [], "edges": []}

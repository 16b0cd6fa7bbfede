"""Lineage is a graph that goes both ways and never forgets."""

from __future__ import annotations

import pytest

from songloom.library.models import LineageEdge, LineageNode, Track, User
from songloom.library.services import bin as bin_
from songloom.library.services import tracing
from tests.library.conftest import Keep

Kind = LineageNode.Kind


def test_an_address_a_file_and_a_track_form_a_line(keep: Keep) -> None:
    track = keep()
    tracing.trace_file(track, track.files.get(), url="https://example.org/a.flac")
    graph = tracing.graph(track, track.owner)
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
        graph = tracing.graph(track, track.owner)
        assert {node["track"] for node in graph["nodes"]} == {str(old.pk), str(new.pk), None}
        assert len(graph["edges"]) == 2


def test_siblings_do_not_appear(keep: Keep) -> None:
    parent, a, b = keep(b"p"), keep(b"a"), keep(b"b")
    for child in (a, b):
        tracing.track_node(child, made_from=(tracing.track_node(parent),))
    tracks = {node["track"] for node in tracing.graph(a, a.owner)["nodes"]}
    assert tracks == {str(parent.pk), str(a.pk)}


def test_a_loop_ends(keep: Keep) -> None:
    a, b = keep(b"a"), keep(b"b")
    first = tracing.track_node(a)
    second = tracing.track_node(b, made_from=(first,))
    LineageEdge.objects.create(parent=second, child=first)
    assert len(tracing.graph(a, a.owner)["nodes"]) == 2


def test_a_node_outlives_its_track(keep: Keep) -> None:
    old, new = keep(b"old"), keep(b"new")
    tracing.track_node(new, made_from=(tracing.track_node(old),))
    bin_.forget_track(old)
    assert [node["track"] for node in tracing.graph(new, new.owner)["nodes"]] == [None, str(new.pk)]


def test_a_track_without_lineage_has_an_empty_graph(keep: Keep, owner: User) -> None:
    assert tracing.graph(keep(), owner) == {"nodes": [], "edges": [], "is_cut": False}


def test_a_wide_fan_is_cut_and_says_so(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "FARTHEST", 20)
    track = keep()
    top = tracing.track_node(track)
    assert tracing.graph(track, track.owner)["is_cut"] is False
    for n in range(19):
        tracing.node(Kind.RECIPE, f"trim {n}", made_from=(top,))
    whole = tracing.graph(track, track.owner)
    assert (len(whole["nodes"]), len(whole["edges"]), whole["is_cut"]) == (20, 19, False)
    for n in range(19, 60):
        tracing.node(Kind.RECIPE, f"trim {n}", made_from=(top,))
    cut = tracing.graph(track, track.owner)
    assert (len(cut["nodes"]), len(cut["edges"]), cut["is_cut"]) == (20, 19, True)
    assert str(track.pk) in {node["track"] for node in cut["nodes"]}


def test_a_cut_graph_has_no_edge_to_what_was_left_out(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "FARTHEST", 12)
    track = keep()
    front = [tracing.track_node(track)]
    for depth in range(3):
        front = [
            tracing.node(Kind.RECIPE, f"{depth} {n} {above.label}", made_from=(above,))
            for above in front
            for n in range(4)
        ]
    graph = tracing.graph(track, track.owner)
    ids = {node["id"] for node in graph["nodes"]}
    assert len(ids) == 12
    assert all({edge["from"], edge["to"]} <= ids for edge in graph["edges"])


def test_what_came_before_and_after_share_the_room(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "FARTHEST", 10)
    track = keep()
    above = tuple(tracing.node(Kind.URL, f"https://example.org/{n}") for n in range(6))
    top = tracing.track_node(track, made_from=above)
    for n in range(30):
        tracing.node(Kind.RECIPE, f"trim {n}", made_from=(top,))
    kinds = [node["kind"] for node in tracing.graph(track, track.owner)["nodes"]]
    assert (kinds.count("url"), kinds.count("recipe"), kinds.count("track")) == (6, 3, 1)


def test_a_renamed_track_has_its_new_name_in_every_graph(keep: Keep) -> None:
    old, new = keep(b"old"), keep(b"new")
    tracing.track_node(new, made_from=(tracing.track_node(old),))
    Track.objects.filter(pk=old.pk).update(title="Jasmine, mended")
    for track in (old, new):
        labels = [node["label"] for node in tracing.graph(track, track.owner)["nodes"]]
        assert labels == ["Jasmine, mended", new.title]


def test_a_score_says_its_tempo_to_the_track_played_from_it(keep: Keep) -> None:
    track, other = keep(b"piece"), keep(b"other")
    assert tracing.score_bpm(track) is None
    score = tracing.node(Kind.SCORE, "3/4", detail={"choices": {"bpm": 114.29}})
    tracing.track_node(track, made_from=(score,))
    assert tracing.score_bpm(track) == 114.29
    assert tracing.score_bpm(other) is None

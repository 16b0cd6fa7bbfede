"""Lineage tells nothing of tracks, recipes and renditions that are somebody else's secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.library.exchange import ancestry
from songloom.library.models import LineageNode, Rendition, Track, User
from songloom.library.services import bin as bin_
from songloom.library.services import documents, tracing
from tests.library.conftest import Keep

Kind = LineageNode.Kind
ADDRESS = "https://secret.example/rain.flac"


@pytest.fixture
def secret(keep: Keep) -> Track:
    """address → file → a private track."""
    track = keep(b"hidden", title="Rain at Dusk")
    tracing.trace_file(track, track.files.get(), url=ADDRESS)
    Track.objects.filter(pk=track.pk).update(is_private=True)
    track.refresh_from_db()
    return track


@pytest.fixture
def piece(keep: Keep, secret: Track) -> Track:
    """A shared piece that takes after the private track, noted as a composition is."""
    track = keep(b"open", title="Piece")
    request = {
        "like": str(secret.pk),
        "changed": ['"Rain at Dusk" has not been analysed'],
        "bpm": 80,
    }
    parents = (
        tracing.node(Kind.PROMPT, "a waltz"),
        tracing.node(Kind.MODEL, "melody", detail={"sha256": "00"}),
        tracing.track_node(secret),
    )
    score = tracing.node(Kind.SCORE, "3/4", detail={"request": request}, made_from=parents)
    tracing.track_node(track, made_from=(score,))
    return track


def secrets_of(track: Track) -> list[str]:
    file = track.files.get()
    node = LineageNode.objects.get(kind=Kind.TRACK, track=track)
    return [track.title, str(track.pk), str(node.pk), file.original_name, file.sha256, ADDRESS]


def everything_told(track: Track, viewer: User) -> list[str]:
    """What the command line, REST and exports say, as text."""
    return [
        json.dumps(documents.show_document(track, viewer)["lineage"], ensure_ascii=False),
        json.dumps(list(ancestry.of([track], viewer).values()), ensure_ascii=False),
    ]


def kinds(graph: dict[str, Any]) -> list[str]:
    return sorted(node["kind"] for node in graph["nodes"])


def test_a_private_ancestor_is_something_without_a_name(
    piece: Track, secret: Track, stranger: User
) -> None:
    graph = tracing.graph(piece, stranger)
    assert kinds(graph) == ["model", "prompt", "score", "track", "track"]
    (hidden,) = [node for node in graph["nodes"] if node["is_hidden"]]
    assert hidden == {
        "id": "hidden-1",
        "kind": "track",
        "label": "something private",
        "track": None,
        "detail": {},
        "created_at": None,
        "is_hidden": True,
    }
    (score,) = [node for node in graph["nodes"] if node["kind"] == "score"]
    assert {"from": "hidden-1", "to": score["id"]} in graph["edges"]
    assert score["detail"] == {"request": {"bpm": 80}}


def test_no_interface_says_anything_of_it(piece: Track, secret: Track, stranger: User) -> None:
    own = secrets_of(secret)
    for told in everything_told(piece, stranger):
        assert [said for said in own if said in told] == []
        assert "a waltz" in told


def test_its_owner_and_an_administrator_see_it_all(
    piece: Track, secret: Track, owner: User, admin: User
) -> None:
    for viewer in (owner, admin):
        graph = tracing.graph(piece, viewer)
        assert kinds(graph) == ["file", "model", "prompt", "score", "track", "track", "url"]
        assert not any(node["is_hidden"] for node in graph["nodes"])
        text = json.dumps(graph, ensure_ascii=False)
        assert [said for said in secrets_of(secret) if said not in text] == []
        for told in everything_told(piece, viewer):
            assert secret.title in told
            assert ADDRESS in told


def test_what_was_made_in_private_of_a_shared_track_is_left_out(
    keep: Keep, stranger: User, owner: User
) -> None:
    shared, private = keep(b"open"), keep(b"hidden", title="Rain at Dusk")
    Track.objects.filter(pk=private.pk).update(is_private=True)
    score = tracing.node(Kind.SCORE, "3/4", made_from=(tracing.track_node(shared),))
    tracing.track_node(private, made_from=(score,))
    assert kinds(tracing.graph(shared, stranger)) == ["track"]
    assert tracing.graph(shared, stranger)["edges"] == []
    assert kinds(tracing.graph(shared, owner)) == ["score", "track", "track"]


def test_what_came_of_it_in_public_keeps_its_way(keep: Keep, stranger: User) -> None:
    shared, hidden, shown = keep(b"open"), keep(b"hidden"), keep(b"shown", title="Shown")
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    top = tracing.track_node(shared)
    score = tracing.node(Kind.SCORE, "3/4", made_from=(top,))
    tracing.track_node(shown, made_from=(score,))
    tracing.track_node(hidden, made_from=(score,))
    graph = tracing.graph(shared, stranger)
    assert kinds(graph) == ["score", "track", "track"]
    assert len(graph["edges"]) == 2


def test_a_private_track_that_is_forgotten_leaves_no_name(
    piece: Track, secret: Track, stranger: User, owner: User
) -> None:
    own = secrets_of(secret)
    bin_.forget_track(secret)
    for viewer in (stranger, owner):
        for told in everything_told(piece, viewer):
            assert [said for said in own if said in told] == []
            assert "a waltz" in told


def rendition(track: Track, owner: User, number: int) -> Rendition:
    """As the editor makes it, without the sound."""
    from songloom.process.lineage import trace

    made = Rendition.objects.create(
        track=track,
        owner=owner,
        recipe={"version": 1, "edits": [{"edit": "gain", "gain_db": -number}]},
        recipe_key=f"{number}",
        format="opus",
        sha256=f"{number:064d}",
        size_bytes=1,
        duration_s=1.0,
    )
    trace(made)
    return made


def test_renditions_and_their_recipes_are_their_makers(
    keep: Keep, owner: User, stranger: User, admin: User
) -> None:
    track = keep()
    rendition(track, owner, 3)
    rendition(track, stranger, 5)
    for viewer, seen in ((owner, ["gain −3 dB"]), (stranger, ["gain −5 dB"])):
        graph = tracing.graph(track, viewer)
        assert kinds(graph) == ["recipe", "rendition", "track"]
        assert [n["label"] for n in graph["nodes"] if n["kind"] == "recipe"] == seen
        assert len(documents.show_document(track, viewer)["renditions"]) == 1
    assert kinds(tracing.graph(track, admin)) == ["recipe"] * 2 + ["rendition"] * 2 + ["track"]
    assert len(documents.show_document(track, admin)["renditions"]) == 2


def test_one_recipe_of_two_people_shows_each_their_own_rendition(
    keep: Keep, owner: User, stranger: User
) -> None:
    track = keep()
    for maker in (owner, stranger):
        rendition(track, maker, 3)
    for viewer in (owner, stranger):
        graph = tracing.graph(track, viewer)
        assert kinds(graph) == ["recipe", "rendition", "track"]
        (made,) = [n for n in graph["nodes"] if n["kind"] == "rendition"]
        assert Rendition.objects.get(pk=made["detail"]["rendition"]).owner == viewer


def test_a_song_that_is_shared_shows_by_which_recipe_it_was_made(
    keep: Keep, owner: User, stranger: User
) -> None:
    from songloom.process.lineage import trace_saved

    track, saved = keep(b"one"), keep(b"two", title="Softer")
    trace_saved(saved, rendition(track, owner, 3))
    for seen_from in (track, saved):
        graph = tracing.graph(seen_from, stranger)
        assert kinds(graph) == ["recipe", "rendition", "track", "track"]
    Track.objects.filter(pk=saved.pk).update(is_private=True)
    assert kinds(tracing.graph(track, stranger)) == ["track"]


def test_of_a_hidden_original_the_recipe_is_as_hidden(
    keep: Keep, secret: Track, owner: User, stranger: User
) -> None:
    from songloom.process.lineage import trace_saved

    saved = keep(b"two", title="Softer")
    trace_saved(saved, rendition(secret, owner, 3))
    graph = tracing.graph(saved, stranger)
    assert [n["is_hidden"] for n in graph["nodes"] if n["kind"] == "recipe"] == [True]
    text = json.dumps(graph, ensure_ascii=False)
    assert [said for said in (*secrets_of(secret), "−3 dB") if said in text] == []


@pytest.mark.parametrize("n_others", [1, 9])
def test_more_renditions_cost_no_more_queries(
    keep: Keep, owner: User, stranger: User, n_others: int
) -> None:
    track = keep()
    for number in range(n_others):
        rendition(track, owner, number)
    with CaptureQueriesContext(connection) as made:
        assert kinds(tracing.graph(track, stranger)) == ["track"]
    # the start; up; two generations down and their ends; what is below; what is hidden
    assert len(made) == 16

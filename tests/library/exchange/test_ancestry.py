"""What a track was made from, told so that it can be written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.library.exchange import ancestry
from songloom.library.models import LineageEdge, LineageNode, Track, User
from songloom.library.services.tracing import node, trace_file, track_node
from tests.library.conftest import Keep

Kind = LineageNode.Kind


def told(track: Track, viewer: User) -> list[dict[str, Any]]:
    return ancestry.of([track], viewer).get(track.pk, [])


def test_the_way_of_a_file_from_an_address_is_told_in_its_order(keep: Keep, owner: User) -> None:
    track = keep(title="Blue")
    trace_file(track, track.files.get(), url="https://example.org/blue.ogg")
    address, file, itself = told(track, owner)
    assert address == {"kind": "url", "label": "https://example.org/blue.ogg"}
    assert (file["kind"], file["label"], file["from"]) == ("file", "song.flac", [0])
    assert itself == {"kind": "track", "from": [1]}


def test_what_came_of_nothing_is_told_by_nothing(keep: Keep, owner: User) -> None:
    track = keep(title="Blue")
    assert told(track, owner) == []
    track_node(track)
    assert told(track, owner) == []


def test_a_song_that_the_viewer_may_not_hear_has_no_name(
    keep: Keep, owner: User, stranger: User
) -> None:
    secret, track = keep(b"one", title="Secret"), keep(b"two", title="Cover")
    Track.objects.filter(pk=secret.pk).update(is_private=True)
    track_node(track, made_from=(track_node(secret),))
    assert told(track, owner)[0] == {"kind": "track", "label": "Secret", "track": str(secret.pk)}
    assert told(track, stranger)[0] == {"kind": "track"}


def test_the_order_does_not_depend_on_when_things_were_noted(keep: Keep, owner: User) -> None:
    first, second = keep(b"one", title="A"), keep(b"two", title="A")
    parents = [node(Kind.PROMPT, "a waltz"), node(Kind.MODEL, "melody", detail={"sha256": "0"})]
    track_node(first, made_from=tuple(parents))
    track_node(second, made_from=tuple(reversed(parents)))
    assert told(first, owner) == told(second, owner)
    assert told(first, owner)[-1]["from"] == [0, 1]


def test_a_circle_ends(keep: Keep, owner: User) -> None:
    track = keep(title="Snake")
    parent = node(Kind.RECIPE, "trim")
    own = track_node(track, made_from=(parent,))
    LineageEdge.objects.create(parent=own, child=parent)
    assert [each["kind"] for each in told(track, owner)] == ["recipe", "track"]


@pytest.mark.parametrize("n_tracks", [1, 12])
def test_many_tracks_cost_as_many_queries_as_one(keep: Keep, owner: User, n_tracks: int) -> None:
    tracks = [keep(bytes([place]), title=f"Song {place}") for place in range(n_tracks)]
    for track in tracks:
        trace_file(track, track.files.get(), url=f"https://example.org/{track.pk}")
    with CaptureQueriesContext(
        connection,
    ) as made:
        found = ancestry.of(tracks, owner)
    assert len(found) == n_tracks
    # tracks' nodes; edges and nodes of two generations; the edges above the last; who may see
    assert len(made) == 7

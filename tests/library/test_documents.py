"""Documents say what the contract says, name by name."""

from __future__ import annotations

import json

from songloom.library.models import Features
from songloom.library.services import documents, playlists, tracing
from tests.library.conftest import Keep

TRACK = {
    "id": str,
    "title": str,
    "artists": list,
    "album": dict,
    "genres": list,
    "date": str,
    "duration_s": float,
    "format": str,
    "size_bytes": int,
    "is_generated": bool,
    "has_audio": bool,
    "created_at": str,
}


def test_a_track_has_exactly_the_fields_of_the_contract(keep: Keep) -> None:
    track = keep(title="T", artist=["A", "B"], album="L", genre="G", date="2003-07")
    document = documents.track_document(track)
    assert {name: type(value) for name, value in document.items()} == TRACK
    assert document["artists"][0].keys() == {"id", "name", "role"}
    assert document["album"].keys() == {"id", "title"}
    assert document["created_at"].endswith("Z")
    json.dumps(document, allow_nan=False)


def test_what_is_unknown_is_null_not_empty(keep: Keep) -> None:
    document = documents.track_document(keep())
    assert document["album"] is None
    assert document["date"] is None
    assert document["artists"] == document["genres"] == []


def test_show_adds_all_that_is_known(keep: Keep) -> None:
    track = keep(title="T", artist="A")
    tracing.trace_file(track, track.files.get())
    document = documents.show_document(track, track.owner)
    assert document.keys() - TRACK.keys() == {
        "features",
        "tags",
        "files",
        "lineage",
        "renditions",
    }
    assert document["features"] is None
    assert document["tags"] == {"title": ["T"], "artist": ["A"]}
    assert [file["sha256"] for file in document["files"]] == [track.files.get().sha256]
    assert len(document["lineage"]["nodes"]) == 2


def test_features_come_by_name_with_version_and_reasons(keep: Keep) -> None:
    track = keep()
    Features.objects.create(
        track=track,
        version=3,
        values={"tempo_bpm": None, "centroid_hz": 1840.0},
        reasons={"tempo_bpm": "silence"},
        peaks=[0.1, 0.2],
    )
    document = documents.features_document(track)
    assert document == {
        "tempo_bpm": None,
        "centroid_hz": 1840.0,
        "peaks": [0.1, 0.2],
        "features_version": 3,
        "features_pass": "full",
        "reasons": {"tempo_bpm": "silence"},
    }


def test_a_playlist_document_holds_its_tracks_when_given(keep: Keep) -> None:
    track = keep()
    made = playlists.make_playlist(track.owner, "list", [track])
    assert "tracks" not in documents.playlist_document(made)
    whole = documents.playlist_document(made, tracks=[track])
    assert [t["id"] for t in whole["tracks"]] == [str(track.pk)]

"""Presets, parts and batches over REST."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.jobs.models import Job
from songloom.library.models import Track
from songloom.search.indexing import index_tracks
from tests.rest.conftest import Caller, read
from tests.shelf import shelve

GAIN = [{"edit": "gain", "gain_db": -3}]


@pytest.fixture
def track(ada: Caller) -> Track:
    assert ada.user is not None
    made = shelve(ada.user, "晴天", artist="周杰伦", seconds=4.0)
    index_tracks([made.pk])
    return made


def test_presets_are_ones_own_beside_those_that_come_along(ada: Caller, bob: Caller) -> None:
    usual = ada.get("presets")["items"]
    assert {"phone", "speech"} <= {one["name"] for one in usual}
    assert not any(one["is_own"] for one in usual)
    body = {"recipe": GAIN, "format": "opus", "bitrate": 96}
    made = read(ada.send("PUT", "presets/轻一点", body), 200)
    assert made["recipe"]["edits"] == [{"edit": "gain", "gain_db": -3.0}]
    assert "轻一点" in {one["name"] for one in ada.get("presets")["items"] if one["is_own"]}
    assert "轻一点" not in {one["name"] for one in bob.get("presets")["items"]}
    assert ada.send("DELETE", "presets/轻一点").status_code == 204
    assert ada.send("DELETE", "presets/轻一点").status_code == 404


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("phone", {"recipe": GAIN}),
        ("x", {"recipe": [{"edit": "explode"}]}),
        ("x", {"recipe": GAIN, "format": "exe"}),
        ("x", {}),
    ],
)
def test_a_preset_that_cannot_be_is_refused(ada: Caller, name: str, body: Any) -> None:
    assert ada.send("PUT", f"presets/{name}", body).status_code == 422


@pytest.mark.parametrize(
    ("way", "n_parts"),
    [
        ({"at": [1.0, 2.5]}, 3),
        ({"cue": "TRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:02:00"}, 2),
        ({"labels": "0.5\t1.5\tone\n2\t3\ttwo\n"}, 2),
    ],
)
def test_a_track_is_split_by_a_job(
    ada: Caller, track: Track, way: dict[str, Any], n_parts: int
) -> None:
    job = ada.post(f"tracks/{track.pk}/split", {**way, "recipe": GAIN, "format": "mp3"}, 202)["job"]
    assert job["kind"] == "process.split"
    arguments = Job.objects.get(pk=job["id"]).arguments
    assert len(arguments["parts_"]) == n_parts
    assert arguments["format"] == "mp3"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"at": [1], "cue": "x"},
        {"at": []},
        {"at": [99]},
        {"cue": "no cue"},
        {"labels": "no label"},
        {"silences_db": -50},
        {"silences_db": 50},
        {"at": [1], "recipe": [{"edit": "explode"}]},
        {"at": [1], "path": "/etc"},
    ],
)
def test_a_split_that_says_nothing_sensible_is_refused(
    ada: Caller, track: Track, body: dict[str, Any]
) -> None:
    assert ada.post(f"tracks/{track.pk}/split", body, 422)["error"]["message"]
    assert not Job.objects.filter(kind="process.split").exists()


def test_a_hidden_track_cannot_be_split(ada: Caller, bob: Caller, track: Track) -> None:
    Track.objects.filter(pk=track.pk).update(is_private=True)
    bob.post(f"tracks/{track.pk}/split", {"at": [1]}, 404)


@pytest.mark.searches
def test_a_batch_says_what_it_costs_and_then_is_a_job(ada: Caller, track: Track) -> None:
    wish = {"q": "晴天", "recipe": GAIN, "format": "wav"}
    told = ada.post("batches/estimate", wish, 200)
    assert told["n_tracks"] == 1
    assert told["sounding_s"] == pytest.approx(4.0, abs=0.1)
    job = ada.post("batches", wish, 202)["job"]
    assert job["kind"] == "process.batch"
    assert Job.objects.get(pk=job["id"]).arguments["track_ids"] == [str(track.pk)]


def test_a_batch_takes_only_what_one_may_hear(ada: Caller, bob: Caller, track: Track) -> None:
    Track.objects.filter(pk=track.pk).update(is_private=True)
    bob.post("batches", {"q": "晴天", "recipe": GAIN}, 422)
    bob.post("batches/estimate", {"q": "晴天", "recipe": GAIN}, 422)

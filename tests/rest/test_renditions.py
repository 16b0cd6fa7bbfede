"""Recipes over REST: checked at once, made by a worker, seen by who asked."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from songloom.core.audio.edits import EDITS
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Rendition, Track
from tests.rest.conftest import Caller, read
from tests.shelf import shelve


@pytest.fixture
def track(ada: Caller) -> Track:
    assert ada.user is not None
    return shelve(ada.user, "晴天", artist="周杰伦", seconds=4.0)


def rendition(track: Track, caller: Caller, content: bytes = b"sound", **more: Any) -> Rendition:
    assert caller.user is not None
    sha256 = hashlib.sha256(content).hexdigest()
    with storage.temporary() as path:
        path.write_bytes(content)
        storage.keep(path, sha256, "renditions")
    fields = {
        "recipe": {"version": 1, "edits": [{"edit": "gain", "gain_db": -3}]},
        "recipe_key": sha256,
        "format": "opus",
        "bit_rate_kbps": 96,
        "duration_s": 4.0,
    } | more
    return Rendition.objects.create(
        track=track, owner=caller.user, sha256=sha256, size_bytes=len(content), **fields
    )


def test_a_recipe_is_accepted_as_a_job(ada: Caller, track: Track) -> None:
    wish = {
        "recipe": [{"edit": "trim", "start_s": 1, "end_s": 3}],
        "format": "mp3",
        "bitrate": 128,
        "save_as_track": True,
    }
    response = ada.send("POST", f"tracks/{track.pk}/renditions", wish)
    job = read(response, 202)["job"]
    assert response["Location"] == f"/api/v1/jobs/{job['id']}"
    assert job["kind"] == "process.render"
    arguments = Job.objects.get(pk=job["id"]).arguments
    assert arguments["format"] == "mp3"
    assert arguments["bit_rate_kbps"] == 128
    assert arguments["save_as_track"] is True
    assert arguments["recipe"]["edits"][0]["edit"] == "trim"


def test_a_part_beyond_the_end_is_refused_at_once(ada: Caller, track: Track) -> None:
    wish = {"recipe": [{"edit": "trim", "start_s": 10, "end_s": 40}]}
    error = read(ada.send("POST", f"tracks/{track.pk}/renditions", wish), 422)["error"]
    assert error["code"] == "bad_recipe"
    assert "nothing would be left of a sound of 4.00 s" in error["message"]
    assert not Job.objects.filter(kind="process.render").exists()


def test_the_same_order_twice_is_one_job(ada: Caller, track: Track) -> None:
    wish = {"recipe": [{"edit": "gain", "gain_db": -3}]}
    first = ada.post(f"tracks/{track.pk}/renditions", wish, 202)["job"]["id"]
    assert ada.post(f"tracks/{track.pk}/renditions", wish, 202)["job"]["id"] == first
    other = {"recipe": [{"edit": "gain", "gain_db": -4}]}
    assert ada.post(f"tracks/{track.pk}/renditions", other, 202)["job"]["id"] != first


def test_a_recipe_with_its_version_is_the_same_recipe(ada: Caller, track: Track) -> None:
    edits = [{"edit": "gain", "gain_db": -3}]
    plain = ada.post(f"tracks/{track.pk}/renditions", {"recipe": edits}, 202)["job"]["id"]
    versioned = {"recipe": {"version": 1, "edits": edits}}
    assert ada.post(f"tracks/{track.pk}/renditions", versioned, 202)["job"]["id"] == plain


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_taken_with_its_usual_values(ada: Caller, track: Track, name: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "trim": {"start_s": 0, "end_s": 2},
        "cut": {"start_s": 1, "end_s": 2},
        "resample": {"rate_hz": 22_050},
        "mix": {"matrix": [[0.5]]},  # the track has one channel
    }
    parameters = {p.name: p.default for p in EDITS[name].parameters if p.default is not None}
    edit = {"edit": name, **parameters, **given.get(name, {})}
    if name == "resample":
        edit = {"edit": name, **{p.name: 22_050 for p in EDITS[name].parameters}}
    if name == "join":
        edit["track"] = str(track.pk)
    ada.post(f"tracks/{track.pk}/renditions", {"recipe": [edit]}, 202)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "bad_value"),
        ({"recipe": "louder"}, "bad_value"),
        ({"recipe": [{"edit": "explode"}]}, "bad_recipe"),
        ({"recipe": [{"edit": "gain", "gain_db": 1_000}]}, "bad_recipe"),
        ({"recipe": [{"edit": "gain", "gain_db": "loud"}]}, "bad_recipe"),
        ({"recipe": [{"edit": "gain", "volume": 1}]}, "bad_recipe"),
        ({"recipe": [{}]}, "bad_recipe"),
        ({"recipe": {"version": 99, "edits": []}}, "bad_recipe"),
        ({"recipe": [], "format": "exe"}, "bad_value"),
        ({"recipe": [], "format": "mp3", "bitrate": 1}, "bad_value"),
        ({"recipe": [], "format": "mp3", "bitrate": 100_000}, "bad_value"),
        ({"recipe": [], "path": "/etc/passwd"}, "bad_value"),
    ],
)
def test_an_order_that_cannot_be_made_is_refused_at_once(
    ada: Caller, track: Track, wish: dict[str, Any], code: str
) -> None:
    error = ada.post(f"tracks/{track.pk}/renditions", wish, 422)["error"]
    assert error["code"] == code
    assert not Job.objects.filter(kind="process.render").exists()


def test_a_listener_may_make_something_of_what_they_hear(
    ada: Caller, bob: Caller, track: Track
) -> None:
    wish = {"recipe": [{"edit": "gain", "gain_db": -3}], "save_as_track": True}
    job = bob.post(f"tracks/{track.pk}/renditions", wish, 202)["job"]
    assert bob.get(f"jobs/{job['id']}")["kind"] == "process.render"
    ada.get(f"jobs/{job['id']}", 404)
    Track.objects.filter(pk=track.pk).update(is_private=True)
    bob.post(f"tracks/{track.pk}/renditions", wish, 404)


@pytest.mark.stores
def test_renditions_are_listed_with_where_their_bytes_are(ada: Caller, track: Track) -> None:
    made = rendition(track, ada)
    (item,) = ada.get(f"tracks/{track.pk}/renditions")["items"]
    assert item["id"] == str(made.pk)
    assert item["sha256"] == made.sha256
    assert item["format"] == "opus"
    assert item["recipe"]["edits"][0]["edit"] == "gain"
    response = ada.send("GET", item["url"])
    assert response["Content-Type"] == "audio/ogg"
    named = response["X-Accel-Redirect"]
    if storage.far():
        assert named == f"/_stored/renditions/{made.sha256}"
    else:
        assert Path(named.removeprefix("/_files")).read_bytes() == b"sound"
    saved = ada.send("GET", item["url"], query_params={"download": "true"})
    assert "attachment" in saved["Content-Disposition"]
    assert "%E6%99%B4%E5%A4%A9.opus" in saved["Content-Disposition"]  # 晴天
    known = ada.send("GET", item["url"], headers={"If-None-Match": response["ETag"]})
    assert known.status_code == 304


def test_renditions_are_ones_own(ada: Caller, bob: Caller, root: Caller, track: Track) -> None:
    made = rendition(track, ada)
    assert bob.get(f"tracks/{track.pk}/renditions")["total"] == 0
    where = f"tracks/{track.pk}/renditions/{made.pk}/file"
    bob.get(where, 404)
    assert root.get(f"tracks/{track.pk}/renditions")["total"] == 1
    assert root.send("GET", where).status_code == 200
    assert bob.get(f"tracks/{track.pk}")["renditions"] == []


def test_a_rendition_belongs_to_its_track(ada: Caller, track: Track) -> None:
    assert ada.user is not None
    other = shelve(ada.user, "Other")
    made = rendition(track, ada)
    ada.get(f"tracks/{other.pk}/renditions/{made.pk}/file", 404)


@pytest.mark.stores
def test_bytes_that_are_away_are_said_to_be_away(ada: Caller, track: Track) -> None:
    made = rendition(track, ada, b"soon gone")
    storage.drop(made.sha256, "renditions")
    answer = ada.get(f"tracks/{track.pk}/renditions/{made.pk}/file", 503)
    assert answer["error"]["code"] == "storage_away"


def test_the_newest_rendition_stands_first(ada: Caller, track: Track) -> None:
    keys = [str(rendition(track, ada, b"%d" % i).pk) for i in range(4)]
    first = ada.get(f"tracks/{track.pk}/renditions", limit=3)
    rest = ada.get(f"tracks/{track.pk}/renditions", limit=3, cursor=first["next"])
    assert [item["id"] for item in first["items"] + rest["items"]] == keys[::-1]

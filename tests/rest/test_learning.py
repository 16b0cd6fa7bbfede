"""Learning and likeness over REST."""

from __future__ import annotations

import numpy as np

from songloom.core.features import FEATURES_VERSION
from songloom.jobs.models import Job
from songloom.library.models import Features, Track
from songloom.play.models import Play
from tests.rest.conftest import Caller, read
from tests.rest.test_tracks import TRACK
from tests.shelf import shelve

MEASURED = ("tempo_bpm", "centroid_hz", "loudness_lufs", "flatness", "rolloff_hz", "bandwidth_hz")


def measured(caller: Caller, title: str, place: float) -> Track:
    """A track at a place on a line: the nearer the places, the more alike the sounds."""
    assert caller.user is not None
    track = shelve(caller.user, title)
    values = {name: 100.0 + place * (i + 1) for i, name in enumerate(MEASURED)}
    values["mfcc_mean"] = list(np.full(20, place))  # type: ignore[assignment]
    values["chroma"] = list(np.full(12, place))  # type: ignore[assignment]
    columns = {name: values[name] for name in ("tempo_bpm", "centroid_hz", "loudness_lufs")}
    Features.objects.create(track=track, version=FEATURES_VERSION, values=values, **columns)
    return track


def test_the_nearest_come_first_with_their_distance(ada: Caller) -> None:
    first = measured(ada, "at 0", 0.0)
    for place in (5.0, 1.0, 3.0):
        measured(ada, f"at {place:g}", place)
    found = ada.get(f"tracks/{first.pk}/similar")
    assert [item["title"] for item in found["items"]] == ["at 1", "at 3", "at 5"]
    distances = [item["distance"] for item in found["items"]]
    assert distances == sorted(distances)
    assert distances[0] > 0
    assert found["items"][0].keys() == TRACK | {"distance"}
    few = ada.get(f"tracks/{first.pk}/similar", limit=1)
    assert [item["title"] for item in few["items"]] == ["at 1"]
    for limit in (0, 201):
        read(ada.send("GET", f"tracks/{first.pk}/similar?limit={limit}"), 422)


def test_what_one_may_not_hear_is_never_similar(ada: Caller, bob: Caller) -> None:
    first, hidden = measured(ada, "seen", 0.0), measured(ada, "hidden", 0.1)
    measured(ada, "far", 9.0)
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    assert [i["title"] for i in ada.get(f"tracks/{first.pk}/similar")["items"]] == ["hidden", "far"]
    assert [i["title"] for i in bob.get(f"tracks/{first.pk}/similar")["items"]] == ["far"]
    bob.get(f"tracks/{hidden.pk}/similar", 404)


def test_a_track_not_yet_measured_is_like_none(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "new")
    measured(ada, "other", 1.0)
    assert ada.get(f"tracks/{track.pk}/similar")["items"] == []


def test_learning_is_a_job_of_ones_own(ada: Caller, bob: Caller) -> None:
    response = ada.send("POST", "learn")
    job = read(response, 202)["job"]
    assert job["kind"] == "learn.train"
    assert response["Location"] == f"/api/v1/jobs/{job['id']}"
    assert ada.post("learn", status=202)["job"]["id"] == job["id"]
    assert bob.post("learn", status=202)["job"]["id"] != job["id"]
    assert ada.user is not None
    assert Job.objects.get(pk=job["id"]).arguments == {"owner_id": str(ada.user.pk)}


def test_a_play_is_noted_for_who_heard_it(ada: Caller, bob: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "Song")
    read(bob.send("POST", f"tracks/{track.pk}/plays"), 204)
    (play,) = Play.objects.all()
    assert play.user == bob.user
    assert play.track == track
    assert play.is_submission

"""Pieces from words over REST: accepted, then a job; refused with reasons."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from songloom.generate.models import Generation
from songloom.interfaces.answers import limits
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Features
from tests.rest.conftest import Caller, read
from tests.shelf import shelve


def test_a_prompt_is_accepted_as_a_job(ada: Caller) -> None:
    response = ada.send(
        "POST", "generations", {"prompt": "一首欢快的钢琴曲", "seconds": 20, "seed": 7}
    )
    job = read(response, 202)["job"]
    assert response["Location"] == f"/api/v1/jobs/{job['id']}"
    assert job["kind"] == "generate.compose"
    assert job["state"] == "queued"
    assert ada.get(f"jobs/{job['id']}")["id"] == job["id"]
    (made,) = ada.get("generations")["items"]
    assert made["seed"] == 7
    assert made["request"]["seconds"] == 20
    assert made["request"]["instruments"] == [0]
    assert made["state"] == "waiting"
    assert made["track"] is None
    assert ada.get(f"generations/{made['id']}") == made


@pytest.mark.django_db(transaction=True)
def test_a_take_of_ones_piece_is_accepted_and_of_what_it_has_not_refused(ada: Caller) -> None:
    ada.post("generations", {"prompt": "piano, 6 s", "seed": 3}, 202)
    finish(list(Job.objects.filter(kind="generate.compose")))
    track = ada.get("generations")["items"][0]["track"]
    wish = {"changes": [{"change": "again", "part": "melody", "bars": [1, 2]}], "seed": 4}
    job = ada.post(f"tracks/{track}/takes", wish, 202)["job"]
    assert job["kind"] == "generate.compose"
    take = next(item for item in ada.get("generations")["items"] if item["seed"] == 4)
    assert take["choices"]["changes"] == wish["changes"]
    refused: list[list[Any]] = [[], [{"change": "mute", "part": "kazoo"}], [{}], ["louder"]]
    for wrong in refused:
        response = ada.send("POST", f"tracks/{track}/takes", {"changes": wrong})
        assert read(response, response.status_code)["error"]["code"] == "bad_value"
        assert response.status_code in (400, 422)


def test_several_pieces_have_seeds_one_after_the_other(ada: Caller) -> None:
    ada.post("generations", {"prompt": "slow waltz", "seed": 3, "count": 3}, 202)
    assert sorted(item["seed"] for item in ada.get("generations")["items"]) == [3, 4, 5]
    assert Job.objects.filter(kind="generate.compose").count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"prompt": ""}, "bad_prompt"),
        ({"prompt": " \n\t "}, "bad_prompt"),
        ({"prompt": "\x00\x07"}, "bad_prompt"),
        ({"prompt": "x" * 10_000}, "bad_prompt"),
        ({}, "bad_value"),
        ({"prompt": 7}, "bad_value"),
        ({"prompt": "x", "seconds": 0}, "bad_value"),
        ({"prompt": "x", "seconds": -3}, "bad_value"),
        ({"prompt": "x", "seconds": 1e9}, "bad_value"),
        ({"prompt": "x", "seed": -1}, "bad_value"),
        ({"prompt": "x", "seed": 2**64}, "bad_value"),
        ({"prompt": "x", "seed": 1.5}, "bad_value"),
        ({"prompt": "x", "count": 51}, "bad_value"),
        ({"prompt": "x", "model": "other"}, "bad_value"),
    ],
)
def test_an_odd_wish_is_refused_and_leaves_nothing(
    ada: Caller, body: dict[str, Any], code: str
) -> None:
    assert ada.post("generations", body, 422)["error"]["code"] == code
    assert not Generation.objects.exists()
    assert not Job.objects.exists()


def test_emoji_are_words_too(ada: Caller) -> None:
    ada.post("generations", {"prompt": "🎹🎻 sad"}, 202)


def test_like_takes_after_a_track_one_may_hear(ada: Caller, bob: Caller) -> None:
    assert bob.user is not None
    track = shelve(bob.user, "Model")
    Features.objects.create(track=track, version=1, tempo_bpm=91.0, key="A", mode="minor")
    ada.post("generations", {"prompt": "something", "like": str(track.pk)}, 202)
    request = ada.get("generations")["items"][0]["request"]
    assert request["key"] == 9
    assert request["mode"] == "minor"
    assert request["bpm"] == 91.0
    ada.post("generations", {"prompt": "something", "like": str(uuid4())}, 404)
    hidden = shelve(bob.user, "Hidden", is_private=True)
    ada.post("generations", {"prompt": "something", "like": str(hidden.pk)}, 404)


def test_requests_are_seen_by_their_owner_alone(ada: Caller, bob: Caller, root: Caller) -> None:
    ada.post("generations", {"prompt": "diary"}, 202)
    (made,) = ada.get("generations")["items"]
    assert bob.get("generations")["total"] == 0
    bob.get(f"generations/{made['id']}", 404)
    bob.delete(f"generations/{made['id']}", 404)
    assert root.get(f"generations/{made['id']}")["prompt"] == "diary"
    ada.delete(f"generations/{made['id']}")
    assert ada.get(f"generations/{made['id']}")["state"] == "discarded"


def test_too_many_wishes_wait(ada: Caller, bob: Caller, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    for limit in limits.EVERY:
        limit.forget()
    for _ in range(limits.GENERATIONS.n):
        ada.post("generations", {"prompt": "x"}, 202)
    response = ada.send("POST", "generations", {"prompt": "x"})
    assert read(response, 429)["error"]["code"] == "too_many_requests"
    assert 1 <= int(response["Retry-After"]) <= 60
    bob.post("generations", {"prompt": "x"}, 202)
    for limit in limits.EVERY:
        limit.forget()

"""Several songs of one: where the sound is silent, what the form may say, what stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from songloom.core.audio.probe import probe
from songloom.jobs.models import Job
from songloom.library.heard import Heard
from songloom.library.models import Track, User
from songloom.library.services.storing import store_file

RATE = 8_000
JSON = {"Accept": "application/json"}


@pytest.fixture
def concert(yun: User, tmp_path: Path) -> Track:
    """Two seconds of hiss, one of nothing, two of hiss."""
    chance = np.random.default_rng(int(np.random.default_rng().integers(1 << 30)))
    hiss = chance.uniform(-0.3, 0.3, 2 * RATE)
    path = tmp_path / "concert.flac"
    soundfile.write(path, np.concatenate([hiss, np.zeros(RATE), hiss]), RATE)
    heard = Heard.from_probe(path, probe(str(path)))
    return store_file(heard, owner=yun, origin=Track.Origin.UPLOADED)[0]


def shown(client: Client, track: Track, **given: Any) -> Any:
    return client.post(reverse("web:edit_parts", args=[track.pk]), given, headers=JSON)


def made(client: Client, track: Track, parts: Any, recipe: Any = ()) -> Any:
    given = {"parts": json.dumps(parts), "recipe": json.dumps(list(recipe)), "format": "flac"}
    return client.post(reverse("web:edit_split", args=[track.pk]), given, headers=JSON)


def test_a_new_song_begins_in_the_middle_of_the_silence(client: Client, concert: Track) -> None:
    found = shown(client, concert, way="silences").json()["parts"]
    assert [one["start_s"] for one in found] == pytest.approx([0.0, 2.5], abs=0.05)
    assert [one["end_s"] for one in found] == pytest.approx([2.5, 5.0], abs=0.05)
    assert [one["number"] for one in found] == [1, 2]


@pytest.mark.parametrize(
    "given",
    [
        {"least_s": "1.5"},  # the silence is shorter
        {"threshold_db": "-200"},
        {"threshold_db": "soft"},
        {"least_s": "nan"},
        {"least_s": "0"},
    ],
)
def test_silences_that_are_not_there_and_odd_numbers_are_refused(
    client: Client, concert: Track, given: dict[str, str]
) -> None:
    answer = shown(client, concert, way="silences", **given)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_value"


def test_a_part_that_begins_behind_the_end_is_not_shown(client: Client, concert: Track) -> None:
    found = shown(client, concert, way="times", text="2, 400").json()["parts"]
    assert [(one["start_s"], one["end_s"]) for one in found] == [(0.0, 2.0), (2.0, 5.0)]


def test_titles_performers_and_numbers_of_a_cue_sheet_go_on_to_the_songs(
    client: Client, concert: Track
) -> None:
    sheet = (
        'TRACK 07 AUDIO\n TITLE "雨"\n PERFORMER "弦索社"\n INDEX 01 00:00:00\n'
        "TRACK 08 AUDIO\n INDEX 01 00:02:00\n"
    )
    found = shown(client, concert, way="cue", text=sheet).json()["parts"]
    assert [(one["number"], one["title"], one["artist"]) for one in found] == [
        (7, "雨", "弦索社"),
        (8, f"{concert.title} 2", ""),
    ]
    assert made(client, concert, found).status_code == 202
    job = Job.objects.get(kind="process.split")
    assert [one["title"] for one in job.arguments["parts_"]] == ["雨", f"{concert.title} 2"]
    assert job.arguments["parts_"][0]["artist"] == "弦索社"
    assert job.arguments["save_as_track"] is True


def test_parts_that_overlap_are_refused_when_they_are_made(client: Client, concert: Track) -> None:
    parts = [{"start_s": 0, "end_s": 3}, {"start_s": 2, "end_s": 4}]
    answer = made(client, concert, parts)
    assert answer.status_code == 422
    assert "begins before" in answer.json()["error"]["detail"]
    assert not Job.objects.filter(kind="process.split").exists()


def test_a_recipe_that_is_none_stops_the_split(client: Client, concert: Track) -> None:
    answer = made(client, concert, [{"start_s": 0, "end_s": 3}], [{"edit": "nothing"}])
    assert answer.json()["error"]["code"] == "bad_recipe"


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 1, "1 song is being made; the original stays as it is."),
        ("en", 2, "2 songs are being made; the original stays as it is."),
        ("zh-hans", 2, "正在做 2 首；原曲保持不变。"),
    ],
)
def test_how_many_are_made_is_said_in_the_readers_language(
    client: Client, concert: Track, language: str, n: int, said: str
) -> None:
    parts = [{"start_s": float(one), "end_s": one + 1.0} for one in range(n)]
    with override(language):
        given = {"parts": json.dumps(parts), "recipe": "[]"}
        where = reverse("web:edit_split", args=[concert.pk])
        answer = client.post(where, given, headers=JSON | {"Accept-Language": language})
    assert answer.json()["message"] == said


@pytest.mark.parametrize("end_s", ["inf", "nan", float("inf"), None, "x", []])
def test_an_end_that_is_no_time_is_refused(client: Client, concert: Track, end_s: Any) -> None:
    answer = made(client, concert, [{"start_s": 0.0, "end_s": end_s}])
    assert answer.status_code == 422
    assert not Job.objects.filter(kind="process.split").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"way": "times", "text": "[" * 50_000},
        {"way": "times", "text": "1" * 5_000},
        {"way": "times", "text": "NaN, Infinity"},
        {"way": "times", "text": '"1", 2'},
        {"way": "silences", "threshold_db": "nan"},
        {"way": "silences", "least_s": "1" * 5_000},
    ],
)
def test_no_typed_number_is_a_surprise(
    client: Client, concert: Track, given: dict[str, str]
) -> None:
    answer = shown(client, concert, **given)
    assert (answer.status_code // 100, answer["Content-Type"]) == (4, "application/json")


@pytest.mark.parametrize("number", [float("inf"), 10**400, "x", [1], {}])
def test_no_number_of_a_part_is_a_surprise(client: Client, concert: Track, number: Any) -> None:
    part = {"start_s": 0, "end_s": 1, "title": "A", "number": number}
    assert made(client, concert, [part]).status_code // 100 in (2, 4)
    assert made(client, concert, [part | {"start_s": number}]).status_code // 100 == 4

"""Many songs at once: who is meant, what it will cost, what is said where nothing can be done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from songloom.interfaces.web import recipes
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from songloom.process import batch, presets
from songloom.process.batch import Estimate
from tests.shelf import person, shelve

JSON = {"Accept": "application/json"}


def page(client: Client, **given: Any) -> str:
    return client.post(reverse("web:batch"), given).content.decode()


def cost(client: Client, **given: Any) -> Any:
    return client.post(reverse("web:batch_estimate"), given, headers=JSON)


def start(client: Client, **given: Any) -> Any:
    return client.post(reverse("web:batch_start"), given, headers=JSON)


@pytest.fixture
def songs(yun: User) -> list[Track]:
    return [
        shelve(yun, title) for title in ("Apple", "Birch", "Cedar", "Date", "Elm", "Fig", "Gum")
    ]


def ids(songs: list[Track]) -> list[str]:
    return [str(one.pk) for one in songs]


def test_a_few_are_named_and_the_rest_is_counted(client: Client, songs: list[Track]) -> None:
    shown = page(client, track=ids(songs))
    assert "7 songs" in shown
    assert "Apple" in shown
    assert "Elm" in shown
    assert "and 2 more" in shown
    assert "Fig</span>" not in shown


def test_what_is_no_id_and_what_is_in_the_bin_is_left_out(
    client: Client, songs: list[Track]
) -> None:
    client.post(reverse("web:bin_tracks"), {"track": ids(songs[:2])}, headers=JSON)
    shown = page(client, track=[*ids(songs), "nothing", "1"])
    assert "5 songs" in shown


def test_a_preset_can_be_chosen_by_the_address(client: Client, yun: User) -> None:
    presets.save_preset("mine", [{"edit": "reverse"}], owner=yun)
    shown = client.get(reverse("web:batch"), {"preset": "mine"}).content.decode()
    chosen = shown.split('value="mine"')[1][:20]
    assert "checked" in chosen
    assert shown.count(" checked") == 1


def test_the_cost_is_said_in_units(
    client: Client, songs: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    def measured(tracks: Any, order: Any, *, owner: User) -> Estimate:
        told.append((len(tracks), order.format, order.bit_rate_kbps, owner.username))
        return Estimate(12_345, 3 * 3600.0, 2_500_000_000, 45.0)

    monkeypatch.setattr(batch, "estimate", measured)
    found = cost(client, preset="phone", track=ids(songs)).json()
    assert told == [(7, "opus", 96, "yun")]
    assert found == {
        "n": "12,345",
        "sounding": "about 3 h",
        "size": "2.5 GB",
        "work": "about 45 s",
    }


def test_as_new_songs_is_said_to_the_job(client: Client, songs: list[Track], yun: User) -> None:
    presets.save_preset("慢", [{"edit": "gain", "gain_db": -1}], owner=yun, format="mp3")
    answer = start(client, **{"preset": "慢", "track": ids(songs), "as": "track"})
    assert answer.status_code == 202
    assert answer.json()["message"] == "7 songs are on their way."
    job = Job.objects.get(pk=answer.json()["job"])
    assert job.arguments["save_as_track"] is True
    assert job.arguments["recipe"]["edits"] == [{"edit": "gain", "gain_db": -1.0}]
    assert job.arguments["track_ids"] == ids(songs)
    assert job.owner_id == yun.pk


def test_more_than_is_allowed_is_refused_before_it_starts(
    client: Client, songs: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_TRACKS", 3)
    answer = start(client, preset="phone", track=ids(songs))
    assert answer.status_code == 422
    assert "1 to 3 are allowed" in answer.json()["error"]["detail"]
    assert "there may be 3 at most" in page(client, track=ids(songs))
    assert not Job.objects.filter(kind="process.batch").exists()


def test_a_preset_that_joins_a_song_of_somebody_else_is_refused(
    client: Client, mo: User, songs: list[Track]
) -> None:
    hidden = shelve(person("otto"), "Hidden")
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    presets.save_preset("j", [{"edit": "join", "track": str(hidden.pk)}], owner=mo)
    browser = Client()
    browser.force_login(mo)
    answer = start(browser, preset="j", track=ids(songs))
    assert answer.status_code == 422
    assert recipes.others_of([presets.preset("j", mo)["recipe"]], mo) == {}


def test_presets_stand_in_an_order_that_does_not_move(yun: User) -> None:
    for name in ("zither", "apple"):
        presets.save_preset(name, [], owner=yun)
    found = [one["name"] for one in recipes.presets_of(yun)]
    assert found == ["cd", "phone", "speech", "vinyl", "apple", "zither"]


def test_in_chinese_all_of_it_is_chinese(chinese: Client, songs: list[Track]) -> None:
    shown = page(chinese, track=ids(songs))
    for words in ("编辑多首歌", "哪些歌", "还有 2 首", "要花多少", "开始制作"):
        assert words in shown

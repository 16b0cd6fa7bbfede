"""Shares: one's own to change; the page behind one plays its songs and shows nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from songloom.library.models import Track, User
from songloom.library.services.bin import bin_track
from songloom.play.models import Share
from tests.shelf import shelve
from tests.subsonic.conftest import Ask, asking


@pytest.fixture
def songs(ada: User) -> list[Track]:
    return [
        shelve(ada, title, artist="A <b>", album="Album", tracknumber=str(i))
        for i, title in enumerate(("one", "two"), 1)
    ]


def page_of(share: dict[str, str]) -> str:
    return urlsplit(share["url"]).path


def test_a_share_of_an_album_plays_its_songs_to_anybody(ask: Ask, songs: list[Track]) -> None:
    made = ask("createShare", id=songs[0].album_id, description="<i>for you")["shares"]["share"]
    (share,) = made
    assert [entry["title"] for entry in share["entry"]] == ["one", "two"]
    assert share["visitCount"] == 0
    response = Client().get(page_of(share))
    page = response.content.decode()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert "<h1>&lt;i&gt;for you</h1>" in page
    assert "A &lt;b&gt;" in page
    sounds = re.findall(r'src="(/play/[^"]+)"', page)
    assert [Client().get(sound).status_code for sound in sounds] == [200, 200]
    (again,) = ask("getShares")["shares"]["share"]
    assert again["visitCount"] == 1
    assert "lastVisited" in again


def test_a_share_that_is_over_says_so(ask: Ask, songs: list[Track]) -> None:
    (share,) = ask("createShare", id=songs[0].pk)["shares"]["share"]
    bin_track(songs[0])
    assert b"<audio" not in Client().get(page_of(share)).content
    Share.objects.update(expires_at=timezone.now() - timedelta(days=1))
    gone = Client().get(page_of(share))
    assert gone.status_code == 404
    assert b"<b" not in gone.content.partition(b"<main")[2]
    assert b"/play/" not in gone.content
    assert Client().get("/share/guess").status_code == 404
    assert Client().post(page_of(share)).status_code == 405


def test_shares_are_ones_own(ask: Ask, bob: User, songs: list[Track]) -> None:
    (share,) = ask("createShare", id=[song.pk for song in songs])["shares"]["share"]
    as_bob = asking(bob)
    assert as_bob("getShares")["shares"]["share"] == []
    assert as_bob("updateShare", id=share["id"], description="mine")["error"]["code"] == 70
    assert as_bob("deleteShare", id=share["id"])["error"]["code"] == 70
    assert ask("createShare", id="0" * 32)["error"]["code"] == 70
    assert ask("deleteShare", id=share["id"])["status"] == "ok"
    assert ask("getShares")["shares"]["share"] == []


def test_what_an_update_does_not_name_stays(ask: Ask, songs: list[Track]) -> None:
    made = ask("createShare", id=songs[0].pk, description="a", expires=4_000_000_000_000)
    key = made["shares"]["share"][0]["id"]
    ask("updateShare", id=key, description="b")
    (share,) = ask("getShares")["shares"]["share"]
    assert (share["description"], share["expires"]) == ("b", "2096-10-02T07:06:40Z")
    ask("updateShare", id=key, expires="0")
    said = ask("getShares")["shares"]["share"][0]["expires"]
    left = datetime.fromisoformat(said) - timezone.now()
    assert timedelta(days=364) < left <= timedelta(days=365)  # no share is for ever
    assert ask("updateShare", id=key, expires="soon")["error"]["code"] == 0

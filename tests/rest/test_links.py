"""Signed links: one track, one day, nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core import signing
from django.test import Client

from songloom.library.models import Track, User
from songloom.library.services.links import LASTS_S, SALT, play_path
from songloom.library.services.people import local_owner
from tests.rest.conftest import Caller, read
from tests.shelf import shelve


def test_a_link_plays_without_any_key(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "Song", is_private=True)
    for method in ("get", "head"):
        response = getattr(Client(), method)(play_path(track, ada.user))
        assert response.status_code == 200
        assert response["Content-Type"] == "audio/wav"
    path = Path(Client().get(play_path(track, ada.user))["X-Accel-Redirect"][len("/_files") :])
    assert path.stat().st_size == track.size_bytes


def test_a_forged_or_foreign_link_opens_nothing(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "Song")
    good = play_path(track, ada.user)
    other = signing.dumps([track.pk.hex, ada.user.pk.hex], salt="songloom.other")
    odd = signing.dumps(["x"], salt=SALT)
    for bad in (good[:-1], f"{good}x", "/play/x", f"/play/{other}", f"/play/{odd}"):
        read(Client().get(bad), 404)
    assert Client().post(good).status_code == 405


def test_a_link_is_over_after_a_day(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ada.user is not None
    link = play_path(shelve(ada.user, "Song"), ada.user)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LASTS_S - 5)
    assert Client().get(link).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + LASTS_S + 5)
    read(Client().get(link), 404)


def test_a_link_hears_no_more_than_its_maker(ada: Caller, bob: Caller) -> None:
    assert ada.user is not None
    assert bob.user is not None
    track = shelve(ada.user, "Song")
    link = play_path(track, bob.user)
    assert Client().get(link).status_code == 200
    Track.objects.filter(pk=track.pk).update(is_private=True)
    read(Client().get(link), 404)
    Track.objects.filter(pk=track.pk).update(is_private=False)
    User.objects.filter(pk=bob.user.pk).update(is_active=False)
    read(Client().get(link), 404)


@pytest.mark.django_db
def test_the_command_line_owner_can_make_links_too() -> None:
    track = shelve(local_owner(), "Song", is_private=True)
    assert Client().get(play_path(track, local_owner())).status_code == 200

"""Pages of albums and songs tell nothing of somebody else's private songs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from songloom.library.models import Track, User
from tests.shelf import shelve


@pytest.fixture
def secret(yun: User, tmp_path: Path) -> Track:
    Image.new("RGB", (90, 90), (200, 0, 0)).save(tmp_path / "red.png")
    named = {"artist": "A", "album": "L", "date": "1977-05-04", "genre": "Dark"}
    return shelve(yun, "Secret", **named, is_private=True, cover=tmp_path / "red.png")


@pytest.fixture
def shown(mo: User, secret: Track) -> Track:
    return shelve(mo, "Open", artist="A", album="L", date="2003", genre="Light")


def signed_in_as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pages(track: Track) -> list[str]:
    (artist,) = track.artists.all()
    return [
        reverse("web:albums"),
        reverse("web:album", args=[track.album_id]),
        reverse("web:artist", args=[artist.pk]),
    ]


def test_the_year_is_that_of_the_songs_one_may_hear(yun: User, mo: User, shown: Track) -> None:
    for page in pages(shown):
        for_mo = signed_in_as(mo).get(page).content.decode()
        assert "2003" in for_mo, page
        assert "1977" not in for_mo, page
        assert "Dark" not in for_mo, page
        assert "1977" in signed_in_as(yun).get(page).content.decode(), page


def test_the_picture_is_that_of_the_songs_one_may_hear(
    yun: User, mo: User, secret: Track, shown: Track
) -> None:
    (artist,) = shown.artists.all()
    for page in (
        reverse("web:album_cover", args=[shown.album_id]),
        reverse("web:artist_cover", args=[artist.pk]),
        reverse("web:track_cover", args=[shown.pk]),
    ):
        assert sent(signed_in_as(yun).get(page))[:2] == b"\xff\xd8", page  # JPEG: a picture
        assert sent(signed_in_as(mo).get(page))[1:4] == b"PNG", page  # woven


def sent(answer: Any) -> bytes:
    assert answer.status_code == 200
    return Path(answer["X-Accel-Redirect"].removeprefix("/_files")).read_bytes()

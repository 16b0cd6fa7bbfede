"""Covers as answers: sized pictures, and cloth woven from what was measured."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from PIL import Image

from songloom.interfaces.answers.covers import cover_answer, cover_of, energy_of
from songloom.library.models import Features, Track, User
from tests.shelf import person, shelve

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return person("ada")


def asked(track: Track | None, size: int = 0, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    return cover_answer(request, track, cover_of(track, track.owner) if track else None, size)


def file_of(answer: HttpResponse) -> Path:
    return Path(answer["X-Accel-Redirect"].removeprefix("/_files"))


def picture(answer: HttpResponse) -> Image.Image:
    return Image.open(io.BytesIO(file_of(answer).read_bytes()))


def measure(track: Track, **values: Any) -> None:
    Features.objects.update_or_create(track=track, defaults={"version": 1, "values": values})


@pytest.mark.parametrize(("size", "side"), [(0, 600), (100, 100), (1, 16), (99_999, 1_200)])
def test_cloth_is_woven_square_in_the_size_asked_for(ada: User, size: int, side: int) -> None:
    answer = asked(shelve(ada, "Song"), size)
    assert answer["Content-Type"] == "image/png"
    assert picture(answer).size == (side, side)


def test_the_same_features_are_the_same_cloth(ada: User) -> None:
    track = shelve(ada, "Song")
    measure(track, key="A", mode="minor", tempo_bpm=91.0)
    first = asked(track, 64)
    assert asked(track, 64)["ETag"] == first["ETag"]
    woven = file_of(first).read_bytes()
    file_of(first).unlink()  # the cache may be emptied at any time
    assert file_of(asked(track, 64)).read_bytes() == woven


def test_other_features_are_another_cloth(ada: User) -> None:
    track = shelve(ada, "Song")
    plain = asked(track, 64)
    measure(track, key="A", mode="minor", tempo_bpm=91.0)
    minor = asked(track, 64)
    measure(track, key="C", mode="major", tempo_bpm=160.0)
    major = asked(track, 64)
    tags = {answer["ETag"] for answer in (plain, minor, major)}
    assert len(tags) == 3
    assert len({file_of(answer).read_bytes() for answer in (plain, minor, major)}) == 3


def test_tracks_not_yet_measured_differ_too(ada: User) -> None:
    one, other = shelve(ada, "One"), shelve(ada, "Other")
    assert file_of(asked(one, 64)).read_bytes() != file_of(asked(other, 64)).read_bytes()
    assert asked(None, 64).status_code == 200


def test_who_holds_the_picture_is_told_so(ada: User) -> None:
    track = shelve(ada, "Song")
    answer = asked(track, 64)
    again = asked(track, 64, **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert again["ETag"] == answer["ETag"]
    assert "X-Accel-Redirect" not in again
    assert asked(track, 65, **{"If-None-Match": answer["ETag"]}).status_code == 200


def test_an_album_lends_its_picture(ada: User, tmp_path: Path) -> None:
    path = tmp_path / "front.png"
    Image.new("RGB", (300, 300), (10, 120, 60)).save(path)
    first = shelve(ada, "with", album="L", artist="A", cover=path)
    second = shelve(ada, "without", album="L", artist="A")
    assert cover_of(second, ada) == first.cover
    assert asked(second, 100)["Content-Type"] == "image/jpeg"
    assert picture(asked(second, 100)).size == (100, 100)


def test_a_picture_that_is_lost_is_replaced_by_cloth(ada: User, tmp_path: Path) -> None:
    path = tmp_path / "front.png"
    Image.new("RGB", (90, 90), (1, 2, 3)).save(path)
    track = shelve(ada, "Song", cover=path)
    file_of(asked(track, 1_200)).unlink()
    assert asked(track, 1_200)["Content-Type"] == "image/png"


def test_a_picture_is_shown_and_never_run(ada: User) -> None:
    answer = asked(shelve(ada, "Song"))
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("peaks", "energy"),
    [
        ([0.0, 1.0], [0.0, 1.0]),
        ([-0.5] * 48, [0.5] * 24),
        ([0.2, 0.4] * 24, [0.3] * 24),
    ],
)
def test_energy_is_how_loud_each_part_is(peaks: list[float], energy: list[float]) -> None:
    assert energy_of(peaks) == pytest.approx(energy)

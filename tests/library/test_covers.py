"""Covers are re-encoded, bounded and shrunk on demand."""

from __future__ import annotations

import pytest
from PIL import Image

from songloom.library.models import Cover
from songloom.library.services import covers
from tests.kept import bytes_of, copy_of
from tests.library.conftest import picture

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_kind_of_picture_becomes_a_jpeg_named_by_its_hash(kind: str) -> None:
    cover = covers.keep_cover(picture(kind=kind))
    assert cover is not None
    with Image.open(copy_of(cover.sha256, "covers")) as kept:
        assert kept.format == "JPEG"
        assert kept.size == (cover.width, cover.height) == (64, 48)


@pytest.mark.stores
def test_a_large_picture_is_shrunk_and_keeps_its_shape() -> None:
    cover = covers.keep_cover(picture(3000, 1500))
    assert cover is not None
    assert (cover.width, cover.height) == (covers.LONGEST_SIDE, covers.LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    "raw",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:40]],
    ids=["empty", "text", "svg", "half a png"],
)
def test_what_is_no_picture_is_no_cover_and_no_error(raw: bytes) -> None:
    assert covers.keep_cover(raw) is None
    assert Cover.objects.count() == 0


def test_more_pixels_than_allowed_are_refused(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covers, "MOST_PIXELS", 64 * 48 - 1)
    assert covers.keep_cover(picture()) is None


def test_the_same_picture_twice_is_one_cover() -> None:
    assert covers.keep_cover(picture()) == covers.keep_cover(picture())


@pytest.mark.stores
def test_a_sized_cover_is_made_once_and_never_enlarged() -> None:
    cover = covers.keep_cover(picture(800, 400))
    assert cover is not None
    small = covers.sized(cover, 100)
    with Image.open(small) as made:
        assert made.size == (100, 50)
    stamp = small.stat().st_mtime_ns
    assert covers.sized(cover, 100).stat().st_mtime_ns == stamp
    assert covers.sized(cover, 5000).read_bytes() == bytes_of(cover.sha256, "covers")

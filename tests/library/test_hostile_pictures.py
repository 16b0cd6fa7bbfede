"""Pictures from anywhere: a cover is made of their bytes or it is not, and nothing breaks."""

from __future__ import annotations

import io
import random
import struct
import threading
import zlib
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from songloom.library import storage
from songloom.library.models import Cover, Track, User
from songloom.library.services import covers, storing
from tests.kept import home_path
from tests.library.conftest import Hear, picture

pytestmark = pytest.mark.django_db
KINDS = ("PNG", "JPEG", "WEBP", "GIF")
RED, BLUE = (200, 20, 20), (20, 20, 200)


def _kept(raw: bytes) -> Image.Image:
    """The picture as it was stored."""
    cover = covers.keep_cover(raw)
    assert cover is not None
    with Image.open(home_path(cover.sha256, "covers")) as kept:
        assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (cover.width, cover.height))
        return kept.copy()


def _bytes_of(made: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def _is_near(met: object, wanted: tuple[int, int, int]) -> bool:
    """Within what JPEG may lose of an even colour."""
    assert isinstance(met, tuple)
    return all(abs(a - b) <= 6 for a, b in zip(met, wanted, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _png_header(width: int, height: int) -> bytes:
    """A PNG of under 100 bytes that claims to be so large."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = _chunk(b"IDAT", zlib.compress(bytes(64)))
    return b"\x89PNG\r\n\x1a\n" + head + body + _chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"),
    [(7_000, 7_000), (10_000, 10_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (0, 5)],
)
def test_a_small_file_that_claims_to_be_a_huge_picture_is_no_cover(width: int, height: int) -> None:
    raw = _png_header(width, height)
    assert len(raw) < 100
    assert covers.keep_cover(raw) is None


def test_a_song_with_a_decompression_bomb_for_a_cover_is_stored_without_it(
    owner: User, hear: Hear, tmp_path: Path
) -> None:
    (tmp_path / "bomb.png").write_bytes(_png_header(30_000, 30_000))
    heard = hear(b"a song all the same", cover=str(tmp_path / "bomb.png"))
    track, is_new = storing.store_file(heard, owner=owner, origin=Track.Origin.UPLOADED)
    assert is_new
    assert track.cover is None


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_picture_with_some_bytes_changed_never_raises(kind: str, seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(picture(24, 16, kind))
    for _ in range(chance.randint(1, 12)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    cut = bytes(raw[: chance.randint(1, len(raw))]) if chance.random() < 0.3 else bytes(raw)
    with transaction.atomic():
        cover = covers.keep_cover(cut)
        assert cover is None or max(cover.width, cover.height) <= covers.LONGEST_SIDE
        transaction.set_rollback(True)


def test_of_an_animated_picture_the_first_frame_is_the_cover() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE, BLUE)]
    raw = _bytes_of(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert _is_near(_kept(raw).getpixel((10, 10)), RED)


def test_a_picture_for_print_is_shown_in_screen_colours() -> None:
    raw = _bytes_of(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = _kept(raw).getpixel((10, 10))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


def test_what_is_transparent_is_white_and_not_what_lies_hidden_in_it() -> None:
    logo = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    logo.paste((*RED, 255), (0, 0, 10, 20))
    for raw in (_bytes_of(logo, "PNG"), _bytes_of(logo, "WEBP", lossless=True)):
        kept = _kept(raw)
        assert _is_near(kept.getpixel((2, 10)), RED)
        assert _is_near(kept.getpixel((17, 10)), (255, 255, 255))


def test_a_palette_with_a_transparent_colour_is_white_there_too() -> None:
    logo = Image.new("P", (20, 20), 0)
    logo.putpalette([0, 0, 0, *RED])
    logo.paste(1, (0, 0, 10, 20))
    kept = _kept(_bytes_of(logo, "PNG", transparency=0))
    assert _is_near(kept.getpixel((2, 10)), RED)
    assert _is_near(kept.getpixel((17, 10)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_every_way_to_write_a_pixel_in_png_is_read(mode: str) -> None:
    assert _kept(_bytes_of(Image.new(mode, (12, 8)), "PNG")).size == (12, 8)


def test_a_photograph_taken_upright_is_kept_upright() -> None:
    """Cameras store the sensor's rows and note how to turn them (EXIF orientation 6)."""
    sensor = Image.new("RGB", (40, 20), BLUE)
    sensor.paste(RED, (0, 0, 20, 20))  # the sensor's left is the top of the picture
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = _kept(_bytes_of(sensor, "JPEG", exif=exif, quality=95))
    assert kept.size == (20, 40)
    assert _is_near(kept.getpixel((10, 5)), RED)
    assert _is_near(kept.getpixel((10, 35)), BLUE)


def test_nothing_that_a_camera_noted_is_given_away() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home, 52.5200 N 13.4050 E"
    raw = _bytes_of(Image.new("RGB", (8, 8)), "JPEG", exif=exif, comment=b"taken by Mei")
    cover = covers.keep_cover(raw)
    assert cover is not None
    stored = home_path(cover.sha256, "covers").read_bytes()
    assert b"13.4050" not in stored
    assert b"Mei" not in stored


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 5_000), (5_000, 1), (2_401, 3)])
def test_the_thinnest_picture_still_has_a_pixel_each_way(width: int, height: int) -> None:
    kept = _kept(picture(width, height))
    assert min(kept.size) >= 1
    assert max(kept.size) == min(max(width, height), covers.LONGEST_SIDE)


@pytest.mark.parametrize("name", ["cover.bmp", "cover.tiff", "cover.ppm", "cover.ico"])
def test_other_kinds_of_picture_are_not_even_opened(name: str, tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), RED).save(tmp_path / name)
    assert covers.keep_cover(tmp_path / name) is None


def test_the_kind_of_a_picture_is_seen_in_its_bytes_not_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "cover.svg").write_bytes(picture(kind="PNG"))
    assert covers.keep_cover(tmp_path / "cover.svg") is not None


def test_a_picture_that_is_a_folder_or_gone_is_no_cover(tmp_path: Path) -> None:
    assert covers.keep_cover(tmp_path) is None
    assert covers.keep_cover(tmp_path / "gone.png") is None
    assert covers.keep_cover(None) is None


def test_a_file_larger_than_allowed_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.png").write_bytes(picture())
    monkeypatch.setattr(covers, "LARGEST_BYTES", len(picture()) - 1)
    assert covers.keep_cover(tmp_path / "large.png") is None
    assert covers.keep_cover(tmp_path / "large.png") is None
    assert not Cover.objects.exists()


def test_a_cover_kept_again_is_the_same_picture_to_the_byte() -> None:
    """Encoding is a function of the picture: that is why covers can be named by their hash."""
    first, second = (covers.keep_cover(picture(30, 20, "PNG")) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256
    assert home_path(first.sha256, "covers").stat().st_nlink == 1


@pytest.mark.parametrize(("asked", "longest"), [(-5, 16), (0, 16), (17, 17), (99, 99)])
def test_a_size_asked_for_is_bounded_below(asked: int, longest: int) -> None:
    cover = covers.keep_cover(picture(300, 200))
    assert cover is not None
    with Image.open(covers.sized(cover, asked)) as made:
        assert max(made.size) == longest


def test_many_who_ask_for_one_size_at_once_all_get_a_whole_picture() -> None:
    cover = covers.keep_cover(picture(700, 700, "PNG"))
    assert cover is not None
    start = threading.Barrier(6)
    seen: list[tuple[int, int]] = []

    def ask() -> None:
        start.wait(10)
        for size in (60, 61, 62):
            with Image.open(covers.sized(cover, size)) as made:
                made.load()  # a half-written picture raises here
                seen.append(made.size)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(seen) == sorted([(60, 60), (61, 61), (62, 62)] * 6)


def test_a_cover_whose_picture_was_lost_is_a_path_without_a_file_and_no_error() -> None:
    cover = covers.keep_cover(picture(710, 700, "PNG"))
    assert cover is not None
    storage.drop(cover.sha256, "covers")
    assert not covers.sized(cover, 64).exists()


def test_a_lost_picture_that_comes_again_is_put_into_its_place() -> None:
    cover = covers.keep_cover(picture(31, 20))
    assert cover is not None
    storage.drop(cover.sha256, "covers")
    assert covers.keep_cover(picture(31, 20)) == cover
    assert covers.sized(cover, 64).exists()

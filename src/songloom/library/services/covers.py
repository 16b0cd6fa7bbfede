"""Keeps covers: JPEG, PNG, WEBP or GIF, at most 40 megapixels, first frame, re-encoded as JPEG."""

from __future__ import annotations

import hashlib
import io
import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from songloom.library import storage
from songloom.library.models import Cover

if TYPE_CHECKING:  # Pillow is loaded when there is a picture
    from PIL.Image import Image

logger = logging.getLogger(__name__)
LONGEST_SIDE = 1_200  # pixels
LARGEST_BYTES = 30 << 20
MOST_PIXELS = 40_000_000
ALLOWED = ("JPEG", "PNG", "WEBP", "GIF")


def keep_cover(source: Path | bytes | None) -> Cover | None:
    """Store a picture as a cover. What is no acceptable picture is no cover, and no error."""
    if source is None:
        return None
    try:
        raw = source if isinstance(source, bytes) else _read(source)
        encoded, width, height = _encode(raw)
    except Exception as exc:  # decoders of pictures raise anything: a bomb, an index, a struct
        logger.info("a cover was left out: %s", type(exc).__name__)
        return None
    sha256 = hashlib.sha256(encoded).hexdigest()
    storage.keep_bytes(encoded, sha256, "covers")
    cover, _ = Cover.objects.get_or_create(
        sha256=sha256, defaults={"width": width, "height": height, "mime": "image/jpeg"}
    )
    return cover


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError("too large")
    return path.read_bytes()


def _encode(raw: bytes) -> tuple[bytes, int, int]:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(raw), formats=ALLOWED) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture.seek(0)
        plain = _on_white(ImageOps.exif_transpose(picture))
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info.clear()  # what a camera noted is nobody's business
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue(), plain.width, plain.height


def _on_white(picture: Image) -> Image:
    """In RGB; what is transparent is white, whatever colour lies hidden in it."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    from PIL.Image import new

    paper = new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def sized(cover: Cover, size: int) -> Path:
    """The file of a cover, no side longer than `size` pixels; made once, then kept in the cache.

    A picture that was lost is a path at which nothing lies.
    """
    size = max(16, min(size, LONGEST_SIDE))
    is_small = max(cover.width, cover.height) <= size
    original = storage.store().path(cover.sha256, "covers")
    if is_small and original is not None:
        return original
    name = f"{cover.sha256}.jpg" if is_small else f"{cover.sha256}-{size}.jpg"
    target: Path = settings.CACHE / "covers" / name
    if not target.exists() and storage.is_there(cover.sha256, "covers"):
        with storage.at_hand(cover.sha256, "covers") as path, storage.temporary(".jpg") as draft:
            _write(path, draft, None if is_small else size)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.rename(target)
    return target


def _write(original: Path, draft: Path, size: int | None) -> None:
    """The same picture, or a smaller one."""
    if size is None:
        shutil.copyfile(original, draft)
        return
    from PIL import Image

    with Image.open(original, formats=["JPEG"]) as picture:
        picture.thumbnail((size, size))
        picture.save(draft, "JPEG", quality=85)

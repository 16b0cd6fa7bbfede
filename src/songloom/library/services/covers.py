"""Keeps covers: JPEG, PNG, WEBP or GIF, at most 40 megapixels, first frame, re-encoded as JPEG."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path

from django.conf import settings

from songloom.library import storage
from songloom.library.models import Cover

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
    except (OSError, ValueError, SyntaxError, MemoryError) as exc:
        logger.info("a cover was left out: %s", type(exc).__name__)
        return None
    sha256 = hashlib.sha256(encoded).hexdigest()
    with storage.temporary(".jpg") as path:
        path.write_bytes(encoded)
        storage.keep(path, sha256, "covers")
    cover, _ = Cover.objects.get_or_create(
        sha256=sha256, defaults={"width": width, "height": height, "mime": "image/jpeg"}
    )
    return cover


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError("too large")
    return path.read_bytes()


def _encode(raw: bytes) -> tuple[bytes, int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(raw), formats=ALLOWED) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture.seek(0)
        plain = picture.convert("RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue(), plain.width, plain.height


def sized(cover: Cover, size: int) -> Path:
    """The file of a cover, no side longer than `size` pixels; made once, then kept in the cache."""
    original = storage.path_of(cover.sha256, "covers")
    size = max(16, min(size, LONGEST_SIDE))
    if max(cover.width, cover.height) <= size:
        return original
    target: Path = settings.CACHE / "covers" / f"{cover.sha256}-{size}.jpg"
    if not target.exists():
        _shrink(original, target, size)
    return target


def _shrink(original: Path, target: Path, size: int) -> None:
    from PIL import Image

    target.parent.mkdir(parents=True, exist_ok=True)
    with storage.temporary(".jpg") as draft:
        with Image.open(original, formats=["JPEG"]) as picture:
            picture.thumbnail((size, size))
            picture.save(draft, "JPEG", quality=85)
        draft.rename(target)

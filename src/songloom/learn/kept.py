"""Files of learnt tags in the home: `models/<sha256>.skops`, durable before any row names them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from songloom.errors import StorageAway
from songloom.learn.models import TagModel
from songloom.library.storage.local import temporary

SUFFIX = ".skops"
MOST_IN_MEMORY = 64


def keep(raw: bytes, sha256: str) -> None:
    """Write a model file; the same bytes are written once. Raises DiskFull or StorageAway."""
    import os

    target = _path(sha256)
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary(SUFFIX) as draft:
        with draft.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)


def pipeline_of(model: TagModel) -> Any:
    """The fitted pipeline, its hash checked against what the row recorded."""
    return _read(str(settings.HOME), model.sha256)


def sweep() -> None:
    """Remove files that no row names any more."""
    named = set(TagModel.objects.values_list("sha256", flat=True))
    for path in _path("").parent.glob(f"*{SUFFIX}"):
        if path.stem not in named:
            path.unlink(missing_ok=True)


@lru_cache(maxsize=MOST_IN_MEMORY)
def _read(home: str, sha256: str) -> Any:
    from songloom.core.learning.files import unpacked

    try:
        raw = _path(sha256).read_bytes()
    except OSError as exc:
        raise StorageAway("the file of a learnt tag is away; train again") from exc
    return unpacked(raw, sha256)


def _path(sha256: str) -> Path:
    home: Path = settings.HOME
    return home / "models" / f"{sha256}{SUFFIX}"

"""Files of learnt tags: in the storage, where every machine that works finds them by their hash."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from songloom.errors import StorageAway
from songloom.learn.models import TagModel
from songloom.library import storage
from songloom.library.services.bin import drop_unused

SUFFIX = ".skops"
MOST_IN_MEMORY = 64


def keep(raw: bytes, sha256: str) -> None:
    """Keep a model's bytes; the same are kept once. Raises DiskFull or StorageAway."""
    storage.keep_bytes(raw, sha256, "models")


def pipeline_of(model: TagModel) -> Any:
    """The fitted pipeline, its hash checked against what the row recorded."""
    return _read(storage.store().name, model.sha256)


def forget(hashes: Iterable[str]) -> None:
    """Remove those of these files that no row names any more."""
    drop_unused(set(hashes), TagModel.objects.all(), "models")


def named() -> list[tuple[str, str]]:
    """(id, sha256 of its file) of every learnt tag."""
    return [(str(pk), sha256) for pk, sha256 in TagModel.objects.values_list("pk", "sha256")]


def bring_in() -> None:
    """Models that an earlier version kept in `models/` of the home go into the storage."""
    home: Path = settings.HOME
    known = {sha256 for _, sha256 in named()}
    for path in (home / "models").glob(f"*{SUFFIX}"):
        if path.stem in known:
            storage.keep(path, path.stem, "models")
        path.unlink(missing_ok=True)


@lru_cache(maxsize=MOST_IN_MEMORY)
def _read(place: str, sha256: str) -> Any:
    """`place` only tells the storages of tests apart."""
    from songloom.core.learning.files import unpacked

    try:
        raw = storage.read_bytes(sha256, "models")
    except StorageAway as exc:
        raise StorageAway("the file of a learnt tag is away; train again") from exc
    return unpacked(raw, sha256)

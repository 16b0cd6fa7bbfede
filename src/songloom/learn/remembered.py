"""The vectors of a large library in one file of the cache, so that a fresh process need not read
every row of features again. It may be lost at any time, and is never trusted to be complete."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID
from zipfile import BadZipFile

from django.conf import settings

from songloom.core.features import FEATURES_VERSION

if TYPE_CHECKING:
    from songloom.core.learning.vectors import Floats

Vectors = dict[UUID, "Floats"]


def read() -> tuple[Vectors, datetime | None]:
    """Vectors by track, and when the youngest was measured; nothing when there is no good file."""
    import numpy as np

    from songloom.core.learning.vectors import N_COLUMNS

    try:
        with _path().open("rb") as file, np.load(file, allow_pickle=False) as stored:
            ids, rows = stored["ids"], stored["rows"]
            last = datetime.fromisoformat(stored["last"].tobytes().decode())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}, None
    if rows.shape != (len(ids), N_COLUMNS) or rows.dtype != np.float32 or ids.dtype != "S32":
        return {}, None
    return {UUID(pk.decode()): row for pk, row in zip(ids, rows, strict=True)}, last


def write(vectors: Vectors, last: datetime) -> None:
    """Replace the file, whole or not at all. A full disk is no error: it is only a cache."""
    import numpy as np

    path = _path()
    draft = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    try:
        np.savez(
            draft,
            allow_pickle=False,
            ids=np.asarray([pk.hex for pk in vectors], dtype="S32"),
            rows=np.asarray(list(vectors.values()), dtype=np.float32),
            last=np.frombuffer(last.isoformat().encode(), dtype=np.uint8),
        )
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)


def _path() -> Path:
    from songloom.core.learning.vectors import VECTOR_VERSION

    cache: Path = settings.CACHE
    return cache / f"vectors-{FEATURES_VERSION}-{VECTOR_VERSION}.npz"

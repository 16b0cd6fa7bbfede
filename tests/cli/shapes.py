"""Shapes of JSON: what a document of the contract must be, key by key and value by value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Shape = Any  # a type, a tuple of shapes (any of them), [shape], {key: shape}, or a test


@dataclass(frozen=True)
class Text:
    """A string that is wholly of this form."""

    form: str

    def __call__(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(self.form, value) is not None


ID = Text(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")  # UUIDv7
MOMENT = Text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # RFC 3339 in UTC
SHA256 = Text(r"[0-9a-f]{64}")
WORD = Text(r"[a-z][a-z0-9_.]*")
NUMBER = (int, float)
COUNT: Callable[[object], bool] = lambda v: isinstance(v, int) and v >= 0  # noqa: E731

TRACK: dict[str, Shape] = {
    "id": ID,
    "title": str,
    "artists": [{"id": ID, "name": str, "role": WORD}],
    "album": (None, {"id": ID, "title": str}),
    "genres": [str],
    "date": (None, Text(r"\d{4}(-\d\d){0,2}")),
    "duration_s": NUMBER,
    "format": WORD,
    "size_bytes": COUNT,
    "is_generated": bool,
    "has_audio": bool,
    "created_at": MOMENT,
}
ERROR: dict[str, Shape] = {"error": {"code": WORD, "message": Text(r"(?s).+")}}
REFUSED: list[Shape] = [{"source": str, "code": WORD, "message": Text(".+")}]
RECIPE: dict[str, Shape] = {"version": int, "edits": [dict]}
JOB: dict[str, Shape] = {
    "id": ID,
    "kind": Text(r"[a-z]+\.[a-z_]+"),
    "state": Text("queued|running|done|failed|cancelled|dead"),
    "progress": NUMBER,
    "stage": str,
    "result": (None, dict),
    "error": (None, {"code": WORD, "message": str}),
    "created_at": MOMENT,
    "finished_at": (None, MOMENT),
}
PLAYLIST: dict[str, Shape] = {
    "id": ID,
    "name": str,
    "comment": str,
    "is_public": bool,
    "is_smart": bool,
    "query": str,
    "sort": str,
    "max_tracks": (None, int),
    "owner": ID,
    "created_at": MOMENT,
    "updated_at": MOMENT,
}
FOLDER: dict[str, Shape] = {
    "id": ID,
    "path": str,
    "name": str,
    "is_private": bool,
    "created_at": MOMENT,
    "last_scan_at": (None, MOMENT),
}


def misfits(value: Any, shape: Shape, at: str = "$") -> list[str]:
    """Where a value is not of a shape; empty when it is."""
    if isinstance(shape, tuple):
        found = [misfits(value, one, at) for one in shape]
        return min(found, key=len) if all(found) else []
    if isinstance(shape, dict):
        return _object(value, shape, at)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [
            wrong for i, one in enumerate(value) for wrong in misfits(one, shape[0], f"{at}[{i}]")
        ]
    if shape is None:
        return [] if value is None else [f"{at}: {value!r} is not null"]
    if isinstance(shape, type):
        is_right = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
        return [] if is_right else [f"{at}: {value!r} is no {shape.__name__}"]
    return [] if shape(value) else [f"{at}: {value!r} does not fit"]


def _object(value: Any, shape: dict[str, Shape], at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at}: {value!r} is no object"]
    wrong = [f"{at}.{key} is missing" for key in shape.keys() - value.keys()]
    wrong += [f"{at}.{key} is not in the contract" for key in value.keys() - shape.keys()]
    for key in shape.keys() & value.keys():
        wrong += misfits(value[key], shape[key], f"{at}.{key}")
    return wrong

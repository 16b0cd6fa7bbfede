"""Fills every table of a state of the migrations with at least one row, by its historical models.

What matters for what the library does stands in `GIVEN`; every other field and table gets a value
that is none of the defaults, so that a loss is seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from songloom.core.query.text import tokens
from songloom.library.ids import name_key

LONG_AGO = datetime(2025, 7, 31, 23, 59, 59, 999_999, UTC)
PASSWORD = "open the loom"
SOUND, PICTURE, SCORE, RENDERED = b"a sound", b"a picture", b"a score", b"a rendition"
Given = dict[str, list[dict[str, Any]]]


def bytes_of(content: bytes, home: Path, shelf: str) -> str:
    """Put bytes where the library keeps them; returns their hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = home / "media" / shelf / sha256[:2] / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return sha256


def model_of(content: bytes, home: Path) -> str:
    """Put a learnt tag's file where that release kept it, outside of the storage."""
    sha256 = hashlib.sha256(content).hexdigest()
    (home / "models").mkdir(exist_ok=True)
    (home / "models" / f"{sha256}.skops").write_bytes(content)
    return sha256


def key(n: int) -> UUID:
    """The n-th id: of version 7, as all are."""
    return UUID(int=(0x0192 << 112) | (7 << 76) | (1 << 63) | n)


def given(home: Path) -> Given:
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    users = (("mei", True), ("otto", False), ("林俊杰", False))
    sha256 = bytes_of(SOUND, home, "audio")
    tracks: dict[str, dict[str, Any]] = {
        "青花瓷": {"duration_s": 222.5, "album_id": key(21), "artist_text": "周杰伦"},
        "Only a name": {"duration_s": None},
        "Blue": {"duration_s": 12.25, "is_private": True, "owner_id": key(1)},
        "Thrown away": {"duration_s": 3.0, "binned_at": LONG_AGO},
    }
    listed = {"binned_at": None, "missing_at": None, "owner_id": key(1), "is_private": False,
              "album_id": None, "origin": "uploaded"}  # fmt: skip
    rows: Given = {
        "library.User": [
            {"id": key(n), "username": name, "password": password, "is_superuser": is_admin,
             "is_staff": is_admin, "is_active": True, "language": "", "theme": ""}
            for n, (name, is_admin) in enumerate(users, start=1)
        ],
        "library.Artist": [{"id": key(11), "name": "周杰伦", "name_key": name_key("周杰伦")}],
        "library.Album": [{"id": key(21), "title": "我很忙", "artist_id": key(11)}],
        "library.Genre": [{"name": "流行", "name_key": name_key("流行")}],
        "library.Cover": [{"sha256": bytes_of(PICTURE, home, "covers")}],
        "library.Track": [
            {"id": key(31 + n), "title": title, "sort_title": title.casefold(), **listed, **said}
            for n, (title, said) in enumerate(tracks.items())
        ],
        "library.Credit": [{"track_id": key(31), "artist_id": key(11), "role": "artist"}],
        "library.File": [{"track_id": key(31), "folder_id": None, "path": "", "sha256": sha256,
                          "missing_at": None, "size_bytes": len(SOUND)}],
        "library.Features": [{"track_id": key(31), "version": 1, "tempo_bpm": 90.0}],
        "library.Rendition": [{"sha256": bytes_of(RENDERED, home, "renditions")}],
        "library.LineageNode": [
            {"id": key(41), "kind": "url", "label": "https://example.org/青花瓷", "track_id": None},
            {"id": key(42), "kind": "track", "label": "青花瓷", "track_id": key(31)},
        ],
        "library.LineageEdge": [{"parent_id": key(41), "child_id": key(42)}],
        "library.Preference": [{"name": "search.version", "value": 1}],
        "generate.Generation": [{"midi_sha256": bytes_of(SCORE, home, "scores"), "like_id": None,
                                 "state": "done"}],
        "learn.TagModel": [{"sha256": model_of(b"what was learnt", home)}],
        "jobs.Job": [
            {"id": key(51), "state": "done", "lease_until": None},
            {"id": key(52), "kind": "search.index", "arguments": {"track_id": str(key(34))},
             "root_id": key(52), "queue": "interactive", "task_id": None, "state": "queued",
             "active_key": None, "lease_until": None, "finished_at": None, "result": None,
             "error": None, "is_cancel_asked": False, "attempts": 0},
        ],
        "search.Row": list(_rows(tracks)),
    }  # fmt: skip
    return rows


def _rows(titles: Any) -> Iterator[dict[str, Any]]:
    """As the index had them; the binned track was never indexed, a job waits for it."""
    nothing = {"artist_tokens": "", "album_tokens": "", "genre_tokens": "", "other_tokens": ""}
    things = {"track_id": None, "artist_id": None, "album_id": None}
    jay = tokens(["周杰伦"], is_name=True)
    for n, title in enumerate(titles):
        said = {"artist_tokens": jay, "album_tokens": tokens(["我很忙"])} if n == 0 else {}
        if title != "Thrown away":
            row = {**things, "track_id": key(31 + n), "title_tokens": tokens([title])}
            yield {**row, **nothing, **said}
    yield {**things, "artist_id": key(11), "title_tokens": jay, **nothing}
    yield {**things, "album_id": key(21), "title_tokens": tokens(["我很忙"]), **nothing}


def fill(models: list[Any], home: Path) -> None:
    """Rows for every one of these models; what a row refers to comes before it in the list."""
    known = given(home)
    for model in models:
        wanted = known.get(model._meta.label, [{}])
        if model._meta.label not in known and model._base_manager.exists():
            continue  # kinds of rows and permissions, which migrating made
        model._base_manager.bulk_create(_row(model, one, n) for n, one in enumerate(wanted))


def _row(model: Any, said: dict[str, Any], n: int) -> Any:
    values = {
        field.attname: said.get(field.attname, _any(field, n))
        for field in model._meta.concrete_fields
        if field.get_internal_type() not in ("AutoField", "BigAutoField")
    }
    unknown = said.keys() - values.keys()
    assert not unknown, f"{model._meta.label} has no {unknown}"
    return model(**values | said)


def _any(field: Any, n: int) -> Any:
    """A value of this kind of field, for the n-th row."""
    if field.is_relation:
        other = field.related_model
        if other is field.model or other._meta.label == field.model._meta.label:
            return None
        found = other._base_manager.order_by("pk").values_list("pk", flat=True)
        return found[n % len(found)]
    kind = field.get_internal_type()
    if field.choices:
        return field.choices[0][0]
    if kind in ("CharField", "TextField"):
        return f"{n} 千里 '\"\\%s {field.model._meta.label}.{field.name}"[: field.max_length]
    made: dict[str, Any] = {
        "UUIDField": key(100 + n),
        "DateTimeField": LONG_AGO,
        "JSONField": {"深": [n, None, 0.5, "😀"]},
        "BinaryField": b"\x00\xff'",
        "BooleanField": True,
        "FloatField": 0.25,
    }
    return made.get(kind, n + 1)

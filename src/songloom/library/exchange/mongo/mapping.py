"""Documents of other shapes, read by a TOML file.

collection = "songs"
[fields]                      # a column of ours = where it lies in the document
title = "name"
artists = "people.singers"    # dots lead inwards
duration_s = "length"
[units]                       # of bare numbers
duration_s = "ms"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from songloom.errors import BadValue, NoSuchFile
from songloom.library.exchange.columns import BY_NAME, named
from songloom.library.exchange.reading import Head, cells_of
from songloom.library.ids import name_key

READ_HERE = ("audio",)  # a path or an address is for tables; sound comes from GridFS


@dataclass(frozen=True)
class Mapping:
    """Where each column lies in the documents of another."""

    fields: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    collection: str = ""


def read_mapping(path: Path) -> Mapping:
    """Raises NoSuchFile, BadValue with what is wrong in it."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise NoSuchFile(f"cannot be read ({exc.strerror})") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise BadValue(f"this is no TOML: {exc}") from exc
    fields, units = found.get("fields"), found.get("units", {})
    if not _is_texts(fields) or not fields or not _is_texts(units):
        raise BadValue("a mapping has [fields] with the name of a field for each column")
    known = {_column(name): where for name, where in fields.items()}
    return Mapping(
        known, {_column(n): u for n, u in units.items()}, str(found.get("collection", ""))
    )


def _is_texts(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(value, str) for value in found.values())


def _column(name: str) -> str:
    found = named(name)
    if found is None or found[0].name in READ_HERE:
        raise BadValue(f"no column is called {name[:40]!r}")
    return found[0].name


def cells(document: dict[str, Any], mapping: Mapping | None) -> list[tuple[Head, Any]]:
    """The known fields of a document, ours or mapped, as values that cells have."""
    if mapping is None:
        flat = {n: v for n, v in document.items() if n not in ("_id", "features", *READ_HERE)}
        features = document.get("features")
        flat |= features if isinstance(features, dict) else {}
        ours = cells_of({name: plain(value) for name, value in flat.items()})
        ours = [(head, value) for head, value in ours if head.column.name not in READ_HERE]
        return [*ours, (Head("_id", BY_NAME["id"]), plain(document.get("_id")))]
    return [
        (Head(where, BY_NAME[name], mapping.units.get(name, "")), plain(inside(document, where)))
        for name, where in mapping.fields.items()
    ]


def inside(document: Any, where: str) -> Any:
    """`disc.title`; in a list, that of each."""
    for step in where.split("."):
        if isinstance(document, list):
            document = [each.get(step) for each in document if isinstance(each, dict)]
        else:
            document = document.get(step) if isinstance(document, dict) else None
    return document


def plain(value: Any) -> Any:
    """What JSON has no kind for (ids, dates, decimals) as text."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value if each is not None]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, float) and value != value:
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def key_of(place: str, of: Any) -> str:
    return name_key("mongo", place, str(of))

"""How values stand in the cells of a table that spreadsheets open, and how they are read back.

A text that a spreadsheet would take for a formula gets an apostrophe in front, and loses it again.
Several names share a cell as `a; b`; a separator within a name has a backslash in front.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from songloom.library.exchange.columns import Column

DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
SEPARATORS = ";；、|"
ESCAPED = re.compile(rf"([\\{SEPARATORS}])")
PIECE = re.compile(rf"((?:\\.|[^\\{SEPARATORS}]|\\\Z)*)(?:[{SEPARATORS}]|\Z)", re.DOTALL)
UNESCAPE = re.compile(rf"\\([\\{SEPARATORS}])")
LONGEST = 100_000  # characters of any text; what takes less cuts more
GUARDED_KINDS = ("text", "names", "tags", "audio")


def cell(column: Column, value: Any) -> str:
    """A value as a cell. Numbers stay numbers, negative ones too."""
    if value is None or value == []:
        return ""
    if column.kind == "lineage":
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = joined(value)
    made = value if isinstance(value, str) else repr(value)
    return guarded(made) if column.kind in GUARDED_KINDS else made


def guarded(text: str) -> str:
    return f"'{text}" if DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and DANGEROUS.match(text) else text


def joined(names: Iterable[str]) -> str:
    return "; ".join(ESCAPED.sub(r"\\\1", name) for name in names)


def split(text: str) -> list[str]:
    """The names in a cell, each once, in their order."""
    return cleaned(UNESCAPE.sub(r"\1", piece) for piece in PIECE.findall(text))


def cleaned(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(clean(name) for name in names) if name]


def clean(text: str) -> str:
    """As the library keeps text; a line end within a cell may be of any system."""
    whole = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in whole if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()

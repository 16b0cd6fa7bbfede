"""Dates as precise as they are known: 2003, 2003-07 or 2003-07-31."""

from __future__ import annotations

import re
from datetime import date

_PARTS = re.compile(
    r"\s*(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?|\s*年)?"
    r"(?:[T ].*)?\s*\Z"
)
_COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})\s*\Z")


def partial_date(text: str) -> str | None:
    """An ISO date of the precision given, or None when the text is no date.

    Reads 2003, 2003-07, 2003/7/31, 2003.7.31, 2003年7月31日, 20030731, 2003-07-31T10:00:00.
    """
    found = _PARTS.match(text) or _COMPACT.match(text)
    if found is None or int(found[1]) == 0:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if not month:
        return f"{year:04d}"
    try:
        whole = date(year or 1, month, day or 1)
    except ValueError:
        return None
    return whole.isoformat() if day else f"{year:04d}-{month:02d}"

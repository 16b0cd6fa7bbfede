"""Cells as people write them → values: 3:42, 222s, 3分42秒, 440 Hz, 2003年7月31日, `a; b`."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from songloom.core.query import values
from songloom.errors import BadDate, BadNumber, BadValue
from songloom.library.dates import partial_date
from songloom.library.exchange import calendar, spelling
from songloom.library.exchange.columns import Column

Value = Any
NOTHING = frozenset({"", "-", "--", "—", "–", "n/a", "na", "nan", "nat", "null", "none", "nil",
                     "未知", "无", "?"})  # fmt: skip
NUMBER = re.compile(r"([+-]?(?:\d[\d,.]*|[.,]\d+)(?:e[+-]?\d{1,3})?)\s*([^\d\s].*)?\Z", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\Z", re.ASCII)
CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)\Z", re.ASCII)
PART = re.compile(r"(\d+(?:\.\d+)?)([^\d.]*)", re.ASCII)
HERTZ = {"": 1, "hz": 1, "赫兹": 1, "赫": 1, "khz": 1e3, "千赫": 1e3, "千赫兹": 1e3, "mhz": 1e6}
SECONDS = {
    **dict.fromkeys(("ms", "msec", "毫秒", "milliseconds"), 1e-3),
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "时", "小时"), 3600.0),
}
NAMED_UNITS = ("bpm", "db", "lufs", "lu", "dbtp", "dbfs", "cents", "cent", "rad", "分贝", "拍")
UNITS = {"": 1.0, "%": 0.01, **dict.fromkeys(NAMED_UNITS, 1.0)}
MODES = {"major": "major", "maj": "major", "大调": "major", "1": "major",
         "minor": "minor", "min": "minor", "小调": "minor", "0": "minor"}  # fmt: skip
MARKS = str.maketrans({"′": "m", "'": "m", "″": "s", '"': "s"})
LONGEST_S = 1e7
LARGEST = 1e12


def value_of(column: Column, raw: Value, unit: str = "", *, comma: bool = False) -> Value:
    """What a cell says; None where it says nothing. Raises BadNumber, BadDate, BadValue.

    raw    text, or what JSON has
    unit   from the header, for cells without one of their own
    comma  whether 3,5 is three and a half
    """
    if raw is None or raw == []:
        return None
    if isinstance(raw, str):
        return _READERS[column.kind](raw, unit, comma) if raw.strip() else None
    return _typed(column, raw, unit)


def _typed(column: Column, raw: Value, unit: str) -> Value:
    """A value of JSON: a number stays as exact as it came."""
    if isinstance(raw, bool):
        if column.kind != "flag":
            raise BadValue("true and false are no value here")
        return raw
    if column.kind in ("names", "tags") and isinstance(raw, list):
        return spelling.cleaned(str(each) for each in raw) or None
    if column.kind == "lineage":
        return _told(raw)
    if isinstance(raw, int | float):
        return _READERS[column.kind](repr(raw), unit, False)
    raise BadValue("a value of another kind was expected")


def plain(text: str) -> str:
    """Full width and case do not matter."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip().casefold()


def number(text: str, units: Mapping[str, float], unit: str = "", *, comma: bool = False) -> Value:
    """A number with or without a unit; whole ones stay whole. Raises BadNumber."""
    folded = plain(text)
    if folded in NOTHING:
        return None
    matched = NUMBER.match(folded)
    scale = units.get((matched[2] or unit).strip() if matched else "?")
    if matched is None or scale is None:
        raise BadNumber(f"{shown(text)} is no number that is known here")
    return scaled(exact(matched[1], comma=comma, text=text), scale)


def exact(digits: str, *, comma: bool, text: str) -> int | float:
    whole = _with_point(digits, comma=comma)
    try:
        found = int(whole) if re.fullmatch(r"[+-]?\d{1,15}", whole, re.ASCII) else float(whole)
    except ValueError:
        raise BadNumber(f"{shown(text)} is no number") from None
    if not math.isfinite(found) or abs(found) > LARGEST:
        raise BadNumber(f"{shown(text)} is out of all range")
    return found


def _with_point(digits: str, *, comma: bool) -> str:
    """1,234.5 and 1.234,5 and, where a comma is no thousand, 3,5."""
    last_comma, last_point = digits.rfind(","), digits.rfind(".")
    if last_comma < 0:
        return digits
    if last_point >= 0:
        other = "," if last_point > last_comma else "."
        return digits.replace(other, "").replace(",", ".")
    is_thousands = bool(THOUSANDS.match(digits)) and not comma
    return digits.replace(",", "" if is_thousands else ".")


def scaled(found: int | float, scale: float) -> int | float:
    return found if scale == 1 else found * scale


def shown(text: str) -> str:
    return repr(" ".join(text.split())[:40])


def hertz(text: str, unit: str = "", comma: bool = False) -> Value:
    found = number(text, HERTZ, unit, comma=comma)
    if found is not None and not 0 <= found <= 1e6:
        raise BadNumber(f"{shown(text)} is no frequency")
    return None if found is None else float(found)


def seconds(text: str, unit: str = "", comma: bool = False) -> Value:
    """222, 222s, 3:42, 1:02:03.5, 3分42秒, 3m42s, PT3M42S, 3′42″. Nothing lasts 0 seconds."""
    folded = plain(text)
    if folded in NOTHING:
        return None
    if matched := CLOCK.match(folded):
        found: float | None = _clock(*matched.groups())
    elif re.fullmatch(r"[+-]?[\d.,]+(e[+-]?\d+)?", folded):
        found = number(folded, SECONDS, unit, comma=comma)
    else:
        bare = folded.replace(" ", "").replace("零", "").removeprefix("pt")
        found = _parts(bare.translate(MARKS).replace("mm", "s"))  # two primes are one second
    if found is None or not 0 <= found <= LONGEST_S:
        raise BadNumber(f"{shown(text)} is no length of time")
    return float(found) if found else None


def _clock(hours: str | None, minutes: str, rest: str) -> float | None:
    if float(rest) >= 60 or (hours is not None and int(minutes) >= 60):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)


def _parts(text: str) -> float | None:
    parts = PART.findall(text)
    if "".join(amount + unit for amount, unit in parts) != text:
        return None
    total, smallest = 0.0, math.inf
    for amount, unit in parts:
        scale = SECONDS.get(unit)
        if scale is None or scale >= smallest:
            return None
        total, smallest = total + float(amount) * scale, scale
    return total if parts else None


def measure(text: str, unit: str = "", comma: bool = False) -> Value:
    found = number(text, UNITS, unit, comma=comma)
    return None if found is None else float(found)


def count(text: str, unit: str = "", comma: bool = False) -> Value:
    """A whole number: 3, 3/12, 44.1 kHz."""
    found = number(text.partition("/")[0], HERTZ, unit, comma=comma)
    if found is None:
        return None
    if not 0 <= found <= 1e6 or abs(found - round(found)) > 1e-6:
        raise BadNumber(f"{shown(text)} is no whole number")
    return round(found)


def date(text: str, unit: str = "", comma: bool = False) -> Value:
    folded = plain(text)
    if folded in NOTHING:
        return None
    found = partial_date(folded.upper()) or calendar.other_date(folded)
    if found is None:
        raise BadDate(f"{shown(text)} is no date; write 2003, 2003-07 or 2003-07-31")
    return found


def flag(text: str, unit: str = "", comma: bool = False) -> Value:
    folded = plain(text)
    if folded in NOTHING - {"无"}:
        return None
    found = values.yes_or_no(folded)
    if found is None:
        raise BadValue(f"{shown(text)} is neither yes nor no")
    return found


def pitch(text: str, unit: str = "", comma: bool = False) -> Value:
    """C, C#, D♭, Am, 8A, or 0 to 11 from C up; -1 is none."""
    folded = plain(text)
    if folded in NOTHING or folded == "-1":
        return None
    if folded.isascii() and folded.isdigit() and int(folded) < len(values.PITCHES):
        return values.PITCHES[int(folded)]
    found = values.key(text)
    if found is None:
        raise BadValue(f"{shown(text)} is no key; write C, C#, D … B")
    return found[0]


def mode(text: str, unit: str = "", comma: bool = False) -> Value:
    folded = plain(text).removesuffix(".0")
    if folded in NOTHING:
        return None
    if folded not in MODES:
        raise BadValue(f"{shown(text)} is no mode; write major or minor")
    return MODES[folded]


def text(raw: str, unit: str = "", comma: bool = False) -> Value:
    return spelling.clean(spelling.unguarded(raw)) or None


def names(raw: str, unit: str = "", comma: bool = False) -> Value:
    return spelling.split(spelling.unguarded(raw)) or None


def identity(raw: str, unit: str = "", comma: bool = False) -> Value:
    """An id of ours; the ids of others are theirs and say nothing here."""
    try:
        found = UUID(raw.strip())
    except ValueError:
        return None
    return str(found) if found.version == 7 else None


def lineage(raw: str, unit: str = "", comma: bool = False) -> Value:
    try:
        return _told(json.loads(raw))
    except (ValueError, RecursionError):
        raise BadValue("this is no lineage as an export writes it") from None


def _told(found: Any) -> Value:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadValue("this is no lineage as an export writes it")
    return found or None


_READERS: dict[str, Callable[[str, str, bool], Value]] = {
    "text": text,
    "audio": text,
    "names": names,
    "tags": names,
    "date": date,
    "id": identity,
    "count": count,
    "flag": flag,
    "seconds": seconds,
    "hertz": hertz,
    "number": measure,
    "pitch": pitch,
    "mode": mode,
    "lineage": lineage,
}

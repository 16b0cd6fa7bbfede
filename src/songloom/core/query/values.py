"""The values that a filter takes: numbers, spans of time, dates, keys, yes and no."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

LARGEST = 1e9
SPAN_PARTS = re.compile(r"(\d+(?:\.\d+)?)(h|m(?:in)?|s|小时|时|分钟|分|秒)?")
SPAN_S = {
    "h": 3600,
    "小时": 3600,
    "时": 3600,
    "m": 60,
    "min": 60,
    "分钟": 60,
    "分": 60,
    "s": 1,
    "秒": 1,
}
AGE = re.compile(r"(\d{1,5})(h|d|w|m|y|小时|天|周|月|年)")
AGE_DAYS = {
    "h": 1 / 24, "小时": 1 / 24, "d": 1.0, "天": 1.0, "w": 7.0, "周": 7.0,
    "m": 30.0, "月": 30.0, "y": 365.0, "年": 365.0,
}  # fmt: skip
DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
KEY = re.compile(r"([a-g])([#♯b♭]?)[ _-]?(m|min|minor|maj|major|小调|大调)?", re.IGNORECASE)
PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
CAMELOT_MINOR = ("G#", "D#", "A#", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
CAMELOT_MAJOR = ("B", "F#", "C#", "G#", "D#", "A#", "F", "C", "G", "D", "A", "E")
YES = frozenset({"yes", "y", "true", "1", "on", "是", "有"})
NO = frozenset({"no", "n", "false", "0", "off", "否", "不", "无"})


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, each with or without itself; None has no end."""

    low: float | None = None
    high: float | None = None
    is_low_open: bool = False
    is_high_open: bool = False

    def holds(self, value: float) -> bool:
        is_above = (
            self.low is None or self.low < value or (self.low == value and not self.is_low_open)
        )
        return is_above and (
            self.high is None or value < self.high or (self.high == value and not self.is_high_open)
        )


def number(text: str) -> float | None:
    """A finite number of a reasonable size, or None."""
    cleaned = text.strip().replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d{1,12}(\.\d{0,9})?|\.\d{1,9})", cleaned, re.ASCII):
        return None
    value = float(cleaned)
    return value if abs(value) <= LARGEST else None


def span_s(text: str) -> float | None:
    """A length of time in seconds from 200, 3m, 3m20s, 3:20, 1:02:03 or 3分20秒."""
    text = text.strip().lower()
    if re.fullmatch(r"\d{1,6}(:\d{1,2}){1,2}", text, re.ASCII):
        total = 0.0
        for part in text.split(":"):
            total = total * 60 + float(part)
        return total
    parts = SPAN_PARTS.findall(text)
    if not parts or "".join(amount + unit for amount, unit in parts) != text or len(text) > 20:
        return None
    if len(parts) > 1 and not all(unit for _, unit in parts):
        return None
    total = sum(float(amount) * SPAN_S.get(unit, 1) for amount, unit in parts)
    return total if total <= LARGEST else None


def age_days(text: str) -> float | None:
    """An age such as 30d, 2w, 6m or 1y, in days."""
    matched = AGE.fullmatch(text.strip().lower())
    if matched is None:
        return None
    return int(matched[1]) * AGE_DAYS[matched[2]]


def days(text: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month or a day."""
    matched = DAY.fullmatch(text.strip())
    if matched is None:
        return None
    year, month, day = (int(part) if part else None for part in matched.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    last_day = day or monthrange(first.year, last_month)[1]
    return first, date(first.year, last_month, last_day)


def key(text: str) -> tuple[str, str | None] | None:
    """A key as (pitch class with sharps, mode or None): Am, C, F#m, Bb major, 8A."""
    camelot = re.fullmatch(r"(1[0-2]|[1-9])([AB])", text.strip(), re.IGNORECASE | re.ASCII)
    if camelot:
        is_minor = camelot[2] in "Aa"
        wheel = CAMELOT_MINOR if is_minor else CAMELOT_MAJOR
        return wheel[int(camelot[1]) - 1], "minor" if is_minor else "major"
    matched = KEY.fullmatch(text.strip())
    if matched is None:
        return None
    step = PITCHES.index(matched[1].upper())
    step += {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(matched[2].lower(), 0)
    return PITCHES[step % 12], _mode(matched[3])


def _mode(word: str | None) -> str | None:
    if not word:
        return None
    if word == "M":
        return "major"
    return "minor" if word.lower() in ("m", "min", "minor", "小调") else "major"


def yes_or_no(text: str) -> bool | None:
    """What people write for yes and no."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None

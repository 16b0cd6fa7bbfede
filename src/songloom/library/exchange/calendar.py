"""Dates in other spellings: 31.7.2003, 31 July 2003, 7/31/2003, 二〇〇三年七月三十一日."""

from __future__ import annotations

import re

from songloom.library.dates import partial_date

NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: place for place, name in enumerate(NAMES, start=1)}
BY_NAME = (
    re.compile(r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?\s+)?(?P<m>[a-z]{3,9})\.?,?\s+(?P<y>\d{4})\Z"),
    re.compile(r"(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})\Z"),
    re.compile(r"(?P<d>\d{1,2})-(?P<m>[a-z]{3,9})-(?P<y>\d{4})\Z"),
)
BACKWARDS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})\Z", re.ASCII)
MONTH_FIRST = re.compile(r"(\d{1,2})[./-](\d{4})\Z", re.ASCII)
HAN_DIGITS = {han: str(value) for value, han in enumerate("零一二三四五六七八九")} | {"〇": "0"}
HAN = re.compile(
    "([零〇一二三四五六七八九]{4})年"
    "(?:([一二三四五六七八九十]{1,3})月)?(?:([一二三四五六七八九十]{1,3})[日号])?\\Z"
)


def other_date(text: str) -> str | None:
    """An ISO date, or None. 7/8/2003 could be two days, so it is none."""
    return _by_name(text) or _backwards(text) or _month_first(text) or _han(text)


def _by_name(text: str) -> str | None:
    for pattern in BY_NAME:
        if matched := pattern.match(text):
            month = MONTHS.get(matched["m"][:3])
            if month is not None:
                return _date(matched["y"], month, matched["d"])
    return None


def _backwards(text: str) -> str | None:
    matched = BACKWARDS.match(text)
    if matched is None:
        return None
    first, third = int(matched[1]), int(matched[3])
    if matched[2] == "." or first > 12 or first == third:
        return _date(matched[4], third, first)
    return _date(matched[4], first, third) if third > 12 else None


def _month_first(text: str) -> str | None:
    matched = MONTH_FIRST.match(text)
    return _date(matched[2], matched[1], None) if matched else None


def _han(text: str) -> str | None:
    matched = HAN.match(text)
    if matched is None:
        return None
    year = "".join(HAN_DIGITS[each] for each in matched[1])
    month, day = (None if part is None else _han_number(part) for part in matched.group(2, 3))
    return _date(year, month, day)


def _han_number(text: str) -> int:
    """Up to 99: 七, 十, 十二, 三十一."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(HAN_DIGITS[each] for each in text))
    return 10 * int(HAN_DIGITS.get(tens, "1")) + int(HAN_DIGITS.get(ones, "0"))


def _date(year: str, month: int | str | None, day: int | str | None) -> str | None:
    parts = [str(part) for part in (year, month, day) if part is not None]
    return partial_date("-".join(parts))

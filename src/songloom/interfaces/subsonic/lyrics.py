"""Words to sing along: plain text, or lines with times in the LRC form."""

from __future__ import annotations

import re
from dataclasses import dataclass

TIME = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
WORD = re.compile(r"<(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?>([^<]*)")
WORD_TIME = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
TAG = re.compile(r"\[([a-z#]{1,12}):(.*)\]\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    start_ms: int
    text: str


@dataclass(frozen=True)
class Line:
    start_ms: int | None
    text: str
    words: tuple[Word, ...] = ()  # those with times of their own (enhanced LRC: `<00:01.20>`)


@dataclass(frozen=True)
class Lyrics:
    """Lines in the order that they are sung; all have a time, or none has."""

    lines: list[Line]
    is_synced: bool
    offset_ms: int = 0  # positive: the words come earlier


def read(text: str) -> Lyrics:
    """A line may carry several times: it is sung again. Tags such as `[ti:…]` are no words."""
    timed: list[Line] = []
    plain: list[Line] = []
    offset_ms = 0
    for raw in text.splitlines():
        if tag := TAG.match(raw.strip()):
            offset_ms = offset_of(tag[1], tag[2], offset_ms)
            continue
        sung = TIME.sub("", raw)
        words = WORD_TIME.sub("", sung).strip()
        times = list(TIME.finditer(raw))
        timed += [Line(milliseconds(time), words, words_of(sung, len(times))) for time in times]
        plain.append(Line(None, words))
    if timed:
        return Lyrics(sorted(timed, key=lambda line: line.start_ms or 0), True, offset_ms)
    return Lyrics(plain if any(line.text for line in plain) else [], False)


def words_of(sung: str, n_times: int) -> tuple[Word, ...]:
    """Words with times; of a line that is sung more than once they would be of one time only."""
    if n_times > 1:
        return ()
    found = (Word(milliseconds(word), word[4].strip()) for word in WORD.finditer(sung))
    return tuple(word for word in found if word.text)


def milliseconds(time: re.Match[str]) -> int:
    """`[01:02.5]` is 62.5 s: a fraction is as long as it is written."""
    fraction = (time[3] or "").ljust(3, "0")
    return (int(time[1]) * 60 + int(time[2])) * 1000 + int(fraction)


def offset_of(name: str, value: str, otherwise: int) -> int:
    number = re.match(r"\s*([+-]?\d{1,7})\s*\Z", value)
    return int(number[1]) if name.lower() == "offset" and number else otherwise

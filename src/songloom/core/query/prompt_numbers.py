"""Metre, tempo in numbers and length, as people write them in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log

from songloom.core.query.prompt_reading import ENGLISH_NUMBER, NUMBER, Reading, number
from songloom.core.query.prompt_request import (
    FASTEST_BPM,
    LONGEST_S,
    METRES,
    SHORTEST_S,
    SLOWEST_BPM,
)

NOT_IN_WORD = r"(?<![a-z0-9.:/])"
HAN_DIGIT = "[二两三四五六七八九]|十二|十[一二三五六]"

# A minus stands right before its number: "calm - 30 s" and 华尔兹——30秒 have dashes.
MINUS = re.compile(r"(?:(?:^|(?<=[\s,.;:!?()、。=为是长度速钟约]))-|\bminus |负\s?)$")

# --- metre ----------------------------------------------------------------------------------

METRE_PATTERNS = (
    re.compile(rf"{NOT_IN_WORD}(?P<above>\d{{1,2}})\s?/\s?(?P<below>1|2|4|8|16|32)"
        r"(?![\d/])\s*(?:拍子?|time(?: signature)?|metre|meter)?"
    ),
    re.compile(rf"(?P<below>二|四|八|十六)分之(?P<above>{HAN_DIGIT})(?:拍子?)?"),
    re.compile(r"(?P<pair>十二八|[二三四五六七九四八][二三四五六七九四八])拍子?"),
    re.compile(r"(?P<count>[二三四五六七])拍子"),
    re.compile(
        r"\b(?P<words>two|three|four|five|six|seven|nine|twelve)[- ](?P<unit>two|four|eight)"
        r"(?:[- ](?:time|metre|meter))\b"
    ),
    re.compile(
        r"\b(?P<name>common time|cut time|alla breve|(?:triple|duple) (?:time|metre|meter))\b"
    ),
)  # fmt: skip
NAMED_METRES = {"common": "4/4", "cut": "2/2", "alla": "2/2", "triple": "3/4", "duple": "2/4"}


def read_metre(reading: Reading) -> None:
    """`6/8`, `四分之三拍`, `三四拍`, `six-eight time`, `common time` … → metre."""
    for pattern in METRE_PATTERNS:
        for match in reading.finds(pattern):
            metre = _metre(match.groupdict())
            if metre is not None:
                words = reading.take(*match.span())
                reading.wish("metre", nearest_metre(reading, metre, words), words)


def _metre(found: dict[str, str | None]) -> tuple[int, int] | None:
    if found.get("pair"):
        return _pair(found["pair"] or "")
    if found.get("count"):
        return _whole(found["count"]), 4
    if found.get("name"):
        above, below = NAMED_METRES[(found["name"] or "").split()[0]].split("/")
        return int(above), int(below)
    above_text, below_text = (
        found.get("above") or found.get("words"),
        found.get("below") or found.get("unit"),
    )
    metre = _whole(above_text), _whole(below_text)
    return metre if metre[0] > 0 else None


def _whole(text: str | None) -> int:
    return int(number(text or "") or 0)


def _pair(pair: str) -> tuple[int, int] | None:
    """三四拍 and 四三拍 are both 3/4; 六八拍 and 八六拍 both 6/8."""
    digits = [12, 8] if "十" in pair else [_whole(c) for c in pair]
    for below in (8, 4):
        if below in digits:
            digits.remove(below)
            return digits[0], below
    return None


def nearest_metre(reading: Reading, metre: tuple[int, int], words: str) -> str:
    """A metre that can be written for: itself, or the one whose bar is closest in length."""
    name = f"{metre[0]}/{metre[1]}"
    if name in METRES:
        return name
    near = closest(name, sorted(METRES, key=lambda other: not other.endswith(f"/{metre[1]}")))
    reading.say(f"{near} stands in for {words}.", f"{words}以 {near} 代替。")
    return near


def closest(metre: str, among: Sequence[str]) -> str:
    """The metre whose bar is nearest in length; the first of equals."""

    def bar(name: str) -> float:
        above, below = name.split("/")
        return int(above) / int(below)

    return min(among, key=lambda other: abs(log(bar(other) / bar(metre))))


# --- tempo in numbers -----------------------------------------------------------------------

BARE_BEATS = re.compile(
    rf"{NOT_IN_WORD}(?P<bpm>\d{{2,3}}|[一二三四五六七八九]?百?[一二三四五六七八九]?十[一二三四五六七八九]?)"
    r"\s*拍(?!子)"
)
BPM_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{NOT_IN_WORD}(?P<bpm>{NUMBER})\s*(?:-|~)?\s*bpm\b",
        rf"\bbpm\s*(?:of|is|:|=|为|是)?\s*(?P<bpm>{NUMBER})(?![a-z])",
        rf"{NOT_IN_WORD}(?P<bpm>{NUMBER}) (?:beats|quarters) (?:per|a|in a|each) minute\b",
        rf"每(?:一)?分钟?\s*(?P<bpm>{NUMBER})\s*拍",
        rf"一分钟\s*(?P<bpm>{NUMBER})\s*拍",
        rf"(?P<bpm>{NUMBER})\s*拍(?:/|每)分钟?",
        rf"[♩♪]\s*\.?\s*=\s*(?P<bpm>{NUMBER})",
        r"\btempo\s*(?:of|is|at|:|=)?\s*(?:about |around )?(?P<bpm>\d{2,3})"
        r"(?![\d:]|\s*(?:s|sec|min|%))",
        rf"速度\s*(?:为|是|在|约|:|=)?\s*(?P<bpm>{NUMBER})(?!\s*[分秒])(?:\s*拍)?",
        BARE_BEATS,
        r"\bat (?P<bpm>\d{2,3})(?=\s*(?:$|[,.;!]))",
    )
)  # fmt: skip


def _refused_as_negative(reading: Reading, start: int, end: int) -> bool:
    """Take a number below nothing as not understood, and say so; whether it was one."""
    minus = MINUS.search(reading.low[:start])
    if minus is None:
        return False
    words = reading.take(minus.start(), end)
    reading.unused.append(words)
    reading.say(f"{words} is less than nothing; it is left open.", f"“{words}”比零还少，没有采用。")
    return True


def read_bpm(reading: Reading) -> None:
    """`120 bpm`, `♩ = 96`, `每分钟 80 拍` … → beats per minute, within what can be played."""
    for pattern in BPM_PATTERNS:
        for match in reading.finds(pattern):
            asked = number(match["bpm"])
            if not asked or (pattern is BARE_BEATS and asked < SLOWEST_BPM):
                continue
            if _refused_as_negative(reading, match.start("bpm"), match.end()):
                continue
            words = reading.take(*match.span())
            bpm = min(max(asked, SLOWEST_BPM), FASTEST_BPM)
            if bpm != asked:
                reading.say(
                    f"{bpm:g} beats a minute stand in for {asked:g}.",
                    f"每分钟 {asked:g} 拍改为 {bpm:g} 拍。",
                )
            reading.wish("bpm", bpm, words, "understood" if bpm == asked else "replaced")


# --- length ---------------------------------------------------------------------------------

SECOND, MINUTE, HOUR = r"(?:seconds?|secs?|s)", r"(?:minutes?|mins?)", r"(?:hours?|hrs?)"
RANGE = rf"(?:(?P<from>{NUMBER})\s*(?:-|~|to|到|至)\s*)?"
ERA = (
    r"(?!\s*(?:style|pop|rock|synth|music|disco|hits?|vibes?|retro|sound|ballad|love|dance"
    r"|new wave))"
)
LENGTH_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{NOT_IN_WORD}(?P<m>\d{{1,2}}):(?P<s>[0-5]\d)(?![\d:])(?:\s*{MINUTE}\b)?",
        rf"{NOT_IN_WORD}(?P<m>\d{{1,2}})\s?'\s?(?P<s>[0-5]?\d)\s?(?:\"|''|”)",
        rf"\b(?P<m>an?|{NUMBER})[ -]{MINUTE} and (?P<s>{NUMBER})[ -]?{SECOND}\b",
        rf"{NOT_IN_WORD}(?P<m>{NUMBER})\s*(?:{MINUTE}|m)\s?(?P<s>{NUMBER})[ -]?{SECOND}\b",
        rf"\b(?P<m>an?|{ENGLISH_NUMBER}|\d+)(?P<half> and a half)[ -]{MINUTE}(?: long)?\b",
        rf"\b(?P<m>an?|{ENGLISH_NUMBER}|\d+)[ -]{MINUTE}(?P<half> and a half)\b",
        rf"\b(?P<half>half) ?(?:of )?(?:a )?[ -]?{MINUTE}(?: long)?\b",
        rf"(?P<m>{NUMBER})\s*分(?:钟)?\s*(?:零|又)?\s*(?P<s>{NUMBER})\s*秒(?:钟)?",
        rf"(?P<m>{NUMBER})\s*(?:分钟?(?P<half>半)(?:钟)?|个?(?P<half2>半)分钟)",
        r"(?P<half>半)\s*分钟",
        rf"(?!十分(?![钟多])){RANGE}(?P<m>{NUMBER})\s*分(?:多)?(?:钟)?(?!之|[半秒])",
        rf"{RANGE}(?P<s>{NUMBER})\s*秒(?:多)?(?:钟)?",
        rf"(?P<h>{NUMBER})\s*(?:个)?小时",
        rf"{NOT_IN_WORD}{RANGE}(?P<s>{NUMBER})[ -]?{SECOND}(?: long)?(?![a-z']){ERA}",
        rf"{NOT_IN_WORD}{RANGE}(?P<m>{NUMBER})[ -]?{MINUTE}(?: long)?(?![a-z'])",
        r"\b(?P<m>an?)[ -](?:full |whole |single )?minute(?:[ -]long)?(?![a-z'])(?! key)",
        rf"(?:\b(?P<h>an?)|{NOT_IN_WORD}(?P<h2>{NUMBER}))[ -]?{HOUR}(?: long)?(?![a-z'])",
    )
)  # fmt: skip


def read_seconds(reading: Reading) -> None:
    """`90 s`, `1:30`, `one and a half minutes`, `一分半`, `两分钟` … → seconds."""
    for pattern in LENGTH_PATTERNS:
        for match in reading.finds(pattern):
            asked = _seconds({name: text for name, text in match.groupdict().items() if text})
            if not asked or _refused_as_negative(reading, *match.span()):
                continue
            words = reading.take(*match.span())
            seconds = min(max(asked, SHORTEST_S), LONGEST_S)
            if seconds != asked:
                reading.say(
                    f"{seconds:g} s stand in for {asked:g} s.",
                    f"时长 {asked:g} 秒改为 {seconds:g} 秒。",
                )
            reading.wish(
                "seconds", seconds, words, "understood" if seconds == asked else "replaced"
            )


def _seconds(found: dict[str, str]) -> float:
    half = 0.5 if "half" in found or "half2" in found else 0.0
    minutes = _count(found.get("m")) + half
    seconds = _count(found.get("s"))
    if "from" in found:
        low = _count(found["from"])
        minutes, seconds = (
            ((low + minutes) / 2, 0.0) if "m" in found else (0.0, (low + seconds) / 2)
        )
    return 3_600 * _count(found.get("h") or found.get("h2")) + 60 * minutes + seconds


def _count(text: str | None) -> float:
    if text is None:
        return 0.0
    return 1.0 if text in ("a", "an") else number(text) or 0.0

"""A prompt while it is read: each wish takes its words out, and what is left was not understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from songloom.core.query.fold import simplified
from songloom.core.query.prompt_request import Slot

TAKEN = "\x00"  # stands where a wish was read; no pattern matches across it
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
NOT_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|minus|exclud(?:e|es|ing)|except(?: for)?|avoid(?:ing)?|never|nor"
    r"|omit(?:ting)?|skip(?:ping)?|lacking|leav(?:e|ing) out|n't|isn't"
    r"|(?:do not|don't|doesn't|isn't|not) (?:use|want|include|have|need|add))"
    r"(?: (?:any|the|a|an|be|use|using|in|at)){0,2}"
    r"(?: (?P<much>too|so|very|that|overly|all that|really))?\s+"
    r"|nothing (?P<much2>too|so|very|that)\s+"
    r"|(?:不要|不用|不带|不加|不含|不使用|不需要|不想要?|不能|不是|没有|无需|无"
    r"|别用|别加|别要|别带|别|去掉|除去|排除|拿掉|省略|不)"
    r"(?:有|任何|用|加|听到?|使用)?(?P<much3>太|很|那么|过于|特别|非常|过)?\s*)$"
)
LIGATURES = str.maketrans({"♯": "#", "♭": "b", "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-"})


@dataclass
class Reading:
    """The text in three layers of one length, and what was found so far.

    shown   as written (control characters gone)
    plain   the same with ASCII punctuation and simplified characters
    low     `plain` in lower case
    is_alone, is_in_company  whether an instrument is said to play without, or with, others
    In `plain` and `low` TAKEN stands over every span that was read.
    """

    shown: str
    plain: str
    low: str
    wishes: dict[str, Any] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    is_alone: bool = False
    is_in_company: bool = False

    @classmethod
    def of(cls, prompt: str) -> Reading:
        """Layers of a cleaned prompt."""
        shown = unicodedata.normalize("NFC", prompt)
        plain = "".join(_plain_character(c) for c in shown)
        folded = simplified(plain)
        if len(folded) == len(plain):
            plain = folded
        return cls(shown, plain, "".join(_lower(c) for c in plain))

    @property
    def is_chinese(self) -> bool:
        """Whether sentences about this prompt are better said in Chinese."""
        return bool(re.search(f"[{HAN}]", TITLES.sub("", self.shown)))

    def say(self, english: str, chinese: str) -> None:
        """Tell what had to be changed, in the prompt's language."""
        self.changed.append(chinese if self.is_chinese else english)

    def finds(self, pattern: re.Pattern[str], *, cased: bool = False) -> Iterator[re.Match[str]]:
        """Matches in what is not yet read, left to right; taking one never disturbs the next."""
        start = 0
        while match := pattern.search(self.plain if cased else self.low, start):
            yield match
            start = max(match.end(), start + 1)

    def take(self, start: int, end: int) -> str:
        """Mark a span as read; returns the words as written, with the "not" before them."""
        before = NOT_BEFORE.search(self.low[:start])
        start = before.start() if before else start
        blank = TAKEN * (end - start)
        self.low = self.low[:start] + blank + self.low[end:]
        self.plain = self.plain[:start] + blank + self.plain[end:]
        words = self.shown[start:end].strip()
        if before:
            self.denied.add(words)
        return words

    def wish(self, name: str, value: Any, words: str, how: str = "understood") -> None:
        """Note a wish. What was said first stays, but what was said outright beats what follows.

        A second, different wish for the same thing is not followed, and said to be so; nor is
        what was denied ("not in C major"), for that leaves open what is wanted instead.
        """
        if words in self.denied:
            self.unused.append(words)
            return
        before = next((slot for slot in self.slots if slot.name == name), None)
        if before is not None and not (before.how == "inferred" and how != "inferred"):
            if how != "inferred" and self.wishes[name] != value:
                self.unused.append(words)
            return
        if before is not None:
            self.slots.remove(before)
        self.wishes[name] = value
        self.slots.append(Slot(name, how, words))


TITLES = re.compile('《[^《》]*》|「[^「」]*」|"[^"]*"|“[^“”]*”')


def _plain_character(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character.translate(LIGATURES))
    return narrow if len(narrow) == 1 else character


def _lower(character: str) -> str:
    low = character.lower()
    return low if len(low) == 1 else character


# --- numbers in words ---------------------------------------------------------------------

TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
UNITS = {
    word: n
    for n, word in enumerate(f"zero one two three four five six seven eight nine {TEENS}".split())
}
DECADES = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = {word: 10 * n for n, word in enumerate(DECADES.split(), start=2)}
HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
HAN_TENS = {"十": 10, "百": 100}
ENGLISH_NUMBER = (
    rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(list(UNITS)[1:10])}))?|{'|'.join(UNITS)}"
    r"|(?:a|one) hundred(?: and (?:ten|twenty|thirty|forty|fifty|sixty|eighty))?)"
)
NUMBER = rf"(?:\d{{1,6}}(?:\.\d{{1,3}})?|{ENGLISH_NUMBER}|[零〇一二两三四五六七八九十百]{{1,6}})"


def number(text: str) -> float | None:
    """`"90"`, `"1.5"`, `"ninety"`, `"forty-five"`, `"九十"`, `"两"` → its value; else None."""
    text = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if text and all(c in HAN_DIGITS or c in HAN_TENS for c in text):
        return _han_number(text)
    total = 0
    for word in re.split(r"[ -]+", text.replace(" and ", " ")):
        if word == "hundred":
            total = max(total, 1) * 100
        elif word in UNITS or word in TENS:
            total += UNITS.get(word, 0) + TENS.get(word, 0)
        elif word != "a":
            return None
    return float(total)


def _han_number(text: str) -> float:
    if not any(c in HAN_TENS for c in text):
        return float("".join(str(HAN_DIGITS[c]) for c in text))
    total = digit = 0
    for character in text:
        if character in HAN_TENS:
            total += max(digit, 1) * HAN_TENS[character]
            digit = 0
        else:
            digit = HAN_DIGITS[character]
    return float(total + digit)

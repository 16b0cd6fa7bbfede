"""What two spellings of one text have in common: case, accents, width, Hans and Hant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

LONGEST_TEXT = 2_000  # characters; what stands behind them is not searched
DROPPED_IN_WORDS = frozenset("'’‘ʼ＇`´")
WORD = re.compile("[0-9A-Za-z]+")  # of what is ASCII
SPECIAL = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
)
WIDE_RANGES = (
    (0x0E00, 0x0EFF),  # Thai and Lao: no spaces between words
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul jamo
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x3105, 0x318F),  # bopomofo, Hangul compatibility jamo
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),  # Hangul syllables
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
HAN_RANGES = ((0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFF))


@dataclass(frozen=True)
class Run:
    """A stretch of letters of one kind: a word, or writing that knows no spaces (`is_wide`)."""

    text: str
    is_wide: bool


@cache
def converter() -> Any:
    """opencc's t2s, loaded on first use (5 ms)."""
    import opencc

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional Chinese as Simplified, word by word (乾隆 stays, 乾 alone becomes 干)."""
    converted: str = converter().convert(text)
    return converted


class _Folding(dict[int, str]):
    """A table for str.translate that fills itself, character by character."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _folded_character(chr(point))
        return folded


def _folded_character(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co"):
        return " "
    if unicodedata.category(character) == "Cf":  # soft hyphens, direction marks, joiners
        return ""
    parts = unicodedata.normalize("NFKD", character)
    if ord(parts[0]) >= 0x0900:  # a voiced kana or a vowel sign is no accent
        return simplified(character)
    return "".join(part for part in parts if not unicodedata.combining(part)).translate(SPECIAL)


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` in the form in which spellings are compared.

    Case, accents, width, ligatures and Hans/Hant are folded; kana keeps its voicing marks. Each
    character is folded by itself, so that a part of a text folds to a part of the folded text.
    """
    if text.isascii() and text.isprintable():  # the rest would change nothing but its case
        return text[:LONGEST_TEXT].lower()
    return composed(text).casefold().translate(_FOLDING)[: 2 * LONGEST_TEXT]


def composed(text: str) -> str:
    """The first LONGEST_TEXT characters in NFKC, without lone surrogates."""
    return unicodedata.normalize("NFKC", text[:LONGEST_TEXT].translate(_NO_SURROGATES))


class _NoSurrogates(dict[int, int]):
    def __missing__(self, point: int) -> int:
        return 0x20 if 0xD800 <= point <= 0xDFFF else point


_NO_SURROGATES = _NoSurrogates()
_NO_QUOTES = str.maketrans("", "", "".join(DROPPED_IN_WORDS))


def _in(ranges: tuple[tuple[int, int], ...], character: str) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in ranges)


@cache
def _kind(character: str) -> str:
    """`wide`, `word`, `inside` (an apostrophe: no end of a word) or `between`."""
    if character in DROPPED_IN_WORDS:
        return "inside"
    if not character.isalnum() and not unicodedata.category(character).startswith("M"):
        return "between"
    return "wide" if _in(WIDE_RANGES, character) else "word"


@cache
def is_han(character: str) -> bool:
    """Whether a character is Chinese writing and so may have a reading in pinyin."""
    return _in(HAN_RANGES, character)


def runs(folded: str) -> Iterator[Run]:
    """The words and wide stretches of a folded text, in order."""
    if folded.isascii():
        yield from (Run(word, False) for word in WORD.findall(folded.translate(_NO_QUOTES)))
        return
    letters: list[str] = []
    kind = "between"
    for character in folded:
        here = _kind(character)
        if here == "inside":
            continue
        if here != kind and letters:
            yield Run("".join(letters), kind == "wide")
            letters.clear()
        kind = here
        if here != "between":
            letters.append(character)
    if letters:
        yield Run("".join(letters), kind == "wide")

"""What of a title a query matched: letters as marks, Chinese found by sound with its pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from songloom.library.models import Track

HAN = re.compile(r"[\u3400-\u9fff]")
LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of a title; `pinyin` only above what it matched."""

    text: str
    is_match: bool = False
    pinyin: str = ""


def highlighted(tracks: Iterable[Track], words: Sequence[str]) -> dict[UUID, list[Piece]]:
    """Titles in pieces, for those that a word matched."""
    if not words:
        return {}
    found = {track.pk: pieces(track.title, words) for track in tracks}
    return {pk: made for pk, made in found.items() if any(piece.is_match for piece in made)}


def pieces(title: str, words: Sequence[str]) -> list[Piece]:
    """The title cut where words matched: as written, else by pinyin or its initials."""
    hit = [""] * len(title)
    for word in words:
        _mark_letters(title, word, hit) or _mark_sounds(title, word, hit)
    made: list[Piece] = []
    for character, sign in zip(title, hit, strict=True):
        is_match, pinyin = bool(sign), sign if sign != "=" else ""
        last = made[-1] if made else None
        if last and not pinyin and not last.pinyin and last.is_match == is_match:
            made[-1] = Piece(last.text + character, is_match)
        else:
            made.append(Piece(character, is_match, pinyin))
    return made


def _mark_letters(title: str, word: str, hit: list[str]) -> bool:
    lowered, wanted = title.casefold(), word.casefold()
    if len(lowered) != len(title) or not wanted:
        return False
    at = lowered.find(wanted)
    for place in range(at, at + len(wanted)) if at >= 0 else ():
        hit[place] = "="
    return at >= 0


def _mark_sounds(title: str, word: str, hit: list[str]) -> bool:
    """Mark the characters whose syllables, or their initials, spell the word."""
    wanted = LETTERS.sub("", word.casefold())
    places = [i for i, character in enumerate(title) if HAN.match(character)]
    if not wanted or not places:
        return False
    plain, shown = _syllables(title)
    for spelled in (plain, [one[:1] for one in plain]):
        span = _span(spelled, wanted)
        if span is not None:
            for which in range(*span):
                hit[places[which]] = shown[which]
            return True
    return False


def _span(syllables: Sequence[str], wanted: str) -> tuple[int, int] | None:
    """The first run of syllables that begins with the whole of `wanted`."""
    for first in range(len(syllables)):
        spelled = ""
        for last in range(first, len(syllables)):
            spelled += syllables[last]
            if spelled.startswith(wanted):
                return first, last + 1
            if not wanted.startswith(spelled):
                break
    return None


def spoken(title: str) -> str:
    """The accented syllables of the Chinese characters of a title, apart."""
    return " ".join(_syllables(title)[1])


@lru_cache(maxsize=4096)
def _syllables(title: str) -> tuple[list[str], list[str]]:
    """Plain and accented syllable of each Chinese character of a title."""
    from pypinyin import Style, pinyin

    han = "".join(HAN.findall(title))
    plain = [one[0] for one in pinyin(han, style=Style.NORMAL)]
    accented = [one[0] for one in pinyin(han, style=Style.TONE)]
    return plain, accented

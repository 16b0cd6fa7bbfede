"""Where a name stands in a list: accents fold, articles step back, Chinese goes by its sound."""

from __future__ import annotations

import re
import unicodedata

from songloom.core.query.fold import is_han, simplified
from songloom.core.query.pinyin import readings

ARTICLES = re.compile(r"(?:the|an?) (?=\S)")
NO_LETTERS = re.compile(r"[\W_]+")


def sort_key(name: str, longest: int = 300) -> str:
    """`The Wall` → `wall`, `Études` → `etudes`, 采茶灯 → `cai cha deng`; so 采茶灯 stands under C.

    Equal keys belong to names that sound alike; the list then needs a further order.
    """
    spoken = name.casefold() if name.isascii() else _spoken(_plain(name).casefold())
    bare = NO_LETTERS.sub("", spoken, count=1) if NO_LETTERS.match(spoken) else spoken
    without = ARTICLES.sub("", bare, count=1) if ARTICLES.match(bare) else bare
    return (without or spoken)[:longest]


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name)
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def _spoken(text: str) -> str:
    """Each Chinese character as its likeliest syllable, set apart by spaces."""
    if not any(map(is_han, text)):
        return text
    folded = simplified(text)
    if len(folded) != len(text):
        folded = text
    heard = readings(folded)
    words = [
        f" {syllables[0]} " if syllables else character
        for character, syllables in zip(folded, heard, strict=True)
    ]
    return " ".join("".join(words).split())

"""What a query may have meant that finds nothing as it stands: heard, divided or typed wrongly.

First come other ways of writing what was asked, for which nothing needs to be known: the same
sound in other characters, syllables that are confused, small words left out, words run together.
Then words of the library that differ in a letter or two (`nearest`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from songloom.core.query import fold, pinyin, syllables
from songloom.core.query.text import (
    MOST_TERMS,
    Phrase,
    Quality,
    Term,
    Wanted,
    token_of,
    wide_term,
    word_term,
)

SMALL_WORDS = frozenset(
    {"a", "an", "and", "by", "de", "feat", "ft", "la", "le", "n", "of", "the", "und", "y"}
)
SMALL_CHARACTERS = frozenset("的之和与了")
MOST_READINGS = 6
MOST_DIVIDED = 12
LONG_WORD = 6  # letters from which two may be wrong
LONG_WIDE = 4
Near = Callable[[fold.Run], list[str]]


def otherwise(words: Iterable[str]) -> list[list[Wanted]]:
    """The query written otherwise, the likeliest first; those of one list are equally likely."""
    asked = [run for word in words for run in fold.runs(fold.fold(word))][:MOST_TERMS]
    if not asked:
        return []
    heard = [_heard(run) for run in asked]
    made = [[Wanted(terms=tuple(heard))]]
    large = [term for run, term in zip(asked, heard, strict=True) if run.text not in SMALL_WORDS]
    if 0 < len(large) < len(asked):
        made.append([Wanted(terms=tuple(large))])
    scattered = [term for run in asked for term in _scattered(run)]
    made.append([Wanted(terms=tuple(scattered))])
    made.append(list(_divided(asked, heard)))
    return made


def widened(words: Iterable[str], near: Near) -> Wanted:
    """The query with each word that is not in the library taken for those of it that are near.

    near  the tokens of the library's words that are near to one; none for a word that is in it
    """
    terms = []
    for run in [run for word in words for run in fold.runs(fold.fold(word))][:MOST_TERMS]:
        phrases = list(_plain(run))
        for token in near(run):
            phrases.append(Phrase(Quality.INITIALS, (token,), is_prefix=token.startswith("pin")))
        terms.append(tuple(phrases))
    return Wanted(terms=tuple(terms))


def _plain(run: fold.Run) -> Term:
    return wide_term(run.text) if run.is_wide else word_term(run.text)


def _phrase(kind: str, text: str) -> Phrase:
    return Phrase(Quality.INITIALS, (token_of(kind, text),), is_prefix=True)


def _heard(run: fold.Run) -> Term:
    """A word or what sounds like it."""
    if run.is_wide:
        return (*wide_term(run.text), *(_phrase("pin", sound) for sound in sounds(run.text)))
    return (*word_term(run.text), *(_phrase("pin", each) for each in syllables.variants(run.text)))


def sounds(stretch: str) -> list[str]:
    """Chinese in pinyin; none for other writing, or for one character, which sounds like many."""
    if len(stretch) < 2 or not all(map(fold.is_han, stretch)):
        return []
    ways = product(*(each[:2] for each in pinyin.readings(stretch, is_name=True)))
    return ["".join(way) for way, _ in zip(ways, range(MOST_READINGS), strict=False)]


def _scattered(run: fold.Run) -> list[Term]:
    """周杰伦的青花瓷: each character, wherever it stands, but for the small ones."""
    if not run.is_wide or len(run.text) < 3:
        return [_heard(run)]
    kept = [each for each in dict.fromkeys(run.text) if each not in SMALL_CHARACTERS]
    return [(Phrase(Quality.INITIALS, (token_of("uni", each),)),) for each in kept]


def _divided(asked: list[fold.Run], heard: list[Term]) -> Iterator[Wanted]:
    """One word after the other taken for two: heyjude, zhoujielunqingtian, qinghc, 72bian."""
    for at, run in enumerate(asked):
        if run.is_wide:
            continue
        for pair in list(_halves(run.text))[:MOST_DIVIDED]:
            yield Wanted(terms=(*heard[:at], *pair, *heard[at + 1 :]))


def _halves(word: str) -> Iterator[tuple[Term, Term]]:
    for at in range(1, len(word)):
        left, right = word[:at], word[at:]
        if left[-1].isdigit() != right[0].isdigit():
            yield word_term(left), word_term(right)
        elif word.isascii() and word.isalpha() and len(word) >= 5:
            one, other = _half(left, may_be_initials=False), _half(right, may_be_initials=True)
            if one and other:
                yield one, other


def _half(part: str, *, may_be_initials: bool) -> Term:
    phrases = []
    if len(part) >= 3:
        phrases.append(Phrase(Quality.EXACT, (token_of("wrd", part),)))
    if len(part) >= 2 and syllables.divisions(part):
        phrases.append(_phrase("pin", part))
    elif may_be_initials and 2 <= len(part) <= 6:
        phrases.append(_phrase("ini", part))
    return tuple(phrases)


# --- words that differ in a letter or two ----------------------------------------------------


def most_wrong(length: int, *, is_wide: bool) -> int:
    """How many letters of a word of this length may be wrong."""
    if is_wide:
        return 0 if length < 3 else 1 if length < 2 * LONG_WIDE else 2
    return 0 if length < 3 else 1 if length < LONG_WORD else 2


def nearest(word: str, others: Iterable[str], most: int, *, may_go_on: bool = False) -> list[str]:
    """Those of `others` that differ least from `word`, if by no more than `most`.

    may_go_on  of those that are longer the beginning counts alone
    """
    found: dict[int, list[str]] = {}
    for other in others:
        at = distance(word, other, most, may_go_on=may_go_on)
        if at <= most:
            found.setdefault(at, []).append(other)
    return found[min(found)] if found else []


def distance(one: str, other: str, most: int, *, may_go_on: bool = False) -> int:
    """Letters put in, left out, exchanged or swapped with their neighbour; `most` + 1 for more.

    The restricted distance of Damerau and Levenshtein (optimal string alignment).
    may_go_on  what stands in `other` behind the best end is free
    """
    if may_go_on:
        other = other[: len(one) + most]
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [], list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, there in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != there))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == there:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(min(row) if may_go_on else row[-1], most + 1)

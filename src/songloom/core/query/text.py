"""Our own search tokens: what is stored for a text, and what a query asks of it.

Every token is ASCII, at least four characters long, and begins with the three letters of its kind:

    all  a whole text                      wrd  a word, or a stretch of Chinese, kana, Hangul …
    tri  three letters inside a word       big  two neighbouring wide characters, uni  one
    pin  pinyin from a syllable onwards    ini  initials of the syllables from there onwards

So one portable column serves every full-text engine: tokens that are too short for MariaDB, in a
writing that SQLite cannot split or equal to a stop word do not occur. Infixes are phrases of
neighbouring `tri` or `big` tokens, hence exact.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from songloom.core.query import fold, pinyin

LONGEST_TOKEN = 60  # characters; engines cut at 84 and more
MOST_TERMS = 12
SHORT = 60  # characters; the tokens of so many are kept for the next who asks
KEPT = 2_048  # texts, about 1 kB each
SYLLABLES_AHEAD = 12  # of a pinyin token
FILE_ENDING = re.compile(r"(?<=\w)\.(?:mp3|opus|flac|og[ga]|m4a|aac|mp4|wave?|aiff?|wma)$", re.I)
GAP = "gap0"  # keeps neighbours apart that no phrase may join
DIGITS_36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Quality(IntEnum):
    """How well a text answers a query; the best first."""

    WHOLE = 0
    EXACT = 1
    PREFIX = 2
    INFIX = 3
    PINYIN = 4
    INITIALS = 5


@dataclass(frozen=True)
class Phrase:
    """Tokens that stand side by side; with `is_prefix` the last may go on."""

    quality: Quality
    tokens: tuple[str, ...]
    is_prefix: bool = False


Term = tuple[Phrase, ...]  # any of these will do


@dataclass(frozen=True)
class Wanted:
    """What a query asks of a text: the whole of it, or each of the terms and none of `excluded`."""

    whole: Phrase | None = None
    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()

    def up_to(self, quality: Quality) -> list[list[Phrase]]:
        """For each term the phrases of this quality or better; empty if some term has none."""
        chosen = [[phrase for phrase in term if phrase.quality <= quality] for term in self.terms]
        return chosen if all(chosen) else []


def code(text: str) -> str:
    """`text` in [a-z0-9]: each other character as its number in four digits of base 36."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(each if each.isascii() and each.isalnum() else _code(each) for each in text)


def _code(character: str) -> str:
    point, digits = ord(character), ""
    for _ in range(4):
        point, digit = divmod(point, 36)
        digits = DIGITS_36[digit] + digits
    return digits


def token_of(kind: str, text: str) -> str:
    """The token of some folded text; what is too long for an engine is cut."""
    return (kind + code(text))[:LONGEST_TOKEN]


def _whole(folded: str, found: list[fold.Run]) -> str:
    text = "".join(run.text for run in found) or "".join(folded.split())
    coded = code(text)
    if len(coded) > LONGEST_TOKEN - 3:
        coded = hashlib.blake2b(coded.encode(), digest_size=20).hexdigest()
    return "all" + coded


# --- what is stored --------------------------------------------------------------------------


def tokens(texts: Iterable[str], *, is_name: bool = False) -> str:
    """The tokens of some texts (titles, names) in one line, as an index column holds them.

    With `is_name` the first character of a text is also read as a family name.
    """
    made = ((_again if len(text) <= SHORT else _line)(text, is_name) for text in texts)
    return " ".join(line for line in made if line)


def _line(text: str, is_name: bool) -> str:
    return " ".join(_tokens(text, is_name=is_name))


_again = lru_cache(KEPT)(_line)  # the songs of an album come one after the other


def _tokens(text: str, *, is_name: bool) -> Iterator[str]:
    folded = fold.fold(text)
    found = list(fold.runs(folded))
    if not folded.strip():
        return
    yield _whole(folded, found)
    yield from (token_of("wrd", run.text) for run in found)
    yield from _joined_words(folded)
    for run in found:
        if not run.is_wide and len(run.text) >= 3:
            yield GAP
            yield from _trigrams(run.text)
    for stretch in _stretches(found):
        yield GAP
        yield from _wide_tokens(stretch)
    if any(run.is_wide for run in found):
        for stretch in _stretches(list(fold.runs(fold.simplified(fold.composed(text))))):
            yield from _pinyin_tokens(stretch, is_name=is_name)


def _joined_words(folded: str) -> Iterator[str]:
    """AC/DC and R.E.M. as one word, as people type them."""
    for chunk in folded.split():
        if chunk.isalnum():  # one word, or wide writing
            continue
        parts = list(fold.runs(chunk))
        if len(parts) > 1 and not any(part.is_wide for part in parts):
            yield GAP
            joined = "".join(part.text for part in parts)
            yield token_of("wrd", joined)
            if len(joined) >= 3:
                yield GAP
                yield from _trigrams(joined)


def _trigrams(word: str) -> Iterator[str]:
    return (token_of("tri", word[at : at + 3]) for at in range(len(word) - 2))


def _stretches(found: list[fold.Run]) -> Iterator[str]:
    """Wide runs with nothing but marks and spaces between them, joined."""
    parts: list[str] = []
    for run in found:
        if run.is_wide:
            parts.append(run.text)
        elif parts:
            yield "".join(parts)
            parts = []
    if parts:
        yield "".join(parts)


def _wide_tokens(stretch: str) -> Iterator[str]:
    yield from (token_of("big", stretch[at : at + 2]) for at in range(len(stretch) - 1))
    yield from dict.fromkeys(token_of("uni", character) for character in stretch)


def _pinyin_tokens(stretch: str, *, is_name: bool) -> Iterator[str]:
    if not any(fold.is_han(character) for character in stretch):
        return
    read = pinyin.readings(stretch, is_name=is_name)
    found: dict[str, None] = {}
    for start in range(len(read)):
        ahead = read[start : start + SYLLABLES_AHEAD]
        for syllables in _ways(ahead, everywhere=start == 0):
            found[token_of("pin", "".join(syllables))] = None
            initials = "".join(syllable[0] for syllable in syllables)
            if len(initials) > 1:
                found[token_of("ini", initials)] = None
    yield from found


def _ways(ahead: list[pinyin.Readings], *, everywhere: bool) -> Iterator[list[str]]:
    """The likeliest reading of a stretch, then each with one character read otherwise."""
    until = next((at for at, each in enumerate(ahead) if not each), len(ahead))
    first = [each[0] for each in ahead[:until]]
    if not first:
        return
    yield first
    for at, each in enumerate(ahead[: until if everywhere else 1]):
        for other in each[1:]:
            yield [*first[:at], other, *first[at + 1 :]]


# --- what is asked ---------------------------------------------------------------------------


@dataclass
class _Asked:
    terms: list[Term] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def wanted(
    words: Iterable[str], *, phrases: Iterable[str] = (), excluded: Iterable[str] = ()
) -> Wanted:
    """What a query asks, from its words, quoted phrases and unwanted words. Never raises."""
    asked = _Asked()
    for word in words:
        asked.texts.append(word)
        asked.terms.extend(_terms(word))
    for phrase in phrases:
        asked.texts.append(phrase)
        asked.terms.extend(_quoted(phrase))
    folded = fold.fold(" ".join(asked.texts))
    found = list(fold.runs(folded))
    whole = Phrase(Quality.WHOLE, (_whole(folded, found),)) if folded.strip() else None
    unwanted = [term for each in excluded for term in _quoted(each)]
    return Wanted(whole, tuple(asked.terms[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]))


def _terms(word: str) -> Iterator[Term]:
    """What a word asks; a file's name is looked for without its ending, which is not indexed."""
    for run in fold.runs(fold.fold(FILE_ENDING.sub("", word))):
        yield wide_term(run.text) if run.is_wide else word_term(run.text)


def word_term(word: str) -> Term:
    """What a folded word asks, from the word itself to initials of Chinese."""
    phrases = _words(word)
    if len(word) >= 3:
        phrases.append(Phrase(Quality.INFIX, tuple(_trigrams(word))))
    if 2 <= len(word) <= LONGEST_TOKEN - 3 and word.isascii() and word.isalpha():
        phrases.append(Phrase(Quality.PINYIN, (token_of("pin", word),), is_prefix=True))
        phrases.append(Phrase(Quality.INITIALS, (token_of("ini", word),), is_prefix=True))
    return tuple(phrases)


def _words(run: str) -> list[Phrase]:
    """A run as a whole word and as the beginning of one, unless a token is too short for it."""
    if len(code(run)) > LONGEST_TOKEN - 3:
        return [] if len(run) >= 3 else [Phrase(Quality.EXACT, (token_of("wrd", run),))]
    token = token_of("wrd", run)
    return [Phrase(Quality.EXACT, (token,)), Phrase(Quality.PREFIX, (token,), is_prefix=True)]


def wide_term(run: str) -> Term:
    """What a folded stretch of wide writing asks: the whole of a run, its beginning, a part."""
    inside = [token for token in _wide_tokens(run) if token.startswith("big")]
    infix = tuple(inside) or (token_of("uni", run),)
    return (*_words(run), Phrase(Quality.INFIX, infix))


def _quoted(phrase: str) -> Iterator[Term]:
    """A quoted phrase: its words side by side; wide writing as a part of a text."""
    found = list(fold.runs(fold.fold(FILE_ENDING.sub("", phrase))))
    if any(run.is_wide for run in found):
        for run in found:
            yield wide_term(run.text) if run.is_wide else word_term(run.text)
    elif found:
        yield (Phrase(Quality.EXACT, tuple(token_of("wrd", run.text) for run in found)),)

"""The words of the library, so that a misspelt one can be taken for one that is there.

A word is kept as its token and as that read backwards. Of a word with one or two wrong letters the
beginning or the end is right, hence what is near stands side by side in one of the two orders.
Words of deleted tracks stay until the index is made anew; they find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from songloom.core.query import fold
from songloom.core.query.near import most_wrong, nearest, sounds
from songloom.core.query.text import code, token_of
from songloom.library.inserting import insert_missing
from songloom.search.models import Word

KEPT = ("wrd", "pin")
SHORTEST = 5  # characters of a token: two letters behind its kind
LONGEST = 60
MOST_CANDIDATES = 5_000
MOST_NEAR = 20
LONG_BEGINNING = 8  # letters of pinyin that need not be the whole of a text
LAST = "z" * LONGEST  # behind everything that begins the same
WIDE_DIGITS = 4  # of `code`


def keep_words(lines: Iterable[str]) -> None:
    """Note the words of these lines of tokens."""
    found = {token for line in lines for token in _words(line)}
    known: set[str] = set()
    wanted = sorted(found)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        known.update(Word.objects.filter(token__in=part).values_list("token", flat=True))
    insert_missing(Word, ("token", "backwards"), ((w, w[::-1]) for w in wanted if w not in known))


def _words(line: str) -> Iterable[str]:
    """Its words, and each stretch of Chinese as it is read from its beginning."""
    before = ""
    for token in line.split():
        kind = token[:3]
        is_new = kind == "wrd" or (kind == "pin" and before not in ("pin", "ini"))
        if is_new and SHORTEST <= len(token) <= LONGEST:
            yield token
        before = kind


def near(run: fold.Run, *, even_if_known: bool = False) -> list[str]:
    """The tokens of words that differ least from one; none for a word that is in the library."""
    if not even_if_known and _begins(run):
        return []
    most = most_wrong(len(run.text), is_wide=run.is_wide)
    if run.is_wide:
        found = _nearest("wrd", code(run.text), most, WIDE_DIGITS)
        for sound in [] if found else sounds(run.text)[:1]:
            found += _nearest("pin", sound, most_wrong(len(sound), is_wide=False), 1)
        return found
    if not run.text.isascii():
        return _nearest("wrd", code(run.text), most, WIDE_DIGITS)
    return [*_nearest("wrd", run.text, most, 1), *_nearest("pin", run.text, most, 1)]


def _begins(run: fold.Run) -> bool:
    return Word.objects.filter(_from("token", token_of("wrd", run.text))).exists()


def _from(column: str, start: str) -> Q:
    return Q(**{f"{column}__gte": start, f"{column}__lte": start + LAST})


def _nearest(kind: str, text: str, most: int, unit: int) -> list[str]:
    """Of the tokens of a kind those that differ least in their units of so many characters."""
    if most < 1:
        return []
    intact = max(1, len(text) // unit // (most + 1)) * unit
    sides = Q(_from("token", kind + text[:intact])) | Q(_from("backwards", text[-intact:][::-1]))
    among = Word.objects.filter(sides, token__startswith=kind)
    by_text = {}
    for token in among.values_list("token", flat=True)[:MOST_CANDIDATES]:
        other = token[3:]
        is_so_long = len(other) >= len(text) - most * unit and len(other) % unit == 0
        if is_so_long and other != text:
            by_text[_units(other, unit)] = token
    asked, may_go_on = _units(text, unit), kind == "pin" and len(text) >= LONG_BEGINNING
    found = nearest(asked, by_text, most)
    found = found or (nearest(asked, by_text, most, may_go_on=True) if may_go_on else [])
    return [by_text[each] for each in found][:MOST_NEAR]


def _units(text: str, unit: int) -> str:
    """Each unit as one character, so that one wide character is one letter."""
    if unit == 1:
        return text
    return "".join(
        chr(int(text[at : at + unit], 36) % 0x110000) for at in range(0, len(text), unit)
    )

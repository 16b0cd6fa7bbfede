"""Identity: time-ordered UUIDs, and keys by which two spellings of a name are the same name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A new id. Ids sort by time and never say anything about bytes, paths or features."""
    return UUID(int=uuid_utils.compat.uuid7().int)


def name_key(*names: str) -> str:
    """One key for all spellings of a name (case, width, spaces): 40 hex digits.

    A hash, because databases disagree on which letters are equal.
    """
    folded = "\0".join(
        [" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names]
    )
    return hashlib.sha256(folded.encode()).hexdigest()[:40]


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # but for tab and line ends
LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
BREAKS = re.compile(r"[\t\n]+")
OPENERS = {**dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
           **dict.fromkeys("\u2066\u2067\u2068", "\u2069")}  # fmt: skip
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str, longest: int) -> str:
    """One line that every database and client can hold: NFC, no controls, cut to `longest`.

    Tabs and line ends become a space. Marks that turn the direction of writing stay only in pairs:
    one left open would turn what stands behind the name, too.
    """
    if text.isascii() and text.isprintable():
        return text.strip()[:longest].rstrip()
    while (found := _line(text, longest)) != text:  # what hid a mark may be gone now
        text = found
    return found


def clean_lines(text: str, longest: int) -> str:
    """As `clean_text`, but tabs and line ends stay, as \\t and \\n: lyrics, comments, prompts."""
    whole = LINE_END.sub("\n", text.encode("utf-8", "ignore").decode())
    return unicodedata.normalize("NFC", CONTROL.sub("", whole)).strip()[:longest].rstrip()


def _line(text: str, longest: int) -> str:
    found = BREAKS.sub(" ", clean_lines(text, len(text)))[:longest]
    if not _is_paired(found):
        found = TURNS.sub("", found)
    return unicodedata.normalize("NFC", found)[:longest].strip()


def _is_paired(text: str) -> bool:
    """Whether each mark that turns the direction is taken back, the last one first."""
    is_open: list[str] = []
    for mark in TURNS.findall(text):
        if mark in OPENERS:
            is_open.append(OPENERS[mark])
        elif not is_open or is_open.pop() != mark:
            return False
    return not is_open

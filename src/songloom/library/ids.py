"""Identity: time-ordered UUIDs, and keys by which two spellings of a name are the same name."""

from __future__ import annotations

import hashlib
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
        " ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names
    )
    return hashlib.sha256(folded.encode()).hexdigest()[:40]


def clean_text(text: str, longest: int) -> str:
    """Text that every database and client can hold: NFC, no controls, cut to `longest`."""
    whole = text.encode("utf-8", "ignore").decode()
    kept = "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", kept).strip()[:longest].rstrip()

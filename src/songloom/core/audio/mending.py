"""Tags whose Chinese was written in one encoding and is read in another.

Old programs put GBK bytes (or UTF-8 bytes) where the tag promises Latin-1: 周杰伦 is then read as
ÖÜ½ÜÂ×. The bytes are still there, so they can be read again, where they can hardly mean Latin-1.
"""

from __future__ import annotations

import re

HIGH_RUN = re.compile(rb"[\x80-\xff]+")
GB2312_TEXT = re.compile(rb"(?:[\xa1-\xa3\xb0-\xf7][\xa1-\xfe])+")  # punctuation, letters, hanzi
LEAST_HANZI = 2  # of them beside Latin letters: a single pair may be two accented letters


def mended(text: str) -> str:
    """The text as it was meant; unchanged wherever it may be right as it is."""
    raw = _bytes_behind(text)
    if raw is None:
        return text
    for encoding in ("utf-8", "gb18030"):
        if encoding == "gb18030" and not _is_chinese(raw):
            break
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text


def _bytes_behind(text: str) -> bytes | None:
    """The bytes that were read as Latin-1, or that no UTF-8 could be; None for sound text."""
    try:
        if any("\udc80" <= c <= "\udcff" for c in text):
            return text.encode("utf-8", "surrogateescape")
        return None if text.isascii() else text.encode("latin-1")
    except UnicodeEncodeError:
        return None


def _is_chinese(raw: bytes) -> bool:
    """Whether every byte above ASCII belongs to a pair of GB 2312, and there are enough of them."""
    runs = HIGH_RUN.findall(raw)
    if not runs or not all(GB2312_TEXT.fullmatch(run) for run in runs):
        return False
    n_hanzi = sum(byte >= 0xB0 for run in runs for byte in run[::2])
    has_letters = re.search(rb"[A-Za-z]", raw) is not None
    return bool(n_hanzi >= (LEAST_HANZI if has_letters else 1))

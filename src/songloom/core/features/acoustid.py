"""A fingerprint as text: what `fpcalc` prints and AcoustID looks up.

An item is written as what changed since the one before: the distances between its set bits, 0 at
the end. Three bits each; what needs more writes 7 there and the rest in five bits, after all the
others. Before them stand the number of the algorithm and of the items; base64 without padding.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.fingerprint import Items
from songloom.errors import BadValue

ALGORITHM = 1  # Chromaprint's default
SHORT_BITS, LONG_BITS = 3, 5
MOST_SHORT = 7
MOST_ITEMS = 2**24 - 1


def encoded(items: Items) -> str:
    """The text of a fingerprint of less than 2²⁴ items."""
    changes = items ^ np.concatenate([np.zeros(1, np.uint32), items[:-1]])
    bits = (changes[:, np.newaxis] >> np.arange(32, dtype=np.uint32)) & 1
    rows, places = np.nonzero(bits)
    is_first = np.diff(rows, prepend=-1) != 0
    distances = np.where(is_first, places + 1, np.diff(places, prepend=0))
    ends = np.searchsorted(rows, np.arange(items.size), side="right")
    words = np.insert(distances, ends, 0)
    long = words[words >= MOST_SHORT] - MOST_SHORT
    short = np.minimum(words, MOST_SHORT)
    header = bytes([ALGORITHM]) + int(items.size).to_bytes(3, "big")
    raw = header + _packed(short, SHORT_BITS) + _packed(long, LONG_BITS)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> Items:
    """The items of such a text. Raises BadValue for what is none."""
    try:
        raw = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except ValueError as exc:
        raise BadValue("this is not the text of a fingerprint") from exc
    if len(raw) < 4 or raw[0] != ALGORITHM:
        raise BadValue("this fingerprint is of another kind")
    n = int.from_bytes(raw[1:4], "big")
    body = np.frombuffer(raw, np.uint8, offset=4)
    words = _unpacked(body, SHORT_BITS)
    ends = np.flatnonzero(words == 0)[:n]
    if len(ends) < n:
        raise BadValue("this fingerprint ends too early")
    words = words[: ends[-1] + 1] if n else words[:0]
    is_long = words == MOST_SHORT
    rest = _unpacked(body[-(-words.size * SHORT_BITS // 8) :], LONG_BITS)
    if rest.size < is_long.sum():
        raise BadValue("this fingerprint ends too early")
    words[is_long] += rest[: is_long.sum()]
    return _items(words, ends)


def _items(words: NDArray[np.int64], ends: NDArray[np.intp]) -> Items:
    """What the distances add up to, item by item."""
    sums = np.cumsum(words)
    item = np.searchsorted(ends, np.arange(words.size))
    before = np.concatenate([[0], sums[ends]])[item]
    places = (sums - before - 1)[words > 0]
    if places.size and places.max() > 31:
        raise BadValue("this fingerprint names a bit that does not exist")
    changes = np.zeros(len(ends), np.uint32)
    np.bitwise_or.at(changes, item[words > 0], np.uint32(1) << places.astype(np.uint32))
    return np.asarray(np.bitwise_xor.accumulate(changes), np.uint32)


def _packed(words: NDArray[np.int64], n_bits: int) -> bytes:
    """Words of few bits one behind the other, the lowest bit first."""
    bits = (words[:, np.newaxis] >> np.arange(n_bits)) & 1
    return np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes()


def _unpacked(body: NDArray[np.uint8], n_bits: int) -> NDArray[np.int64]:
    bits = np.unpackbits(body, bitorder="little").astype(np.int64)
    words = bits[: bits.size // n_bits * n_bits].reshape(-1, n_bits)
    return np.asarray(words @ (1 << np.arange(n_bits)), np.int64)

"""The outline of a wave as few bytes, and read from near. Imports nothing heavy: servers use it."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

STEPS = 255


def packed(peaks: Iterable[float]) -> bytes:
    """A byte for each peak in [0, 1]: its root, so that soft sounds keep their shape."""
    return bytes(round(STEPS * sqrt(min(1.0, max(0.0, peak)))) for peak in peaks)


def unpacked(bytes_: bytes) -> list[float]:
    """The peaks again, within 0.4 % of full scale."""
    return [SIZES[one] for one in bytes_]


SIZES = [round((step / STEPS) ** 2, 5) for step in range(STEPS + 1)]


def between(peaks: bytes, duration_s: float, from_s: float, to_s: float) -> tuple[bytes, float]:
    """Those peaks that a stretch touches, and the second at which the first of them begins."""
    if not peaks or duration_s <= 0:
        return b"", max(0.0, from_s)
    each_s = duration_s / len(peaks)
    first = min(len(peaks), max(0, int(from_s / each_s)))
    last = min(len(peaks), max(first, -int(-to_s // each_s)))
    return peaks[first:last], first * each_s

"""A cover woven from what was measured: the same features give the same picture, on any machine.

Warp colour comes from the key (the circle of fifths over the dyes) and its neighbours in the
chroma, lightness from the brightness, the number of threads from the tempo, the draft from the
metre (three: diamonds, four: twill, none: plain), the weft's stripes from the energy as it goes.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Cells = NDArray[np.bool_]

FIFTHS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#", "F")
PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
DYES = (  # red, green, blue by fifths, from madder over gardenia, mugwort, indigo, lotus to walnut
    (168, 62, 38),
    (190, 104, 44),
    (208, 156, 52),
    (150, 148, 66),
    (92, 136, 94),
    (74, 140, 130),
    (78, 122, 172),
    (52, 82, 146),
    (86, 74, 148),
    (140, 78, 140),
    (158, 74, 104),
    (122, 90, 62),
)
LINEN = (240, 231, 214)
INK = (44, 36, 30)
FEWEST, MOST = 22, 44  # threads on a side
DARKEST_HZ, BRIGHTEST_HZ = 350.0, 5_000.0
LEVELS = 24  # of energy along the weft


def woven(features: Mapping[str, Any], size: int) -> bytes:
    """A square PNG of `size` pixels a side.

    features  any of key, mode, tempo_bpm, centroid_hz, metre, chroma (12), energy (levels 0…1 in
              time), and seed (a text that tells apart what was not measured)
    """
    n_threads = thread_count(features.get("tempo_bpm"))
    warp, weft = colours(features, n_threads)
    over = draft(features, n_threads)
    cells = np.where(over[:, :, np.newaxis], warp[np.newaxis, :, :], weft[:, np.newaxis, :])
    return png(shaded(cells, over, size))


def thread_count(tempo_bpm: float | None) -> int:
    """Slow music has few thick threads, fast music many thin ones; always even."""
    share = 0.35 if not tempo_bpm else (tempo_bpm - 50.0) / 130.0
    return FEWEST + 2 * round((MOST - FEWEST) / 2 * min(1.0, max(0.0, share)))


def draft(features: Mapping[str, Any], n: int) -> Cells:
    """Where the warp lies over the weft: (n, n), rows are weft threads."""
    row, column = np.mgrid[0:n, 0:n]
    kind = _draft_name(features)
    if kind == "plain":
        return np.asarray((row + column) % 2 == 0)
    if kind == "diamond":
        fold = 8
        column = np.abs(column % (2 * fold) - fold)
        row = np.abs(row % (2 * fold) - fold)
    elif kind == "chevron":
        column = np.abs(column % 16 - 8)
    return np.asarray((row + column) % 4 < 2)


def _draft_name(features: Mapping[str, Any]) -> str:
    metre = str(features.get("metre") or "")
    if metre[:1] in ("3", "6", "9"):
        return "diamond"
    if not metre and not features.get("tempo_bpm"):
        return "plain"
    return "chevron" if features.get("mode") == "minor" else "twill"


def colours(features: Mapping[str, Any], n: int) -> tuple[Floats, Floats]:
    """Colours of the n warp and the n weft threads, (n, 3) in 0…1 each."""
    digest = hashlib.sha256(str(features.get("seed", "")).encode()).digest()
    dyes = palette(features, digest)
    warp = [dyes[which] for which in sett(digest, n)]
    energy = levels(features.get("energy"), digest, n)
    ladder = (dyes[0] * 0.55 + _rgb(INK) * 0.45, dyes[0], dyes[1], dyes[2], _rgb(LINEN))
    weft = [ladder[min(len(ladder) - 1, int(level * len(ladder)))] for level in energy]
    return np.asarray(warp, np.float32), np.asarray(weft, np.float32)


def palette(features: Mapping[str, Any], digest: bytes) -> list[Floats]:
    """The tonic's dye, two that sound with it, and linen, as bright as the music is."""
    places = [FIFTHS.index(name) for name in tonics(features)]
    if not places:
        places = [digest[0] % 12, (digest[0] + 3) % 12, (digest[0] + 8) % 12]
    shift = 9 if features.get("mode") == "minor" else 0
    lift = _lift(features.get("centroid_hz"))
    dyes = [_lit(_rgb(DYES[(place + shift) % 12]), lift) for place in places[:3]]
    return [*dyes, _rgb(LINEN)]


def tonics(features: Mapping[str, Any]) -> list[str]:
    """The key's tonic first, then the strongest other pitch classes of the chroma."""
    key = features.get("key")
    chroma = features.get("chroma")
    if not isinstance(chroma, Sequence) or len(chroma) != 12:
        if key not in FIFTHS:
            return []
        at = FIFTHS.index(str(key))
        return [FIFTHS[at], FIFTHS[(at + 4) % 12], FIFTHS[(at + 7) % 12]]
    strong = [PITCHES[i] for i in sorted(range(12), key=lambda i: -float(chroma[i] or 0.0))]
    first = [str(key)] if key in FIFTHS else []
    return [*first, *(name for name in strong if name != key)][:3]


def sett(digest: bytes, n: int) -> list[int]:
    """A tartan's order of warp threads, mirrored in the middle: mostly the first dye."""
    half: list[int] = []
    at = 1
    while len(half) * 2 < n:
        which = (0, 1, 0, 2, 0, 3)[at % 6]
        wide = 2 + digest[at % 32] % 4 if which in (0, 1) else 1 + digest[at % 32] % 2
        half.extend([which] * wide)
        at += 1
    half = half[: n // 2]
    return [*half, *reversed(half)]


def levels(energy: Any, digest: bytes, n: int) -> Floats:
    """The energy along the piece as n levels in 0…1; without it, calm stripes from the seed."""
    if isinstance(energy, Sequence) and len(energy) >= 2:
        given = np.asarray(energy, np.float32)
        spread = np.interp(np.linspace(0, len(given) - 1, n), np.arange(len(given)), given)
        low, high = float(spread.min()), float(spread.max())
        return np.asarray((spread - low) / max(high - low, 1e-6), np.float32)
    steps = np.asarray([digest[i % 32] / 255 for i in range(math.ceil(n / 3))], np.float32)
    return np.repeat(steps, 3)[:n]


def shaded(cells: Floats, over: Cells, size: int) -> NDArray[np.uint8]:
    """Cells as rounded threads: darker where one dives under the other. (size, size, 3)."""
    n = cells.shape[0]
    at = (np.arange(size) + 0.5) * n / size
    index = np.minimum(at.astype(np.int64), n - 1)
    inside = (at - index) * 2 - 1  # −1…1 across a thread
    picture = cells[index][:, index]
    is_warp = over[index][:, index]
    round_warp, round_weft = inside[np.newaxis, :] ** 2, inside[:, np.newaxis] ** 2
    across = np.where(is_warp, round_warp, round_weft)
    along = np.where(is_warp, round_weft, round_warp)
    light = 1.05 - 0.20 * across - 0.07 * along * across
    return np.asarray(np.clip(picture * light[:, :, np.newaxis], 0, 1) * 255, np.uint8)


def _rgb(colour: tuple[int, int, int]) -> Floats:
    return np.asarray(colour, np.float32) / np.float32(255)


def _lift(centroid_hz: float | None) -> float:
    """−1 (dark) to 1 (bright), even in octaves; 0 in the middle or where it is not known."""
    if not centroid_hz:
        return 0.0
    octaves = math.log2(BRIGHTEST_HZ / DARKEST_HZ)
    share = math.log2(max(centroid_hz, 1.0) / DARKEST_HZ) / octaves
    return min(1.0, max(0.0, share)) * 2 - 1


def _lit(colour: Floats, lift: float) -> Floats:
    toward = _rgb(LINEN) if lift > 0 else _rgb(INK)
    return np.asarray(colour + (toward - colour) * abs(lift) * 0.42, np.float32)


def png(picture: NDArray[np.uint8]) -> bytes:
    """(height, width, 3) as a PNG."""
    height, width, _ = picture.shape
    lines = np.zeros((height, 1 + 3 * width), np.uint8)
    lines[:, 1:] = picture.reshape(height, -1)

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")

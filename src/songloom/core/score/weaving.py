"""A cover woven from what a piece is: the same piece, the same cloth.

Warp colour from the key (circle of fifths over the dyes), lightness from how bright it is, weft
stripes from sections and their energy, thread count from tempo, draft from metre: diamond in
three, twill in four, plain otherwise.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 640  # pixels
DYES = (  # madder, gardenia, mugwort, indigo, lotus, walnut: neighbours are fifths apart in pairs
    (166, 61, 36), (176, 125, 32), (63, 107, 75), (51, 80, 138), (149, 72, 111), (110, 82, 56),
)  # fmt: skip
PAPER, INK = np.array([247.0, 243.0, 236.0]), np.array([33.0, 28.0, 23.0])
FEWEST_THREADS, MOST_THREADS = 20, 64
Picture = NDArray[np.float64]


@dataclass(frozen=True)
class Cloth:
    """What a cover needs to know.

    key         0–11 or None
    is_minor    minor keys are woven darker
    bpm         None counts as 100
    metre       "3/4"
    brightness  0 (dull) … 1 (bright)
    sections    (length, energy 0 … 1) in order; lengths in any unit
    """

    key: int | None
    is_minor: bool
    bpm: float | None
    metre: str
    brightness: float
    sections: Sequence[tuple[float, float]]


def woven(cloth: Cloth) -> bytes:
    """The cover as PNG, SIZE × SIZE pixels."""
    from PIL import Image

    bpm = cloth.bpm or 100.0
    n_threads = int(np.clip(round(bpm / 2.6), FEWEST_THREADS, MOST_THREADS))
    warp, weft = _warp_colour(cloth), _weft_colours(cloth, n_threads)
    over = _draft(cloth.metre, n_threads)
    cells = np.where(over[:, :, None], warp[None, None, :], weft[:, None, :])
    picture = _threads(cells, over)
    out = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8), "RGB").save(out, "PNG")
    return out.getvalue()


def _warp_colour(cloth: Cloth) -> Picture:
    """Six dyes round the circle of fifths, two keys a dye; the second of each is mixed with the next."""
    fifths = (0 if cloth.key is None else cloth.key * 7) % 12
    dye = np.array(DYES[fifths // 2], dtype=np.float64)
    if fifths % 2:
        dye = 0.5 * dye + 0.5 * np.array(DYES[(fifths // 2 + 1) % len(DYES)], dtype=np.float64)
    lightness = float(np.clip(cloth.brightness, 0, 1)) * 0.45 - 0.12 - 0.18 * cloth.is_minor
    return dye + (PAPER - dye) * lightness if lightness > 0 else dye + (INK - dye) * -lightness


def _weft_colours(cloth: Cloth, n_threads: int) -> Picture:
    """(threads, 3): each section a stripe, from paper (still) to a neighbouring dye (wild)."""
    sections = [(max(length, 0.0), energy) for length, energy in cloth.sections] or [(1.0, 0.5)]
    ends = np.cumsum([length for length, _ in sections])
    ends = ends / max(ends[-1], 1e-9)
    places = (np.arange(n_threads) + 0.5) / n_threads
    index = np.minimum(np.searchsorted(ends, places), len(sections) - 1)
    fifths = (0 if cloth.key is None else cloth.key * 7) % 12
    other = np.array(DYES[(fifths // 2 + 3) % len(DYES)], dtype=np.float64)
    energy = np.array([np.clip(sections[i][1], 0, 1) for i in index])[:, None]
    return PAPER * (1 - energy) + other * energy


def _draft(metre: str, n: int) -> NDArray[np.bool_]:
    """(weft, warp) True where the warp lies on top."""
    rows, columns = np.mgrid[0:n, 0:n]
    beats = int(metre.split("/")[0])
    if beats in (3, 6, 9):
        period = 6
        folded = np.minimum(columns % (2 * period), 2 * period - 1 - columns % (2 * period))
        fold_rows = np.minimum(rows % (2 * period), 2 * period - 1 - rows % (2 * period))
        return np.asarray((folded + fold_rows) % period < period // 2)
    if beats in (2, 4, 8, 12):
        return np.asarray((columns + rows) % 4 < 2)
    return np.asarray((columns + rows) % 2 == 0)


def _threads(cells: Picture, over: NDArray[np.bool_]) -> Picture:
    """Cells as rounded threads: light on the crown, shade at the edges."""
    n = len(cells)
    cell = np.floor(np.arange(SIZE) * n / SIZE).astype(int)
    place = np.arange(SIZE) * n / SIZE - cell
    crown = 0.72 + 0.36 * np.sin(np.pi * place)
    across = np.where(over[np.ix_(cell, cell)], crown[None, :], crown[:, None])
    return cells[np.ix_(cell, cell)] * across[:, :, None]

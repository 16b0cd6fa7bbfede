"""A picture of a whole sound: time to the right, octaves upwards, loud in strong colour.

Drawn in a limited child from the file, in one pass; of a long file from moments spread over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import log2
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songloom.core.audio import Blocks
from songloom.core.audio.shaping import trim
from songloom.core.features.heard import mean_of_channels
from songloom.core.features.octave_scale import LOWEST_HZ, top_of
from songloom.core.features.png import indexed, ramp
from songloom.core.features.spectrum import Framer, power_scale, transform

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

COLUMNS, ROWS = 1_200, 288
LOUDEST_SHARE = 0.999  # of the cells are softer than the strongest colour
DEPTH_DB = 78.0  # below that: the softest that is drawn
SILENT_DB = -120.0
SMALLEST_FFT, LARGEST_FFT = 1_024, 8_192
LONGEST_WHOLE_S = 1_500.0  # longer files are looked at in moments
MOMENTS, FRAMES_OF_A_MOMENT = 600, 6
MOST_CPU_S = 20.0  # for moments: a file that cannot be sought in is seen at fewer of them
COLOURS = {
    "light": ("#fffdf9", "#9db0da", "#33508a", "#10162a"),
    "dark": ("#1d1916", "#3a5594", "#8faae0", "#f6f3ff"),
}


def draw(
    source: str,
    outs: Mapping[str, str],
    length_s: float,
    start_s: float | None = None,
    end_s: float | None = None,
) -> dict[str, Any]:
    """Write the picture in each theme of `outs` (light, dark).

    length_s        how long the sound is said to be; only the way to look at it depends on that
    start_s, end_s  the part of the file that is meant, where it is not all of it
    returns         {"top_hz", "seen_s"}: what the upper edge is, and how much was looked at
    Raises what decoding raises.
    """
    cells_db, top_hz, seen_s = looked_at(source, length_s, start_s or 0.0, end_s)
    cells = shaded(cells_db)
    for theme, out in outs.items():
        Path(out).write_bytes(indexed(cells, ramp(COLOURS[theme])))
    return {"top_hz": top_hz, "seen_s": seen_s}


def looked_at(
    source: str, length_s: float, start_s: float = 0.0, end_s: float | None = None
) -> tuple[Doubles, float, float]:
    """(ROWS, COLUMNS) dB from the lowest frequency up, the highest frequency, and seconds."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1, "blas"):
        if length_s > LONGEST_WHOLE_S:
            return _moments(source, length_s, start_s)
        return _whole(source, length_s, start_s, end_s)


def shaded(cells_db: Doubles) -> NDArray[np.uint8]:
    """Numbers of colours, the highest frequency on top; silence is all paper."""
    top_db = float(np.quantile(cells_db, LOUDEST_SHARE))
    is_silent = top_db <= SILENT_DB
    share = cells_db * 0 if is_silent else np.clip((cells_db - top_db) / DEPTH_DB + 1, 0, 1)
    return np.ascontiguousarray(np.round(255 * share[::-1]).astype(np.uint8))


def edges_hz(top_hz: float) -> Doubles:
    """(ROWS + 1,) where the rows end, in equal parts of an octave."""
    return np.asarray(np.geomspace(LOWEST_HZ, top_hz, ROWS + 1))


class Bands:
    """Power in each row of the picture, of any spectrum of one size."""

    def __init__(self, sample_rate: int, n_fft: int) -> None:
        places = edges_hz(top_of(sample_rate)) * n_fft / sample_rate + 0.5
        places = np.minimum(places, n_fft // 2 + 1 - 1e-6)
        self._whole = places.astype(int)
        self._share = (places - self._whole).astype(np.float32)
        self._scale = np.float32(power_scale(n_fft))

    def __call__(self, frames: Floats) -> Floats:
        """(frames, size) of sound as (frames, ROWS) mean squares."""
        spectra = transform(frames)
        power = (spectra.real**2 + spectra.imag**2) * self._scale
        upto = np.zeros((len(power), power.shape[1] + 1), np.float64)
        np.cumsum(power, axis=1, dtype=np.float64, out=upto[:, 1:])
        low = upto[:, self._whole]
        below = low + (upto[:, self._whole + 1] - low) * self._share
        return np.asarray(np.maximum(np.diff(below, axis=1), 0), np.float32)


def size_for(sample_rate: int, column_s: float) -> int:
    """The power of two nearest to a column, between 23 and 186 ms of 44.1 kHz."""
    scale = 2 ** round(log2(sample_rate / 44_100))
    wanted = 2 ** round(log2(max(1.0, 2 * column_s * sample_rate)))
    return int(min(LARGEST_FFT * scale, max(SMALLEST_FFT * scale, wanted)))


def _whole(
    source: str, length_s: float, start_s: float, end_s: float | None
) -> tuple[Doubles, float, float]:
    """Everything once; columns are as many as there are, then brought to the width."""
    from songloom.core.audio import decode

    with decode.opened(source) as sound:
        rate = sound.sample_rate
        size = size_for(rate, length_s / COLUMNS)
        hop = size // 2
        framer = Framer(1, size, hop, lead=size // 2)
        bands = Bands(rate, size)
        per_column = max(1, round(length_s * rate / hop / COLUMNS))
        blocks = sound.blocks_from(round(start_s * rate)) if start_s else sound.blocks()
        if end_s is not None:
            blocks = trim(blocks, 0, round((end_s - start_s) * rate))
        columns = list(_grouped(_rows(blocks, framer, bands), per_column))
    seen_s = len(columns) * per_column * hop / rate
    return _in_db(_spread(np.array(columns))), top_of(rate), seen_s


def _rows(blocks: Blocks, framer: Framer, bands: Bands) -> Iterator[Floats]:
    for block in blocks:
        for frames in framer.add(mean_of_channels(block)[np.newaxis]):
            yield bands(frames[0])
    for frames in framer.finish():
        yield bands(frames[0])


def _grouped(batches: Iterator[Floats], per_column: int) -> Iterator[Floats]:
    """The mean of so many frames each; one picture's width in memory, whatever the length."""
    waiting = np.zeros((0, ROWS), np.float32)
    for batch in batches:
        waiting = np.concatenate([waiting, batch])
        n = len(waiting) // per_column
        yield from waiting[: n * per_column].reshape(n, per_column, ROWS).mean(axis=1)
        waiting = waiting[n * per_column :]
    if len(waiting):
        yield waiting.mean(axis=0)


def _moments(source: str, length_s: float, start_s: float) -> tuple[Doubles, float, float]:
    """Some frames at each of many moments; those first that divide the whole most evenly."""
    found: dict[int, Floats] = {}
    began_s, rate, seen_s = process_time(), 44_100, 0.0
    for place in evenly(MOMENTS):
        at_s = start_s + (place + 0.5) / MOMENTS * length_s
        row, rate, lasts_s = _moment(source, at_s)
        seen_s += lasts_s
        if row is not None:
            found[place] = row
        if process_time() - began_s > MOST_CPU_S:
            break
    known = np.array(sorted(found)) if found else np.zeros(1, int)
    rows = np.array([found[place] for place in sorted(found)] or [np.zeros(ROWS, np.float32)])
    nearest = np.abs(np.arange(MOMENTS)[:, np.newaxis] - known).argmin(axis=1)
    return _in_db(_spread(rows[nearest])), top_of(rate), seen_s


def _moment(source: str, at_s: float) -> tuple[Floats | None, int, float]:
    """A row from some frames at a moment, None beyond the end; the rate; how much was heard."""
    from songloom.core.audio import decode

    with decode.opened(source) as sound:
        rate = sound.sample_rate
        size = size_for(rate, 1.0)
        n_samples = size // 2 * (FRAMES_OF_A_MOMENT + 1)
        part = next(iter(sound.blocks_from(round(at_s * rate), n_samples)), None)
    if part is None or part.shape[1] < size:
        return None, rate, 0.0
    frames = next(Framer(1, size, size // 2).add(mean_of_channels(part)[np.newaxis]))
    return Bands(rate, size)(frames[0]).mean(axis=0), rate, part.shape[1] / rate


def evenly(n: int) -> list[int]:
    """0 … n − 1, each as far as can be from those before it: halves, quarters, eighths."""
    bits = (n - 1).bit_length()
    turned = (int(f"{one:0{bits}b}"[::-1], 2) for one in range(2**bits))
    return [one for one in turned if one < n]


def _spread(columns: Floats) -> Floats:
    """(n, ROWS) as (COLUMNS, ROWS): the nearest column where there are fewer, means of more."""
    if not len(columns):
        return np.zeros((COLUMNS, ROWS), np.float32)
    edges = np.linspace(0, len(columns), COLUMNS + 1)
    upto = np.concatenate([np.zeros((1, ROWS)), np.cumsum(columns, axis=0, dtype=np.float64)])
    at = np.stack([np.interp(edges, np.arange(len(upto)), row) for row in upto.T])
    return np.maximum(np.diff(at, axis=1).T, 0).astype(np.float32) / np.float32(edges[1])


def _in_db(columns: Floats) -> Doubles:
    return 10 * np.log10(np.maximum(columns.T.astype(np.float64), 1e-20))

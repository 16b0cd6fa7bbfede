"""The fingerprint of a recording, as Chromaprint takes it: bit for bit comparable with its own.

What Chromaprint's author published ("How does Chromaprint work?", oxygene.sk, 2011) in numpy: the
pitch classes of the first two minutes as a picture, 8 columns a second; sixteen comparisons of
brighter and darker rectangles of it make 32 bits a column. The rectangles and limits below are
those of its default algorithm, from its sources (Lukáš Lalinský, MIT licence): other numbers would
make another fingerprint, which no other program could compare.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Doubles = NDArray[np.float64]
Items = NDArray[np.uint32]

LENGTH_S = 120.0  # from the start; what comes later is not part of it
RATE_HZ = 11_025
WINDOW, HOP = 4_096, 1_365  # samples at RATE_HZ
ITEM_S = HOP / RATE_HZ
LOWEST_BIN, HIGHEST_BIN = 10, 1_308  # 28 to 3,520 Hz, the upper end left out
LOWEST_A_HZ = 27.5
SMOOTHING = (0.25, 0.75, 1.0, 0.75, 0.25)  # columns
FAINTEST = 0.01  # energy of a column, below which it counts as empty
WIDEST = 16  # columns that one item looks at
BATCH = 32

# (shape, lowest row, rows, columns, three limits of its value): see `_contrast`
CLASSIFIERS = (
    (0, 4, 3, 15, (1.98215, 2.35817, 2.63523)),
    (4, 4, 6, 15, (-1.03809, -0.651211, -0.282167)),
    (1, 0, 4, 16, (-0.298702, 0.119262, 0.558497)),
    (3, 8, 2, 12, (-0.105439, 0.0153946, 0.135898)),
    (3, 4, 4, 8, (-0.142891, 0.0258736, 0.200632)),
    (4, 0, 3, 5, (-0.826319, -0.590612, -0.368214)),
    (1, 2, 2, 9, (-0.557409, -0.233035, 0.0534525)),
    (2, 7, 3, 4, (-0.0646826, 0.00620476, 0.0784847)),
    (2, 6, 2, 16, (-0.192387, -0.029699, 0.215855)),
    (2, 1, 3, 2, (-0.0397818, -0.00568076, 0.0292026)),
    (5, 10, 1, 15, (-0.53823, -0.369934, -0.190235)),
    (3, 6, 2, 10, (-0.124877, 0.0296483, 0.139239)),
    (2, 1, 1, 14, (-0.101475, 0.0225617, 0.231971)),
    (3, 5, 6, 4, (-0.0799915, -0.00729616, 0.063262)),
    (1, 9, 2, 12, (-0.272556, 0.019424, 0.302559)),
    (3, 4, 2, 14, (-0.164292, -0.0321188, 0.0846339)),
)
GRAY = np.array([0, 1, 3, 2], np.uint32)  # neighbouring values differ by one bit

PAIRS = 5  # of taps of the half-band filter, 54 dB
TAPS = 24  # of the filters that make other rates RATE_HZ
MOST_PLACES = 640  # between two samples: 16 kHz needs 441; the error is a part in 400,000
BETA = 5.0


class Print:
    """Keeps the first two minutes of the mono mix, thinned to between 11 and 22 kHz."""

    def __init__(self, sample_rate: int) -> None:
        n_halvings = max(0, int(np.log2(sample_rate / RATE_HZ) + 1e-9))
        self._halvers = [Halver() for _ in range(n_halvings)]
        self.rate_hz = sample_rate / 2**n_halvings
        self._n_left = round(LENGTH_S * sample_rate)
        self._kept: list[Audio] = []

    def add(self, mono: Audio) -> None:
        """Hear some more: (samples,). What comes after two minutes costs nothing."""
        if self._n_left <= 0:
            return
        sound = mono[: self._n_left]
        self._n_left -= mono.size
        for halver in self._halvers:
            sound = halver.add(sound)
        self._kept.append(np.array(sound))

    def items(self) -> Items:
        """The fingerprint so far; see `items_of`."""
        kept = np.concatenate([np.zeros(0, np.float32), *self._kept])
        return items_of(at_rate(kept, self.rate_hz))


class Halver:
    """Half the sample rate of a stream, by a half-band filter: flat where pitches are heard."""

    def __init__(self) -> None:
        self._held: Audio = np.zeros(2 * PAIRS - 1, np.float32)

    def add(self, sound: Audio) -> Audio:
        """(samples,) → about half as many."""
        sound = np.concatenate([self._held, sound])
        n = max(0, (sound.size - 4 * PAIRS + 1) // 2 + 1)
        self._held = sound[2 * n :]
        if not n:
            return np.zeros(0, np.float32)
        beside = np.ascontiguousarray(sound[: 2 * (n + 2 * PAIRS - 1) : 2])
        middle = sound[2 * PAIRS - 1 :: 2][:n]
        return np.asarray(np.correlate(beside, _taps(), "valid") + 0.5 * middle, np.float32)


@lru_cache(maxsize=1)
def _taps() -> Audio:
    """The taps at odd distances from the middle; those at even ones are 0, the middle is ½."""
    at = np.arange(1 - 2 * PAIRS, 2 * PAIRS, 2)
    taps = np.sinc(at / 2) * np.kaiser(4 * PAIRS - 1, BETA)[::2]
    return np.asarray(0.5 * taps / taps.sum(), np.float32)


def items_of(mono: Audio) -> Items:
    """(n,) 32 bits for each eighth of a second (ITEM_S); none for less than 2.8 seconds.

    mono  (samples,) at RATE_HZ
    """
    columns = _normalised(_pitch_classes(mono))
    n = len(columns) - WIDEST + 1
    if n < 1:
        return np.zeros(0, np.uint32)
    areas = np.zeros((len(columns) + 1, columns.shape[1] + 1))
    areas[1:, 1:] = columns.cumsum(axis=0).cumsum(axis=1)
    items = np.zeros(n, np.uint32)
    for shape, low, rows, width, limits in CLASSIFIERS:
        value = _contrast(areas, n, shape, low, rows, width)
        items = items << np.uint32(2) | GRAY[np.searchsorted(limits, value, side="right")]
    return items


@lru_cache(maxsize=1)
def empty_item() -> np.uint32:
    """The item of silence: it says nothing about a recording."""
    return np.uint32(items_of(np.zeros(WINDOW + HOP * (WIDEST + len(SMOOTHING)), np.float32))[0])


def at_rate(mono: Audio, rate_hz: float) -> Audio:
    """The same sound at RATE_HZ: one short filter for each place between two samples."""
    step = Fraction(rate_hz / RATE_HZ).limit_denominator(MOST_PLACES)
    if step == 1 or not mono.size:
        return mono
    down, up = step.numerator, step.denominator
    held = np.concatenate([np.zeros(TAPS, np.float32), mono, np.zeros(TAPS + down, np.float32)])
    windows = np.lib.stride_tricks.sliding_window_view(held, TAPS)
    n_rounds = -(-mono.size // down)
    found = np.empty((n_rounds, up), np.float32)
    share = min(1.0, RATE_HZ / rate_hz)
    for place in range(up):
        first, rest = divmod(place * down, up)
        first += TAPS // 2 + 1
        rows = windows[first : first + (n_rounds - 1) * down + 1 : down]
        found[: len(rows), place] = rows @ _between(rest / up, share)
    return found.reshape(-1)[: int(mono.size / step)]


def _between(shift: float, share: float) -> Audio:
    """(TAPS,) what gives the sound `shift` samples after one, of the lower `share` of its band."""
    at = np.arange(TAPS) - (TAPS // 2 - 1) - shift
    near = np.maximum(0, 1 - (2 * at / TAPS) ** 2)
    return np.asarray(share * np.sinc(share * at) * np.i0(BETA * np.sqrt(near)) / np.i0(BETA), "f4")


def _pitch_classes(mono: Audio) -> Doubles:
    """(columns, 12) energy of the pitch classes from A up."""
    from scipy import fft

    if mono.size < WINDOW:
        return np.zeros((0, 12))
    windows = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)[::HOP]
    window = np.hamming(WINDOW).astype(np.float32)
    found = np.zeros((len(windows), 12))
    for start in range(0, len(windows), BATCH):
        spectra = fft.rfft(windows[start : start + BATCH] * window, overwrite_x=True)
        used = spectra[:, LOWEST_BIN:HIGHEST_BIN]
        found[start : start + BATCH] = (used.real**2 + used.imag**2) @ _notes()
    return found


@lru_cache(maxsize=1)
def _notes() -> Audio:
    """(bins, 12) which pitch class each of the used bins belongs to."""
    hz = np.arange(LOWEST_BIN, HIGHEST_BIN) * RATE_HZ / WINDOW
    notes = (12 * (np.log2(hz / LOWEST_A_HZ) % 1)).astype(np.intp)
    return np.asarray(np.eye(12, dtype=np.float32)[notes])


def _normalised(energy: Doubles) -> Doubles:
    """Smoothed over five columns, then each of length 1: how loud it is does not matter."""
    n = max(0, len(energy) - len(SMOOTHING) + 1)
    smooth = np.zeros((n, 12))
    for shift, weight in enumerate(SMOOTHING):
        smooth += weight * energy[shift : shift + n]
    length = np.linalg.norm(smooth, axis=1, keepdims=True)
    return np.where(length < FAINTEST, 0.0, smooth / np.maximum(length, FAINTEST))


def _contrast(areas: Doubles, n: int, shape: int, low: int, rows: int, width: int) -> Doubles:
    """(n,) how much brighter one part of a rectangle is than the rest, from each column on.

    shape  0 all of it, 1 upper against lower half, 2 right against left half, 3 one pair of
           opposite quarters against the other, 4 the middle third of the rows against the others,
           5 the middle third of the columns against the others
    """

    def area(left: int, bottom: int, right: int, top: int) -> Doubles:
        after, before = areas[right : right + n], areas[left : left + n]
        found: Doubles = after[:, top] - before[:, top] - after[:, bottom] + before[:, bottom]
        return found

    top, whole = low + rows, area(0, low, width, low + rows)
    half, middle = width // 2, low + rows // 2
    if shape == 0:
        return np.asarray(np.log1p(whole))
    if shape == 1:
        bright = area(0, middle, width, top)
    elif shape == 2:
        bright = area(half, low, width, top)
    elif shape == 3:
        bright = area(0, middle, half, top) + area(half, low, width, middle)
    elif shape == 4:
        third = rows // 3
        bright = area(0, low + third, width, top - third)
    else:
        third = width // 3
        bright = area(third, low, width - third, top)
    return np.asarray(np.log1p(bright) - np.log1p(whole - bright))

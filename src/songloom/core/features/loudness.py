"""How loud it sounds: ITU-R BS.1770-4 and EBU R 128, block by block at any sample rate."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10, pi, tan

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import quick
from songloom.core.features.biquads import sosfilt
from songloom.core.features.true_peak import TruePeak

Audio = NDArray[np.float32]
Doubles = NDArray[np.float64]

SEGMENTS_PER_SECOND = 10  # gating blocks of 400 ms overlap by 75 %: they start every 100 ms
GATING_SEGMENTS = 4
SHORT_TERM_SEGMENTS = 30
ABSOLUTE_GATE_LUFS = -70.0
INTEGRATED_GATE_LU = -10.0
RANGE_GATE_LU = -20.0
BLOCK_SAMPLES = 65_536
BIN_LU = 0.1

SURROUND = 1.41  # +1.5 dB for what comes from the sides and from behind
BEHIND = frozenset({"BL", "BR", "BC", "SL", "SR", "WL", "WR", "SDL", "SDR"})
LAYOUTS: dict[int, tuple[str, ...]] = {
    4: ("FL", "FR", "BL", "BR"),
    5: ("FL", "FR", "FC", "SL", "SR"),
    6: ("FL", "FR", "FC", "LFE", "SL", "SR"),
    7: ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


def channel_weights(n_channels: int, names: Sequence[str] | None = None) -> Doubles:
    """How much each channel counts: front 1, surround 1.41, bass effects 0 (BS.1770-4, table 3).

    n_channels  how many there are
    names       FFmpeg's short names ("FL", "LFE", …) where known; else the usual order is assumed
    returns     (channels,) float64
    """
    names = names or LAYOUTS.get(n_channels, ())
    weights = np.ones(n_channels)
    for i, name in enumerate(names[:n_channels]):
        if name.startswith("LFE"):
            weights[i] = 0.0
        elif name in BEHIND:
            weights[i] = SURROUND
    return weights


def k_weighting(sample_rate: int) -> Doubles:
    """The head's high shelf and the low cut of BS.1770-4 as two second-order sections.

    The recommendation lists coefficients for 48 kHz only; these come from the analogue filters
    behind them (De Man, "Evaluation of implementations of the EBU R128", 2014), which give the
    listed numbers at 48 kHz.

    returns  (2, 6) float64: b0 b1 b2 a0 a1 a2 of each section
    """
    k = tan(pi * min(1_681.974450955533 / sample_rate, 0.49))
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [
        (high + middle * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - middle * k / q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    ]
    k, q = tan(pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    low_cut = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return np.array([shelf, low_cut])


def lufs(power: float) -> float:
    """The loudness of a weighted mean square (> 0)."""
    return -0.691 + 10 * log10(power)


def power_of(loudness_lufs: float) -> float:
    """The weighted mean square that sounds this loud; undoes `lufs`."""
    return float(10 ** ((loudness_lufs + 0.691) / 10))


class Loudness:
    """Integrated loudness and loudness range of what was added so far.

    Keeps one number for each 100 ms, whatever the length: two hours are 72,000 numbers.
    """

    def __init__(
        self, sample_rate: int, n_channels: int, channel_names: Sequence[str] | None = None
    ) -> None:
        self.sample_rate = sample_rate
        self._weights = channel_weights(n_channels, channel_names)
        self._filter = k_weighting(sample_rate)
        self._state = np.zeros((2, n_channels, 2))
        self._loops = quick.loops()
        self._position = 0  # samples heard
        self._unfinished = 0.0  # weighted square sum of the segment that is still open
        self._segments: list[float] = []  # mean squares of whole 100 ms segments

    def add(self, block: Audio) -> None:
        """Hear some more.

        block  (channels, samples), any number of samples; |x| ≤ 1 is full scale
        """
        for start in range(0, block.shape[1], BLOCK_SAMPLES):
            self._add(block[:, start : start + BLOCK_SAMPLES])

    def _add(self, block: Audio) -> None:
        start, stop = self._position, self._position + block.shape[1]
        self._position = stop
        first = len(self._segments)
        edges = [self._edge(first)]
        while (edge := self._edge(first + len(edges))) <= stop:
            edges.append(edge)
        cuts = np.maximum(np.array(edges) - start, 0)
        is_whole = edges[-1] == stop  # then nothing is left for the segment after
        sums = self._weights @ self._energies(block, cuts[:-1] if is_whole else cuts)
        sums[0] += self._unfinished
        if is_whole:
            sums = np.append(sums, 0.0)
        self._segments.extend((sums[:-1] / np.diff(edges)).tolist())
        self._unfinished = float(sums[-1])

    def _energies(self, block: Audio, cuts: NDArray[np.intp]) -> Doubles:
        """Sums of squares of the weighted sound from each cut to the next: (channels, cuts)."""
        if self._loops is not None:
            sums = np.empty((len(block), cuts.size))
            self._loops.weighted_energy(self._filter, block, self._state, cuts, sums)
            return sums
        weighted, self._state = sosfilt(self._filter, block, self._state)
        np.square(weighted, out=weighted)
        return np.asarray(np.add.reduceat(weighted, cuts, axis=1))

    def _edge(self, index: int) -> int:
        """Where the segment with this number begins, in samples."""
        return index * self.sample_rate // SEGMENTS_PER_SECOND

    def momentary(self) -> Doubles:
        """Weighted mean square of each 400 ms, every 100 ms; empty if shorter than 400 ms."""
        return moving_mean(np.array(self._segments), GATING_SEGMENTS)

    def short_term(self) -> Doubles:
        """Weighted mean square of each 3 s, every 100 ms; empty if shorter than 3 s."""
        return moving_mean(np.array(self._segments), SHORT_TERM_SEGMENTS)

    def integrated_lufs(self) -> float | None:
        """Loudness of the whole, gated at −70 LUFS and 10 LU below itself (BS.1770-4, annex 1).

        None if shorter than 400 ms or nowhere louder than −70 LUFS.
        """
        heard = gated(self.momentary(), INTEGRATED_GATE_LU)
        return lufs(float(heard.mean())) if heard.size else None

    def histogram(self) -> tuple[float, list[int]] | None:
        """How many 400 ms blocks are how loud; what several tracks together are gated by.

        returns  the loudness of the first bin's middle, and the counts of bins of 0.1 LU; None if
                 nothing is louder than −70 LUFS
        """
        power = self.momentary()
        heard = power[power > power_of(ABSOLUTE_GATE_LUFS)]
        if not heard.size:
            return None
        bins = np.floor((-0.691 + 10 * np.log10(heard)) / BIN_LU).astype(np.intp)
        first = int(bins.min())
        return (first + 0.5) * BIN_LU, np.bincount(bins - first).tolist()

    def range_lu(self) -> float | None:
        """How far loud and soft passages lie apart: 10th to 95th percentile (EBU Tech 3342).

        None if shorter than 3 s or nowhere louder than −70 LUFS.
        """
        heard = gated(self.short_term(), RANGE_GATE_LU)
        if not heard.size:
            return None
        soft, loud = np.percentile(heard, [10, 95], method="nearest")
        return lufs(float(loud)) - lufs(float(soft))


class Meter(Loudness):
    """Everything that R 128 asks for: integrated loudness, loudness range, true peak."""

    def __init__(
        self, sample_rate: int, n_channels: int, channel_names: Sequence[str] | None = None
    ) -> None:
        super().__init__(sample_rate, n_channels, channel_names)
        self._true_peak = TruePeak(n_channels)

    def add(self, block: Audio) -> None:
        """Hear some more; see `Loudness.add`."""
        super().add(block)
        self._true_peak.add(block)

    def true_peak_dbtp(self) -> float | None:
        """The highest point between the samples, in dB of full scale; None for silence."""
        return self._true_peak.dbtp()


def moving_mean(values: Doubles, width: int) -> Doubles:
    """Mean of each `width` neighbours; empty if there are fewer."""
    if values.size < width:
        return np.empty(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(values, width).mean(axis=1))


def gated(power: Doubles, relative_lu: float) -> Doubles:
    """What is louder than −70 LUFS, and then than its own mean plus `relative_lu`."""
    heard = power[power > power_of(ABSOLUTE_GATE_LUFS)]
    if heard.size:
        heard = heard[heard > heard.mean() * 10 ** (relative_lu / 10)]
    return heard

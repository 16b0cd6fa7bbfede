"""Bringing a sound to a loudness without its peaks passing a ceiling.

A plain gain does it where the peaks allow. Where they do not, a limiter lowers the moments around
each peak: its gain falls and rises in straight lines in decibels and looks ahead, so that it is
down in time. Limiting makes a sound softer, so gain and limiter are fitted together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songloom.core.audio import Audio, Blocks
from songloom.core.audio.shaping import reblocked
from songloom.core.features.loudness import Meter
from songloom.core.features.true_peak import CHUNK, TAPS, chunk_matrix, interpolators

Doubles = NDArray[np.float64]

HOP = 2 * CHUNK  # samples that share one point of the limiter's gain
STEPS = np.arange(HOP, dtype=np.float32) / np.float32(HOP)
ATTACK_DB_PER_S = 2_000.0  # 6 dB in 3 ms before a peak
RELEASES_DB_PER_S = (60.0, 300.0, 1_500.0)  # the gentlest that reaches the target is taken
CLOSE_ENOUGH_LU, GOOD_ENOUGH_LU = 0.05, 0.2
SAFETY_DB = 0.02  # what a moving gain may add between the samples
MOST_ROUNDS = 5
BETWEEN_DB = 6.0  # more than music rises between two samples
LARGEST_GAIN_DB = 60.0


@dataclass(frozen=True)
class Levels:
    """How loud a sound is and how high it goes; None where it is silent or too short to say."""

    lufs: float | None
    true_peak_dbtp: float | None


@dataclass(frozen=True)
class Levelling:
    """What brings a sound to its target: a gain, and the limiter's curve where one is needed."""

    gain_db: float
    curve_db: Audio | None = None  # (hops,) float32, ≤ 0

    def apply(self, blocks: Blocks, position: int = 0) -> Blocks:
        """The sound at its new level.

        position  of the first sample of the blocks
        """
        factor = np.float32(10 ** (self.gain_db / 20))
        if self.curve_db is None:
            yield from (block * factor for block in blocks)
            return
        edges_db = np.minimum(np.append(self.curve_db, 0.0), np.append(0.0, self.curve_db))
        edges = np.append(factor * 10 ** (edges_db / 20), factor).astype(np.float32)
        for block in blocks:
            yield block * _between(edges, position, block.shape[1])
            position += block.shape[1]


def _between(edges: Audio, first: int, n_samples: int) -> Audio:
    """Straight lines from the gain at the edge of each hop to that at the next.

    edges    (hops + 2,) linear; behind the last one it stays
    returns  (n_samples,) the gain of the samples from `first` on
    """
    start, stop = first // HOP, -(-(first + n_samples) // HOP)
    here = edges[np.minimum(np.arange(start, stop + 1), edges.size - 1)]
    lines = here[:-1, np.newaxis] + np.diff(here)[:, np.newaxis] * STEPS
    gains: Audio = lines.reshape(-1)[first - start * HOP :][:n_samples]
    return gains


def measure(blocks: Blocks, sample_rate: int, channels: int) -> Levels:
    """Integrated loudness and true peak (EBU R 128) of a sound."""
    meter = Meter(sample_rate, channels)
    for block in blocks:
        meter.add(block)
    return Levels(meter.integrated_lufs(), meter.true_peak_dbtp())


def fitted(
    make: Callable[[], Blocks],
    sample_rate: int,
    channels: int,
    *,
    target_lufs: float,
    ceiling_dbtp: float,
) -> tuple[Levelling, float] | None:
    """The levelling that brings a sound to a loudness with all true peaks below a ceiling.

    make     starts the sound anew; called once, and once more for each fit of a limiter
    returns  the levelling and the loudness it reaches (the closest that keeps the ceiling);
             None when the loudness cannot be measured: silence, or less than 0.4 s
    """
    levels = measure(make(), sample_rate, channels)
    if levels.lufs is None or levels.true_peak_dbtp is None:
        return None
    gain_db = float(np.clip(target_lufs - levels.lufs, -LARGEST_GAIN_DB, LARGEST_GAIN_DB))
    if levels.true_peak_dbtp + gain_db <= ceiling_dbtp:
        return Levelling(gain_db), levels.lufs + gain_db
    fit = _Fit(make, sample_rate, channels, np.concatenate(list(hop_peaks(make()))), ceiling_dbtp)
    for release_db_per_s in RELEASES_DB_PER_S:
        found = fit.towards(target_lufs, gain_db, release_db_per_s)
        if abs(found[1] - target_lufs) <= GOOD_ENOUGH_LU:
            break
    return found


def nearby(
    around: Audio, levels: Levels, *, target_lufs: float, ceiling_dbtp: float, sample_rate: int
) -> Levelling:
    """About what `fitted` would say, from levels that are known and a part of the sound alone.

    around  the part that will be heard; the limiter's curve counts from its first sample
    """
    if levels.lufs is None:
        return Levelling(0.0)
    gain_db = float(np.clip(target_lufs - levels.lufs, -LARGEST_GAIN_DB, LARGEST_GAIN_DB))
    highest = float(np.abs(around).max(initial=0.0)) * 10 ** ((gain_db + BETWEEN_DB) / 20)
    if highest <= 10 ** (ceiling_dbtp / 20):
        return Levelling(gain_db)
    peaks = np.concatenate([np.zeros(1, np.float32), *hop_peaks(iter([around]))])[1:]
    inner_dbtp = ceiling_dbtp - SAFETY_DB
    hop_s = HOP / sample_rate
    return Levelling(gain_db, _curve(peaks, gain_db, inner_dbtp, hop_s, RELEASES_DB_PER_S[1]))


@dataclass
class _Fit:
    """The search for gain and limiter together: more gain until the limited sound is as loud as
    wanted, a lower inner ceiling until the measured peaks obey."""

    make: Callable[[], Blocks]
    sample_rate: int
    channels: int
    peaks: Audio
    ceiling_dbtp: float

    def __post_init__(self) -> None:
        self._inner_dbtp = self.ceiling_dbtp - SAFETY_DB

    def towards(
        self, target_lufs: float, gain_db: float, release_db_per_s: float
    ) -> tuple[Levelling, float]:
        """The closest that this release allows, and its loudness."""
        best, best_lufs = self._tried(gain_db, release_db_per_s)
        slope, before_db, before_lufs = 1.0, gain_db, best_lufs
        for _ in range(MOST_ROUNDS):
            miss = target_lufs - before_lufs
            gain_db = min(before_db + miss / slope, LARGEST_GAIN_DB)
            if abs(miss) <= CLOSE_ENOUGH_LU or gain_db == before_db:
                break
            now, now_lufs = self._tried(gain_db, release_db_per_s)
            slope = float(np.clip((now_lufs - before_lufs) / (gain_db - before_db), 0.15, 1.0))
            before_db, before_lufs = gain_db, now_lufs
            if abs(now_lufs - target_lufs) < abs(best_lufs - target_lufs):
                best, best_lufs = now, now_lufs
        return best, best_lufs

    def _tried(self, gain_db: float, release_db_per_s: float) -> tuple[Levelling, float]:
        """A levelling with this gain whose measured peaks are below the ceiling."""
        while True:
            curve_db = _curve(
                self.peaks, gain_db, self._inner_dbtp, HOP / self.sample_rate, release_db_per_s
            )
            now = Levelling(gain_db, curve_db)
            levels = measure(now.apply(self.make()), self.sample_rate, self.channels)
            if levels.true_peak_dbtp is None or levels.true_peak_dbtp <= self.ceiling_dbtp:
                return now, -70.0 if levels.lufs is None else levels.lufs
            self._inner_dbtp -= levels.true_peak_dbtp - self.ceiling_dbtp + SAFETY_DB


def hop_peaks(blocks: Blocks) -> Iterator[Audio]:
    """The true peak of each hop of HOP samples over all channels, linear.

    yields  (hops,) float32; the last hop may be filled up with silence
    """
    matrix = chunk_matrix(interpolators())
    held: Audio | None = None
    for block in reblocked(blocks, 256 * HOP):
        if held is None:
            held = np.zeros((len(block), CHUNK), np.float32)
        held = np.concatenate([held, block], axis=1)
        n_hops = (held.shape[1] - 2 * CHUNK) // HOP
        if n_hops > 0:
            yield _peaks(held, n_hops, matrix)
            held = held[:, n_hops * HOP :]
    if held is not None and held.shape[1] > CHUNK:
        n_hops = -(-(held.shape[1] - CHUNK) // HOP)
        missing = CHUNK + n_hops * HOP + CHUNK - held.shape[1]
        yield _peaks(np.pad(held, ((0, 0), (0, missing))), n_hops, matrix)


def _peaks(held: Audio, n_hops: int, matrix: Audio) -> Audio:
    """held  (channels, CHUNK + n_hops · HOP + ≥ TAPS / 2): one chunk before, a little after."""
    starts = CHUNK + CHUNK * np.arange(n_hops * HOP // CHUNK) - TAPS // 2
    windows = held[:, starts[:, np.newaxis] + np.arange(CHUNK + TAPS)]
    between = np.abs(windows @ matrix).max(axis=2)
    on = np.abs(windows[:, :, TAPS // 2 : TAPS // 2 + CHUNK]).max(axis=2)
    peaks: Audio = np.maximum(between, on).max(axis=0).reshape(n_hops, -1).max(axis=1)
    return peaks


def _curve(
    peaks: Audio, gain_db: float, ceiling_dbtp: float, hop_s: float, release_db_per_s: float
) -> Audio:
    """The limiter's gain for each hop, in dB: low enough at every peak, in straight lines between.

    returns  (hops,) float32, ≤ 0
    """
    high_db = 20 * np.log10(np.maximum(peaks.astype(np.float64), 1e-9)) + gain_db
    wanted = np.minimum(ceiling_dbtp - high_db, 0.0)
    rising = _slope_limited(wanted, release_db_per_s * hop_s)
    both = _slope_limited(rising[::-1], ATTACK_DB_PER_S * hop_s)[::-1]
    return both.astype(np.float32)


def _slope_limited(values: Doubles, step: float) -> Doubles:
    """The highest curve below `values` that rises at most `step` from one to the next."""
    slope = step * np.arange(values.size)
    return np.asarray(np.minimum.accumulate(values - slope) + slope)

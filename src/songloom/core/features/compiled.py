"""The loops that cost most, compiled by numba: the extra [fast]. Imported by `quick` alone.

Each does what a function of numpy does elsewhere, which stays the reference: `Short`, `Long`,
`Loudness`, `TruePeak`, `PitchClasses` and `beats.track` take this one where it is at hand. Numbers
agree within 1e-3, most within 1e-6: sums are taken in another order. No loop runs in parallel, so
that the number of threads changes nothing. One file, so that the cache notices every change.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, log, pi, sin, sqrt
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
F = TypeVar("F", bound=Callable[..., Any])
Number = Any  # float32 or float64, as the compiler finds it

TINY = np.finfo(np.float32).tiny  # a float32 itself
GROUP = 32
NEAR = 256  # bins
CHUNK = 32  # samples, as in `true_peak`
STEPS = 120  # of the octave, as in `pitch`
ABOVE_ALL = 12_000.0  # cents: ten octaves, so that no pitch is negative
TOGETHER = 16  # ratios between 1e-10 and 1e5 multiplied before one logarithm is taken


def _compiled(function: F) -> F:
    made: Any = numba.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")(function)
    return cast(F, made)


@_compiled
def shape(
    spectra: Floats, power: Floats, bin_hz: Floats, share: float, faintest: float, out: Floats
) -> None:
    """Power of each bin, and of each frame its sum, centroid, bandwidth, roll-off and flatness.

    spectra  (frames, 2 · bins) real and imaginary parts in turn; power  (frames, bins) is filled
    out      (5, frames) is filled; the last three only where share is not 0
    """
    n_frames, n_bins = power.shape
    for f in range(n_frames):
        row, energy = spectra[f], power[f]
        total = np.float32(0)
        balance = np.float32(0)
        for k in range(n_bins):
            p = row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]
            energy[k] = p
            total += p
            balance += p * bin_hz[k]
        centre = np.float32(balance / max(total, TINY))
        out[0, f], out[1, f] = total, centre
        if share > 0:
            out[2, f] = _spread(energy, total, bin_hz, centre)
            out[3, f] = _rolloff(energy, np.float32(share * total), bin_hz)
            out[4, f] = _flatness(energy, total, faintest)


@_compiled
def _spread(energy: Floats, total: Number, bin_hz: Floats, centre: Number) -> float:
    spread = np.float32(0)
    for k in range(energy.size):
        off = bin_hz[k] - centre
        spread += energy[k] * off * off
    return sqrt(spread / (total if total > TINY else TINY))


@_compiled
def _rolloff(energy: Floats, wanted: Number, bin_hz: Floats) -> float:
    if wanted <= 0:
        return 0.0
    n_bins = energy.size
    below, at = np.float32(0), 0
    while at < n_bins:
        group = np.float32(0)
        for k in range(at, min(at + GROUP, n_bins)):
            group += energy[k]
        if below + group >= wanted:
            break
        below += group
        at += GROUP
    while at < n_bins:
        below += energy[at]
        if below >= wanted:
            break
        at += 1
    return float(bin_hz[min(at, n_bins - 1)])


@_compiled
def _flatness(energy: Floats, total: Number, faintest: float) -> float:
    n_bins = energy.size
    mean = total / n_bins
    if mean <= TINY:
        return 0.0
    scale = np.float32(1 / mean)
    least = np.float32(faintest)
    logs = 0.0
    size = n_bins // TOGETHER
    for i in range(size):
        product = 1.0
        for k in range(i * TOGETHER, (i + 1) * TOGETHER):
            product *= max(energy[k] * scale, least)
        logs += log(product)
    for k in range(size * TOGETHER, n_bins):
        logs += log(max(energy[k] * scale, least))
    return exp(logs / n_bins)


@_compiled
def steadiness(spectra: Floats, out: Floats) -> None:
    """See `kernels.phase_steadiness`: (frames + 2, 2 · bins) to (2, frames)."""
    n_bins = spectra.shape[1] // 2
    power = np.empty((spectra.shape[0], n_bins), np.float32)
    for f in range(spectra.shape[0]):
        row = spectra[f]
        for k in range(n_bins):
            power[f, k] = row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]
    for f in range(out.shape[1]):
        a, b, c = spectra[f], spectra[f + 1], spectra[f + 2]
        steady, weight = np.float32(0), np.float32(0)
        for k in range(n_bins):
            ar, ai, br, bi = a[2 * k], a[2 * k + 1], b[2 * k], b[2 * k + 1]
            cr, ci = c[2 * k], c[2 * k + 1]
            dot = (cr * br + ci * bi) * (br * ar + bi * ai)
            dot += (ci * br - cr * bi) * (bi * ar - br * ai)
            now = np.sqrt(power[f + 2, k])
            size = now * power[f + 1, k] * np.sqrt(power[f, k])
            steady += now * dot / max(size, TINY)
            weight += now
        out[0, f], out[1, f] = steady, weight


@_compiled
def sides(
    left: Floats,
    right: Floats,
    mono: Floats,
    sums: Doubles,
    per_frame: Floats,
) -> None:
    """What `Long` adds up of two channels; real and imaginary parts in turn.

    left, right  (frames, 2 · bins); mono  (frames, bins) is filled with the magnitude of their mean
    sums         (5, bins) mono, left, right and the cross power's two parts are added to
    per_frame    (frames, 3) is filled: left, right, product
    """
    n_frames, n_bins = mono.shape
    per_frame[:] = np.float32(0)
    for start in range(0, n_bins, NEAR):  # few bins of all frames: their sums stay at hand
        stop = min(start + NEAR, n_bins)
        for f in range(n_frames):
            a, b, m = left[f], right[f], mono[f]
            ll, rr, lr = np.float32(0), np.float32(0), np.float32(0)
            for k in range(start, stop):
                ar, ai, br, bi = a[2 * k], a[2 * k + 1], b[2 * k], b[2 * k + 1]
                pl, pr = ar * ar + ai * ai, br * br + bi * bi
                real = ar * br + ai * bi
                mr, mi = ar + br, ai + bi
                middle = np.float32(0.25) * (mr * mr + mi * mi)
                m[k] = np.sqrt(middle)
                sums[0, k] += middle
                sums[1, k] += pl
                sums[2, k] += pr
                sums[3, k] += real
                sums[4, k] += ai * br - ar * bi
                ll += pl
                rr += pr
                lr += real
            per_frame[f, 0] += ll
            per_frame[f, 1] += rr
            per_frame[f, 2] += lr


@_compiled
def weighted_energy(
    sections: Doubles, block: Floats, state: Doubles, cuts: NDArray[np.int64], sums: Doubles
) -> None:
    """Filters by two sections and adds up squares from each cut to the next, channel by channel.

    block  (channels, samples); state  (2, channels, 2) is read and left for the next block
    sums   (channels, cuts) is filled
    """
    b0, a1, a2 = sections[0, 0], sections[0, 4], sections[0, 5]
    d0, c1, c2 = sections[1, 0], sections[1, 4], sections[1, 5]
    # each state from the state before and not from the output: half as long to wait for
    b1, b2 = sections[0, 1] - a1 * b0, sections[0, 2] - a2 * b0
    d1, d2 = sections[1, 1] - c1 * d0, sections[1, 2] - c2 * d0
    n_channels, n_samples = block.shape
    for first in range(0, n_channels, 2):  # two at a time: one waits while the other counts
        i, j = first, min(first + 1, n_channels - 1)
        x, y = block[i], block[j]
        p, q, r, s = state[0, i, 0], state[0, i, 1], state[1, i, 0], state[1, i, 1]
        t, u, v, w = state[0, j, 0], state[0, j, 1], state[1, j, 0], state[1, j, 1]
        for part in range(cuts.size):
            stop = cuts[part + 1] if part + 1 < cuts.size else n_samples
            one, two = 0.0, 0.0
            for n in range(cuts[part], stop):
                xi, yi = float(x[n]), float(y[n])
                fx, fy = b0 * xi + p, b0 * yi + t
                p, q = b1 * xi + q - a1 * p, b2 * xi - a2 * p
                t, u = b1 * yi + u - a1 * t, b2 * yi - a2 * t
                gx, gy = d0 * fx + r, d0 * fy + v
                r, s = d1 * fx + s - c1 * r, d2 * fx - c2 * r
                v, w = d1 * fy + w - c1 * v, d2 * fy - c2 * v
                one += gx * gx
                two += gy * gy
            sums[i, part], sums[j, part] = one, two
        state[0, i, 0], state[0, i, 1], state[1, i, 0], state[1, i, 1] = p, q, r, s
        state[0, j, 0], state[0, j, 1], state[1, j, 0], state[1, j, 1] = t, u, v, w


@_compiled
def extent(samples: Floats, loudest: Floats, bend: Floats) -> None:
    """(channels, chunks) the largest |sample| of each chunk, and the largest bend of the curve.

    samples  (channels, chunks · CHUNK); the bends of the very first and last sample are unknown
    """
    ends = np.empty((2, CHUNK + 2), np.float32)
    for c in range(samples.shape[0]):
        row = samples[c]
        for i in range(loudest.shape[1]):
            inside, most = row[i * CHUNK : (i + 1) * CHUNK], np.float32(0)
            for n in range(CHUNK):  # a number that the compiler knows: four times as fast
                size = abs(inside[n])
                most = size if size > most else most
            loudest[c, i] = most
        ends[0, 1:], ends[1, :-1] = row[: CHUNK + 1], row[row.size - CHUNK - 1 :]
        ends[0, 0] = row[0] + row[0] - row[1]  # straight on, where nothing is known
        ends[1, CHUNK + 1] = row[-1] + row[-1] - row[-2]
        bend[c, :1], bend[c, -1:] = _bends(ends[0]), _bends(ends[1])
        bend[c, 1:-1] = _bends(row[CHUNK - 1 : row.size - CHUNK + 1])


@_compiled
def _bends(samples: Floats) -> Floats:
    """Of each chunk but for one sample more at either end."""
    found = np.empty(samples.size // CHUNK, np.float32)
    for i in range(found.size):
        around, most = samples[i * CHUNK : (i + 1) * CHUNK + 2], np.float32(0)
        for n in range(CHUNK):
            turn = abs(around[n] - around[n + 1] - around[n + 1] + around[n + 2])
            most = turn if turn > most else most
        found[i] = most
    return found


@_compiled
def interpolated_peak(
    samples: Floats, row: NDArray[np.int64], number: NDArray[np.int64], taps: Floats, chunk: int
) -> float:
    """The largest |value| between the samples of these chunks, each of a row and with a number."""
    peak = np.float32(0)
    n_phases, n_taps = taps.shape
    found = np.zeros(chunk, np.float32)
    for i in range(row.size):
        x = samples[row[i]]
        start = number[i] * chunk - n_taps // 2 + 1
        for phase in range(n_phases):
            found[:] = np.float32(0)
            for t in range(n_taps):
                tap = taps[phase, t]
                for n in range(chunk):
                    found[n] += tap * x[start + t + n]
            for n in range(chunk):
                size = abs(found[n])
                peak = size if size > peak else peak
    return float(peak)


@_compiled
def chain(
    onset: Doubles, cost: Doubles, shortest: int, score: Doubles, before: NDArray[np.int64]
) -> None:
    """The recursion of `beats.track`: cost from the longest lag down; score begins with zeros."""
    n_lags = cost.size
    longest = shortest + n_lags - 1
    for i in range(onset.size):
        best, most = 0, score[i] + cost[0]
        for k in range(1, n_lags):
            path = score[i + k] + cost[k]
            if path > most:
                best, most = k, path
        score[i + longest] = onset[i] + most
        before[i] = i - (longest - best)


@_compiled
def pitches(
    magnitude: Floats,
    first: int,
    last: int,
    faintest: float,
    scale: Doubles,
    tuned: Doubles,
    bells: Doubles,
    shifts: Doubles,
    found: Doubles,
    turned: Doubles,
) -> None:
    """Finds the peaks of each frame and counts them: see `pitch.PitchClasses`.

    first, last  the bins between which peaks are looked for, both included
    scale        Hz of a bin, Hz at 0 cents, and the cents at which `bells` begins
    tuned        (2,) Hz between which peaks tell the tuning
    bells        (shifts, cents) how much a peak counts for each partial that it may be
    shifts       how many cents lower the note then is; found  (shifts, frames, steps) is added to
    turned       real and imaginary part, and weight, of what tells the tuning: are added to
    """
    octave = 1_200 / log(2.0)
    for f in range(magnitude.shape[0]):
        row = magnitude[f]
        loudest = np.float32(0)
        for k in range(row.size):
            loudest = row[k] if row[k] > loudest else loudest
        least = max(loudest * np.float32(faintest), np.float32(1e-6))
        for k in range(first, last + 1):
            m = row[k]
            if not (m > least and m > row[k - 1] and m >= row[k + 1]):
                continue
            # the parabola through three logarithms needs only how far two of them lie below the top
            left, right = 2 * log(max(row[k - 1], TINY) / m), 2 * log(max(row[k + 1], TINY) / m)
            offset = min(max(0.5 * (left - right) / min(left + right, -1e-9), -0.5), 0.5)
            weight = sqrt(m) * exp(0.0625 * (right - left) * offset)
            hz = (k + offset) * scale[0]
            cents = octave * log(hz / scale[1])
            if tuned[0] < hz < tuned[1]:
                turn = 2 * pi * cents / 100
                turned[0] += weight * cos(turn)
                turned[1] += weight * sin(turn)
                turned[2] += weight
            place = min(max(cents - scale[2], 0.0), bells.shape[1] - 1.001)
            at = int(place)
            share, above = place - at, cents + ABOVE_ALL
            for n in range(shifts.size):
                near = bells[n, at] + share * (bells[n, at + 1] - bells[n, at])
                step = int(0.1 * (above - shifts[n]) + 0.5) % STEPS
                found[n, f, step] += weight * near

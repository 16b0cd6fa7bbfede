"""Sound at another sample rate, by a windowed sinc: no shift in time, no dependence on blocks.

Between two samples the sound is the sum of sincs of its neighbours; towards a lower rate the sinc
gets wider, so that nothing above the new Nyquist frequency folds back. A Kaiser window ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from songloom.core.audio import Audio, Blocks
from songloom.core.audio.shaping import trim

Doubles = NDArray[np.float64]
Part = tuple[int, Audio]  # the first of some held samples, and what they count for some outputs

ZERO_CROSSINGS = 64  # of the sinc on each side; 0.89 of the lower Nyquist frequency is down 0.1 dB
CUTOFF = 0.95
KAISER_BETA = 10.0  # about 100 dB down
OUTPUTS = 160  # of one group, or a little more
PART = 40  # outputs of one matrix: what they do not hear of the others' sound is left out
ROWS = 128  # groups of sound that are multiplied at once
LARGEST_MATRIX = 2_000_000  # numbers
TABLE_STEPS = 2_048  # for each input sample


def resample(blocks: Blocks, from_hz: int, to_hz: int) -> Blocks:
    """Blocks at `to_hz`; n samples become round(n · to_hz / from_hz).

    The same sound gives the same bits however it comes in blocks.
    """
    if from_hz == to_hz:
        return blocks
    return _resampled(blocks, _plan(from_hz, to_hz), 0)


def resample_from(at: Callable[[int], Blocks], from_hz: int, to_hz: int, first: int) -> Blocks:
    """What `resample` makes of a whole sound, from its sample `first` on, to the bit.

    at  gives the sound before from any of its samples on
    """
    if from_hz == to_hz:
        return at(first)
    plan = _plan(from_hz, to_hz)
    group = first // (plan.n_out * ROWS) * ROWS
    while group and plan.base(group) < plan.reach:
        group -= ROWS
    start = plan.base(group) - plan.reach if group else 0
    made = _resampled(at(start), plan, group)
    return trim(made, first - group * plan.n_out, None)


def _resampled(blocks: Blocks, plan: _Plan, group: int) -> Blocks:
    """From a group on. But for the first, the blocks begin `reach` samples before its base."""
    held: Audio | None = None
    n_in = plan.base(group) - plan.reach if group else 0
    for block in blocks:
        if held is None:
            held = np.zeros((len(block), 0 if group else plan.reach), np.float32)
        n_in += block.shape[1]
        held = np.concatenate([held, block], axis=1)
        while (made := plan.whole_rows(held, group)) is not None:
            n_used, sound = made
            held, group = held[:, n_used:], group + ROWS
            yield sound
    if held is None:
        return
    missing = (2 * n_in * plan.up + plan.down) // (2 * plan.down) - group * plan.n_out
    while missing > 0:
        held = np.pad(held, ((0, 0), (0, plan.n_read * ROWS + 2 * plan.reach)))
        n_used, sound = plan.whole_rows(held, group) or (0, np.zeros((len(held), 0), np.float32))
        yield sound[:, :missing]
        missing -= sound.shape[1]
        held, group = held[:, n_used:], group + ROWS


@dataclass(frozen=True)
class _Plan:
    """`n_read` input samples make `n_out` output samples, again and again."""

    up: int
    down: int
    scale: float
    reach: int
    n_out: int

    @property
    def n_read(self) -> int:
        """Input samples from one group to the next; exact only where groups repeat."""
        return ceil(self.n_out * self.down / self.up)

    @property
    def is_regular(self) -> bool:
        return self.n_out % self.up == 0

    def base(self, group: int) -> int:
        """The input sample at or before the group's first output sample."""
        return group * self.n_out * self.down // self.up

    def whole_rows(self, held: Audio, group: int) -> tuple[int, Audio] | None:
        """ROWS groups at once, if enough sound is held.

        held     (channels, samples) from `reach` samples before the first group's base
        returns  how many samples are no longer needed, and (channels, ROWS · n_out) sound
        """
        width = self.n_read + 1 + 2 * self.reach
        starts = [self.base(group + row) - self.base(group) for row in range(ROWS + 1)]
        if held.shape[1] < starts[-2] + width:
            return None
        if self.is_regular:
            windows = np.lib.stride_tricks.sliding_window_view(held, width, axis=1)
            rows = np.ascontiguousarray(windows[:, : starts[-1] : self.n_read])
            parts = [rows[:, :, at : at + len(taps)] @ taps for at, taps in _matrices(self)]
            sound = np.concatenate(parts, axis=2)
        else:
            each = [
                _one_group(self, held[:, start : start + width], group + row)
                for row, start in enumerate(starts[:-1])
            ]
            sound = np.stack(each, axis=1)
        return starts[-1], sound.reshape(len(held), -1)


@lru_cache(maxsize=8)
def _plan(from_hz: int, to_hz: int) -> _Plan:
    common = gcd(from_hz, to_hz)
    up, down = to_hz // common, from_hz // common
    scale = CUTOFF * min(1.0, to_hz / from_hz)
    reach = ceil(ZERO_CROSSINGS / scale)
    n_out = up * ceil(OUTPUTS / up)
    if n_out * (n_out * down // up + 2 * reach) > LARGEST_MATRIX:
        n_out = OUTPUTS
    return _Plan(up, down, scale, reach, n_out)


@lru_cache(maxsize=8)
def _matrices(plan: _Plan) -> list[Part]:
    """What the held samples count for each output sample of a group, some outputs at a time.

    In float32: what rounding adds lies 130 dB below the sound (`test_resampling.py`).
    """
    found = []
    for first in range(0, plan.n_out, PART):
        outputs = np.arange(first, min(first + PART, plan.n_out)) * plan.down / plan.up
        at = int(outputs[0])  # `reach` before this sample: these outputs hear nothing earlier
        near = np.arange(at, int(outputs[-1]) + 2 + 2 * plan.reach)[:, np.newaxis]
        taps = _sinc(outputs - (near - plan.reach), plan)
        found.append((at, (taps / taps.sum(axis=0)).astype(np.float32)))
    return found


def _sinc(time: Doubles, plan: _Plan) -> Doubles:
    """The windowed sinc at these distances, in input samples."""
    inside = np.clip(1 - (time / plan.reach) ** 2, 0, None)
    window = np.i0(KAISER_BETA * np.sqrt(inside)) * (inside > 0)
    return np.asarray(np.sinc(plan.scale * time) * window)


@lru_cache(maxsize=2)
def _table(plan: _Plan) -> tuple[Doubles, Doubles]:
    """Distances and the windowed sinc there, fine enough for straight lines between (−130 dB)."""
    time = np.linspace(-plan.reach - 1, plan.reach + 1, (2 * plan.reach + 2) * TABLE_STEPS + 1)
    return time, _sinc(time, plan)


def _one_group(plan: _Plan, held: Audio, group: int) -> Audio:
    """Where the ratio repeats too late for a matrix: each output sample by its own taps.

    held     (channels, n_read + 1 + 2 · reach) from `reach` samples before the group's base
    returns  (channels, n_out)
    """
    first = group * plan.n_out
    outputs = np.arange(first, first + plan.n_out, dtype=np.int64) * plan.down
    whole = outputs // plan.up - plan.base(group)
    near = np.arange(1 - plan.reach, plan.reach + 1)
    taps = np.interp((outputs % plan.up / plan.up)[:, np.newaxis] - near, *_table(plan))
    taps /= taps.sum(axis=1, keepdims=True)
    windows = held[:, whole[:, np.newaxis] + near + plan.reach]
    return np.asarray(np.einsum("ckt,kt->ck", windows, taps), np.float32)

"""Edits as pure functions on blocks: cutting, fading and mixing, exact to the sample.

Every function takes blocks of any length and yields blocks; how the sound was cut into blocks
never changes the result.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from songloom.core.audio import Audio, Blocks


def trim(blocks: Blocks, first: int, stop: int | None) -> Blocks:
    """Samples first ≤ i < stop; to the end without a stop. Reads no further than it must."""
    position = 0
    for block in blocks:
        start, position = position, position + block.shape[1]
        kept = block[:, max(first - start, 0) : None if stop is None else max(stop - start, 0)]
        if kept.shape[1]:
            yield kept
        if stop is not None and position >= stop:
            return


def cut(blocks: Blocks, first: int, stop: int) -> Blocks:
    """Everything but samples first ≤ i < stop; both ends are joined as they are."""
    position = 0
    for block in blocks:
        start, position = position, position + block.shape[1]
        for kept in (block[:, : max(first - start, 0)], block[:, max(stop - start, 0) :]):
            if kept.shape[1]:
                yield kept


def gain(blocks: Blocks, gain_db: float) -> Blocks:
    """Louder or softer by so many decibels; what passes full scale is kept as it is."""
    factor = np.float32(10 ** (gain_db / 20))
    for block in blocks:
        yield block * factor


def fade_in(blocks: Blocks, n_samples: int) -> Blocks:
    """Rise from silence in a straight line: sample i of the first n times i / n.

    A sound shorter than the fade rises over its whole length.
    """
    start, rest = _first(blocks, n_samples)
    if start.shape[1]:
        yield start * _ramp(start.shape[1])
    yield from rest


def fade_out(blocks: Blocks, n_samples: int) -> Blocks:
    """Fall to silence in a straight line; the last sample is 0, the mirror image of `fade_in`."""
    held: list[Audio] = []
    n_held = 0
    for block in blocks:
        held.append(block)
        n_held += block.shape[1]
        while held and n_held - held[0].shape[1] >= n_samples:
            n_held -= held[0].shape[1]
            yield held.pop(0)
    if not held:
        return
    end = np.concatenate(held, axis=1)
    n_fading = min(n_samples, end.shape[1])
    if n_fading < end.shape[1]:
        yield end[:, : end.shape[1] - n_fading]
    if n_fading:
        yield end[:, end.shape[1] - n_fading :] * _ramp(n_fading)[::-1]


def mix(blocks: Blocks, matrix: Audio) -> Blocks:
    """Other channels out of these: each is a sum of the old ones.

    matrix  (new channels, old channels) float32
    """
    for block in blocks:
        yield matrix @ block


def mixing(old: int, new: int) -> Audio:
    """How `old` channels become `new` ones.

    To mono: the mean of all. From mono: the same everywhere. Surround to stereo: front as it is,
    centre and sides at −3 dB (ITU-R BS.775), bass effects left out, scaled so that nothing clips.

    returns  (new, old) float32
    """
    if new == old:
        return np.eye(old, dtype=np.float32)
    if new == 1 or old == 1:
        return np.full((new, old), 1 / old, np.float32)
    matrix = np.zeros((new, old), np.float32)
    if old > 8:  # nobody says which is which: odd ones left, even ones right
        matrix[0, ::2] = matrix[1, 1::2] = 1
        return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))
    side = np.float32(0.5**0.5)
    matrix[0, 0] = matrix[1, 1] = 1
    if old in (3, 5, 6, 7, 8):  # FL FR FC …
        matrix[:2, 2] = side
    pairs = {4: (2,), 5: (3,), 6: (4,), 7: (5,), 8: (4, 6)}
    for left in pairs.get(old, ()):
        matrix[0, left] = matrix[1, left + 1] = side
    if old == 7:  # the single channel behind
        matrix[:2, 4] = 0.5
    return np.asarray(matrix / matrix.sum(axis=1).max())


def sounding(blocks: Blocks, threshold_db: float) -> tuple[int, int] | None:
    """The first sample that is louder than the threshold in any channel, and one past the last.

    threshold_db  of full scale, negative
    returns       (first, stop), or None when nothing is
    """
    threshold = np.float32(10 ** (threshold_db / 20))
    position, first, stop = 0, -1, -1
    for block in blocks:
        (loud,) = np.nonzero((np.abs(block) > threshold).any(axis=0))
        if loud.size:
            first = position + int(loud[0]) if first < 0 else first
            stop = position + int(loud[-1]) + 1
        position += block.shape[1]
    return (first, stop) if first >= 0 else None


def reblocked(blocks: Blocks, n_samples: int) -> Blocks:
    """The same sound in blocks of exactly n samples; the last may be shorter."""
    held: list[Audio] = []
    n_held = 0
    for block in blocks:
        held.append(block)
        n_held += block.shape[1]
        if n_held < n_samples:
            continue
        whole = np.concatenate(held, axis=1)
        stop = n_held - n_held % n_samples
        for at in range(0, stop, n_samples):
            yield whole[:, at : at + n_samples]
        held, n_held = [whole[:, stop:]], n_held - stop
    if n_held:
        yield np.concatenate(held, axis=1)


def told(blocks: Blocks, tell: Callable[[int], None]) -> Blocks:
    """The same blocks; `tell` hears the length of each as it passes."""
    for block in blocks:
        tell(block.shape[1])
        yield block


def _first(blocks: Blocks, n_samples: int) -> tuple[Audio, Blocks]:
    """The first n samples (fewer if there are not so many), and the rest as blocks."""
    held: list[Audio] = []
    n_held = 0
    for block in blocks:
        held.append(block)
        n_held += block.shape[1]
        if n_held >= n_samples:
            break
    if not held:
        return np.zeros((1, 0), np.float32), iter(())
    start = np.concatenate(held, axis=1)

    def rest() -> Blocks:
        if start.shape[1] > n_samples:
            yield start[:, n_samples:]
        yield from blocks

    return start[:, :n_samples], rest()


def _ramp(n_samples: int) -> Audio:
    ramp: Audio = np.arange(n_samples, dtype=np.float32) / np.float32(n_samples)
    return ramp

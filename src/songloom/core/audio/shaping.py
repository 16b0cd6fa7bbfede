"""Edits as pure functions on blocks: cutting, fading and mixing, exact to the sample.

Every function takes blocks of any length and yields blocks; how the sound was cut into blocks
never changes the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from songloom.core.audio import BLOCK_SAMPLES, Audio, Blocks

SILENT_SAMPLES = BLOCK_SAMPLES


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


class Reader:
    """Takes blocks apart: so many samples on, as blocks or as one array."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._held = np.zeros((0, 0), np.float32)

    @property
    def channels(self) -> int:
        """How many channels the next block has; 0 at the end."""
        self._fill()
        return len(self._held)

    def passed(self, n_samples: int) -> Blocks:
        """The next n samples as blocks; fewer at the end."""
        while n_samples > 0 and self._fill():
            block = self._held[:, :n_samples]
            self._held = self._held[:, n_samples:]
            n_samples -= block.shape[1]
            yield block

    def taken(self, n_samples: int) -> Audio:
        """The next n samples as one array; fewer at the end."""
        pieces = list(self.passed(n_samples))
        return (
            np.concatenate(pieces, axis=1) if pieces else np.zeros((self.channels, 0), np.float32)
        )

    def skip(self, n_samples: int) -> None:
        for _ in self.passed(n_samples):
            pass

    def rest(self) -> Blocks:
        if self._held.shape[1]:
            yield self._held
        yield from self._blocks

    def _fill(self) -> bool:
        while not self._held.shape[1]:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._held = block
        return True


def cut(blocks: Blocks, first: int, stop: int, n_smooth: int = 0) -> Blocks:
    """Everything but samples first ≤ i < stop, with as many samples however it is joined.

    n_smooth  how many samples around the joint overlap at equal power; 0 joins both as they are
    """
    half = min(n_smooth // 2, first, (stop - first) // 2)
    reader = Reader(blocks)

    def tail() -> Blocks:
        reader.skip(stop - first - 2 * half)
        yield from reader.rest()

    yield from spliced(reader.passed(first + half), tail(), half, first + half)


def spliced(head: Blocks, tail: Blocks, half: int, n_head: int) -> Blocks:
    """Two sounds joined within what both have of the joint: `half` samples beyond it and before.

    The head is read first. Where the tail ends early, less of it overlaps; where it ends before the
    joint there is none, and the head ends there as it is.

    n_head  how many samples the head has, unless the sound ends before
    """
    n_before = 0
    held = np.zeros((0, 0), np.float32)
    for piece, is_end in held_back(head, 2 * half):
        if is_end:
            held = piece
        else:
            n_before += piece.shape[1]
            yield piece
    reader = Reader(tail)
    after = reader.taken(2 * half)
    near = min(half, after.shape[1] - half)
    if half and near <= 0:
        n_missing = n_head - n_before - held.shape[1]
        n_kept = held.shape[1] - max(0, half - n_missing)
        if n_kept > 0:
            yield held[:, :n_kept]
        return
    if half:
        yield held[:, : half - near]
        yield _mixed_over(held[:, half - near : half + near], after[:, half - near : half + near])
        yield after[:, half + near :]
    yield from reader.rest()


def crossfaded(first: Blocks, second: Blocks, n_samples: int) -> Blocks:
    """One sound after the other; the end of one and the beginning of the other overlap.

    n_samples  how much of both; less where one of them is shorter
    """
    held: Audio | None = None
    for piece, is_end in held_back(first, n_samples):
        if is_end:
            held = piece
        else:
            yield piece
    reader = Reader(second)
    start = reader.taken(n_samples)
    if held is None:
        yield start
    else:
        n = min(held.shape[1], start.shape[1])
        kept = held.shape[1] - n
        yield held[:, :kept]
        if n:
            yield _mixed_over(held[:, kept:], start[:, :n])
        yield start[:, n:]
    yield from reader.rest()


def with_silence(blocks: Blocks, at: int, n_samples: int, n_smooth: int) -> Blocks:
    """Silence before sample `at`; what lies before it falls to silence, what follows rises."""
    reader = Reader(blocks)
    channels = reader.channels
    for piece, is_end in held_back(reader.passed(at), n_smooth):
        yield piece * rising(piece.shape[1])[::-1] if is_end else piece
    for start in range(0, n_samples, SILENT_SAMPLES):
        yield np.zeros((channels, min(SILENT_SAMPLES, n_samples - start)), np.float32)
    after = reader.taken(n_smooth)
    if after.shape[1]:
        yield after * rising(after.shape[1])
    yield from reader.rest()


def held_back(blocks: Blocks, n_samples: int) -> Iterator[tuple[Audio, bool]]:
    """The blocks with the last n samples in one piece of their own, which comes last.

    yields  a block, and whether it is that last piece (shorter where the sound is; never empty)
    """
    held: list[Audio] = []
    n_held = 0
    for block in blocks:
        held.append(block)
        n_held += block.shape[1]
        while held and n_held - held[0].shape[1] >= n_samples:
            n_held -= held[0].shape[1]
            yield held.pop(0), False
    if not held:
        return
    end = np.concatenate(held, axis=1)
    kept = max(0, end.shape[1] - n_samples)
    if kept:
        yield end[:, :kept], False
    if kept < end.shape[1]:
        yield end[:, kept:], True


def rising(n_samples: int) -> Audio:
    """A quarter of a sine from 0 to 1: its square and that of its mirror image add up to 1."""
    quarter = np.sin(np.pi / 2 * (np.arange(n_samples) + 0.5) / max(n_samples, 1))
    return quarter.astype(np.float32)


def _mixed_over(falls: Audio, rises: Audio) -> Audio:
    gain = rising(rises.shape[1])
    return falls * gain[::-1] + rises * gain


def gain(blocks: Blocks, gain_db: float) -> Blocks:
    """Louder or softer by so many decibels; what passes full scale is kept as it is."""
    factor = np.float32(10 ** (gain_db / 20))
    for block in blocks:
        yield block * factor


def fade_in(blocks: Blocks, n_samples: int) -> Blocks:
    """Rise from silence in a straight line: sample i of the first n times i / n.

    A sound shorter than the fade rises over its whole length.
    """
    reader = Reader(blocks)
    start = reader.taken(n_samples)
    if start.shape[1]:
        yield start * _ramp(start.shape[1])
    yield from reader.rest()


def fade_out(blocks: Blocks, n_samples: int) -> Blocks:
    """Fall to silence in a straight line; the last sample is 0, the mirror image of `fade_in`."""
    for block, is_end in held_back(blocks, n_samples):
        yield block * _ramp(block.shape[1])[::-1] if is_end else block


def ramped(blocks: Blocks, position: int, n_samples: int, *, stop: int | None = None) -> Blocks:
    """A fade where it is known where one is: to the bit what the two above make of the whole.

    position  of the first sample of the blocks
    stop      where the sound ends, to fall towards there; without it, to rise from the start
    """
    ramp = _ramp(n_samples)
    first = 0 if stop is None else stop - n_samples
    gain = ramp if stop is None else ramp[::-1]
    for block in blocks:
        start, position = position, position + block.shape[1]
        low, high = max(start, first), min(position, first + n_samples)
        if low < high:
            block = block.copy()
            block[:, low - start : high - start] *= gain[low - first : high - first]
        yield block


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


def _ramp(n_samples: int) -> Audio:
    ramp: Audio = np.arange(n_samples, dtype=np.float32) / np.float32(n_samples)
    return ramp

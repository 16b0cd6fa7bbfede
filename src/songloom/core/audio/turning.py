"""Reading a sound from its end, and looking at a few places of it instead of the whole."""

from __future__ import annotations

import tempfile

import numpy as np

from songloom.core.audio import BLOCK_SAMPLES, Audio, Blocks, shaping
from songloom.core.audio.levelling import Levels
from songloom.core.audio.sound import Sound
from songloom.core.features.loudness import Loudness

CHUNK_SAMPLES = 8 * BLOCK_SAMPLES
N_PLACES = 6  # spread over a sound, where its loudness or its mean is estimated
PLACE_S = 1.5
MOST_REMEMBERED = 64
_remembered: dict[str, Levels] = {}  # by the name of the sound, the latest last
BYTES = 4  # of a sample in the scratch file


def backwards(sound: Sound, first: int) -> Blocks:
    """A sound that can be jumped in, from its end on; `first` counts on what is made."""
    stop = sound.n_samples - first
    while stop > 0:
        start = max(0, stop - CHUNK_SAMPLES)
        pieces = list(shaping.trim(sound.at(start), 0, stop - start))
        if pieces:
            yield np.concatenate(pieces, axis=1)[:, ::-1]
        stop = start


def spilled(blocks: Blocks, scratch: str | None) -> Blocks:
    """A sound that can only be read forwards, from its end: a file holds it meanwhile."""
    first = next(blocks, None)
    if first is None:
        return
    channels = len(first)
    with tempfile.TemporaryFile(dir=scratch) as file:
        file.write(_packed(first))
        for block in blocks:
            file.write(_packed(block))
        stop = file.tell()
        while stop > 0:
            start = max(0, stop - CHUNK_SAMPLES * channels * BYTES)
            file.seek(start)
            flat = np.frombuffer(file.read(stop - start), np.float32)
            yield np.ascontiguousarray(flat.reshape(-1, channels).T[:, ::-1])
            stop = start


def sounding(sound: Sound, threshold_db: float) -> tuple[int, int] | None:
    """As `shaping.sounding`, for a sound that can be jumped in: looked for from both ends."""
    first = _first_loud(sound.make(), threshold_db)
    if first is None:
        return None
    after = _first_loud(backwards(sound, 0), threshold_db)
    return first, sound.n_samples - (after or 0)


def _first_loud(blocks: Blocks, threshold_db: float) -> int | None:
    position = 0
    for block in blocks:
        found = shaping.sounding(iter([block]), threshold_db)
        if found is not None:
            return position + found[0]
        position += block.shape[1]
    return None


def estimated_levels(sound: Sound) -> Levels:
    """About how loud a sound is: as it is known, else from a few places, which tell no peak.

    A sound with a name is measured once: a slider that moves behind it asks again and again.
    """
    if sound.levels is not None:
        return sound.levels
    levels = _remembered.pop(sound.name, None) or _measured_in_places(sound)
    if sound.name:
        _remembered[sound.name] = levels
    for name in list(_remembered)[:-MOST_REMEMBERED]:
        del _remembered[name]
    return levels


def _measured_in_places(sound: Sound) -> Levels:
    meter = Loudness(sound.sample_rate, sound.channels)
    for block in _places(sound):
        meter.add(block)
    return Levels(meter.integrated_lufs(), None)


def estimated_means(sound: Sound) -> Audio:
    """About the mean of each channel, from a few places."""
    seen = np.concatenate(_places(sound), axis=1)
    return np.asarray(seen.mean(axis=1, dtype=np.float64, keepdims=True), np.float32)


def means(blocks: Blocks) -> Audio:
    """The mean of each channel over the whole, (channels, 1); 0 for nothing."""
    sums, n_samples = [], 0
    for block in shaping.reblocked(blocks, BLOCK_SAMPLES):  # the same sums however it comes
        sums.append(block.sum(axis=1, dtype=np.float64, keepdims=True))
        n_samples += block.shape[1]
    if not n_samples:
        return np.zeros((1, 1), np.float32)
    return np.asarray(np.sum(sums, axis=0) / n_samples, np.float32)


def _places(sound: Sound) -> list[Audio]:
    """A few parts of a sound, spread evenly; all of it where it is short."""
    n_samples, n_each = sound.n_samples, sound.samples(PLACE_S)
    if n_samples <= N_PLACES * n_each:
        return list(sound.make())
    starts = [(n_samples - n_each) * place // (N_PLACES - 1) for place in range(N_PLACES)]
    return [block for at in starts for block in shaping.trim(sound.at(at), 0, n_each)]


def _packed(block: Audio) -> bytes:
    return np.ascontiguousarray(block.T, dtype=np.float32).tobytes()

"""A file as another format, written into a pipe while it is made; runs in a sandbox child."""

from __future__ import annotations

import os
from itertools import chain

from songloom.core.audio import decode, shaping
from songloom.core.audio.edits import Sound
from songloom.core.audio.encode import encoder
from songloom.core.audio.formats import stream_format
from songloom.core.audio.rendering import fit
from songloom.errors import RefusedInput

BLOCK_SAMPLES = 16_384  # small: the first bytes leave early


class _Pipe:
    """What the encoder writes to: bytes leave at once, and cannot be taken back."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, piece: bytes) -> int:
        view = memoryview(piece)
        while view:
            view = view[os.write(self._descriptor, view) :]
        return len(piece)


def stream(
    path: str,
    pipe: str,
    *,
    format: str,
    bit_rate_kbps: int | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> float:
    """Write a file as another format into a named pipe, as fast as somebody reads.

    start_s, end_s  which part of the file, in seconds
    returns         how many seconds were written; fewer when the reader left
    Raises what `decode.opened` raises, RefusedInput when nothing lies behind `start_s`.
    """
    form = stream_format(format)
    with decode.opened(path) as opened:
        rate, channels = opened.sample_rate, opened.channels
        stop = None if end_s is None else round(end_s * rate)
        part = shaping.trim(opened.blocks(BLOCK_SAMPLES), round(start_s * rate), stop)
        first = next(part, None)
        if first is None:
            raise RefusedInput(f"the sound ends before {start_s:g} s")
        sound = fit(Sound(lambda: chain([first], part), rate, channels), form)
        descriptor = os.open(pipe, os.O_WRONLY)
        try:
            target = encoder(
                _Pipe(descriptor),
                form,
                sample_rate=sound.sample_rate,
                channels=sound.channels,
                bit_rate_kbps=bit_rate_kbps,
            )
            with target:
                for block in sound.make():
                    target.write(block)
        except BrokenPipeError:
            pass
        finally:
            os.close(descriptor)
    return target.n_samples / sound.sample_rate

"""Sound out of a file, block by block, at its own rate; no header is believed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from typing import Any

import av
import numpy as np

from songloom.core.audio import BLOCK_SAMPLES, Audio, Blocks
from songloom.core.audio.gapless import Padding
from songloom.core.audio.shaping import trim
from songloom.core.audio.sniff import refuse_at_sight, why_unplayable
from songloom.errors import NotAudio

av.logging.set_level(av.logging.PANIC)

# No demuxer that opens other files or addresses: hls, concat, sdp, dash and their kind stay out.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,caf,dsf,dts,dtshd,eac3,flac,iff,matroska,webm,mov,mp3,mpc,mpc8,"
    "ogg,tak,tta,w64,wav,wv"
)
LOWEST_HZ, HIGHEST_HZ = 4_000, 768_000
MOST_CHANNELS = 64
PREROLL_S = 0.5  # of sound before a jump, in which lossy decoders find their way
WIDE = 8  # PyAV reads past the end of as many planes; interleaved, they are safe
LOSSLESS = frozenset({"ape", "tak", "tta", "wavpack", "wmalossless", "mlp", "truehd", "shorten"})

FULL_SCALE = {"u8": 128.0, "s16": 32_768.0, "s32": 2_147_483_648.0}


class Opened:
    """A file that yields sound. What it says of itself comes from its first decoded frame.

    n_samples  decoded so far (per channel)
    n_broken   packets that could not be decoded so far; their sound is missing
    claimed_s  what the container says; None where it says nothing; only good for a comparison
    """

    def __init__(self, container: Any, *, hashes: bool = False) -> None:
        if not container.streams.audio:
            others = len(container.streams)
            raise NotAudio("there is no sound in this file" if others else "nothing can be played")
        known = [stream for stream in container.streams.audio if stream.codec_context is not None]
        if not known:
            raise NotAudio("the sound in this file is of a kind that nothing here can decode")
        self._stream = known[0]
        self._container = container
        self.container_format: str = container.format.name
        self.codec: str = self._stream.codec_context.name
        self.bit_rate: int | None = self._stream.bit_rate or container.bit_rate or None
        self.claimed_s = _claimed_s(container, self._stream)
        self.n_samples = self.n_broken = 0
        self._n_good = 0
        self._padding = Padding.of(container)
        self._most_padding = self._padding.most
        self._digest = _digest_of(self._stream) if hashes else None
        self._frames = self._decoded()
        first = next(self._frames, None)
        if first is None:
            raise NotAudio("nothing can be played")
        self._first: Any = first
        self.sample_rate = int(self._first.sample_rate)
        self.channels = len(self._first.layout.channels)
        self._format = _readable(self._first.format, self.channels)
        self.channel_names = [channel.name for channel in self._first.layout.channels]
        self.bits = _bits(self._stream, self._first)
        _check("sample rate", self.sample_rate, LOWEST_HZ, HIGHEST_HZ, "Hz")
        _check("number of channels", self.channels, 1, MOST_CHANNELS, "channels")

    @property
    def metadata(self) -> dict[str, str]:
        """The container's own tags, the stream's (Ogg keeps them there) over them."""
        return {**self._container.metadata, **self._stream.metadata}

    @property
    def sound_sha256(self) -> str:
        """The hash of the packets read so far, which hold the sound and no tag; see `opened`."""
        return self._digest.hexdigest() if self._digest is not None else ""

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Blocks:
        """Everything once, in order; every block but the last has `block_samples` samples.

        yields  (channels, block_samples) float32, full scale at 1; NaN becomes 0
        Raises NotAudio when more of the file is broken than not.
        """
        fifo = av.AudioFifo()
        n_decoded = 0
        for frame in self._in_one_format():
            frame.pts = None
            n_decoded += frame.samples
            fifo.write(frame)
            while fifo.samples >= block_samples + self._most_padding:
                yield self._counted(fifo.read(block_samples))
        n_left = fifo.samples - self._padding.after(n_decoded)
        while n_left > 0 and (rest := fifo.read(min(n_left, block_samples))) is not None:
            n_left -= rest.samples
            yield self._counted(rest)
        if self.n_broken > self._n_good:
            raise NotAudio(f"{self.n_broken} packets are broken and {self._n_good} are not")

    def blocks_from(self, first: int, block_samples: int = BLOCK_SAMPLES) -> Blocks:
        """The sound from a sample on, without decoding what lies before, where the file allows it.

        What was decoded to find the way is lost: the file is good for nothing else afterwards.
        """
        start = self._sought(first - round(PREROLL_S * self.sample_rate))
        yield from trim(self.blocks(block_samples), first - start, None)

    def _sought(self, first: int) -> int:
        """Go to a sample or a little before it; returns which sample comes next."""
        begin = self._first.pts
        if first <= 0 or begin is None:
            return 0
        base = self._first.time_base
        target = begin * base + Fraction(first, self.sample_rate)
        try:
            self._container.seek(int(target / self._stream.time_base), stream=self._stream)
        except av.FFmpegError:
            return 0
        self._frames = self._decoded()
        landed = next(self._frames, None)
        while landed is not None and landed.pts is None:
            landed = next(self._frames, None)
        if landed is None:
            return first
        self._first = landed
        return round(Fraction((landed.pts - begin) * base) * self.sample_rate)

    def _counted(self, frame: Any) -> Audio:
        block = as_float(frame)
        self.n_samples += block.shape[1]
        return block

    def _decoded(self) -> Iterator[Any]:
        """Frames as they come; a packet that cannot be decoded is counted and left out."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, ValueError):
                self.n_broken += 1
                return
            if self._digest is not None and packet.size:
                self._digest.update(packet)
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                self.n_broken += packet.size > 0  # some encoders write packets with nothing in them
                continue
            self._n_good += bool(frames)
            for frame in frames:
                self._padding.see(packet, frame)
                yield frame

    def _in_one_format(self) -> Iterator[Any]:
        """All frames as the first one is: a change of rate or channels on the way is converted."""
        first = self._first
        shape = (self._format, first.sample_rate, first.layout.name)
        converter: Any = None
        converts: tuple[str, int, str] | None = None
        for frame in chain([first], self._frames):
            now = (frame.format.name, frame.sample_rate, frame.layout.name)
            if now != converts:
                yield from self._converted(converter, None)
                converter = None
            if now == shape:
                yield frame
                continue
            if converter is None:
                converter, converts = av.AudioResampler(shape[0], shape[2], shape[1]), now
            yield from self._converted(converter, frame)
        yield from self._converted(converter, None)

    def _converted(self, converter: Any, frame: Any) -> list[Any]:
        """A frame as the first one is; without a frame, what the converter still holds."""
        if converter is None:
            return []
        if frame is not None:
            frame.pts = None
        try:
            made = list(converter.resample(frame))
        except (av.FFmpegError, ValueError):  # a shape that damage made up
            self.n_broken += 1
            return []
        for one in made:
            one.time_base = self._first.time_base
        return made


@contextmanager
def opened(path: str, *, hashes: bool = False) -> Iterator[Opened]:
    """A file ready to give its sound.

    hashes  take the hash of the sound on the way
    Raises EmptyFile, WebPage, NotAudio, Truncated (nothing in it can be played), NoSuchFile.
    """
    refuse_at_sight(path)
    try:
        container = av.open(
            f"file:{os.path.abspath(path)}",
            options={"format_whitelist": DEMUXERS, "protocol_whitelist": "file"},
            metadata_errors="surrogateescape",
        )
    except (av.FFmpegError, ValueError) as exc:
        raise why_unplayable(path) from exc
    with container:
        try:
            sound = Opened(container, hashes=hashes)
        except NotAudio as exc:
            if type(exc) is NotAudio and str(exc).startswith("nothing"):
                raise why_unplayable(path) from exc
            raise
        yield sound


def blocks(path: str, *, block_samples: int = BLOCK_SAMPLES) -> Blocks:
    """The sound of a file in blocks of (channels, block_samples) float32; the last is shorter."""
    with opened(path) as sound:
        yield from sound.blocks(block_samples)


def blocks_from(path: str, first: int, *, block_samples: int = BLOCK_SAMPLES) -> Blocks:
    """The sound of a file from a sample on; a lossy one may differ from `blocks` inaudibly."""
    with opened(path) as sound:
        yield from sound.blocks_from(first, block_samples)


def read(path: str) -> tuple[Audio, int]:
    """A whole file at once, for short ones: (channels, samples) float32, and its sample rate."""
    with opened(path) as sound:
        found = list(sound.blocks())
        return np.concatenate(found, axis=1), sound.sample_rate


def as_float(frame: Any) -> Audio:
    """One decoded frame as (channels, samples) float32, full scale at 1, every number finite."""
    array = frame.to_ndarray()
    if not frame.format.is_planar:
        array = array.reshape(-1, len(frame.layout.channels)).T
    name = frame.format.name.rstrip("p")
    if name in FULL_SCALE:
        scale = np.float32(1 / FULL_SCALE[name])  # a power of two: as exact as a division
        scaled = np.multiply(array, scale, dtype=np.float32)
        return np.ascontiguousarray(scaled - 1 if name == "u8" else scaled)
    floats: Audio = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(floats.sum()):
        floats = np.nan_to_num(floats, nan=0.0, posinf=1.0, neginf=-1.0)
    return floats


def _digest_of(stream: Any) -> Any:
    """A hash that begins with what changes the sound outside the packets: the gain of Opus.

    Packets are cheaper than samples, and no new decoder makes them differ.
    """
    context = stream.codec_context
    header = context.extradata if context.name == "opus" else None
    return hashlib.sha256(header or b"")


def _claimed_s(container: Any, stream: Any) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def _readable(form: Any, channels: int) -> str:
    """The sample format to read frames in: their own, unless PyAV cannot hand it over."""
    if form.name.startswith("s64"):
        return "dbl"
    return str(form.packed.name if channels >= WIDE else form.name)


def _bits(stream: Any, frame: Any) -> int | None:
    """Bits per sample of lossless sound; None where the format has no such number.

    The decoder puts 24 bits into 32, so the number comes from the codec's own words.
    """
    context = stream.codec_context
    codec, header = context.name, context.extradata or b""
    if said := re.fullmatch(r"pcm_[a-z]+(\d+)(le|be)?|pcm_s8", codec):
        return int(said[1] or 8)
    if codec == "flac" and len(header) >= 18:  # STREAMINFO
        return ((header[12] & 1) << 4 | header[13] >> 4) + 1
    if codec == "alac" and len(header) >= 18:
        return header[17]
    name = frame.format.name.rstrip("p")
    return {"u8": 8, "s16": 16, "s32": 24}.get(name) if codec in LOSSLESS else None


def _check(what: str, value: int, lowest: int, highest: int, unit: str) -> None:
    if not lowest <= value <= highest:
        raise NotAudio(f"a {what} of {value} {unit}; {lowest} to {highest} are allowed")

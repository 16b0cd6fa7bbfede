"""Sound into a file or a stream; the same sound and settings give the same bytes."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol

import av
import numpy as np
from av.codec.context import Flags

from songloom.core.audio import Audio
from songloom.core.audio.decode import WIDE
from songloom.core.audio.formats import Format
from songloom.core.audio.gapless import write_padding
from songloom.core.audio.vorbis import VorbisEncoder

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
SAMPLE_FORMATS = {  # what we hand over; integers are rounded here, so that no library dithers
    "libmp3lame": "fltp",
    "libopus": "flt",
    "aac": "fltp",
    "flac": "s16",
    "pcm_s16le": "s16",
    "pcm_s24le": "s32",
}
WHOLE = {16: 32_768.0, 24: 8_388_608.0}


class Encoder(Protocol):
    """Takes blocks of one rate and number of channels; closes to finish what it wrote."""

    n_samples: int

    def write(self, block: Audio) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Encoder: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def encoder(
    target: Any,
    form: Format,
    *,
    sample_rate: int,
    channels: int,
    bit_rate_kbps: int | None = None,
    bits: int = 16,
) -> Encoder:
    """An encoder that writes to a path or to anything with `write`.

    sample_rate, channels  must be what the format can hold (`Format.nearest_rate`)
    bit_rate_kbps          for lossy formats; None is the format's default
    bits                   16 or 24, for lossless formats
    """
    kbps = form.checked_kbps(bit_rate_kbps)
    if form.codec == "vorbis":
        return VorbisEncoder(target, sample_rate, channels, kbps or 160)
    return AvEncoder(target, form, sample_rate, channels, kbps, bits)


class AvEncoder:
    """All formats but Vorbis, by libav."""

    def __init__(
        self,
        target: Any,
        form: Format,
        sample_rate: int,
        channels: int,
        bit_rate_kbps: int | None,
        bits: int,
    ) -> None:
        codec = "pcm_s24le" if form.codec == "pcm_s16le" and bits == 24 else form.codec
        is_file = isinstance(target, str)
        self._container: Any = av.open(
            f"file:{target}" if is_file else target,
            "w",
            format=form.container,
            options={"fflags": "+bitexact", **_container_options(form, sample_rate)},
        )
        self._stream: Any = self._container.add_stream(codec, rate=sample_rate)
        context: Any = self._stream.codec_context
        context.layout = LAYOUTS[channels]
        context.flags |= Flags.bitexact
        self._bits = bits if codec in ("flac", "pcm_s24le") else 16
        self._format = SAMPLE_FORMATS[codec]
        if codec == "flac" and bits == 24:
            self._format = "s32"
        context.format = self._format
        if bit_rate_kbps is not None:
            context.bit_rate = bit_rate_kbps * 1_000
        if self._format == "fltp" and channels >= WIDE:
            self._format = "flt"
        self._layout, self._rate = LAYOUTS[channels], sample_rate
        self._gapless = str(target) if is_file and form.container == "ipod" else ""
        self.n_samples = 0

    def write(self, block: Audio) -> None:
        """Encode some more."""
        frame = av.AudioFrame.from_ndarray(self._array(block), self._format, self._layout)
        frame.sample_rate = self._rate
        frame.pts = self.n_samples
        self.n_samples += block.shape[1]
        self._mux(self._stream.encode(frame))

    def close(self) -> None:
        """Flush the encoder and finish the file."""
        self._mux(self._stream.encode(None))
        self._container.close()
        if self._gapless:
            write_padding(self._gapless, self.n_samples)

    def __enter__(self) -> AvEncoder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
            return
        with suppress(av.FFmpegError, OSError):  # what failed is on its way up; only let go of it
            self._container.close()

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            self._container.mux(packet)

    def _array(self, block: Audio) -> Any:
        """The block as the encoder takes it: planar floats, or packed floats or integers."""
        if self._format == "fltp":
            return np.ascontiguousarray(block)
        if self._format == "flt":
            return np.ascontiguousarray(block.T).reshape(1, -1)
        whole = rounded(block, self._bits).astype(np.int16 if self._bits == 16 else np.int32)
        packed = np.stack(list(whole), axis=1).reshape(1, -1)  # four times as fast as whole.T
        return packed << 8 if self._bits == 24 else packed


def _container_options(form: Format, sample_rate: int) -> dict[str, str]:
    """What lets a file say where its sound begins and ends, to the sample."""
    if form.container == "ipod":  # the length in its edit list counts in the movie's time scale
        return {"movflags": "+faststart", "movie_timescale": str(sample_rate)}
    return {"id3v2_version": "4"} if form.container == "mp3" else {}


def rounded(block: Audio, bits: int) -> Audio:
    """The nearest whole steps of a full scale of 2^(bits − 1); what passes it is clipped.

    returns  float32 whole numbers, the shape of `block`
    """
    steps = block * np.float32(WHOLE[bits])  # a power of two: no bit is lost
    np.rint(steps, out=steps)
    return np.clip(steps, -WHOLE[bits], WHOLE[bits] - 1, out=steps)

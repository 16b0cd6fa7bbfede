"""The formats that renditions and streams are made in, and what each can hold."""

from __future__ import annotations

from dataclasses import dataclass

from songloom.errors import BadValue

LAME_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
UP_TO_8 = tuple(range(1, 9))
OPUS_CHANNELS = (1, 2, 3, 4, 6)  # with 5 and 7 libav mixes up their places
AAC_HZ = (*LAME_HZ, 64_000, 88_200, 96_000)


@dataclass(frozen=True)
class Format:
    """One way to write sound down."""

    name: str
    container: str
    codec: str
    mime: str
    channels: tuple[int, ...]  # numbers of them that it can hold
    rates_hz: tuple[int, ...] = ()  # empty: all
    kbps: tuple[int, int, int] | None = None  # lowest, default, highest; None: lossless
    streams: bool = True  # can be written to a listener while it is made

    @property
    def is_lossy(self) -> bool:
        return self.kbps is not None

    def nearest_channels(self, channels: int) -> int:
        """The same number where it can be held, else stereo."""
        return channels if channels in self.channels else 2

    def nearest_rate(self, sample_rate: int) -> int:
        """The lowest rate that loses nothing of `sample_rate`, else the highest there is."""
        if not self.rates_hz or sample_rate in self.rates_hz:
            return sample_rate
        enough = [rate for rate in self.rates_hz if rate >= sample_rate]
        return min(enough) if enough else max(self.rates_hz)

    def checked_kbps(self, bit_rate_kbps: int | None) -> int | None:
        """The bit rate to use; None for a lossless format. Raises BadValue outside the range."""
        if self.kbps is None:
            return None
        lowest, default, highest = self.kbps
        if bit_rate_kbps is None:
            return default
        if not lowest <= bit_rate_kbps <= highest:
            raise BadValue(
                f"a bit rate of {bit_rate_kbps} kbit/s; {lowest} to {highest} are allowed "
                f"for {self.name}"
            )
        return bit_rate_kbps


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("mp3", "mp3", "libmp3lame", "audio/mpeg", (1, 2), LAME_HZ, (32, 192, 320)),
        Format("opus", "ogg", "libopus", "audio/ogg", OPUS_CHANNELS, (48_000,), (16, 128, 510)),
        Format("flac", "flac", "flac", "audio/flac", UP_TO_8),
        Format("ogg", "ogg", "vorbis", "audio/ogg", UP_TO_8, (), (48, 160, 500), streams=False),
        Format("m4a", "ipod", "aac", "audio/mp4", UP_TO_8, AAC_HZ, (24, 160, 512), streams=False),
        Format("aac", "adts", "aac", "audio/aac", UP_TO_8, AAC_HZ, (24, 160, 512)),
        Format("wav", "wav", "pcm_s16le", "audio/wav", UP_TO_8),
    )
}
ALIASES = {"vorbis": "ogg", "oga": "ogg", "mp4": "m4a", "wave": "wav"}
RENDITIONS = ("mp3", "opus", "flac", "ogg", "m4a", "wav")


def rendition_format(name: str) -> Format:
    """A format that a file can be made in; `aac` means m4a. Raises BadValue."""
    name = {**ALIASES, "aac": "m4a"}.get(name.lower(), name.lower())
    if name not in RENDITIONS:
        raise BadValue(f"no file can be made as “{name[:20]}”; there are {', '.join(RENDITIONS)}")
    return FORMATS[name]


def stream_format(name: str) -> Format:
    """A format that can be sent while it is made; `ogg` means opus, `m4a` aac. Raises BadValue."""
    name = ALIASES.get(name.lower(), name.lower())
    found = FORMATS.get({"ogg": "opus", "m4a": "aac"}.get(name, name))
    if found is None:
        streams = ", ".join(one.name for one in FORMATS.values() if one.streams)
        raise BadValue(f"nothing can be streamed as “{name[:20]}”; there are {streams}")
    return found

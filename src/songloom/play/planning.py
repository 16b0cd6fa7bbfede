"""Decides how a track reaches a device: the file as it is, or another format made on the way."""

from __future__ import annotations

from dataclasses import dataclass

from songloom.core.audio.formats import FORMATS, stream_format
from songloom.errors import NoAudio, StorageAway
from songloom.library.models import File, Track
from songloom.library.services.storing import is_there, main_file

AS_IT_IS = ("", "raw", "original")
USUAL = "mp3"  # where only a bit rate was asked for: every device plays it
MIMES = {
    **{name: form.mime for name, form in FORMATS.items()},
    "aiff": "audio/aiff",
    "ape": "audio/x-ape",
    "wma": "audio/x-ms-wma",
    "mka": "audio/x-matroska",
    "wv": "audio/x-wavpack",
    "dsf": "audio/x-dsf",
    "dff": "audio/x-dff",
    "ac3": "audio/ac3",
    "eac3": "audio/eac3",
    "dts": "audio/vnd.dts",
    "amr": "audio/amr",
    "mpc": "audio/x-musepack",
    "mp2": "audio/mpeg",
}


@dataclass(frozen=True)
class Plan:
    """How a track will be sent.

    is_original    the file, byte for byte; else `format` is made while it is sent
    etag           names these bytes; empty for a transcode
    """

    track: Track
    file: File
    is_original: bool
    format: str
    mime: str
    duration_s: float
    bit_rate_kbps: int | None = None
    start_s: float = 0.0
    end_s: float | None = None
    etag: str = ""

    @property
    def estimated_bytes(self) -> int | None:
        """About how much a transcode will send; None for lossless formats and originals."""
        if self.is_original or self.bit_rate_kbps is None:
            return None
        return round(self.duration_s * self.bit_rate_kbps * 1_000 / 8)


def plan(
    track: Track, *, format: str = "", max_bit_rate_kbps: int | None = None, start_s: float = 0.0
) -> Plan:
    """How to send a track to somebody who asked for a format, a bit rate or a later start.

    format             mp3, opus, aac, flac, wav …; empty or `raw` is the file as it is
    max_bit_rate_kbps  0 or None is no limit
    start_s            seconds to leave out at the beginning
    Raises NoAudio, StorageAway, BadValue.
    """
    file = main_file(track)
    if file is None or track.duration_s is None:
        raise NoAudio("this is a catalogue entry without sound")
    if not is_there(file):
        raise StorageAway("the file of this track cannot be reached")
    wanted = "" if format.lower() in AS_IT_IS else format
    if not start_s and _suits(file, wanted, max_bit_rate_kbps, is_raw=format.lower() == "raw"):
        mime = MIMES.get(file.format, "application/octet-stream")
        return Plan(
            track, file, True, file.format, mime, track.duration_s, etag=file.bytes_key[:40]
        )
    form = stream_format(wanted or USUAL)
    limit = max_bit_rate_kbps or None
    kbps = form.kbps and min(max(limit or form.kbps[1], form.kbps[0]), form.kbps[2])
    begins_s = (file.start_s or 0.0) + start_s
    left_s = max(track.duration_s - start_s, 0.0)
    return Plan(
        *(track, file, False, form.name, form.mime, left_s),
        bit_rate_kbps=kbps,
        start_s=begins_s,
        end_s=file.end_s,
    )


def _suits(file: File, wanted: str, max_bit_rate_kbps: int | None, *, is_raw: bool) -> bool:
    """Whether the file itself is what was asked for."""
    if file.start_s is not None or file.end_s is not None:
        return False
    if is_raw:
        return True
    is_light = not max_bit_rate_kbps or (file.bit_rate or 0) <= max_bit_rate_kbps * 1_000
    return is_light and (not wanted or wanted.lower() == file.format)

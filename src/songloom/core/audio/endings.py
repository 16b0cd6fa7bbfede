"""Whether a file stops before its end: what the container promised against what was decoded."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from songloom.core.audio.sniff import head

TOLERANCE_S = 0.1  # encoder delays and padding stay below
ENDLESS_BYTES = 0x7FFF_0000  # a WAV written to a pipe claims this or more, and means nothing by it
LOOK_BACK_BYTES = 70_000  # an Ogg page has at most 65,307
XING_SAMPLES = {0: 576, 2: 576, 3: 1_152}  # of one frame, by MPEG version bits
RATES = (44_100, 48_000, 32_000)
HONEST = frozenset({"flac", "aiff", "w64", "caf", "wv", "tta", "ape", "mov", "matroska"})
MOST_CHUNKS = 1_000  # of a WAV, before its sound
PCM = (1, 3, 0xFFFE)  # integers, floats, extensible


def promised_s(path: str, *, container_format: str, claimed_s: float | None) -> float | None:
    """How long the file was meant to be; None where it says nothing that can be relied on."""
    names = set(container_format.split(","))
    if "mp3" in names:
        return xing_s(head(path, 400_000))
    if "wav" in names:
        return wav_s(path)
    return claimed_s if names & HONEST else None


def ends_early(path: str, *, duration_s: float, promised: float | None) -> bool:
    """Whether the last part of the file is missing."""
    if promised is not None:
        return duration_s < promised - TOLERANCE_S
    return _ogg_stops_in_a_page(path)


def xing_s(start: bytes) -> float | None:
    """The length in an MP3's Xing or Info header, in seconds; None without one.

    start  the first bytes of the file; a longer ID3 tag before the first frame is skipped
    """
    if start[:3] == b"ID3" and len(start) > 10:
        size = (start[6] << 21) | (start[7] << 14) | (start[8] << 7) | start[9]
        start = start[10 + size :]
    at = max(start.find(b"Xing", 0, 4_000), start.find(b"Info", 0, 4_000))
    frame = next((at - n for n in (36, 21, 13) if at >= n and start[at - n] == 0xFF), None)
    if frame is None or len(start) < at + 12 or not start[at + 7] & 1:
        return None
    version, rate_index = (start[frame + 1] >> 3) & 3, (start[frame + 2] >> 2) & 3
    if version not in XING_SAMPLES or rate_index > 2:
        return None
    rate = RATES[rate_index] >> {3: 0, 2: 1, 0: 2}[version]
    return int.from_bytes(start[at + 8 : at + 12]) * XING_SAMPLES[version] / rate


def wav_s(path: str) -> float | None:
    """The length that a WAV's `data` chunk claims, in seconds; None where it claims no end."""
    bytes_per_s = 0
    with open(path, "rb") as file:
        file.seek(12)
        for _ in range(MOST_CHUNKS):
            chunk = file.read(8)
            n_bytes = int.from_bytes(chunk[4:], "little")
            if len(chunk) < 8:
                return None
            if chunk[:4] == b"data":
                return n_bytes / bytes_per_s if bytes_per_s and n_bytes < ENDLESS_BYTES else None
            start = file.tell()
            if chunk[:4] == b"fmt ":
                bytes_per_s = _bytes_per_s(file.read(16))
            file.seek(start + n_bytes + n_bytes % 2)
    return None


def _bytes_per_s(fmt: bytes) -> int:
    """From a WAV's `fmt ` chunk; PCM's own sum is more often right than the field for it."""
    kind, rate, said, frame = struct.unpack("<H2xIIH2x", fmt.ljust(16, b"\0"))
    return int(rate * frame if kind in PCM else said)


def _ogg_stops_in_a_page(path: str) -> bool:
    if head(path, 4) != b"OggS":
        return False
    with open(path, "rb") as file:
        return stops_in_a_page(file, os.path.getsize(path))


def stops_in_a_page(file: BinaryIO, size_bytes: int) -> bool:
    """Whether an Ogg file ends before its last page does."""
    file.seek(max(0, size_bytes - LOOK_BACK_BYTES))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27:
        return True
    n_segments = page[26]
    return len(page) < 27 + n_segments + sum(page[27 : 27 + n_segments])

"""What encoders add at both ends, so that songs of an album follow each other without a gap.

MP3 (LAME's header), Opus (pre-skip), Vorbis (granules) and the start of MP4 (edit list) are written
and read by their libraries. Where an MP4 ends is left to whoever plays it: in the length of its
last packet, and in the tag `iTunSMPB`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

AAC_SAMPLES = 1_024  # of a packet; the encoder's delay is one
SMPB = "iTunSMPB"
SMPB_ATOM = f"----:com.apple.iTunes:{SMPB}"
SMPB_TEXT = re.compile(r"\s*0{8} ([0-9A-F]{8}) ([0-9A-F]{8}) ([0-9A-F]{16})\b", re.IGNORECASE)
MOST_SAMPLES = 8_192  # more is no padding but damage


@dataclass
class Padding:
    """How many samples behind the end a decoder yields. Only an MP4 has any here.

    most  how many there may be
    """

    most: int
    n_said: int | None = None  # what the file says of its own length, in samples
    _n_last: int = 0

    @classmethod
    def of(cls, container: Any) -> Padding:
        if "mov" not in container.format.name:
            return cls(0)
        found = SMPB_TEXT.match(str(container.metadata.get(SMPB, "")))
        return cls(MOST_SAMPLES, int(found[3], 16) if found else None)

    def see(self, packet: Any, frame: Any) -> None:
        """A packet that lasts less than its frame ends the sound."""
        if self.most:
            lasts = (packet.duration or 0) * (packet.time_base or 0) * frame.sample_rate
            self._n_last = max(0, frame.samples - round(lasts)) if lasts else 0

    def after(self, n_decoded: int) -> int:
        """How many of the samples decoded so far lie behind the end."""
        said = n_decoded - self.n_said if self.n_said else 0
        return max(self._n_last, said if 0 < said <= self.most else 0)


def write_padding(path: str, n_samples: int) -> None:
    """Say in an MP4 of AAC how long its sound is, as players of Apple's kind read it."""
    from mutagen.mp4 import MP4, AtomDataType, MP4FreeForm

    n_packets = -(-(n_samples + AAC_SAMPLES) // AAC_SAMPLES)
    padding = n_packets * AAC_SAMPLES - AAC_SAMPLES - n_samples
    numbers = f" 00000000 {AAC_SAMPLES:08X} {padding:08X} {n_samples:016X}" + " 00000000" * 8
    file: Any = MP4(path)  # type: ignore[no-untyped-call]
    if file.tags is None:
        file.add_tags()
    atom: Any = MP4FreeForm(numbers.encode(), AtomDataType.UTF8)  # type: ignore[no-untyped-call]
    file.tags[SMPB_ATOM] = [atom]
    file.save()

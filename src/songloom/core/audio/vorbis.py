"""Ogg Vorbis by libsndfile's reference encoder; libav's own sounds worse and takes only stereo."""

from __future__ import annotations

import zlib
from contextlib import suppress
from types import TracebackType
from typing import Any

import numpy as np

from songloom.core.audio import Audio

QUALITIES = {  # kbit/s at 44.1 kHz stereo → quality, from the reference encoder's documentation
    48: -0.1,
    64: 0.0,
    80: 0.1,
    96: 0.2,
    112: 0.3,
    128: 0.4,
    160: 0.5,
    192: 0.6,
    224: 0.7,
    256: 0.8,
    320: 0.9,
    500: 1.0,
}
ORDERS = {  # where the usual order (FL FR FC LFE …) goes in Vorbis (left, centre, right, …, LFE)
    3: [0, 2, 1],
    5: [0, 2, 1, 3, 4],
    6: [0, 2, 1, 4, 5, 3],
    7: [0, 2, 1, 5, 6, 4, 3],
    8: [0, 2, 1, 6, 7, 4, 5, 3],
}
WRITE_SAMPLES = 8_192  # larger pieces overflow the encoder's stack
SERIAL = (0x50_4D_4F_4C).to_bytes(4, "little")
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
HEADER_BYTES = 27  # of an Ogg page, before its segment table


class VorbisEncoder:
    """Writes a Vorbis file; its stream number is set to a constant, so that runs agree."""

    def __init__(self, path: str, sample_rate: int, channels: int, bit_rate_kbps: int) -> None:
        import soundfile

        self._path = path
        self._failure: type[Exception] = soundfile.LibsndfileError
        each_kbps = bit_rate_kbps * 2 / channels * (44_100 / sample_rate) ** 0.5
        self._file: Any = soundfile.SoundFile(
            path,
            "w",
            samplerate=sample_rate,
            channels=channels,
            format="OGG",
            subtype="VORBIS",
            compression_level=1 - quality(each_kbps),
        )
        self.n_samples = 0

    def write(self, block: Audio) -> None:
        """Encode some more."""
        self.n_samples += block.shape[1]
        if len(block) in ORDERS:
            block = block[ORDERS[len(block)]]
        for at in range(0, block.shape[1], WRITE_SAMPLES):
            piece = np.ascontiguousarray(block[:, at : at + WRITE_SAMPLES].T)
            try:
                self._file.write(piece)
            except self._failure as exc:
                raise self._reason(exc) from exc

    def close(self) -> None:
        """Finish the file."""
        try:
            self._file.close()
        except self._failure as exc:
            raise self._reason(exc) from exc
        with open(self._path, "r+b") as file:
            pages = renumbered(file.read())
            file.seek(0)
            file.write(pages)

    def __enter__(self) -> VorbisEncoder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            with suppress(self._failure):
                self._file.close()

    def _reason(self, failure: Exception) -> Exception:
        """Why writing failed: libsndfile keeps it to itself, so a write of our own must tell."""
        try:
            with open(self._path, "ab") as file:
                file.write(bytes(1 << 20))
        except OSError as exc:
            return exc
        return failure


def quality(kbps: float) -> float:
    """The encoder's quality, 0 … 1, for a bit rate at 44.1 kHz stereo."""
    return float(np.clip(np.interp(kbps, list(QUALITIES), list(QUALITIES.values())), 0.0, 1.0))


def renumbered(ogg: bytes, serial: bytes = SERIAL) -> bytes:
    """The same Ogg pages under another stream number, each with its checksum anew."""
    pages, at = [], 0
    while ogg[at : at + 4] == b"OggS":
        n_segments = ogg[at + 26]
        table_end = at + HEADER_BYTES + n_segments
        stop = table_end + sum(ogg[at + HEADER_BYTES : table_end])
        page = ogg[at : at + 14] + serial + ogg[at + 18 : at + 22] + bytes(4) + ogg[at + 26 : stop]
        pages.append(page[:22] + checksum(page).to_bytes(4, "little") + page[26:])
        at = stop
    return b"".join(pages)


def checksum(page: bytes) -> int:
    """Ogg's CRC-32 (0x04C11DB7, most significant bit first), by zlib's mirrored one."""
    mirrored = zlib.crc32(page.translate(REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{mirrored:032b}"[::-1], 2)

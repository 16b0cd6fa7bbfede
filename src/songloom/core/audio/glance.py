"""What a file says of itself, believed for now: its headers, tags and picture; nothing is decoded.

Some 3,000 files a processor second, where `probe` decodes each whole. What it says is spelled as
`probe` does, so that the decoder's word can take its place later. A file of another kind, or one
whose headers do not fit its bytes, is left to the decoder: None.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from songloom.core.audio import covers, endings
from songloom.core.audio.tags import read_tags

PART_BYTES = 16_384
MOST_LACKING = 0.01  # of the bytes that an MP3 promises: what encoders round
LEAST_OF_PCM = 0.02  # of its samples' size, that a whole FLAC has; silence has less
MOST_BOXES = 1_000
LOWEST_HZ, HIGHEST_HZ = 4_000, 768_000  # as the decoder takes them
Found = dict[str, Any]
NAMELESS = {"mp3": b"APETAGEX", "wav": b"INFO"}  # tags that only the decoder reads


def glance_all(paths: Sequence[str], cover_dir: str) -> list[Found | None]:
    """Glance at several files. What one file does to the reader is that file's alone.

    cover_dir  gets their raw pictures, each once
    """
    return [_glanced(path, cover_dir) for path in paths]


def _glanced(path: str, cover_dir: str) -> Found | None:
    try:
        return glance(path, cover_dir)
    except MemoryError:
        raise
    except Exception:  # hostile tags make mutagen raise almost anything
        return None


def glance(path: str, cover_dir: str) -> Found | None:
    """What `probe` would say of a whole and honest file, but for the hashes that need all bytes.

    returns  format codec sample_rate channels bit_rate bits duration_s size_bytes parts_sha256
             tags lyrics cover is_believed; None where the decoder must look
    """
    with open(path, "rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        start = file.read(PART_BYTES)
        reader = READERS.get(_kind(start))
        if reader is None:
            return None
        parts_sha256, tail = _parts(file, start, size_bytes)
        file.seek(0)
        found, read = reader(file, size_bytes)
        if found is None:
            return None
        tags = read_tags(read)
        unread = NAMELESS.get(found["format"])
        if unread and not tags and unread in start + tail:
            return None
    picture = covers.best_picture(read)
    found.update(
        duration_s=read.info.length,
        sample_rate=read.info.sample_rate,
        channels=read.info.channels,
        bit_rate=round(getattr(read.info, "bitrate", 0) or size_bytes * 8 / read.info.length),
        size_bytes=size_bytes,
        is_believed=True,
        parts_sha256=parts_sha256,
        tags=tags,
        lyrics="\n\n".join(tags.get("lyrics", [])),
        cover=covers.write_beside(picture, cover_dir) if picture else None,
    )
    return found if _is_sane(found) else None


def parts_sha256(path: str) -> str:
    """A hash of a file's size, its first, middle and last 16 KiB: it names candidates.

    Files whose parts are equal are hardly ever different; where it matters all bytes are compared.
    """
    with open(path, "rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        return _parts(file, file.read(PART_BYTES), size_bytes)[0]


def whole_sha256(path: str) -> str:
    """The hash of all bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(file: BinaryIO, start: bytes, size_bytes: int) -> tuple[str, bytes]:
    """The hash, and the last part."""
    digest = hashlib.sha256(b"%d\0" % size_bytes + start)
    last = b""
    for at in (size_bytes // 2, max(PART_BYTES, size_bytes - PART_BYTES)):
        if at < size_bytes and size_bytes > PART_BYTES:
            file.seek(at)
            last = file.read(PART_BYTES)
            digest.update(last)
    return digest.hexdigest(), last


def _kind(start: bytes) -> str:
    if start[:4] == b"OggS":
        return "opus" if b"OpusHead" in start[:64] else "ogg" if b"vorbis" in start[:64] else ""
    if start[4:8] == b"ftyp":
        return "m4a"
    if start[:3] == b"ID3" or (start[:1] == b"\xff" and start[1:2] >= b"\xe0"):
        return "mp3"
    return {b"fLaC": "flac", b"RIFF": "wav"}.get(start[:4], "")


def _is_sane(found: Found) -> bool:
    rate, channels = found["sample_rate"], found["channels"]
    return bool(found["duration_s"] > 0 and LOWEST_HZ <= rate <= HIGHEST_HZ and 0 < channels < 65)


# ------------------------------------------------------------------ one reader for each kind

Read = tuple[Found | None, Any]


def _mp3(file: BinaryIO, size_bytes: int) -> Read:
    from mutagen.mp3 import MP3

    read: Any = MP3(file)  # type: ignore[no-untyped-call]
    info = read.info
    promised = info.bitrate * info.length / 8 * (1 - MOST_LACKING)
    if info.layer != 3 or info.sketchy or promised > size_bytes:
        return None, read
    return {"format": "mp3", "codec": "mp3float", "bits": None}, read


def _flac(file: BinaryIO, size_bytes: int) -> Read:
    from mutagen.flac import FLAC

    read: Any = FLAC(file)  # type: ignore[no-untyped-call]
    info = read.info
    whole = info.length * info.sample_rate * info.channels * info.bits_per_sample
    if not whole or info.bitrate * info.length < LEAST_OF_PCM * whole:
        return None, read
    return {"format": "flac", "codec": "flac", "bits": info.bits_per_sample}, read


def _ogg(file: BinaryIO, size_bytes: int) -> Read:
    from mutagen.oggvorbis import OggVorbis

    read: Any = OggVorbis(file)  # type: ignore[no-untyped-call]
    is_cut = endings.stops_in_a_page(file, size_bytes)
    return None if is_cut else {"format": "ogg", "codec": "vorbis", "bits": None}, read


def _opus(file: BinaryIO, size_bytes: int) -> Read:
    from mutagen.oggopus import OggOpus

    read: Any = OggOpus(file)  # type: ignore[no-untyped-call]
    read.info.sample_rate = 48_000  # whatever was encoded, this is decoded
    is_cut = endings.stops_in_a_page(file, size_bytes)
    return None if is_cut else {"format": "opus", "codec": "opus", "bits": None}, read


def _m4a(file: BinaryIO, size_bytes: int) -> Read:
    from mutagen.mp4 import MP4

    read: Any = MP4(file)  # type: ignore[no-untyped-call]
    codec = "alac" if read.info.codec == "alac" else "aac"
    is_known = read.info.codec == "alac" or read.info.codec.startswith("mp4a.40")
    if not is_known or _boxes_end(file, size_bytes) > size_bytes:
        return None, read
    bits = read.info.bits_per_sample if codec == "alac" else None
    return {"format": "m4a", "codec": codec, "bits": bits}, read


def _boxes_end(file: BinaryIO, size_bytes: int) -> int:
    """Where the last of the outermost boxes says that it ends."""
    at = 0
    for _ in range(MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        n_bytes = int.from_bytes(head[:4])
        n_bytes = int.from_bytes(head[8:16]) if n_bytes == 1 else n_bytes or size_bytes - at
        at += max(8, n_bytes)
    return at


PCM = {8: "pcm_u8", 16: "pcm_s16le", 24: "pcm_s24le", 32: "pcm_s32le"}


def _wav(file: BinaryIO, size_bytes: int) -> Read:
    from mutagen.wave import WAVE

    read: Any = WAVE(file)  # type: ignore[no-untyped-call]
    info = read.info
    promised = info.length * info.sample_rate * info.channels * info.bits_per_sample / 8
    if info.audio_format != 1 or info.bits_per_sample not in PCM or promised > size_bytes:
        return None, read
    return {"format": "wav", "codec": PCM[info.bits_per_sample], "bits": info.bits_per_sample}, read


READERS: dict[str, Callable[[BinaryIO, int], Read]] = {
    "mp3": _mp3,
    "flac": _flac,
    "ogg": _ogg,
    "opus": _opus,
    "m4a": _m4a,
    "wav": _wav,
}

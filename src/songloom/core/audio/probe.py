"""Everything there is to know of one audio file, learned by decoding it once, whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from songloom.core.audio import covers, endings
from songloom.core.audio.decode import Opened, opened
from songloom.core.audio.glance import parts_sha256, whole_sha256
from songloom.core.audio.sniff import why_unplayable
from songloom.core.audio.tags import Tags, clean, read_tags
from songloom.errors import EmptyFile, TooLong

FORMATS = {
    "aac": "aac",
    "matroska": "mka",
    "mov": "m4a",
    "asf": "wma",
    "mpc8": "mpc",
    "iff": "dff",
    "dtshd": "dts",
}
PLAIN = {  # libav's tag names, where mutagen reads none (RIFF INFO, Matroska, CAF)
    "title": "title",
    "artist": "artist",
    "album": "album",
    "album_artist": "albumartist",
    "genre": "genre",
    "date": "date",
    "track": "tracknumber",
    "composer": "composer",
    "comment": "comment",
}


def probe(
    path: str,
    *,
    cover_dir: str | None = None,
    longest_s: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Decode, hash and read the tags of one file.

    path       a file; its name and ending are not believed
    cover_dir  a folder for the raw picture; None leaves the picture alone
    longest_s  give up as soon as more than this was decoded
    progress   told how much of the file has been decoded, 0 … 1
    returns    format codec sample_rate channels bit_rate (bits per second) bits n_samples
               duration_s (from decoded samples) size_bytes sha256 sound_sha256 (without the tags)
               parts_sha256 is_truncated claimed_s
               tags {name: [values]} lyrics cover (a path) warnings: codes out of `truncated`,
               `broken_packets`, `unreadable_tags`
    Raises EmptyFile, WebPage, NotAudio, Truncated, NoSuchFile, TooLong.
    """
    with opened(path, hashes=True) as sound:
        _decode_all(sound, longest_s, progress)
        found = described(path, sound)
        metadata = sound.metadata
    tags, cover, warnings = _tags_and_cover(path, metadata)
    if found["is_truncated"]:
        warnings.append("truncated")
    elif sound.n_broken:
        warnings.append("broken_packets")
    found.update(
        tags=tags,
        lyrics="\n\n".join(tags.get("lyrics", [])),
        cover=covers.write_beside(cover, cover_dir) if cover and cover_dir else None,
        warnings=warnings,
    )
    return found


def read_own_tags(path: str) -> Tags:
    """The tags of a file, as `probe` gives them; empty where they cannot be read."""
    with opened(path) as sound:
        return _tags_and_cover(path, sound.metadata)[0]


def _decode_all(
    sound: Opened, longest_s: float | None, progress: Callable[[float], None] | None
) -> None:
    whole_s = sound.claimed_s or 0.0
    for _ in sound.blocks():
        duration_s = sound.n_samples / sound.sample_rate
        if longest_s is not None and duration_s > longest_s:
            raise TooLong(
                f"lasts more than {duration_s:.0f} s; the longest allowed is {longest_s:.0f} s"
            )
        if progress is not None and whole_s > duration_s:
            progress(duration_s / whole_s)


def described(path: str, sound: Opened) -> dict[str, Any]:
    """What is known of a file once all of its blocks were read: `probe` without the tags."""
    if sound.n_samples == 0:
        error = why_unplayable(path) if sound.n_broken else EmptyFile("lasts 0 samples")
        raise error
    duration_s = sound.n_samples / sound.sample_rate
    size_bytes = os.path.getsize(path)
    promised = endings.promised_s(
        path, container_format=sound.container_format, claimed_s=sound.claimed_s
    )
    return {
        "format": _format(sound),
        "codec": sound.codec,
        "sample_rate": sound.sample_rate,
        "channels": sound.channels,
        "bit_rate": sound.bit_rate or round(size_bytes * 8 / duration_s),
        "bits": sound.bits,
        "n_samples": sound.n_samples,
        "sha256": whole_sha256(path),
        "parts_sha256": parts_sha256(path),
        "sound_sha256": sound.sound_sha256,
        "duration_s": duration_s,
        "size_bytes": size_bytes,
        "is_truncated": endings.ends_early(path, duration_s=duration_s, promised=promised),
        "claimed_s": promised,
    }


def _format(sound: Opened) -> str:
    if sound.codec == "opus" and sound.container_format == "ogg":
        return "opus"
    if sound.codec.startswith("mp2"):
        return "mp2"
    first = sound.container_format.split(",")[0]
    return FORMATS.get(first, first)


def _tags_and_cover(path: str, metadata: dict[str, str]) -> tuple[Tags, bytes | None, list[str]]:
    """What mutagen reads; what libav read where mutagen fails or finds nothing.

    Hostile tags make mutagen raise almost anything, MemoryError and RecursionError included.
    """
    import mutagen

    tags: Tags = {}
    cover: bytes | None = None
    warnings: list[str] = []
    try:
        file = mutagen.File(path)
        tags = read_tags(file)
        cover = covers.best_picture(file)
    except Exception:
        warnings.append("unreadable_tags")
    if not tags:
        pairs = ((PLAIN.get(name.lower()), clean(text)) for name, text in metadata.items())
        tags = {name: [text] for name, text in pairs if name and text}
    return tags, cover, warnings

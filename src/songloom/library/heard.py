"""What was learned of one audio file before any row speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Tags = Mapping[str, list[str]]  # {"artist": ["周杰伦", "费玉清"], "title": ["千里之外"], …}


@dataclass(frozen=True)
class Heard:
    """One probed file: how it sounds technically, how it is tagged, where it lies now."""

    path: Path
    sha256: str
    size_bytes: int
    format: str
    codec: str
    sample_rate: int
    channels: int
    duration_s: float  # from decoded samples, unless it is believed
    bit_rate: int | None = None
    bits: int | None = None
    is_truncated: bool = False
    original_name: str = ""
    tags: Tags = field(default_factory=dict)
    lyrics: str = ""
    cover: Path | None = None  # a raw picture from the file or its folder
    warnings: tuple[str, ...] = ()
    sound_sha256: str = ""  # of the sound without the tags; "" where nobody took it
    parts_sha256: str = ""  # see core.audio.glance
    is_believed: bool = False  # what the headers say; nothing was decoded

    @classmethod
    def from_probe(cls, path: Path, found: Mapping[str, Any], *, original_name: str = "") -> Heard:
        """Take what `core.audio.probe.probe` found, or `core.audio.glance.glance`."""
        cover = found.get("cover")
        return cls(
            path=path,
            sha256=found.get("sha256") or "",
            size_bytes=found["size_bytes"],
            format=found["format"],
            codec=found["codec"],
            sample_rate=found["sample_rate"],
            channels=found["channels"],
            duration_s=found["duration_s"],
            bit_rate=found.get("bit_rate"),
            bits=found.get("bits"),
            is_truncated=found.get("is_truncated", False),
            original_name=original_name or path.name,
            tags=found.get("tags") or {},
            lyrics=found.get("lyrics") or "",
            cover=Path(cover) if cover else None,
            warnings=tuple(found.get("warnings") or ()),
            sound_sha256=found.get("sound_sha256") or "",
            parts_sha256=found.get("parts_sha256") or "",
            is_believed=found.get("is_believed", False),
        )

    def row(self) -> dict[str, Any]:
        """The fields of a File row."""
        return {
            "sha256": self.sha256,
            "sound_sha256": self.sound_sha256,
            "parts_sha256": self.parts_sha256,
            "is_believed": self.is_believed,
            "size_bytes": self.size_bytes,
            "format": self.format,
            "codec": self.codec[:40],
            "sample_rate": self.sample_rate,
            "channels": self.channels,
            "bit_rate": self.bit_rate,
            "bits": self.bits,
            "duration_s": self.duration_s,
            "is_truncated": self.is_truncated,
            "original_name": _short_name(self.original_name),
            "tags": {name: [_storable(v) for v in values] for name, values in self.tags.items()},
        }


def _storable(text: str) -> str:
    """Without what PostgreSQL holds neither in text nor in JSON: NUL and lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _short_name(name: str) -> str:
    """A file name of at most 255 characters without lone surrogates, its ending kept."""
    clean = _storable(name)
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= 255 or not dot or len(ending) > 16:
        return clean[:255]
    return f"{stem[: 254 - len(ending)]}.{ending}"

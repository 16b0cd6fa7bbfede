"""Recipes that come with Songloom, by name; people add their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from songloom.core.audio.edits.parameters import Words


@dataclass(frozen=True)
class Preset:
    """A recipe with a name, and the format that it is meant for."""

    name: str
    words: Words
    edits: tuple[dict[str, Any], ...]
    format: str = "flac"
    bit_rate_kbps: int | None = None

    def document(self) -> dict[str, Any]:
        return {
            "recipe": {"version": 1, "edits": [dict(edit) for edit in self.edits]},
            "format": self.format,
            "bit_rate_kbps": self.bit_rate_kbps,
        }


PRESETS: dict[str, Preset] = {
    one.name: one
    for one in (
        Preset(
            "phone",
            Words("Small, and as loud as the rest, for a phone", "手机：体积小，响度统一"),
            ({"edit": "loudness", "target_lufs": -14},),
            "opus",
            96,
        ),
        Preset(
            "speech",
            Words(
                "Speech: no rumble, no silence at the ends, evenly loud",
                "人声：去低频和首尾静音，响度统一",
            ),
            (
                {"edit": "high_pass", "cutoff_hz": 80},
                {"edit": "trim_silence", "threshold_db": -50},
                {"edit": "loudness", "target_lufs": -16},
            ),
            "mp3",
            96,
        ),
        Preset(
            "cd",
            Words("16 bits at 44.1 kHz, dithered", "CD：16 位 44.1 kHz，加抖动"),
            ({"edit": "resample", "sample_rate": 44_100}, {"edit": "dither", "bits": 16}),
            "wav",
        ),
        Preset(
            "vinyl",
            Words("From a record: no offset, no rumble", "黑胶转录：去直流偏移和低频噪声"),
            ({"edit": "remove_dc"}, {"edit": "high_pass", "cutoff_hz": 20, "order": 4}),
        ),
    )
}

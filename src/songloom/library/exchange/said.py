"""What a table says of tags and of sound, as the library keeps it."""

from __future__ import annotations

from typing import Any

from songloom.core.features import SCALARS
from songloom.library.ids import clean_text
from songloom.library.models import Features, Track
from songloom.library.services.tagging import FREE_FIELD, free_value

SAID = 0  # the features version of what a table says
COLUMNS = ("tempo_bpm", "loudness_lufs", "loudness_range_lu", "true_peak_dbtp", "dominant_hz",
           "centroid_hz", "stereo_correlation", "stereo_width")  # fmt: skip


def split_tag(text: str) -> tuple[str, str]:
    """`mood=mild` → mood, mild; 安静 → tag, 安静."""
    label, equals, value = text.partition("=")
    if equals and value and FREE_FIELD.fullmatch(label):
        return label, free_value(label, value)
    return "tag", clean_text(text, 100)


def features_said(said: dict[str, Any], track: Track) -> Features | None:
    """How a table says that a track sounds: a row that filters read and measuring replaces."""
    values = {name: said[name] for name in SCALARS if name in said and name != "duration_s"}
    if not values:
        return None
    row = {name: values.get(name) for name in COLUMNS}
    words = {"key": values.get("key") or "", "mode": values.get("mode") or ""}
    return Features(track=track, version=SAID, values=values, **row, **words)

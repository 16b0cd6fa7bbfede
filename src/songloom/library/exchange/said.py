"""What a table says of tags and of sound, as the library keeps it."""

from __future__ import annotations

from typing import Any

from songloom.core.features import SCALARS
from songloom.library.ids import clean_text
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


FEATURES = ("track_id", "version", "values", *COLUMNS, "key", "mode")
SOUND = frozenset(SCALARS) - {"duration_s"}


def features_row(said: dict[str, Any]) -> tuple[Any, ...] | None:
    """How a table says that a track sounds, as FEATURES lists it behind the version."""
    values = {name: said[name] for name in SCALARS if name in SOUND and name in said}
    if not values:
        return None
    numbers = (values.get(name) for name in COLUMNS)
    return (values, *numbers, values.get("key") or "", values.get("mode") or "")

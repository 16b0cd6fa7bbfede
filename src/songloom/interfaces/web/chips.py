"""A query as chips: each part of the raw words with what it means, and the query without it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from songloom.core.query import filters, values
from songloom.core.query.filters import Filter
from songloom.interfaces.answers.unclear import expected
from songloom.interfaces.web.templatetags.weave import key_words

MARKS = {"#": "♯", "♯": "♯", "b": "♭", "♭": "♭"}


@dataclass(frozen=True)
class Chip:
    """One part: `raw` as written, what it is about, what it says, and the query without it."""

    raw: str
    name: str
    text: str
    kind: str  # word, filter, excluded, invalid
    without: str


def parts(query: str) -> list[str]:
    """The parts of a query as they were written."""
    return [matched[0] for matched in filters.PART.finditer(query)]


def chips(query: str) -> list[Chip]:
    """A chip for each part that says something."""
    written = parts(query)
    made = []
    for place, raw in enumerate(written):
        without = " ".join(written[:place] + written[place + 1 :])
        read = filters.parse(raw)
        if read.filters:
            made.append(_filter_chip(raw, read.filters[0], without))
        elif read.not_understood:
            text = f"{raw} – {expected(raw)}"
            made.append(Chip(raw, _("not understood"), text, "invalid", without))
        elif read.excluded:
            made.append(Chip(raw, _("without"), read.excluded[0], "excluded", without))
        elif read.words or read.phrases:
            made.append(Chip(raw, "", raw, "word", without))
    return made


def words_of(query: str) -> list[str]:
    """The words and phrases that titles are searched for."""
    read = filters.parse(query)
    return [*read.words, *read.phrases]


def _filter_chip(raw: str, found: Filter, without: str) -> Chip:
    name = field_name(found.field)
    if found.is_negated:
        name = _("not: %(name)s") % {"name": name}
    text = _key(raw, found) if found.field == "key" else _said(found)
    return Chip(raw, name, text, "filter", without)


def _key(raw: str, found: Filter) -> str:
    """A key as it was written, sharp or flat; written another way (8A), as keys are read."""
    written = values.KEY.fullmatch(raw.partition(":")[2].strip('"= '))
    mark = MARKS.get(written[2].lower(), "") if written else ""
    tonic = f"{written[1].upper()}{mark}" if written and mark else ""
    return key_words(found.text or "", found.mode or "", tonic=tonic)


def _said(found: Filter) -> str:
    if found.range is not None:
        return f"{_range(found)}{_unit(found.field)}"
    if found.dates is not None:
        return " – ".join(str(day or "…") for day in found.dates)
    if found.is_wanted is not None:
        return _("yes") if found.is_wanted else _("no")
    return " ".join(str(part) for part in (found.text, found.mode) if part)


def _range(found: Filter) -> str:
    low, high = _number(found, found.range.low), _number(found, found.range.high)  # type: ignore[union-attr]
    if low and high:
        return low if low == high else f"{low}–{high}"
    return f"≥ {low}" if low else f"≤ {high}"


def _number(found: Filter, value: Any) -> str:
    if value is None or not math.isfinite(value):
        return ""
    if found.field == "duration_s":
        return f"{int(value) // 60}:{int(value) % 60:02}"
    text = f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"
    return text.replace("-", "−")


def _unit(field: str) -> str:
    return {
        "tempo_bpm": " BPM",
        "loudness_lufs": " LUFS",
        "loudness_range_lu": " LU",
        "true_peak_dbtp": " dBTP",
        "centroid_hz": " Hz",
        "sample_rate": " Hz",
        "bit_rate_kbps": " kbit/s",
        "age_days": _(" days ago"),
        "days_unplayed": _(" days ago"),
    }.get(field, "")


def field_name(field: str) -> str:
    """A field's name as people read it; one without words keeps its own."""
    return {
        "tempo_bpm": _("Tempo"),
        "loudness_lufs": _("Loudness"),
        "loudness_range_lu": _("Loudness range"),
        "true_peak_dbtp": _("True peak"),
        "centroid_hz": _("Brightness"),
        "stereo_width": _("Width"),
        "stereo_correlation": _("Correlation"),
        "tuning_cents": _("Tuning"),
        "year": _("Year"),
        "rating": _("Rating"),
        "channels": _("Channels"),
        "sample_rate": _("Sample rate"),
        "bit_rate_kbps": _("Bit rate"),
        "duration_s": _("Duration"),
        "artist": _("Artist"),
        "album": _("Album"),
        "title": _("Title"),
        "genre": _("Genre"),
        "file": _("File name"),
        "prompt": _("Prompt"),
        "format": _("Format"),
        "mode": _("Mode"),
        "key": _("Key"),
        "is_generated": _("Made by AI"),
        "is_starred": _("Starred"),
        "has_lyrics": _("Has lyrics"),
        "is_lossless": _("Lossless"),
        "created_at": _("Added"),
        "age_days": _("Added"),
        "added_on": _("Added"),
        "plays": _("Plays"),
        "played_on": _("Last played"),
        "days_unplayed": _("Last played"),
        "tag": _("Tag"),
    }.get(field, field)

"""The notes of a composed piece as numbers for the piano roll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from songloom.core.query.prompt_words import program_name
from songloom.core.score.roll import RollPart, roll
from songloom.generate.models import Generation
from songloom.interfaces.web.slots import is_chinese
from songloom.library import storage

DYES = ("accent", "indigo", "mugwort", "walnut", "lotus", "gardenia")  # of the parts in order


def roll_document(made: Generation) -> dict[str, Any]:
    """Length, bars, chords, sections, and parts with notes as [from_s, to_s, pitch]."""
    sha256 = made.midi_sha256
    is_there = bool(sha256) and storage.is_there(sha256, "scores")
    parts = roll(storage.read_bytes(sha256, "scores")) if is_there else []
    chosen = made.choices
    ends = [note.end_s for part in parts for note in part.notes]
    return {
        "seconds": chosen.get("seconds") or max(ends, default=0.0),
        "n_bars": chosen.get("n_bars") or 0,
        "chords": chosen.get("chords") or [],
        "sections": [
            [section["first_bar"], section["n_bars"], section_name(section)]
            for section in chosen.get("sections") or []
        ],
        "parts": [part_document(part) for part in parts],
    }


def section_name(section: Mapping[str, Any]) -> str:
    """A section by its letter; what comes before and after the letters by its kind."""
    kinds = {"intro": _("Intro"), "coda": _("Coda")}
    return str(section["letter"] or kinds.get(section["kind"], section["kind"]))


def part_name(name: str) -> str:
    """A part's name in the reader's language; one of the score's own names otherwise."""
    kind, _space, number = name.partition(" ")
    named = {
        "melody": _("Melody"),
        "counter": _("Counterpoint"),
        "chords": _("Accompaniment"),
        "bass": _("Bass"),
        "pad": _("Pad"),
        "rhythm": _("Rhythm"),
        "drums": _("Drums"),
    }.get(kind)
    return f"{named} {number}".strip() if named else name


def part_document(part: RollPart) -> dict[str, Any]:
    """A part with its instrument in the reader's language; drums have no pitch to show."""
    instrument = "" if part.is_drums else program_name(part.program, is_chinese=is_chinese())
    return {
        "id": part.name,
        "name": part_name(part.name),
        "instrument": instrument,
        "is_drums": part.is_drums,
        "notes": [[round(n.start_s, 3), round(n.end_s, 3), n.pitch] for n in part.notes],
    }

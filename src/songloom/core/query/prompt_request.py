"""What a prompt asks for: wishes, and for each of them the words it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

SHORTEST_S, LONGEST_S = 5.0, 600.0
SLOWEST_BPM, FASTEST_BPM = 30.0, 240.0
MODES = (
    "major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian",
    "gong", "shang", "jue", "zhi", "yu",
)  # fmt: skip
METRES = (
    "2/4",
    "3/4",
    "4/4",
    "5/4",
    "6/4",
    "2/2",
    "3/2",
    "3/8",
    "5/8",
    "6/8",
    "7/8",
    "9/8",
    "12/8",
)
FIELDS = (
    "key", "mode", "metre", "bpm", "seconds", "instruments", "excluded", "drums", "mood",
    "style", "form", "chords", "role", "like",
)  # fmt: skip


@dataclass(frozen=True)
class Mood:
    """valence −1 (sad) … 1 (glad), energy −1 (still) … 1 (wild)."""

    valence: float
    energy: float


@dataclass(frozen=True)
class Slot:
    """How one wish was read.

    how    understood: said outright · inferred: follows from a word · replaced: the nearest
           stands in · not_understood
    words  the words of the prompt, as written
    """

    name: str
    how: str
    words: str

    def document(self) -> dict[str, str]:
        """As JSON."""
        return {"name": self.name, "how": self.how, "words": self.words}


@dataclass(frozen=True)
class Request:
    """Wishes; None where nothing was asked.

    key          0–11, C = 0
    metre        "3/4"; bpm counts its beats (dotted quarters in 6/8, 9/8, 12/8)
    instruments  General MIDI programs 0–127, in the order they were named
    excluded     programs that must not sound
    chords       names as written ("Am", "F", "C/G"), one a bar, kept exactly
    changed      sentences in the prompt's language: what was asked, and what stands in for it
    title        of the piece, where one was given; no part of the document
    slots        where each wish came from; no part of the document
    """

    key: int | None = None
    mode: str | None = None
    metre: str | None = None
    bpm: float | None = None
    seconds: float | None = None
    instruments: tuple[int, ...] | None = None
    excluded: tuple[int, ...] | None = None
    drums: bool | None = None
    mood: Mood | None = None
    style: str | None = None
    form: str | None = None
    chords: tuple[str, ...] | None = None
    role: str | None = None
    like: str | None = None
    not_understood: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    title: str | None = None
    language: str = "en"
    slots: tuple[Slot, ...] = ()

    def document(self) -> dict[str, Any]:
        """The `request` object that interfaces show, JSON-able; what was not asked is null."""
        found: dict[str, Any] = {name: _plain(getattr(self, name)) for name in FIELDS}
        return found | {
            "not_understood": list(self.not_understood),
            "changed": list(self.changed),
        }

    def having(self, **wishes: Any) -> Request:
        """The same request with some wishes replaced."""
        return replace(self, **wishes)


def _plain(wish: Any) -> Any:
    if isinstance(wish, tuple):
        return list(wish)
    if isinstance(wish, Mood):
        return {"valence": wish.valence, "energy": wish.energy}
    if isinstance(wish, float) and wish.is_integer():
        return int(wish)
    return wish

"""What a prompt asks for: wishes, and for each of them the words it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from songloom.errors import BadValue

SHORTEST_S, LONGEST_S = 5.0, 600.0
SLOWEST_BPM, FASTEST_BPM = 30.0, 240.0
MODES = (
    "major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian",
    "gong", "shang", "jue", "zhi", "yu",
)  # fmt: skip
MODELS = ("transformer", "lstm")  # the first is taken where none is named
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
    "style", "form", "chords", "role", "like", "model",
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
    model        who writes the tune: "transformer" or "lstm"
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
    model: str | None = None
    not_understood: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    title: str | None = None
    language: str = "en"
    slots: tuple[Slot, ...] = ()

    def document(self) -> dict[str, Any]:
        """The `request` object that interfaces show, JSON-able; what was not asked is null.

        A model is no wish for music: it stands there only if one was named.
        """
        found: dict[str, Any] = {name: _plain(getattr(self, name)) for name in FIELDS}
        if self.model is None:
            del found["model"]
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


def from_document(document: Mapping[str, Any]) -> Request:
    """A request from its JSON, as a page or a script may have edited it.

    Raises BadValue that names the first field with a value outside its range; unknown fields are
    ignored.
    """
    wishes: dict[str, Any] = {}
    for name, read in READERS.items():
        asked = document.get(name)
        if asked is not None:
            try:
                wishes[name] = read(asked)
            except (KeyError, TypeError, ValueError) as wrong:
                raise BadValue(
                    f"{name}: {str(asked)[:80]!r} was asked; {ALLOWED[name]}", field=name
                ) from wrong
    for name in ("not_understood", "changed"):
        wishes[name] = tuple(str(text)[:300] for text in document.get(name) or ())[:100]
    return Request(**wishes)


def _within(low: float, high: float) -> Callable[[Any], float]:
    def read(asked: Any) -> float:
        number = float(asked)
        if isinstance(asked, bool) or not low <= number <= high:
            raise ValueError
        return number

    return read


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(asked: Any) -> int:
        if isinstance(asked, bool) or int(asked) != float(asked) or not low <= int(asked) <= high:
            raise ValueError
        return int(asked)

    return read


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    def read(asked: Any) -> str:
        if asked not in allowed:
            raise ValueError
        return str(asked)

    return read


def _programs(asked: Any) -> tuple[int, ...] | None:
    read = _whole(0, 127)
    return tuple(dict.fromkeys(read(program) for program in list(asked)[:32])) or None


def _mood(asked: Any) -> Mood:
    read = _within(-1.0, 1.0)
    return Mood(read(asked["valence"]), read(asked["energy"]))


def _truth(asked: Any) -> bool:
    if not isinstance(asked, bool):
        raise ValueError
    return asked


def _name(asked: Any) -> str:
    if not isinstance(asked, str) or len(asked) > 300:
        raise ValueError
    return asked


def _form(asked: Any) -> str:
    if not isinstance(asked, str) or not 1 <= len(asked) <= 32 or set(asked) - set("ABCDEFGH"):
        raise ValueError
    return asked


def _chords(asked: Any) -> tuple[str, ...] | None:
    names = tuple(_name(name) for name in list(asked)[:64])
    return names or None


READERS: dict[str, Callable[[Any], Any]] = {
    "key": _whole(0, 11), "mode": _one_of(MODES), "metre": _one_of(METRES),
    "bpm": _within(SLOWEST_BPM, FASTEST_BPM), "seconds": _within(SHORTEST_S, LONGEST_S),
    "instruments": _programs, "excluded": _programs, "drums": _truth, "mood": _mood,
    "style": _name, "form": _form, "chords": _chords, "role": _name, "like": _name,
    "model": _one_of(MODELS),
}  # fmt: skip
ALLOWED = {
    "key": "allowed are 0 (C) to 11 (B)",
    "mode": f"allowed are {', '.join(MODES)}",
    "metre": f"allowed are {', '.join(METRES)}",
    "bpm": f"allowed are {SLOWEST_BPM:g} to {FASTEST_BPM:g}",
    "seconds": f"allowed are {SHORTEST_S:g} to {LONGEST_S:g}",
    "instruments": "allowed are General MIDI programs, 0 to 127",
    "excluded": "allowed are General MIDI programs, 0 to 127",
    "drums": "allowed are true and false",
    "mood": "allowed are valence and energy from -1 to 1",
    "style": "allowed is a name of at most 300 characters",
    "form": "allowed are 1 to 32 letters from A to H",
    "chords": "allowed are at most 64 chord names",
    "role": "allowed is a name of at most 300 characters",
    "like": "allowed is a name of at most 300 characters",
    "model": f"allowed are {', '.join(MODELS)}",
}

"""A request as slots: what was understood, inferred, replaced; each one can be edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songloom.core.query.prompt_request import METRES, MODES
from songloom.core.query.prompt_words import lexicon, program_name
from songloom.interfaces.web.templatetags.weave import script

TONICS = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
LONGEST_CHORDS, LONGEST_FORM = 600, 60  # characters
MOODS = ("calm", "glad", "wild", "sad", "dark")  # corners of valence and energy
MOOD_VALUES: dict[str, tuple[float, float]] = {
    "calm": (0.2, -0.6),
    "glad": (0.8, 0.4),
    "wild": (0.4, 0.9),
    "sad": (-0.7, -0.4),
    "dark": (-0.6, 0.5),
}


@dataclass
class Slot:
    """One wish as a control.

    kind    select, number, many (several choices), or text
    how     understood, inferred, replaced, or "" where nothing was asked
    words   the words of the prompt that it came from
    """

    name: str
    label: str
    kind: str
    value: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[tuple[str, str]] = field(default_factory=list)
    how: str = ""
    words: str = ""
    low: float = 0
    high: float = 0
    unit: str = ""

    @property
    def is_asked(self) -> bool:
        return bool(self.value or self.chosen)

    @property
    def shown(self) -> str:
        """The value as people read it."""
        if self.kind == "many":
            return _(", ").join(label for _value, label in self.chosen)
        if self.kind == "select":
            return dict(self.options).get(self.value, self.value)
        return f"{self.value} {self.unit}".strip()


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def slots_of(request: Mapping[str, Any], origins: list[dict[str, str]]) -> list[Slot]:
    """Every wish that can be edited, asked or not, with where it came from."""
    seconds, wanted = _text(request["seconds"]), _programs(request["instruments"])
    unwanted = _programs(request["excluded"])
    drums = [("yes", _("with drums")), ("no", _("no drums"))]
    slots = [
        Slot("style", _("Form"), "select", _text(request["style"]), styles()),
        Slot("key", _("Key"), "select", _text(request["key"]), keys()),
        Slot("mode", _("Mode"), "select", _text(request["mode"]), modes()),
        Slot("metre", _("Metre"), "select", _text(request["metre"]), [(m, m) for m in METRES]),
        Slot("bpm", _("Tempo"), "number", _text(request["bpm"]), low=30, high=240, unit="BPM"),
        Slot("seconds", _("Length"), "number", seconds, low=5, high=600, unit=_("s")),
        Slot("instruments", _("Instruments"), "many", options=programs(), chosen=wanted),
        Slot("excluded", _("Without"), "many", options=programs(), chosen=unwanted),
        Slot("drums", _("Drums"), "select", _truth(request["drums"]), drums),
        Slot("mood", _("Mood"), "select", mood_name(request["mood"]), moods()),
        Slot("chords", _("Chords"), "text", " ".join(request["chords"] or ())),
        Slot("form", _("Sections"), "text", _text(request["form"])),
        Slot("role", _("Role"), "select", _text(request["role"]), roles()),
    ]
    for slot in slots:
        _explain(slot, origins)
    return slots


def _explain(slot: Slot, origins: list[dict[str, str]]) -> None:
    order = ("replaced", "inferred", "understood")
    mine = [one for one in origins if one["name"] == slot.name and one["how"] in order]
    ranked = sorted(mine, key=lambda one: order.index(one["how"]))
    if ranked and slot.is_asked:
        slot.how, slot.words = ranked[0]["how"], ranked[0]["words"]


def edited(form: QueryDict, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The request with what the form changed; None where it changed nothing."""
    document = dict(request)
    for name, read in READERS.items():
        if name in form:
            document[name] = read(form, request)
    return None if document == dict(request) else document


def _one(form: QueryDict, name: str) -> str:
    return str(form.get(name, "")).strip()


def _read_number(name: str) -> Any:
    def read(form: QueryDict, _request: Mapping[str, Any]) -> Any:
        text = _one(form, name)
        try:
            number = float(text)
        except ValueError:
            return text or None
        return int(number) if number.is_integer() else number

    return read


def _read_text(name: str) -> Any:
    return lambda form, _request: _one(form, name)[:300] or None


def _read_key(form: QueryDict, _request: Mapping[str, Any]) -> int | None:
    text = _one(form, "key")
    return int(text) if text.isdecimal() and len(text) < 3 else None


def _read_many(name: str) -> Any:
    def read(form: QueryDict, _request: Mapping[str, Any]) -> list[int] | None:
        values = [int(v) for v in form.getlist(name) if v.isdecimal() and len(v) < 4]
        return values or None

    return read


def _read_drums(form: QueryDict, _request: Mapping[str, Any]) -> bool | None:
    return {"yes": True, "no": False}.get(_one(form, "drums"))


def _read_chords(form: QueryDict, _request: Mapping[str, Any]) -> list[str] | None:
    return _one(form, "chords")[:LONGEST_CHORDS].replace("|", " ").replace(",", " ").split() or None


def _read_form(form: QueryDict, _request: Mapping[str, Any]) -> str | None:
    return _one(form, "form")[:LONGEST_FORM].upper().replace(" ", "") or None


def _read_mood(form: QueryDict, request: Mapping[str, Any]) -> dict[str, float] | None:
    """A mood by name; the name of the mood that was read keeps its own two numbers."""
    named = _one(form, "mood")
    if named == mood_name(request["mood"]):
        kept: dict[str, float] | None = request["mood"]
        return kept
    chosen = MOOD_VALUES.get(named)
    return {"valence": chosen[0], "energy": chosen[1]} if chosen else None


READERS: dict[str, Any] = {
    "style": _read_text("style"),
    "key": _read_key,
    "mode": _read_text("mode"),
    "metre": _read_text("metre"),
    "bpm": _read_number("bpm"),
    "seconds": _read_number("seconds"),
    "instruments": _read_many("instruments"),
    "excluded": _read_many("excluded"),
    "drums": _read_drums,
    "mood": _read_mood,
    "chords": _read_chords,
    "form": _read_form,
    "role": _read_text("role"),
}


def styles() -> list[tuple[str, str]]:
    """Dances and genres, named in the reader's language by the lexicon's own words."""
    return [(name, _word(entry["words"], name)) for name, entry in lexicon()["styles"].items()]


def _word(words: list[str], fallback: str) -> str:
    wanted = [word for word in words if (script(word) == "zh") == is_chinese()]
    return wanted[0] if wanted else fallback


def keys() -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in enumerate(TONICS)]


def modes() -> list[tuple[str, str]]:
    names = {
        "major": _("major"),
        "minor": _("minor"),
        "dorian": _("Dorian"),
        "phrygian": _("Phrygian"),
        "lydian": _("Lydian"),
        "mixolydian": _("Mixolydian"),
        "locrian": _("Locrian"),
        "gong": _("gong (pentatonic)"),
        "shang": _("shang (pentatonic)"),
        "jue": _("jue (pentatonic)"),
        "zhi": _("zhi (pentatonic)"),
        "yu": _("yu (pentatonic)"),
    }
    return [(mode, names.get(mode, mode)) for mode in MODES]


def programs() -> list[tuple[str, str]]:
    """General MIDI by name."""
    return [(str(n), program_name(n, is_chinese=is_chinese())) for n in range(112)]


def moods() -> list[tuple[str, str]]:
    names = {
        "calm": _("calm"),
        "glad": _("glad"),
        "wild": _("wild"),
        "sad": _("sad"),
        "dark": _("dark"),
    }
    return [(mood, names[mood]) for mood in MOODS]


def roles() -> list[tuple[str, str]]:
    """What the piece is for, named by the lexicon's own words."""
    return [(name, _word(words, name)) for name, words in lexicon()["roles"].items()]


def mood_name(mood: Mapping[str, float] | None) -> str:
    """The corner that a mood lies nearest to."""
    if not mood:
        return ""

    def distance(name: str) -> float:
        valence, energy = MOOD_VALUES[name]
        return (mood["valence"] - valence) ** 2 + (mood["energy"] - energy) ** 2

    return min(MOODS, key=distance)


def _programs(chosen: list[int] | None) -> list[tuple[str, str]]:
    return [(str(n), program_name(n, is_chinese=is_chinese())) for n in chosen or []]


def _text(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _truth(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"

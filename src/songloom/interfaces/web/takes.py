"""Takes as people tell them apart: which one, made from which, and what differs between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songloom.core.query.prompt_words import program_name
from songloom.core.score.comparing import Difference
from songloom.generate import services as generate
from songloom.generate.models import Generation
from songloom.interfaces.web.roll import part_name
from songloom.interfaces.web.slots import TONICS, is_chinese, modes

TAKES = 12  # on a page, the latest; the one that is shown stands among them
Said = Callable[[Difference], str]


@dataclass(frozen=True)
class Shown:
    """A take in a list. `said` is what it changes; "" for one composed from its words."""

    generation: Generation
    number: int
    base: int | None
    said: str
    is_here: bool


def shown_takes(here: Generation) -> dict[str, Any]:
    """The takes of a page: those that were not thrown away, and the one that is looked at."""
    language = "zh" if is_chinese() else "en"
    gone = Generation.State.DISCARDED
    takes = [
        Shown(one.generation, one.number, one.base, one.said(language), one.generation == here)
        for one in generate.takes_of(here)
        if one.generation == here or one.generation.state != gone
    ]
    (mine,) = [one for one in takes if one.is_here]
    latest = takes[-TAKES:]
    base = next((one for one in takes if one.number == mine.base), None)
    return {
        "takes": latest if mine in latest else [mine, *latest[1:]],
        "mine": mine,
        "terms": terms_of(here),
        "told": generate.told_in_words(here.choices.get("changes") or [], language),
        "origin": base if base and base.generation.track_id else None,
    }


def terms_of(made: Generation | None) -> list[dict[str, Any]]:
    """What a piece was made with and on which terms; a tool that is not ours has no card."""
    if made is None:
        return []
    used = {"model": made.model_sha256, "soundfont": made.soundfont_sha256}
    ours = {card["sha256"]: card for card in generate.terms()}
    return [ours.get(sha256, {"kind": kind}) for kind, sha256 in used.items() if sha256]


def in_words(found: Difference) -> str:
    """One difference as a sentence."""
    said = SAYINGS[found.what](found)
    return f"{part_name(found.part)}: {said}" if found.part else said


def bars_in_words(found: Difference) -> str:
    """ "5–8, 12" for the bars of a difference."""
    return ", ".join(f"{a}–{b}" if a < b else str(a) for a, b in found.bars)


def _key(value: Any) -> str:
    key, mode = value
    return f"{TONICS[key]} {dict(modes()).get(mode, mode)}"


def _pair(name: str, before: Any, after: Any) -> str:
    return _("%(name)s: %(before)s, now %(after)s") % {
        "name": name, "before": before, "after": after,
    }  # fmt: skip


def _program(program: int) -> str:
    return program_name(program, is_chinese=is_chinese())


def _moved(found: Difference) -> str:
    by = abs(found.after)
    if found.after > 0:
        return ngettext("%(n)s semitone higher", "%(n)s semitones higher", by) % {"n": by}
    return ngettext("%(n)s semitone lower", "%(n)s semitones lower", by) % {"n": by}


def _notes(found: Difference) -> str:
    return _("%(gone)s notes gone, %(come)s new, in bars %(bars)s") % {
        "gone": found.before, "come": found.after, "bars": bars_in_words(found),
    }  # fmt: skip


SAYINGS: dict[str, Said] = {
    "key": lambda found: _pair(_("Key"), _key(found.before), _key(found.after)),
    "metre": lambda found: _pair(_("Metre"), found.before, found.after),
    "bpm": lambda found: _pair(_("Tempo"), f"{found.before:g}", f"{found.after:g} BPM"),
    "n_bars": lambda found: _pair(_("Bars"), found.before, found.after),
    "chords": lambda found: _("Other chords in bars %(bars)s") % {"bars": bars_in_words(found)},
    "gone": lambda _found: _("not there any more"),
    "new": lambda _found: _("is new"),
    "instrument": lambda found: (
        _("%(before)s, now %(after)s")
        % {"before": _program(found.before), "after": _program(found.after)}
    ),
    "moved": _moved,
    "notes": _notes,
}

"""`songloom regenerate`: the same piece again, or one thing of it changed."""

from __future__ import annotations

import argparse
import re
from typing import Any

from songloom.errors import BadValue
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import (
    Arguments,
    Outcome,
    Verb,
    takes_no_wait,
    takes_track,
)

BARS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")


def verbs() -> list[Verb]:
    return [
        Verb(
            "regenerate",
            lambda: _("Write a composed piece again, or change one thing in it."),
            _arguments,
            regenerate,
            wrong=_wrong,
        )
    ]


def _arguments(parser: argparse.ArgumentParser) -> None:
    takes_track(parser)
    add = parser.add_argument
    add("--part", metavar=_("PART"), help=_("melody, chords, bass, drums … is written anew"))
    add("--bars", metavar="5-8", help=_("only these bars are written anew, counted from 1"))
    add("--section", type=int, metavar="N", help=_("only this section is written anew"))
    add("--mute", metavar=_("PART"), help=_("this part is left out"))
    add("--instrument", metavar="PART=N", help=_("another General MIDI program for a part"))
    add("--transpose", type=int, metavar=_("SEMITONES"), help=_("all but the drums, and the key"))
    add("--chord", metavar="BAR=NAME", help=_("another chord in one bar, as in 3=F"))
    add("--seed", type=int, help=_("the same seed gives the same piece"))
    takes_no_wait(parser)


def _wrong(given: Arguments) -> str | None:
    if given.bars is not None and given.section is not None:
        return _("--bars and --section were both given; give one of them")
    return None


def regenerate(given: Arguments) -> Outcome:
    """Without a change the piece is written again and compared; with one it becomes a take."""
    from songloom.generate import services

    track = tracks.find(given.track)
    changes = changes_of(given)
    if changes:
        from songloom.interfaces.cli.composing import made

        take, job = services.revise(track, changes, owner=tracks.who(), seed=given.seed)
        return made([take], job, no_wait=given.no_wait)
    piece = services.made_by(track, tracks.who())
    is_same = services.is_reproduced(piece, services.write_score(piece))
    document = {"track": str(track.pk), "midi_sha256": piece.midi_sha256, "is_same": is_same}
    told = _("the same notes, byte for byte") if is_same else _("other notes: the composer changed")
    return Outcome(document, [told], is_done=is_same)


def changes_of(given: Arguments) -> list[dict[str, Any]]:
    """The options as changes, in the order in which they are made."""
    changes: list[dict[str, Any]] = []
    if given.part is not None or given.bars is not None or given.section is not None:
        again = {"change": "again", "part": given.part, "section": given.section}
        changes.append(again | {"bars": _bars(given.bars)})
    if given.mute is not None:
        changes.append({"change": "mute", "part": given.mute})
    if given.instrument is not None:
        part, program = _pair(given.instrument, "--instrument melody=73")
        changes.append({"change": "instrument", "part": part, "program": _number(program)})
    if given.transpose is not None:
        changes.append({"change": "transpose", "semitones": given.transpose})
    if given.chord is not None:
        bar, name = _pair(given.chord, "--chord 3=F")
        changes.append({"change": "chord", "bar": _number(bar), "chord": name})
    return changes


def _bars(text: str | None) -> list[int] | None:
    if text is None:
        return None
    match = BARS.fullmatch(text)
    if match is None:
        raise BadValue(f"--bars 5-8 names the first and the last bar, not {text[:40]!r}")
    return [int(match[1]), int(match[2] or match[1])]


def _pair(text: str, example: str) -> tuple[str, str]:
    before, sign, after = text.partition("=")
    if not (before and sign and after):
        raise BadValue(f"{text[:40]!r} is no pair; write it like {example}")
    return before, after


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 6 else text

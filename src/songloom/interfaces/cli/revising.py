"""`songloom regenerate`: the same piece again, or one thing of it changed."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.errors import BadValue, NoSuchFile
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _, spoken
from songloom.interfaces.cli.places import refuse_place
from songloom.interfaces.cli.verbs import (
    Arguments,
    Outcome,
    Verb,
    takes_no_wait,
    takes_track,
)

if TYPE_CHECKING:
    from songloom.generate.services import Repeated
    from songloom.library.models import Track

AT_ONCE_BYTES = 1 << 16
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
    add(
        "--midi", type=Path, metavar=_("FILE"), help=_("its MIDI file, edited elsewhere, as a take")
    )
    add("--stems", type=Path, metavar=_("DIR"), help=_("write each part as a FLAC file there"))
    add("--loop", type=Path, metavar=_("FILE"), help=_("write --bars as a FLAC file that loops"))
    add("--abc", type=Path, metavar=_("FILE"), help=_("write the tune with its chords in ABC"))
    add("--seed", type=int, help=_("the same seed gives the same piece"))
    takes_no_wait(parser)


def _wrong(given: Arguments) -> str | None:
    if given.bars is not None and given.section is not None:
        return _("--bars and --section were both given; give one of them")
    if given.midi is not None and changes_of(given):
        return _("--midi stands alone: the file says what is changed")
    return None


def regenerate(given: Arguments) -> Outcome:
    """Without a change the piece is written again and compared; with one it becomes a take."""
    from songloom.generate import services

    track = tracks.find(given.track)
    if given.midi is not None:
        return _brought_back(given, track)
    if given.stems is not None or given.loop is not None or given.abc is not None:
        return _left(given, track)
    changes = changes_of(given)
    if changes:
        from songloom.interfaces.cli.composing import made

        take, job = services.revise(track, changes, owner=tracks.who(), seed=given.seed)
        return made([take], job, no_wait=given.no_wait)
    piece = services.made_by(track, tracks.who())
    again = services.repeat(piece)
    is_same = again.has_same_notes and again.has_same_sound is not False
    document = {"track": str(track.pk), "midi_sha256": piece.midi_sha256, "is_same": is_same}
    document |= {"has_same_sound": again.has_same_sound}
    return Outcome(document, _told(again), is_done=is_same)


def _told(again: Repeated) -> list[str]:
    notes = (
        _("the same notes, byte for byte")
        if again.has_same_notes
        else _("other notes: the composer changed")
    )
    sound = {
        True: _("the same sound, sample for sample"),
        False: _("another sound: the renderer changed"),
        None: _("not played again: it was played with another soundfont"),
    }[again.has_same_sound]
    return [notes, sound]


def _brought_back(given: Arguments, track: Track) -> Outcome:
    """The edited file as a take, and what had to be changed to play it."""
    from songloom.generate import services
    from songloom.interfaces.cli.composing import made

    if not given.midi.is_file():
        raise NoSuchFile(f"there is no file {given.midi}")
    take, job = services.bring_back(track, _pieces(given.midi), owner=tracks.who())
    outcome = made([take], job, no_wait=given.no_wait)
    language = "zh" if spoken().startswith("zh") else "en"
    told = services.told_in_words(take.choices["changes"], language)
    return replace(outcome, lines=[*outcome.lines, *(f"! {sentence}" for sentence in told)])


def _left(given: Arguments, track: Track) -> Outcome:
    """Files of the piece as it is; it does not change."""
    from songloom.generate import services

    piece = services.made_by(track, tracks.who())
    written: list[Path] = []
    for file in (given.loop, given.abc):
        if file is not None:
            refuse_place(file.parent)
    if given.stems is not None:
        refuse_place(given.stems)
        written += services.write_stems(piece, given.stems)
    if given.loop is not None:
        services.write_loop(piece, given.loop, _bars(given.bars))
        written.append(given.loop)
    if given.abc is not None:
        given.abc.write_text(services.sheet(piece), encoding="utf-8")
        written.append(given.abc)
    paths = [str(path) for path in written]
    return Outcome({"track": str(track.pk), "written": paths}, paths)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(AT_ONCE_BYTES), b"")


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

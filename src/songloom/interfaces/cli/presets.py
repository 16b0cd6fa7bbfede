"""`songloom preset`: recipes under a name."""

from __future__ import annotations

import argparse
from typing import Any

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.editing import takes_edits, wished
from songloom.interfaces.cli.language import _, chosen
from songloom.interfaces.cli.verbs import (
    Arguments,
    Document,
    Outcome,
    Verb,
    nested,
    no_arguments,
)


def verbs() -> list[Verb]:
    return [Verb("preset", lambda: _("Keep recipes under a name."), _arguments, _act)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    nested(
        parser,
        {
            "list": (_("Show every preset."), no_arguments),
            "save": (_("Keep edits under a name."), _saving),
            "remove": (_("Forget one of your presets."), _naming),
            "diff": (_("Show what differs between two presets."), _comparing),
        },
    )


def _naming(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar=_("NAME"))


def _comparing(parser: argparse.ArgumentParser) -> None:
    _naming(parser)
    parser.add_argument("other", metavar=_("NAME"))


def _saving(parser: argparse.ArgumentParser) -> None:
    _naming(parser)
    takes_edits(parser)
    parser.add_argument("--format", default="flac", metavar="mp3|opus|flac|ogg|m4a|wav")
    parser.add_argument("--bitrate", type=int, metavar=_("KBPS"))


def _act(given: Arguments) -> Outcome:
    acts = {"list": _list, "save": _save, "remove": _remove, "diff": _diff}
    return acts[given.what](given)


def _list(given: Arguments) -> Outcome:
    from songloom.process.presets import presets_of

    found = presets_of(tracks.who())
    return Outcome({"presets": _named(found)}, [_line(name, one) for name, one in found.items()])


def _save(given: Arguments) -> Outcome:
    from songloom.process.presets import save_preset

    edits, _usual = wished(given)
    made = save_preset(
        given.name,
        edits,
        owner=tracks.who(),
        format=given.format,
        bit_rate_kbps=given.bitrate,
    )
    return Outcome({"name": given.name, **made}, [_line(given.name, made)])


def _remove(given: Arguments) -> Outcome:
    from songloom.process.presets import drop_preset

    drop_preset(given.name, owner=tracks.who())
    return Outcome({"removed": given.name}, [])


def _diff(given: Arguments) -> Outcome:
    from songloom.core.audio.recipe import read
    from songloom.core.audio.recipe_diff import diff
    from songloom.process.presets import preset

    one, other = (read(preset(n, tracks.who())["recipe"]) for n in (given.name, given.other))
    found = diff(one, other)
    return Outcome(
        {"changes": [change.document() for change in found]},
        [change.sentence() for change in found],
    )


def _named(found: dict[str, Document]) -> list[Document]:
    return [{"name": name, **one} for name, one in found.items()]


def _line(name: str, one: dict[str, Any]) -> str:
    from songloom.core.audio.presets import PRESETS
    from songloom.process.lineage import summary

    words = PRESETS[name].words if name in PRESETS else None
    about = f"  {chosen(en=words.en, zh=words.zh)}" if words else ""
    return f"{name:<12} {one['format']:<5} {summary(one['recipe'])}{about}"

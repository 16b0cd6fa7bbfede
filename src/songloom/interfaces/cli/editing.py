"""`songloom edit`: edits in the order given make a rendition; the original is never touched."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from songloom.errors import BadValue, NoSuchFile, NotFound
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.batching import over_many
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _, chosen
from songloom.interfaces.cli.places import refuse_place
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, takes_no_wait
from songloom.interfaces.cli.working import finish, queued, succeeded

if TYPE_CHECKING:
    from songloom.core.audio.edits import Edit
    from songloom.library.models import Rendition, Track

DEFAULT_FORMAT = "flac"
PRESET = "=preset"  # no edit is called so


class InOrder(argparse.Action):
    """Collects every edit with its text in `.edits`, as they stand on the line."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        edits = list(getattr(namespace, "edits", None) or [])
        text = values if isinstance(values, str) else None  # an edit may stand alone
        namespace.edits = [*edits, (self.dest, text)]


def verbs() -> list[Verb]:
    return [Verb("edit", lambda: _("Edit a track or a file."), _arguments, edit, wrong=_wrong)]


def _wrong(given: Arguments) -> str | None:
    if (given.source is None) == (given.where is None):
        return _("give one track or file, or --where with a search")
    if given.where is not None and given.out is not None:
        return _("--out is for one track; the renditions of many stay in the library")
    return None


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", metavar=_("TRACK|FILE"))
    takes_edits(parser)
    parser.add_argument("--format", metavar="mp3|opus|flac|ogg|m4a|wav")
    parser.add_argument("--bitrate", type=int, metavar=_("KBPS"))
    parser.add_argument("--out", type=_place, metavar=_("PATH"), help=_("a file, or a folder"))
    parser.add_argument("--save-as-track", action="store_true", help=_("keep it as a new track"))
    many = parser.add_argument_group(_("many tracks at once"))
    many.add_argument("--where", metavar=_("SEARCH"), help=_("every track that this search finds"))
    many.add_argument(
        "--estimate", action="store_true", help=_("say how long and how large, and do nothing")
    )
    takes_no_wait(parser)


def takes_edits(parser: argparse.ArgumentParser) -> None:
    """One option for each edit there is, and one for a preset."""
    from songloom.core.audio.edits import EDITS

    order = parser.add_argument_group(_("edits, applied in the order given"))
    for name, kind in EDITS.items():
        order.add_argument(
            f"--{name.replace('_', '-')}",
            dest=name,
            action=InOrder,
            default=argparse.SUPPRESS,
            nargs=0 if not kind.parameters else "?" if kind.is_bare else None,
            metavar=kind.example or None,
            help=_help(kind),
        )
    order.add_argument(
        "--preset",
        dest=PRESET,
        action=InOrder,
        metavar=_("NAME"),
        default=argparse.SUPPRESS,
        help=_("the edits of a preset; `songloom preset list` shows them"),
    )


def _help(kind: type[Edit]) -> str:
    """What an edit is called, and what stands in its text."""
    said = chosen(en=kind.words.en, zh=kind.words.zh)
    values = [f"{chosen(en=p.words.en, zh=p.words.zh)} {p.unit}".strip() for p in kind.parameters]
    return (f"{said}: {'; '.join(values)}" if values else said).replace("%", "%%")


def edit(given: Arguments) -> Outcome:
    from songloom.process import services

    edits, usual = wished(given)
    form = _format(given, usual)
    rate = given.bitrate or (usual.get("bit_rate_kbps") if given.format is None else None)
    order = services.Order.of(edits, form, rate)  # what is wrong is said before anything is added
    if given.where is not None:
        return over_many(given, order)
    _refuse_place(given)
    track = _track(given.source)
    job = services.start(
        track,
        edits,
        owner=tracks.who(),
        format=form,
        bit_rate_kbps=order.bit_rate_kbps,
        save_as_track=given.save_as_track,
    )
    recipe = job.arguments["recipe"]
    if given.no_wait:
        waiting = {"track": str(track.pk), "rendition": None, "saved_track": None}
        return queued(waiting | {"recipe": recipe}, [job])
    ended = next(each for each in finish([job]) if each.pk == job.pk)
    result = succeeded(ended).result
    if result is None:
        raise NotFound("the track was thrown away meanwhile")
    return _told(given, track, result, recipe)


def wished(given: Arguments) -> tuple[list[Document], Document]:
    """The edits in their order, presets unfolded; and the format that the last preset is for."""
    from songloom.core.audio.options import parse_option
    from songloom.process.presets import preset

    edits: list[Document] = []
    usual: Document = {}
    for name, text in getattr(given, "edits", []):
        if name == PRESET:
            usual = preset(text, tracks.who())
            edits += usual["recipe"]["edits"]
        else:
            edits.append(parse_option(name, text))
    return edits, usual


def _format(given: Arguments, usual: Document) -> str:
    """As asked, else by the ending of `--out`, else as the preset has it, else without any loss."""
    from songloom.core.audio.formats import ALIASES, RENDITIONS

    ending = given.out.suffix.lstrip(".").lower() if given.out else ""
    known = ending in RENDITIONS or ending in ALIASES or ending == "aac"
    otherwise = usual.get("format", DEFAULT_FORMAT)
    return str(given.format or (ending if known and not given.out.is_dir() else otherwise))


def _place(text: str) -> Path:
    """A name that ends in a slash is a folder, made if it is not there."""
    place = Path(text)
    if text.endswith(os.sep) and place.parent.is_dir():
        place.mkdir(exist_ok=True)
    return place


def _refuse_place(given: Arguments) -> None:
    """Neither the original nor anything that the library speaks of is written over."""
    if given.out is None:
        return
    out = given.out.resolve()
    if out == Path(given.source).resolve():
        raise BadValue("--out is the file that is edited; an original is never touched")
    refuse_place(out)
    if not out.is_dir() and not out.parent.is_dir():
        raise NoSuchFile(f"there is no folder {out.parent}")


def _track(source: str) -> Track:
    """The track of that id; a file is brought into the library first."""
    from songloom.acquire import services
    from songloom.library.models import Track

    if not Path(source).is_file():
        return _found(source)
    job = services.add_path_later(Path(source), owner=tracks.who())
    added = succeeded(next(each for each in finish([job]) if each.pk == job.pk))
    (track_id,) = (added.result or {})["track_ids"]
    return Track.objects.with_names().get(pk=UUID(track_id))


def _found(source: str) -> Track:
    try:
        return tracks.find(source)
    except NotFound:
        words = _("there is no file “%(name)s”, and no track with such an id")
        raise said(NotFound(words % {"name": source[:200]})) from None


def _told(given: Arguments, track: Track, result: Document, recipe: Document) -> Outcome:
    from songloom.library import storage
    from songloom.library.models import Rendition, Track
    from songloom.library.services.documents import track_document

    rendition = Rendition.objects.get(pk=UUID(result["rendition_id"]))
    path = storage.where(rendition.sha256, "renditions")
    if given.out is not None:
        with storage.at_hand(rendition.sha256, "renditions") as made:
            path = str(_copied(made, given, track, rendition))
    saved = Track.objects.with_names().filter(pk__in=result["track_ids"]).first()
    document = {
        "track": str(track.pk),
        "rendition": {
            "id": str(rendition.pk),
            "path": path,
            "format": rendition.format,
            "duration_s": rendition.duration_s,
            "sha256": rendition.sha256,
        },
        "saved_track": track_document(saved) if saved else None,
        "recipe": recipe,
    }
    return Outcome(document, [path, *([tracks.line(saved)] if saved else [])])


def _copied(source: Path, given: Arguments, track: Track, rendition: Rendition) -> Path:
    """Whole or not at all: beside the target first, then renamed onto it."""
    from songloom.interfaces.answers.files import file_name

    target: Path = given.out
    if target.is_dir():
        target /= file_name(f"{track.title}.{rendition.format}")
    if target.resolve() == Path(given.source).resolve():
        raise BadValue("the rendition would take the place of the file that is edited; name --out")
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".songloom-")
    os.close(handle)
    try:
        shutil.copyfile(source, draft)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return target

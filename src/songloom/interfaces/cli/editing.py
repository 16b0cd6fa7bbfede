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
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _, chosen
from songloom.interfaces.cli.places import refuse_place
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, takes_no_wait
from songloom.interfaces.cli.working import finish, queued, succeeded

if TYPE_CHECKING:
    from songloom.core.audio.edits import Edit
    from songloom.library.models import Rendition, Track

DEFAULT_FORMAT = "flac"


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
    return [Verb("edit", lambda: _("Edit a track or a file."), _arguments, edit)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    from songloom.core.audio.edits import EDITS

    parser.add_argument("source", metavar=_("TRACK|FILE"))
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
    parser.add_argument("--format", metavar="mp3|opus|flac|ogg|m4a|wav")
    parser.add_argument("--bitrate", type=int, metavar=_("KBPS"))
    parser.add_argument("--out", type=_place, metavar=_("PATH"), help=_("a file, or a folder"))
    parser.add_argument("--save-as-track", action="store_true", help=_("keep it as a new track"))
    takes_no_wait(parser)


def _help(kind: type[Edit]) -> str:
    """What an edit is called, and what stands in its text."""
    said = chosen(en=kind.words.en, zh=kind.words.zh)
    values = [f"{chosen(en=p.words.en, zh=p.words.zh)} {p.unit}".strip() for p in kind.parameters]
    return (f"{said}: {'; '.join(values)}" if values else said).replace("%", "%%")


def edit(given: Arguments) -> Outcome:
    from songloom.core.audio.options import parse_option
    from songloom.process import services

    edits = [parse_option(name, text) for name, text in getattr(given, "edits", [])]
    form = _format(given)
    services.Order.of(edits, form, given.bitrate)  # what is wrong is said before anything is added
    _refuse_place(given)
    track = _track(given.source)
    job = services.start(
        track,
        edits,
        owner=tracks.who(),
        format=form,
        bit_rate_kbps=given.bitrate,
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


def _format(given: Arguments) -> str:
    """As asked, else by the ending of `--out`, else without any loss."""
    from songloom.core.audio.formats import ALIASES, RENDITIONS

    ending = given.out.suffix.lstrip(".").lower() if given.out else ""
    known = ending in RENDITIONS or ending in ALIASES or ending == "aac"
    return str(given.format or (ending if known and not given.out.is_dir() else DEFAULT_FORMAT))


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

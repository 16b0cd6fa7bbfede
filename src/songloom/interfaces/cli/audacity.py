"""`songloom audacity`: a track to Audacity and back."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from songloom.errors import BadValue, NoSuchFile
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, nested, takes_track
from songloom.interfaces.cli.working import finish, succeeded

if TYPE_CHECKING:
    from songloom.core.audio.splitting import Label
    from songloom.library.models import Track, User


def verbs() -> list[Verb]:
    return [Verb("audacity", lambda: _("Take a track to Audacity and back."), _arguments, _act)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    nested(
        parser,
        {
            "export": (_("Write a zip with its sound and labels."), _exporting),
            "import": (_("Turn labels into edits, a sound into a rendition."), _importing),
            "open": (_("Open a track in the Audacity of this desktop."), _opening),
        },
    )


def _exporting(parser: argparse.ArgumentParser) -> None:
    takes_track(parser)
    parser.add_argument("--out", type=Path, metavar=_("PATH"), help=_("a file, or a folder"))


def _importing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="ZIP|LABELS|WAV")
    parser.add_argument(
        "--track", metavar=_("TRACK"), help=_("of which track; a zip says so itself")
    )
    parser.add_argument(
        "--as",
        dest="use",
        choices=("cut", "keep", "split"),
        default="cut",
        help=_("take labelled parts out, keep only them, or split there"),
    )
    parser.add_argument("--format", default="flac", metavar="mp3|opus|flac|ogg|m4a|wav")
    parser.add_argument("--save-as-track", action="store_true", help=_("keep it as a new track"))


def _opening(parser: argparse.ArgumentParser) -> None:
    takes_track(parser)
    parser.add_argument("--server", metavar="URL", help=_("a track of this server"))
    parser.add_argument(
        "--key-stdin", action="store_true", help=_("read the server's API key from standard input")
    )


def _act(given: Arguments) -> Outcome:
    return {"export": _export, "import": _import, "open": _open}[given.what](given)


def _export(given: Arguments) -> Outcome:
    from songloom.generate.services.stems import stems_of
    from songloom.interfaces.answers.files import file_name
    from songloom.process import audacity

    track = tracks.find(given.track)
    out: Path = given.out or Path.cwd()
    if out.is_dir():
        out /= file_name(f"{track.title}.zip")
    if not out.parent.is_dir():
        raise NoSuchFile(f"there is no folder {out.parent}")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".songloom-") as folder:
        draft = Path(folder) / "draft.zip"
        stems = stems_of(track, Path(folder))
        manifest = audacity.export(track, draft, stems=stems.paths, sections=stems.sections)
        draft.replace(out)
    return Outcome({"track": str(track.pk), "path": str(out), **manifest}, [str(out)])


# ------------------------------------------------------------------ and back


def _import(given: Arguments) -> Outcome:
    if not given.path.is_file():
        raise NoSuchFile(f"there is no file {given.path}")
    with given.path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"PK":
        return _import_zip(given)
    if given.track is None:
        raise BadValue(_("say with --track of which track these are"))
    track = tracks.find(given.track)
    if head in (b"RIFF", b"fLaC"):
        return _kept(given, track, given.path)
    from songloom.core.audio import splitting

    return _labelled(given, track, splitting.labels(given.path.read_bytes()))


def _import_zip(given: Arguments) -> Outcome:
    """Its labels, if any were added, on the sound as it was; else the sound that was edited."""
    from songloom.process import audacity

    with audacity.opened(given.path) as archive, tempfile.TemporaryDirectory() as folder:
        manifest = audacity.manifest_of(archive)
        track = tracks.find(given.track or str(manifest.get("track", "")))
        sound = Path(folder) / "edited.wav"
        if audacity.edited_sound(archive, manifest, sound):
            return _kept(given, track, sound)
        labels = audacity.labels_in(archive, manifest)
    if not labels:
        raise BadValue(_("nothing in this zip was changed: neither a sound nor a label"))
    return _labelled(given, track, labels)


def _kept(given: Arguments, track: Track, path: Path) -> Outcome:
    from songloom.library import storage
    from songloom.process import audacity
    from songloom.process.saving import save_as_track

    owner = tracks.who()
    with storage.temporary(path.suffix) as copy:
        shutil.copyfile(path, copy)
        made = audacity.keep_sound(track, copy, owner=owner)
    saved = [str(save_as_track(made, owner=owner).pk)] if given.save_as_track else []
    return _made(track, [str(made.pk)], saved, [])


def _labelled(given: Arguments, track: Track, labels: list[Label]) -> Outcome:
    from songloom.core.audio import splitting
    from songloom.process import audacity, parts, services

    owner: User = tracks.who()
    edits: list[Document] = []
    if given.use == "split":
        job = parts.start(track, splitting.by_labels(labels), owner=owner, format=given.format)
    else:
        edits = audacity.recipe_of(labels, given.use)
        saves = given.save_as_track
        job = services.start(track, edits, owner=owner, format=given.format, save_as_track=saves)
    ended = succeeded(next(one for one in finish([job]) if one.pk == job.pk))
    result = ended.result or {}
    made = result.get("rendition_ids") or [result["rendition_id"]]
    return _made(track, made, result["track_ids"], edits)


def _made(track: Track, renditions: list[str], saved: list[str], edits: list[Document]) -> Outcome:
    from songloom.library.models import Track

    ids = [UUID(one) for one in saved]
    rows = {row.pk: row for row in Track.objects.with_names().filter(pk__in=ids)}
    document: Document = {
        "track": str(track.pk),
        "renditions": renditions,
        "saved_tracks": saved,
        "edits": edits,
    }
    return Outcome(document, [tracks.line(rows[pk]) for pk in ids if pk in rows] or renditions)


# ------------------------------------------------------------------ on this desktop


def _open(given: Arguments) -> Outcome:
    from songloom.core.audio.audacity import commands
    from songloom.interfaces.cli.audacity_pipe import Pipe

    with closing(Pipe()) as pipe:
        folder = Path(tempfile.mkdtemp(prefix="songloom-audacity-"))
        sound, groups = folder / "sound.wav", {}
        try:
            groups = _fetched(given, sound) if given.server else _found(given, sound)
            n_said = pipe.say_all(commands(str(sound), groups))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    counts = {name: len(labels) for name, labels in groups.items()}
    document: Document = {"path": str(sound), "labels": counts, "n_commands": n_said}
    return Outcome(document, [str(sound)])


def _found(given: Arguments, sound: Path) -> dict[str, list[Label]]:
    from songloom.process import audacity

    track = tracks.find(given.track)
    audacity.write_sound(track, sound)
    return audacity.labels_of(track)


def _fetched(given: Arguments, sound: Path) -> dict[str, list[Label]]:
    """Of a server: the sound is a rendition there, the labels come from its features."""
    from songloom.core.audio.audacity import SAMPLE_RATE, label_groups
    from songloom.errors import NotFound
    from songloom.fetch.server import Server

    key = sys.stdin.readline().strip() if given.key_stdin else ""
    with closing(Server(given.server, key)) as server:
        edits = [{"edit": "resample", "sample_rate": SAMPLE_RATE}]
        server.rendition(given.track, {"recipe": edits, "format": "wav"}, sound)
        features: Document = {}
        with suppress(NotFound, json.JSONDecodeError):
            features = server.get(f"tracks/{given.track}/features")
    return label_groups(features)

"""`songloom split`: one track becomes several, at times, silences, by a cue sheet or labels."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from songloom.errors import BadValue, NoSuchFile
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.editing import takes_edits, wished
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import (
    Arguments,
    Document,
    Outcome,
    Verb,
    takes_no_wait,
    takes_track,
)
from songloom.interfaces.cli.working import finish, queued, succeeded

if TYPE_CHECKING:
    from songloom.core.audio.splitting import Part
    from songloom.library.models import Track


def verbs() -> list[Verb]:
    return [Verb("split", lambda: _("Make several tracks of one."), _arguments, split)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    takes_track(parser)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", metavar="1:00,2:30", help=_("at these times"))
    where.add_argument(
        "--silences", nargs="?", const="", metavar="DB", help=_("in the middle of each silence")
    )
    where.add_argument("--cue", type=Path, metavar=_("FILE"), help=_("by a cue sheet"))
    where.add_argument("--labels", type=Path, metavar=_("FILE"), help=_("by labels of Audacity"))
    parser.add_argument("--format", default="flac", metavar="mp3|opus|flac|ogg|m4a|wav")
    parser.add_argument("--bitrate", type=int, metavar=_("KBPS"))
    parser.add_argument(
        "--renditions", action="store_true", help=_("make renditions, and no new tracks")
    )
    takes_edits(parser)
    takes_no_wait(parser)


def split(given: Arguments) -> Outcome:
    from songloom.process import parts

    track = tracks.find(given.track)
    found = _parts(given, track)
    edits, _usual = wished(given)
    job = parts.start(
        track,
        found,
        owner=tracks.who(),
        recipe=edits,
        format=given.format,
        bit_rate_kbps=given.bitrate,
        save_as_track=not given.renditions,
    )
    document: Document = {
        "track": str(track.pk),
        "parts": [part.document() for part in found],
    }
    if given.no_wait:
        return queued(document | {"tracks": [], "renditions": []}, [job])
    ended = next(each for each in finish([job]) if each.pk == job.pk)
    return _told(document, succeeded(ended).result or {"track_ids": [], "rendition_ids": []})


def _parts(given: Arguments, track: Track) -> list[Part]:
    from songloom.core.audio import splitting
    from songloom.core.audio.options import read_time
    from songloom.process import parts

    if given.at is not None:
        return splitting.at_times(
            read_time("at", one) for one in given.at.split(",") if one.strip()
        )
    if given.cue is not None:
        return splitting.by_cue(_read(given.cue))
    if given.labels is not None:
        return splitting.by_labels(splitting.labels(_read(given.labels)))
    return parts.at_silences(track, threshold_db=_threshold(given.silences))


def _threshold(text: str) -> float:
    try:
        return float(text.replace("−", "-")) if text else -50.0
    except ValueError:
        raise BadValue(f"“{text[:40]}” is no number of decibels") from None


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise NoSuchFile(f"there is no file {path}")
    return path.read_bytes()


def _told(document: Document, result: dict[str, list[str]]) -> Outcome:
    from songloom.library.models import Track
    from songloom.library.services.documents import track_document

    ids = [UUID(one) for one in result["track_ids"]]
    rows = {row.pk: row for row in Track.objects.with_names().filter(pk__in=ids)}
    made = [rows[pk] for pk in ids if pk in rows]
    told = {
        "tracks": [track_document(one) for one in made],
        "renditions": result["rendition_ids"],
    }
    return Outcome(document | told, [tracks.line(one) for one in made] or result["rendition_ids"])

"""`songloom search`, `show`, `similar`: what is in the library."""

from __future__ import annotations

import argparse
import json
from typing import cast

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, takes_track


def verbs() -> list[Verb]:
    return [
        Verb(
            "search",
            lambda: _("Find tracks by words and filters, e.g. 'qhc tempo:90..120 key:Am'."),
            _search_arguments,
            search,
        ),
        Verb("show", lambda: _("All that is known of a track."), takes_track, show),
        Verb("similar", lambda: _("Tracks that sound alike."), _similar_arguments, similar),
    ]


def _search_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar=_("WORDS"))
    parser.add_argument("--sort", default="", help=_("title, added, tempo …; -tempo downwards"))
    parser.add_argument("--limit", type=int, default=50, help=_("at most so many"))
    parser.add_argument("--offset", type=int, default=0, help=_("leave out so many first"))


def _similar_arguments(parser: argparse.ArgumentParser) -> None:
    takes_track(parser)
    parser.add_argument("--limit", type=int, default=20, help=_("at most so many"))


def search(given: Arguments) -> Outcome:
    from songloom.library.services.documents import track_documents
    from songloom.search import services

    query = " ".join(given.words)
    found = services.search(
        query, tracks.who(), limit=given.limit, offset=given.offset, sort=given.sort
    )
    document = {
        "query": query,
        "parsed": found.parsed,
        "total": found.total,
        "tracks": track_documents(found.tracks),
    }
    lines = [tracks.line(track) for track in found.tracks]
    unclear = tracks.unclear_filters(cast(list[str], found.parsed["not_understood"]))
    return Outcome(document, [*lines, _("%(n)s found") % {"n": found.total}, *unclear])


def similar(given: Arguments) -> Outcome:
    from songloom.learn import services
    from songloom.library.models import Track
    from songloom.library.services.documents import track_document

    track = tracks.find(given.track)
    visible = Track.objects.visible_to(tracks.who())
    found = services.similar_to(track, among=visible, limit=given.limit)
    document = {
        "query": str(track.pk),
        "parsed": None,
        "total": len(found),
        "tracks": [track_document(other) | {"distance": distance} for other, distance in found],
    }
    lines = [f"{distance:6.3f}  {tracks.line(other)}" for other, distance in found]
    return Outcome(document, lines)


def show(given: Arguments) -> Outcome:
    from songloom.library.services.documents import show_document

    document = show_document(tracks.find(given.track), tracks.who())
    return Outcome(document, list(_lines(document)))


LONGEST_LINE = 100


def _lines(document: dict[str, object]) -> list[str]:
    """Field by field; what is long (beats, peaks, the graph) is cut."""
    lines = []
    for name, value in document.items():
        if isinstance(value, dict) and name == "features":
            lines += [f"  {line}" for line in _lines(value)]
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines.append(f"{name}: {text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + '…'}")
    return lines

"""`songloom playlist`: list, show, make, fill and delete playlists."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from songloom.errors import NotFound
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, nested, no_arguments

if TYPE_CHECKING:
    from songloom.library.models import Playlist, Track


def verbs() -> list[Verb]:
    return [Verb("playlist", lambda: _("Make and fill playlists."), _arguments, playlist)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    nested(
        parser,
        {
            "list": (_("Every playlist."), no_arguments),
            "show": (_("The tracks of a playlist."), _takes_playlist),
            "create": (_("A new playlist, with tracks if any are given."), _create_arguments),
            "add": (_("Append tracks to a playlist."), _fill_arguments),
            "remove": (_("Take tracks out of a playlist."), _fill_arguments),
            "delete": (_("Delete a playlist; its tracks stay."), _takes_playlist),
        },
    )


def _takes_playlist(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("playlist", metavar=_("PLAYLIST"), help=_("its id or its name"))


def _create_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar=_("NAME"))
    parser.add_argument("tracks", nargs="*", metavar=_("TRACK"))
    parser.add_argument("--public", action="store_true", help=_("everybody may see it"))
    parser.add_argument(
        "--query",
        metavar=_("QUERY"),
        help=_("a smart playlist: what this finds, asked anew each time"),
    )
    parser.add_argument(
        "--sort", default="", metavar=_("ORDER"), help=_("order of a smart playlist")
    )
    parser.add_argument("--most", type=int, metavar="N", help=_("at most so many songs of it"))


def _fill_arguments(parser: argparse.ArgumentParser) -> None:
    _takes_playlist(parser)
    parser.add_argument("tracks", nargs="+", metavar=_("TRACK"))


def playlist(given: Arguments) -> Outcome:
    acts = {
        "list": _list,
        "show": _show,
        "create": _create,
        "add": _add,
        "remove": _remove,
        "delete": _delete,
    }
    return acts[given.what](given)


def _list(given: Arguments) -> Outcome:
    from songloom.library.models import Playlist
    from songloom.library.services.documents import playlist_document

    found = list(Playlist.objects.visible_to(tracks.who()))
    documents = [playlist_document(each) for each in found]
    return Outcome({"playlists": documents}, [f"{each.pk}  {each.name}" for each in found])


def _show(given: Arguments) -> Outcome:
    return _told(_named(given.playlist))


def _create(given: Arguments) -> Outcome:
    from django.db import transaction

    from songloom.library.services import playlists
    from songloom.search import smart

    chosen = [tracks.find(text) for text in given.tracks]
    with transaction.atomic():
        made = playlists.make_playlist(tracks.who(), given.name, chosen, is_public=given.public)
        if given.query is not None:
            smart.define(made, given.query, sort=given.sort, max_tracks=given.most)
    return _told(made)


def _add(given: Arguments) -> Outcome:
    from songloom.library.services import playlists

    chosen = [tracks.find(text).pk for text in given.tracks]
    return _told(playlists.add_tracks(_named(given.playlist), chosen))


def _remove(given: Arguments) -> Outcome:
    from songloom.library.services import playlists

    changed = _named(given.playlist)
    gone = {tracks.find(text).pk for text in given.tracks}
    ids = changed.entries.values_list("track_id", flat=True)
    positions = [position for position, pk in enumerate(ids) if pk in gone]
    return _told(playlists.remove_positions(changed, positions))


def _delete(given: Arguments) -> Outcome:
    gone = _named(given.playlist)
    document = {"deleted": str(gone.pk)}
    gone.delete()
    return Outcome(document, [_("Deleted %(name)s.") % {"name": gone.name}])


def _named(text: str) -> Playlist:
    """By id, else by name. Raises NotFound."""
    from songloom.library.models import Playlist

    mine = Playlist.objects.visible_to(tracks.who())
    pk = _as_id(text)
    found = (mine.filter(pk=pk).first() if pk else None) or mine.filter(name=text).first()
    if found is None:
        words = _("there is no playlist “%(name)s”; `songloom playlist list` shows those there are")
        raise said(NotFound(words % {"name": text[:200]}))
    return found


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _told(shown: Playlist) -> Outcome:
    from songloom.library.services.documents import playlist_document

    entries = _tracks_of(shown)
    document = playlist_document(shown, tracks=entries)
    return Outcome(document, [f"{shown.pk}  {shown.name}", *map(tracks.line, entries)])


def _tracks_of(shown: Playlist) -> list[Track]:
    from songloom.library.models import Track
    from songloom.search import smart

    ids = smart.songs_of(shown, tracks.who())
    found = Track.objects.with_names().in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]

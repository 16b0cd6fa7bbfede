"""Smart playlists: what a query finds at the moment when somebody looks.

Conditions like `rating:>=4` mean what the owner of the playlist did; of what is found, whoever
looks is shown only what they may hear. A saved query is meant as it stands: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, QuerySet, Sum, Value
from django.utils.translation import gettext as _

from songloom.core.query.filters import parse
from songloom.errors import BadValue
from songloom.library.models import Playlist, Track
from songloom.library.services.browse import entries_of
from songloom.search.filtering import Viewer
from songloom.search.services import in_order, matching, search

MOST = 10_000  # songs of one playlist
AT_ONCE = 100  # playlists counted by one statement; SQLite takes 500
RELEVANCE = 500  # songs that are put in order by how well they match; more come by title


def define(
    playlist: Playlist, query: str, *, sort: str = "", max_tracks: int | None = None
) -> Playlist:
    """Make it a smart playlist of what this query finds, or another one.

    sort        as in `songloom.search.services.in_order`
    max_tracks  only the first of that order; None: all, up to MOST
    Raises BadValue for a part of the query that is not understood, an unknown order, a number out
    of range and for a playlist that holds songs.
    """
    if unclear := parse(query).not_understood:
        words = _("“%(part)s” is not understood.") % {"part": unclear[0][:80]}
        raise BadValue(words, query=words)
    if max_tracks is not None and not 1 <= max_tracks <= MOST:
        words = _("A playlist has from 1 to %(most)d songs.") % {"most": MOST}
        raise BadValue(words, max_tracks=words)
    in_order(Track.objects.none(), sort, playlist.owner)
    if not playlist.is_smart and playlist.entries.exists():
        words = _("This playlist holds songs. Make a new one for what is searched for.")
        raise BadValue(words, query=words)
    playlist.is_smart, playlist.query = True, query.strip()
    playlist.sort, playlist.max_tracks = sort, max_tracks
    playlist.save()
    return playlist


def songs_of(
    playlist: Playlist, viewer: Viewer, among: QuerySet[Track] | None = None
) -> list[UUID]:
    """The songs of any playlist that this user may hear, in order."""
    if not playlist.is_smart:
        return list(entries_of(viewer, playlist, among).values_list("track", flat=True))
    return [key for key, _length in _found(playlist, _heard(viewer, among))]


def counted(
    lists: Sequence[Any], viewer: Viewer, among: QuerySet[Track] | None = None
) -> Sequence[Any]:
    """The same playlists; `n_tracks` and `duration_s` of the smart ones are set to what is so now.

    One statement for AT_ONCE of them, and one more for each that is cut short.
    """
    smart = [row for row in lists if row.is_smart]
    heard = _heard(viewer, among)
    for start in range(0, len(smart), AT_ONCE):
        rows = smart[start : start + AT_ONCE]
        sums = [_summed(place, row, heard) for place, row in enumerate(rows)]
        found = {place: (n, length) for place, n, length in sums[0].union(*sums[1:], all=True)}
        for place, row in enumerate(rows):
            row.n_tracks, length = found.get(place, (0, None))
            row.duration_s = length or 0.0
            if row.n_tracks > (most := row.max_tracks or MOST):
                row.n_tracks = most
                row.duration_s = sum(length or 0.0 for _key, length in _found(row, heard))
    return lists


def _heard(viewer: Viewer, among: QuerySet[Track] | None) -> QuerySet[Track]:
    return Track.objects.visible_to(viewer) if among is None else among


def _summed(place: int, playlist: Playlist, heard: QuerySet[Track]) -> QuerySet[Any, Any]:
    tracks = matching(playlist.query, playlist.owner, heard).order_by()
    numbered = tracks.annotate(place=Value(place, output_field=IntegerField())).values("place")
    return numbered.annotate(n=Count("pk"), length=Sum("duration_s")).values_list(
        "place", "n", "length"
    )


def _found(playlist: Playlist, heard: QuerySet[Track]) -> list[tuple[UUID, float | None]]:
    most = playlist.max_tracks or MOST
    if playlist.sort in ("", "relevance") and most <= RELEVANCE:
        owner, query = playlist.owner, playlist.query
        best = search(query, owner, limit=most, among=heard, guesses=False).tracks
        return [(track.pk, track.duration_s) for track in best]
    tracks = matching(playlist.query, playlist.owner, heard)
    ordered = in_order(tracks, playlist.sort, playlist.owner)
    return list(ordered.values_list("pk", "duration_s")[:most])

"""Keeps the index: what of a track, an artist and an album can be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db.models import QuerySet

from songloom.library.inserting import insert
from songloom.library.keep.statistics import keep_statistics
from songloom.library.models import Preference, Track
from songloom.library.turns import in_turn
from songloom.search.gathering import Gathered, Tokens
from songloom.search.models import Row
from songloom.search.spelling import COLUMNS
from songloom.search.vocabulary import keep_words

BATCH = 500
VERSION = 2  # of the tokens and of what is indexed; another number makes the index anew
N_NAMES = 3  # columns whose words may be misspelt: title, artist, album
MADE_BY = "search.version"  # the preference that says which version made the index


def index_tracks(ids: Iterable[str | UUID]) -> int:
    """Index these tracks, their artists and albums; returns how many exist. Safe to repeat."""
    gathered = Gathered({UUID(str(pk)) for pk in ids})
    with in_turn("search.index"):  # two tracks of one artist write the same row
        _keep("track_id", gathered.tracks)
        _keep("album_id", gathered.albums)
        _keep("artist_id", gathered.artists)
    return len(gathered.tracks)


def _keep(thing: str, wanted: Mapping[UUID, Tokens]) -> None:
    """Make the rows of these things as they are wanted; those that are so stay untouched."""
    rows = Row.objects.filter(**{f"{thing}__in": list(wanted)})
    there = {pk: tuple(held) for pk, *held in rows.values_list(thing, *COLUMNS)}
    changed = [pk for pk, held in there.items() if held != wanted[pk]]
    Row.objects.filter(**{f"{thing}__in": changed}).delete()
    missing = [(pk, *row) for pk, row in wanted.items() if there.get(pk) != row]
    insert(Row, (thing, *COLUMNS), missing)
    keep_words(line for _, *row in missing for line in row[:N_NAMES])


def index_new(progress: Callable[[int], None] = lambda n: None) -> int:
    """Index the tracks that are in no index yet, in short transactions. Returns how many."""
    is_current()  # notes that an empty one is ours
    n, last = 0, None
    while found := list(unindexed(last)[:BATCH]):
        n, last = n + index_tracks(found), found[-1]
        progress(n)
    keep_statistics()  # a table may have brought many
    return n


def rebuild(progress: Callable[[float], None] = lambda share: None) -> int:
    """Index everything anew, in short transactions. Returns how many tracks there are."""
    n, n_all = 0, Track.objects.count()
    ids = Track.objects.order_by("pk").values_list("pk", flat=True)
    last = UUID(int=0)  # before all others
    while found := list(ids.filter(pk__gt=last)[:BATCH]):
        n, last = n + index_tracks(found), found[-1]
        progress(min(1.0, n / n_all if n_all else 1.0))
    Preference.write(MADE_BY, VERSION)
    return n


def is_current() -> bool:
    """Whether this version's tokens made the index; an empty one is as good as its own."""
    if not Row.objects.exists():
        Preference.write(MADE_BY, VERSION)
    return bool(Preference.read(MADE_BY, None) == VERSION)


def unindexed(after: UUID | None = None) -> QuerySet[Track, UUID]:
    """The ids of tracks that cannot be found yet, in order, from behind one of them."""
    found = Track.objects.filter(search_row__isnull=True).order_by("pk")
    return (found.filter(pk__gt=after) if after else found).values_list("pk", flat=True)

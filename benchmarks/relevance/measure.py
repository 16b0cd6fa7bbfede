"""The library of `songs.txt`, the queries of `queries.txt`, and the figures that come of them.

The names are those of real songs, the library is made of rows alone: no sound is needed to be found.
MRR is the mean of 1 / the place of the first right answer, 0 where there is none among the first
TEN; recall@10 the share of the right answers among the first ten, of as many as could stand there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Django may not be set up when this is read
    from songloom.library.models import User

HERE = Path(__file__).resolve().parent
TEN = 10
KINDS = "zh hant pinyin initials polyphone accent latin mixed typo".split()


@dataclass(frozen=True)
class Asked:
    """A query and what answers it: one title of an artist, or any song of the artist."""

    kind: str
    query: str
    title: str  # "@" and an album: any song of it
    artist: str

    def fits(self, artist: str, album: str, title: str) -> bool:
        return self.artist == artist and self.title in ("", f"@{album}", title)


@dataclass(frozen=True)
class Answer:
    """How a query was answered."""

    asked: Asked
    first: int  # the place of the first right answer; 0: not among the first ten
    recall: float
    found: list[str]


def lines(name: str) -> list[list[str]]:
    """The fields of each line that is no comment."""
    text = (HERE / name).read_text(encoding="utf-8")
    kept = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [[part.strip() for part in line.split("|")] for line in kept]


def queries(name: str = "queries.txt") -> list[Asked]:
    """All queries of a file; raises ValueError for one that has no answer in the library."""
    asked = [Asked(*line) for line in lines(name)]
    for each in asked:
        if not n_right(each):
            raise ValueError(f"nothing answers {each}")
    return asked


def n_right(asked: Asked) -> int:
    """How many songs of the library are right answers."""
    return sum(asked.fits(artist, album, title) for artist, album, _, title in library())


@cache
def library() -> list[tuple[str, str, str, str]]:
    """(artist, album, genre, title) of each song."""
    return [
        (artist, album, genre, title)
        for artist, album, genre, titles in lines("songs.txt")
        for title in titles.split(";")
    ]


def fill(owner: User) -> int:
    """Write the library as rows and index it. Returns how many songs there are."""
    from songloom.core.query.sorting import sort_key
    from songloom.library.ids import name_key
    from songloom.library.models import Album, Artist, Credit, Genre, Track
    from songloom.search.indexing import index_tracks

    artists: dict[str, Artist] = {}
    albums: dict[tuple[str, str], Album] = {}
    genres: dict[str, Genre] = {}
    tracks, credits, of_genre = [], [], []
    for artist, album, genre, title in library():
        by = artists.setdefault(
            artist, Artist(name=artist, sort_name=sort_key(artist), name_key=name_key(artist))
        )
        key = name_key(f"{artist}\0{album}")
        on = albums.setdefault(
            (artist, album),
            Album(title=album, sort_title=sort_key(album), album_key=key, artist=by),
        )
        kind = genres.setdefault(genre, Genre(name=genre, name_key=name_key(genre)))
        track = Track(title=title, sort_title=sort_key(title), owner=owner, album=on, artist_text=artist,
                      duration_s=200.0, origin="uploaded", format="mp3")  # fmt: skip
        tracks.append(track)
        credits.append(Credit(track=track, artist=by))
        of_genre.append((track, kind))
    Artist.objects.bulk_create(artists.values(), batch_size=500)
    Genre.objects.bulk_create(genres.values(), batch_size=500)
    Album.objects.bulk_create(albums.values(), batch_size=500)
    Track.objects.bulk_create(tracks, batch_size=500)
    Credit.objects.bulk_create(credits, batch_size=500)
    through = Track.genres.through
    through.objects.bulk_create([through(track=t, genre=g) for t, g in of_genre], batch_size=500)
    return index_tracks(track.pk for track in tracks)


def answers(user: User, name: str = "queries.txt") -> list[Answer]:
    """Each query asked of the library, as this user."""
    from songloom.search.services import search

    made = []
    for asked in queries(name):
        found = search(asked.query, user, limit=TEN).tracks
        right = [
            asked.fits(track.artist_text, track.album.title if track.album else "", track.title)
            for track in found
        ]
        recall = min(1.0, sum(right) / min(TEN, n_right(asked)))
        first = right.index(True) + 1 if True in right else 0
        made.append(Answer(asked, first, recall, [f"{t.title} / {t.artist_text}" for t in found]))
    return made


def mrr(given: list[Answer]) -> float:
    return sum(1 / each.first for each in given if each.first) / len(given)


def recall(given: list[Answer]) -> float:
    return sum(each.recall for each in given) / len(given)


def table(given: list[Answer]) -> str:
    """One line for each kind of query, and what was not answered first."""
    rows = [f"{'kind':<12}{'n':>5}{'MRR':>8}{'recall@10':>11}"]
    for kind in [*KINDS, ""]:
        some = [each for each in given if kind in ("", each.asked.kind)]
        rows.append(f"{kind or 'all':<12}{len(some):>5}{mrr(some):>8.3f}{recall(some):>11.3f}")
    for each in given:
        if each.first != 1 or each.recall < 1:
            rows.append(f"  {each.asked.query} → {each.asked.title} / {each.asked.artist}: place "
                        f"{each.first}, recall {each.recall:.2f}; {'; '.join(each.found[:4])}")  # fmt: skip
    return "\n".join(rows)

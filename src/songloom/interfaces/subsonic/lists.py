"""Lists of albums and songs by a rule: newest, random, starred, by year, by genre."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.marks import Marks
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by, tracks_of
from songloom.library.ids import name_key
from songloom.library.models import Star, Track
from songloom.library.services import browse
from songloom.play.models import Play

MOST = 500
Albums = QuerySet[Any]
Rule = Callable[[Call, Albums], Albums]


def by_year(call: Call, albums: Albums) -> Albums:
    """From a year to a year; given backwards, the newest come first."""
    if not call.asked.given("fromYear"):
        raise Refusal.missing("fromYear")
    if not call.asked.given("toYear"):
        raise Refusal.missing("toYear")
    first = call.asked.number("fromYear", 0, high=9999)
    last = call.asked.number("toYear", 9999, high=9999)
    dated: Albums = browse.with_year(albums, heard_by(call))
    years = dated.filter(heard_year__gte=min(first, last), heard_year__lte=max(first, last))
    return years.order_by("heard_year" if first <= last else "-heard_year", "sort_title", "pk")


def by_genre(call: Call, albums: Albums) -> Albums:
    key = name_key(call.asked.required("genre"))
    of_genre = heard_by(call).filter(genres__name_key=key)
    return albums.filter(pk__in=of_genre.order_by().values("album")).order_by("sort_title", "pk")


def starred(call: Call, albums: Albums) -> Albums:
    mine = Star.objects.filter(user=call.user, album__isnull=False)
    return albums.filter(star__in=mine).order_by("-star__at", "pk")


def highest(call: Call, albums: Albums) -> Albums:
    return albums.filter(rating__user=call.user).order_by("-rating__stars", "sort_title", "pk")


def shuffled(call: Call, albums: Albums) -> Albums:
    return albums.order_by("?")


def heard(albums: Albums, call: Call) -> Albums:
    """Albums of which this user heard something, with how often and when last."""
    plays = Play.objects.filter(
        user=call.user, is_submission=True, track__album=OuterRef("pk")
    ).order_by()
    counted = plays.values("track__album").annotate(n=Count("pk"), last=Max("at"))
    n_plays, played_at = Subquery(counted.values("n")), Subquery(counted.values("last"))
    known: Albums = albums.annotate(n_plays=n_plays, played_at=played_at)
    return known.filter(n_plays__gt=0)


def frequent(call: Call, albums: Albums) -> Albums:
    return heard(albums, call).order_by("-n_plays", "sort_title", "pk")


def recent(call: Call, albums: Albums) -> Albums:
    return heard(albums, call).order_by("-played_at", "pk")


RULES: dict[str, Rule] = {
    "random": shuffled,
    "newest": lambda call, albums: albums.order_by("-created_at", "-pk"),
    "highest": highest,
    "frequent": frequent,
    "recent": recent,
    "alphabeticalByName": lambda call, albums: albums.order_by("sort_title", "pk"),
    "alphabeticalByArtist": lambda call, albums: albums.order_by(
        "artist__sort_name", "sort_title", "pk"
    ),
    "starred": starred,
    "byYear": by_year,
    "byGenre": by_genre,
}


def page(call: Call) -> list[Any]:
    """The albums that `type`, `size` and `offset` ask for."""
    kind = call.asked.required("type")
    if kind not in RULES:
        raise Refusal.wrong("type", kind)
    size = call.asked.number("size", 10, high=MOST)
    offset = call.asked.number("offset", 0)
    tracks = tracks_of(call)
    albums = RULES[kind](call, browse.albums_with_tracks(tracks))
    chosen = list(albums.values_list("pk", flat=True)[offset : offset + size])
    return browse.counted(chosen, tracks)


@method("getAlbumList2")
def album_list2(call: Call) -> Element:
    return {"albumList2": {"album": id3_albums(call, page(call))}}


def id3_albums(call: Call, albums: list[Any]) -> list[Element]:
    marks = Marks(call.user, albums)
    genres = browse.genres_by_album((album.pk for album in albums), heard_by(call))
    return [shapes.album(album, marks, genres.get(album.pk)) for album in albums]


@method("getAlbumList")
def album_list(call: Call) -> Element:
    albums = page(call)
    marks = Marks(call.user, albums)
    return {"albumList": {"album": [shapes.album_directory(album, marks) for album in albums]}}


def songs(call: Call, tracks: QuerySet[Track]) -> list[Element]:
    """Songs in the order of `tracks`, with this user's marks."""
    found = list(shapes.with_songs(tracks))
    marks = Marks(call.user, found)
    return [shapes.song(track, marks) for track in found]


@method("getRandomSongs")
def random_songs(call: Call) -> Element:
    """Drawn from the ids alone, so that a large library is not sorted for ten songs."""
    tracks = tracks_of(call)
    if genre := call.asked.text("genre"):
        tracks = tracks.filter(genres__name_key=name_key(genre))
    years = Q()
    if call.asked.text("fromYear"):
        years &= Q(year__gte=call.asked.number("fromYear", 0, high=9999))
    if call.asked.text("toYear"):
        years &= Q(year__lte=call.asked.number("toYear", 9999, high=9999))
    ids = list(tracks.filter(years).order_by().values_list("pk", flat=True))
    size = min(call.asked.number("size", 10, high=MOST), len(ids))
    drawn = random.sample(ids, size)
    found = songs(call, Track.objects.filter(pk__in=drawn))
    random.shuffle(found)
    return {"randomSongs": {"song": found}}


@method("getSongsByGenre")
def songs_by_genre(call: Call) -> Element:
    tracks = tracks_of(call).filter(genres__name_key=name_key(call.asked.required("genre")))
    count, offset = call.asked.number("count", 10, high=MOST), call.asked.number("offset", 0)
    return {"songsByGenre": {"song": songs(call, tracks[offset : offset + count])}}


@method("getStarred2")
def starred2(call: Call) -> Element:
    artists, albums, loved = loved_by(call)
    marks = Marks(call.user, artists)
    return {
        "starred2": {
            "artist": [shapes.artist(artist, marks) for artist in artists],
            "album": id3_albums(call, albums),
            "song": songs(call, loved),
        }
    }


@method("getStarred")
def starred_directories(call: Call) -> Element:
    artists, albums, loved = loved_by(call)
    marks = Marks(call.user, artists, albums)
    return {
        "starred": {
            "artist": [shapes.artist(artist, marks) for artist in artists],
            "album": [shapes.album_directory(album, marks) for album in albums],
            "song": songs(call, loved),
        }
    }


def loved_by(call: Call) -> tuple[list[Any], list[Any], QuerySet[Track]]:
    """Artists, albums and songs with a star of this user's, the latest first."""
    tracks = tracks_of(call)
    albums = starred(call, browse.albums_of(call.user, tracks))
    artists: QuerySet[Any] = browse.artists_of(call.user, tracks).filter(star__user=call.user)
    loved = tracks.filter(star__user=call.user).order_by("-star__at", "pk")
    return list(artists.order_by("-star__at")), list(albums), loved

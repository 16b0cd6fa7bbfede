"""From the shelf to the song: artists, albums, songs, genres, and the same as directories."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Max, QuerySet

from songloom.core.query.pinyin import readings
from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.marks import Marks
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by, song_or_refusal, tracks_of
from songloom.library.models import Album, Artist, Track
from songloom.library.services import browse

ARTICLES = "The El La Los Las Le Les"


def letter_of(name: str) -> str:
    """The heading a name stands under: its first letter, by pinyin for Chinese, # for the rest."""
    words = name.split()
    if len(words) > 1 and words[0].title() in ARTICLES.split():
        words = words[1:]
    first = unicodedata.normalize("NFKD", "".join(words))[:1]
    if "\u4e00" <= first <= "\u9fff":
        spelled = readings(first, is_name=True)[0]
        first = spelled[0][0] if spelled else "#"
    return first.upper() if first.isalpha() else "#"


def indexed(rows: Iterable[Any], marks: Marks) -> list[Element]:
    """Artists under their letters, # last."""

    def rank(row: Any) -> tuple[bool, str, str]:
        letter = letter_of(row.sort_name or row.name)
        return letter == "#", letter, (row.sort_name or row.name).casefold()

    ordered = sorted(((rank(row), row) for row in rows), key=lambda pair: pair[0])
    return [
        {"name": letter, "artist": [shapes.artist(row, marks) for _rank, row in group]}
        for letter, group in groupby(ordered, key=lambda pair: pair[0][1])
    ]


@method("getArtists")
def artists(call: Call) -> Element:
    rows = list(browse.artists_of(call.user, tracks_of(call)))
    index = indexed(rows, Marks(call.user, rows))
    return {"artists": {"ignoredArticles": ARTICLES, "index": index}}


@method("getIndexes")
def indexes(call: Call) -> Element:
    """As getArtists, for clients that walk folders; unchanged since a time, it may be short."""
    tracks = tracks_of(call)
    latest = tracks.aggregate(latest=Max("updated_at"))["latest"]
    modified_ms = int(latest.timestamp() * 1000) if latest else 0
    frame = {"ignoredArticles": ARTICLES, "lastModified": modified_ms}
    since_ms = call.asked.number("ifModifiedSince", -1, low=-1, high=2**53)
    if since_ms >= modified_ms > 0:
        return {"indexes": {**frame, "index": []}}
    rows = list(browse.artists_of(call.user, tracks))
    return {"indexes": {**frame, "index": indexed(rows, Marks(call.user, rows))}}


@method("getArtist")
def artist(call: Call) -> Element:
    row = artist_or_refusal(call)
    albums = list(
        browse.albums_by(call.user, row, heard_by(call)).order_by("heard_year", "sort_title", "pk")
    )
    marks = Marks(call.user, [row], albums)
    shown = [album_element(call, album, marks) for album in albums]
    return {"artist": {**shapes.artist(row, marks), "albumCount": len(albums), "album": shown}}


def artist_or_refusal(call: Call) -> Any:
    key = call.asked.key("id")
    theirs = heard_by(call).filter(credits__artist=key)
    row = browse.artists_of(call.user, theirs).filter(pk=key).first()
    if row is None:
        raise Refusal.not_found()
    return row


@method("getAlbum")
def album(call: Call) -> Element:
    row = album_or_refusal(call)
    songs = songs_of_album(call, row)
    marks = Marks(call.user, [row], songs)
    listed = [shapes.song(song, marks) for song in songs]
    return {"album": {**album_element(call, row, marks), "song": listed}}


def album_or_refusal(call: Call) -> Any:
    visible = heard_by(call)
    rows = browse.counted([call.asked.key("id")], visible)
    if not rows:
        raise Refusal.not_found()
    return rows[0]


def songs_of_album(call: Call, row: Album) -> list[Track]:
    tracks = heard_by(call).filter(album=row)
    return list(
        shapes.with_songs(tracks).order_by("disc_number", "track_number", "sort_title", "pk")
    )


def album_element(call: Call, row: Any, marks: Marks) -> Element:
    genres = browse.genres_by_album([row.pk], heard_by(call))
    return shapes.album(row, marks, genres.get(row.pk))


@method("getSong")
def song(call: Call) -> Element:
    track = song_or_refusal(call)
    (full,) = shapes.with_songs(Track.objects.filter(pk=track.pk))
    return {"song": shapes.song(full, Marks(call.user, [full]))}


@method("getGenres")
def genres(call: Call) -> Element:
    rows: QuerySet[Any] = browse.genres_of(call.user, heard_by(call)).order_by("name")
    listed = [
        {"songCount": row.n_tracks, "albumCount": row.n_albums, "value": row.name} for row in rows
    ]
    return {"genres": {"genre": listed}}


@method("getMusicDirectory")
def directory(call: Call) -> Element:
    """The root holds artists, an artist holds albums, an album holds songs."""
    if call.asked.required("id") == shapes.ROOT:
        rows = list(browse.artists_of(call.user, heard_by(call)).order_by("sort_name", "pk"))
        marks = Marks(call.user, rows)
        children = [{**shapes.artist(row, marks), "isDir": True, "title": row.name} for row in rows]
        return {"directory": {"id": shapes.ROOT, "name": "Songloom", "child": children}}
    key = call.asked.key("id")
    if Artist.objects.filter(pk=key).exists():
        return artist_directory(call)
    row = album_or_refusal(call)
    songs = songs_of_album(call, row)
    marks = Marks(call.user, [row], songs)
    frame = shapes.album_directory(row, marks)
    kept = {name: frame[name] for name in ("id", "parent", "name", "starred", "userRating")}
    return {"directory": {**kept, "child": [shapes.song(song, marks) for song in songs]}}


def artist_directory(call: Call) -> Element:
    row = artist_or_refusal(call)
    albums = list(
        browse.albums_by(call.user, row, heard_by(call)).order_by("heard_year", "sort_title", "pk")
    )
    loose = heard_by(call).filter(album=None, artists=row).distinct()
    songs = list(shapes.with_songs(loose).order_by("sort_title", "pk"))
    marks = Marks(call.user, [row], albums, songs)
    children = [shapes.album_directory(album, marks) for album in albums]
    children += [shapes.song(song, marks) for song in songs]
    own = shapes.artist(row, marks)
    kept = {name: own[name] for name in ("id", "name", "starred", "userRating")}
    return {"directory": {**kept, "parent": shapes.ROOT, "child": children}}


@method("getAlbumInfo2")
def album_info2(call: Call) -> Element:
    return {"albumInfo": {"musicBrainzId": album_or_refusal(call).musicbrainz_id or None}}


@method("getAlbumInfo")
def album_info(call: Call) -> Element:
    return album_info2(call)

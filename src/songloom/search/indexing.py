"""Keeps the index: what of a track, an artist and an album can be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from songloom.core.query.text import tokens
from songloom.library.models import Album, Artist, Credit, Preference, Track
from songloom.library.turns import in_turn
from songloom.search.models import Row

BATCH = 500
VERSION = 1  # of the tokens and of what is indexed; another number makes the index anew
MADE_BY = "search.version"  # the preference that says which version made the index
PERFORMERS = (Credit.Role.ARTIST, Credit.Role.ALBUM_ARTIST)


def index_tracks(ids: Iterable[str | UUID]) -> int:
    """Index these tracks, their artists and albums; returns how many exist. Safe to repeat."""
    found = (
        Track.objects.filter(pk__in=list(ids))
        .select_related("album", "album__artist")
        .prefetch_related("credits__artist", "genres", "files", "free_tags")
    )
    tracks = list(found)
    albums = {track.album.pk: track.album for track in tracks if track.album}
    artists = {c.artist.pk: c.artist for track in tracks for c in track.credits.all()}
    rows = [_track_row(track) for track in tracks]
    rows += [_album_row(album) for album in albums.values()]
    rows += [_artist_row(artist) for artist in artists.values()]
    with in_turn("search.index"):  # two tracks of one artist write the same row
        Row.objects.filter(track__in=tracks).delete()
        Row.objects.filter(album__in=list(albums)).delete()
        Row.objects.filter(artist__in=list(artists)).delete()
        Row.objects.bulk_create(rows, batch_size=BATCH)
    return len(tracks)


def rebuild(progress: Callable[[float], None] = lambda share: None) -> int:
    """Index everything anew, in short transactions. Returns how many tracks there are."""
    ids = list(Track.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        index_tracks(ids[start : start + BATCH])
        progress(min(1.0, (start + BATCH) / len(ids)))
    Preference.write(MADE_BY, VERSION)
    return len(ids)


def is_current() -> bool:
    """Whether this version's tokens made the index, and every track is in it."""
    if not Track.objects.exists():
        Preference.write(MADE_BY, VERSION)
    return Preference.read(MADE_BY, None) == VERSION and next(unindexed(), None) is None


def unindexed() -> Iterator[UUID]:
    """Tracks that cannot be found yet."""
    return (
        Track.objects.filter(search_row__isnull=True).values_list("pk", flat=True).iterator(BATCH)
    )


def _track_row(track: Track) -> Row:
    performers: list[str] = []
    others: list[str] = []
    for credit in track.credits.all():
        (performers if credit.role in PERFORMERS else others).append(credit.artist.name)
    album = track.album
    if album and album.artist:
        performers.append(album.artist.name)
    names = [_stem(file.original_name) for file in track.files.all()]
    free = [tag.value for tag in track.free_tags.all()]
    return Row(
        track=track,
        title_tokens=tokens([track.title]),
        artist_tokens=tokens(dict.fromkeys(performers), is_name=True),
        album_tokens=tokens([album.title] if album else []),
        genre_tokens=tokens(genre.name for genre in track.genres.all()),
        other_tokens=" ".join(
            (tokens(dict.fromkeys(others), is_name=True), tokens([*names, *free, track.prompt]))
        ),
    )


def _album_row(album: Album) -> Row:
    artist = tokens([album.artist.name] if album.artist else [], is_name=True)
    return Row(album=album, title_tokens=tokens([album.title]), artist_tokens=artist)


def _artist_row(artist: Artist) -> Row:
    return Row(artist=artist, title_tokens=tokens([artist.name], is_name=True))


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name

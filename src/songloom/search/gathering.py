"""What is written of tracks, their albums and artists, as index rows: a few queries for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from songloom.core.query.text import tokens
from songloom.library.models import Credit, File, Track, TrackTag

PERFORMERS = (Credit.Role.ARTIST.value, Credit.Role.ALBUM_ARTIST.value)
Tokens = tuple[str, str, str, str, str]  # title, artist, album, genre, other: as `Row` has them
TRACK = ("pk", "title", "prompt", "album_id", "album__title", "album__artist__name")


class Gathered:
    """The tokens of tracks, and of the albums and artists that these name, by their keys."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        self.tracks: dict[UUID, Tokens] = {}
        self.albums: dict[UUID, Tokens] = {}
        self.artists: dict[UUID, Tokens] = {}
        found = Track.objects.filter(pk__in=list(ids)).order_by("pk").values_list(*TRACK)
        rows = list(found)
        self._read([row[0] for row in rows])
        for row in rows:
            self._add(*row)

    def _read(self, ids: Sequence[UUID]) -> None:
        named = Credit.objects.filter(track__in=ids).order_by("role", "position", "id")
        self._credits = _by_track(named, "role", "artist_id", "artist__name")
        genres = Track.genres.through.objects.filter(track__in=ids)
        self._genres = _by_track(genres.order_by("genre__name", "genre_id"), "genre__name")
        files = File.objects.filter(track__in=ids).order_by("pk")
        self._files = _by_track(files, "original_name")
        free = TrackTag.objects.filter(track__in=ids).order_by("field", "id")
        self._free = _by_track(free, "value")

    def _add(
        self,
        pk: UUID,
        title: str,
        prompt: str,
        album: UUID | None,
        album_title: str,
        by: str | None,
    ) -> None:
        performers: dict[str, None] = {}
        others: dict[str, None] = {}
        for role, artist, name in self._credits[pk]:
            (performers if role in PERFORMERS else others)[name] = None
            if artist not in self.artists:
                self.artists[artist] = (tokens([name], is_name=True), "", "", "", "")
        if by:
            performers[by] = None
        if album is not None and album not in self.albums:
            artist_tokens = tokens([by] if by else [], is_name=True)
            self.albums[album] = (tokens([album_title]), artist_tokens, "", "", "")
        names = [_stem(name) for (name,) in self._files[pk]]
        free = [value for (value,) in self._free[pk]]
        self.tracks[pk] = (
            tokens([title]),
            tokens(performers, is_name=True),
            tokens([album_title] if album is not None else []),
            tokens(name for (name,) in self._genres[pk]),
            " ".join((tokens(others, is_name=True), tokens([*names, *free, prompt]))),
        )


def _by_track(rows: Any, *names: str) -> dict[UUID, list[tuple[Any, ...]]]:
    found: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for track_id, *values in rows.values_list("track_id", *names):
        found[track_id].append(tuple(values))
    return found


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name

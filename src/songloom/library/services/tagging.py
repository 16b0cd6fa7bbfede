"""Turns tags into names: artists with roles, album, genres, dates, numbers, free tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from songloom.core.query.sorting import sort_key
from songloom.errors import BadValue
from songloom.jobs import emit
from songloom.library.dates import partial_date
from songloom.library.ids import clean_lines, clean_text, name_key
from songloom.library.models import Album, Artist, Credit, Genre, Track, TrackTag
from songloom.library.services import bounds
from songloom.library.turns import in_turn

ROLES = {role.value: role for role in Credit.Role}
SINGLE = ("title", "album", "date", "tracknumber", "discnumber", "lyrics")
KNOWN = (*SINGLE, *ROLES, "genre", "compilation")
FREE_FIELD = re.compile(r"[\w-]{1,40}\Z")


def artist_named(name: str, *, sort_name: str = "", musicbrainz_id: str = "") -> Artist:
    """The artist of this name; case, width and spaces do not make another."""
    clean = clean_text(name, 300)
    artist, _ = Artist.objects.get_or_create(
        name_key=name_key(clean),
        defaults={
            "name": clean,
            "sort_name": clean_text(sort_name or clean, 300),
            "musicbrainz_id": musicbrainz_id[:36],
        },
    )
    return artist


def album_titled(title: str, artist: Artist | None, *, tags: Mapping[str, list[str]]) -> Album:
    """The album of this title by this artist (none for a compilation)."""
    clean = clean_text(title, 300)
    musicbrainz_id = first(tags, "musicbrainz_albumid")[:36]
    is_compilation = first(tags, "compilation") in ("1", "true")
    by = None if is_compilation and not tags.get("albumartist") else artist
    date = partial_date(first(tags, "date")) or ""
    album, _ = Album.objects.get_or_create(
        album_key=name_key(musicbrainz_id or clean, by.name if by and not musicbrainz_id else ""),
        defaults={
            "title": clean,
            "sort_title": sort_key(clean),
            "artist": by,
            "date": date,
            "year": _year(date),
            "is_compilation": is_compilation,
            "musicbrainz_id": musicbrainz_id,
        },
    )
    return album


def apply_file_tags(track: Track, tags: Mapping[str, list[str]]) -> None:
    """Take over what a file says of itself. What it does not say stays as it is."""
    changed = {name: values for name, values in tags.items() if name in KNOWN and any(values)}
    track.musicbrainz_id = first(tags, "musicbrainz_trackid")[:36]
    track.replaygain_db = decibels(first(tags, "replaygain_track_gain"))
    track.replaygain_peak = decibels(first(tags, "replaygain_track_peak"))
    _apply(track, changed, all_tags=tags)


def set_fields(track: Track, fields: Mapping[str, list[str]]) -> Track:
    """Set tags as a person wants them: known fields, and free ones (`tag`, `mood`, …).

    An empty list clears a field; a title cannot be empty. Raises BadValue.
    """
    bounds.check_fields(fields)
    known = {name: values for name, values in fields.items() if name in KNOWN}
    if "title" in known and not any(clean_text(v, 300) for v in known["title"]):
        raise BadValue("a track needs a title")
    if known.get("date") and known["date"][0] and partial_date(known["date"][0]) is None:
        met = clean_text(known["date"][0], 40)
        raise BadValue(f"not a date: {met}; write 2003, 2003-07 or 2003-07-31", field="date")
    with in_turn(f"track {track.pk}"):
        _apply(track, known, all_tags=tags_of(track) | known)
        free = {name: values for name, values in fields.items() if name not in KNOWN}
        if "tags" in free:
            free["tag"] = free.pop("tags")
        set_free_tags(track, free)
        emit("tags.changed", track_id=str(track.pk))
    return track


def set_free_tags(track: Track, fields: Mapping[str, Iterable[str]]) -> None:
    """Replace a track's free tags of these fields, however many, in three queries."""
    wanted = {
        (field, name_key(value)): value
        for field, values in fields.items()
        for value in _free_values(field, values)
    }
    there = {(tag.field, tag.value_key): tag for tag in TrackTag.objects.filter(track=track)}
    kept = {field for field, _key in there if field not in fields}
    bounds.check_names(len(kept | {field for field, _key in wanted}))
    gone = [tag.pk for key, tag in there.items() if key[0] in fields and key not in wanted]
    track.free_tags.filter(pk__in=gone).delete()
    TrackTag.objects.bulk_create(
        TrackTag(track=track, field=field, value_key=key, value=value)
        for (field, key), value in wanted.items()
        if (field, key) not in there
    )


def _free_values(field: str, values: Iterable[str]) -> list[str]:
    if not FREE_FIELD.fullmatch(field):
        raise BadValue(f"not a tag name: {clean_text(field, 60)}")
    return [clean for value in values if (clean := free_value(field, value))]


def free_value(field: str, value: str) -> str:
    """A comment may have several lines; every other free tag has one."""
    return (clean_lines if field == "comment" else clean_text)(value, 100)


def tags_of(track: Track) -> dict[str, list[str]]:
    """All tags of a track: {field: [values]}, known fields first."""
    found: dict[str, list[str]] = {"title": [track.title]}
    for credit in track.credits.all():
        found.setdefault(credit.role, []).append(credit.artist.name)
    if track.album:
        found["album"] = [track.album.title]
        if track.album.is_compilation:
            found["compilation"] = ["1"]
    genres = [genre.name for genre in track.genres.all()]
    single = {
        "genre": genres,
        "date": [track.date] if track.date else [],
        "tracknumber": [str(track.track_number)] if track.track_number else [],
        "discnumber": [str(track.disc_number)] if track.disc_number else [],
    }
    found.update({name: values for name, values in single.items() if values})
    for tag in track.free_tags.all():
        found.setdefault(tag.field, []).append(tag.value)
    return found


def _apply(
    track: Track, fields: Mapping[str, list[str]], *, all_tags: Mapping[str, list[str]]
) -> None:
    before = tags_of(track)
    for role in [each for each in ROLES if each in fields]:  # whose spelling comes first is kept
        _set_credits(track, ROLES[role], fields[role])
    if "genre" in fields:
        track.genres.set(_genres(fields["genre"]))
    for name in fields.keys() & SETTERS.keys():
        SETTERS[name](track, first(fields, name))
    credits = track.credits.filter(role=Credit.Role.ARTIST).select_related("artist")
    artists = [credit.artist for credit in credits]
    if _is_elsewhere(track.album, before, fields, all_tags):
        _set_album(track, artists, all_tags)
    elif track.album is not None and "artist" in fields:
        _take_album_along(track, track.album, artists)
    track.artist_text = " · ".join(artist.name for artist in artists)[:500]
    track.sort_title = sort_key(track.title)
    track.save()


def _is_elsewhere(
    album: Album | None,
    before: Mapping[str, list[str]],
    fields: Mapping[str, list[str]],
    all_tags: Mapping[str, list[str]],
) -> bool:
    """Whether the track belongs to another album now: one is named, not only repeated."""
    if album is None:
        return bool({"album", "albumartist", "artist"} & fields.keys())
    release = first(all_tags, "musicbrainz_albumid")[:36]
    return release not in ("", album.musicbrainz_id) or any(
        _said(fields[name]) != _said(before.get(name, []))
        for name in ("album", "albumartist", "compilation")
        if name in fields
    )


def _said(values: Iterable[str]) -> list[str]:
    return [clean for value in values if (clean := clean_text(value, 300)) not in ("", "0")]


def _set_title(track: Track, text: str) -> None:
    track.title = clean_text(text, 300) or track.title


def _set_date(track: Track, text: str) -> None:
    track.date = partial_date(text) or ""
    track.year = _year(track.date)


def _set_track_number(track: Track, text: str) -> None:
    track.track_number = number(text)


def _set_disc_number(track: Track, text: str) -> None:
    track.disc_number = number(text)


def _set_lyrics(track: Track, text: str) -> None:
    track.lyrics = clean_lines(text, 100_000)


SETTERS: dict[str, Callable[[Track, str], None]] = {
    "title": _set_title,
    "date": _set_date,
    "tracknumber": _set_track_number,
    "discnumber": _set_disc_number,
    "lyrics": _set_lyrics,
}


def _set_credits(track: Track, role: Credit.Role, names: Iterable[str]) -> None:
    Credit.objects.filter(track=track, role=role).delete()
    people = list(dict.fromkeys(artist_named(n) for n in names if clean_text(n, 300)))
    Credit.objects.bulk_create(
        Credit(track=track, artist=artist, role=role, position=i) for i, artist in enumerate(people)
    )


def _set_album(track: Track, artists: list[Artist], tags: Mapping[str, list[str]]) -> None:
    title = clean_text(first(tags, "album"), 300)
    if not title:
        track.album = None
        return
    by_album = track.credits.filter(role=Credit.Role.ALBUM_ARTIST).select_related("artist").first()
    artist = by_album.artist if by_album else (artists[0] if artists else None)
    track.album = album_titled(title, artist, tags=tags)
    if track.album.cover is None and track.cover is not None:
        Album.objects.filter(pk=track.album.pk).update(cover=track.cover)


def _take_album_along(track: Track, album: Album, artists: list[Artist]) -> None:
    """A new artist of one track leaves it in its album; of all its tracks, it is the album's too.

    Compilations and albums with an artist or a MusicBrainz id of their own stay what they are.
    """
    has_own = album.is_compilation or album.musicbrainz_id or album.artist is None
    by_album = track.credits.filter(role=Credit.Role.ALBUM_ARTIST).exists()
    if has_own or by_album or not artists or album.artist in artists:
        return
    theirs = Credit.objects.filter(role=Credit.Role.ARTIST, artist=album.artist)
    if theirs.filter(track__album=album).exclude(track=track).exists():
        return
    key = name_key(album.title, artists[0].name)
    there = Album.objects.filter(album_key=key).exclude(pk=album.pk).first()
    if there is None:
        album.album_key, album.artist = key, artists[0]
        album.save(update_fields=["album_key", "artist"])
    else:
        Track.objects.filter(album=album).update(album=there)
        track.album = there


def _genres(names: Iterable[str]) -> list[Genre]:
    clean = dict.fromkeys(clean_text(name, 100) for name in names)
    return [
        Genre.objects.get_or_create(name_key=name_key(name), defaults={"name": name})[0]
        for name in clean
        if name
    ]


def first(tags: Mapping[str, list[str]], name: str) -> str:
    """The first value of a tag, or nothing."""
    values = tags.get(name) or [""]
    return str(values[0])


def _year(date: str) -> int | None:
    return int(date[:4]) if date else None


def number(text: str) -> int | None:
    """The first number of `3`, `3/12`, `03`."""
    found = re.match(r"\s*(\d{1,5})", text)
    return int(found[1]) if found else None


def decibels(text: str) -> float | None:
    """The number of `-7.03 dB`."""
    found = re.match(r"\s*([-+]?\d{1,3}(?:\.\d{1,9})?)", text)
    return float(found[1]) if found else None

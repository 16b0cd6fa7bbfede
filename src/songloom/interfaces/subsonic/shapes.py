"""Songs, albums, artists, playlists and users as OpenSubsonic spells them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from songloom.interfaces.answers.files import mime_of
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.marks import Marks
from songloom.library.models import Artist, Credit, File, Track, User
from songloom.library.services.album_gain import REPLAY_GAIN_LUFS
from songloom.play.allowances import ROLES, Allowed

ROOT = "0"  # the directory above every artist, and the music folder of managed files


FILES = File.objects.only(
    *("track_id", "folder_id", "path", "bit_rate", "bits", "sample_rate", "channels")
)


def with_songs(tracks: QuerySet[Track]) -> QuerySet[Track]:
    """Tracks with all that a song shows: a constant number of queries."""
    return (
        tracks.select_related("album", "album__artist", "features")
        .prefetch_related("credits__artist", "genres", Prefetch("files", FILES))
        .defer(
            "lyrics",
            "features__values",
            "features__reasons",
            "features__peaks",
            "features__peaks_fine",
        )
    )


def song(track: Track, marks: Marks) -> Element:
    """A Child element. The always-there fields are here; what may be unknown is None."""
    album = track.album
    artists = [c for c in track.credits.all() if c.role == Credit.Role.ARTIST]
    first = artists[0].artist if artists else None
    return {
        "id": track.pk,
        "parent": album.pk if album else (first.pk if first else ROOT),
        "isDir": False,
        "title": track.title,
        "album": album.title if album else None,
        "albumId": album.pk if album else None,
        "artist": track.artist_text or (first.name if first else None),
        "artistId": first.pk if first else None,
        "track": track.track_number,
        "discNumber": track.disc_number or 1,
        "year": track.year,
        "coverArt": f"tr-{track.pk}",
        "duration": round(track.duration_s or 0),
        "type": "music",
        "mediaType": "song",
        "isVideo": False,
        "created": track.created_at,
        "musicBrainzId": track.musicbrainz_id or None,
        "sortName": track.sort_title or track.title,
        **genres_of(track),
        **people(track, artists),
        **sound(track, marks),
        **marks.of(track),
        **marks.plays(track),
    }


def genres_of(track: Track) -> Element:
    names = [genre.name for genre in track.genres.all()]
    return {"genre": names[0] if names else None, "genres": [{"name": name} for name in names]}


def people(track: Track, artists: list[Credit]) -> Element:
    """Everybody who took part, each role where OpenSubsonic has a place for it."""
    credits = list(track.credits.all())
    album_artists = [c for c in credits if c.role == Credit.Role.ALBUM_ARTIST]
    others = [c for c in credits if c.role not in (Credit.Role.ARTIST, Credit.Role.ALBUM_ARTIST)]
    composers = [c.artist.name for c in credits if c.role == Credit.Role.COMPOSER]
    return {
        "artists": [named(c.artist) for c in artists],
        "displayArtist": track.artist_text or None,
        "albumArtists": [named(c.artist) for c in album_artists],
        "displayAlbumArtist": ", ".join(c.artist.name for c in album_artists) or None,
        "contributors": [{"role": c.role, "artist": named(c.artist)} for c in others],
        "displayComposer": ", ".join(composers) or None,
    }


def sound(track: Track, marks: Marks) -> Element:
    """What is known of the bytes and of how they sound."""
    file = next(iter(track.files.all()), None)
    features = getattr(track, "features", None)
    return {
        "size": track.size_bytes,
        "suffix": track.format or "mp3",
        "contentType": mime_of(track.format),
        "path": path_of(track, file),
        "bitRate": round(file.bit_rate / 1000) if file and file.bit_rate else None,
        "bitDepth": file.bits if file else None,
        "samplingRate": file.sample_rate if file else None,
        "channelCount": file.channels if file else None,
        "bpm": round(features.tempo_bpm) if features and features.tempo_bpm else None,
        "replayGain": replay_gain(track, marks),
    }


def replay_gain(track: Track, marks: Marks) -> Element | None:
    """What the tags say of the track, else what was measured; of its album what was measured."""
    gain_db, peak = track.replaygain_db, track.replaygain_peak
    features = getattr(track, "features", None)
    if gain_db is None and features and features.loudness_lufs is not None:
        gain_db = round(REPLAY_GAIN_LUFS - features.loudness_lufs, 2)
    if peak is None and features and features.true_peak_dbtp is not None:
        peak = round(10 ** (features.true_peak_dbtp / 20), 6)
    album = marks.album_gain(track)
    told = {"trackGain": gain_db, "trackPeak": peak}
    told |= {"albumGain": album.gain_db, "albumPeak": album.peak} if album else {}
    return told if any(value is not None for value in told.values()) else None


def path_of(track: Track, file: File | None) -> str:
    """Where a client may file a download: the path in its folder, or one made of names."""
    if file and file.folder_id:
        return file.path
    album = track.album
    by = album.artist.name if album and album.artist else track.artist_text or "Unknown artist"
    number = f"{track.track_number:02d} - " if track.track_number else ""
    parts = [by, album.title if album else "Singles", f"{number}{track.title}.{track.format}"]
    return "/".join(part.replace("/", "_") for part in parts)


def named(artist: Artist) -> Element:
    return {"id": artist.pk, "name": artist.name}


def album(row: Any, marks: Marks, genres: list[str] | None = None) -> Element:
    """An AlbumID3; `row` comes from `browse.albums_of` and carries its counts."""
    by: Artist | None = row.artist
    names = genres or []
    return {
        "id": row.pk,
        "name": row.title,
        "artist": by.name if by else "Various Artists" if row.is_compilation else "Unknown artist",
        "artistId": by.pk if by else None,
        "artists": [named(by)] if by else [],
        "displayArtist": by.name if by else None,
        "coverArt": f"al-{row.pk}",
        "songCount": row.n_tracks,
        "duration": round(row.duration_s),
        "created": row.created_at,
        "year": row.heard_year,
        "genre": names[0] if names else None,
        "genres": [{"name": name} for name in names],
        "isCompilation": row.is_compilation,
        "sortName": row.sort_title or row.title,
        "musicBrainzId": row.musicbrainz_id or None,
        "originalReleaseDate": item_date(row.heard_date or ""),
        **marks.of(row),
        **marks.plays(row),
    }


def album_directory(row: Any, marks: Marks) -> Element:
    """An album as the older, folder-shaped methods show it: a Child that is a directory."""
    return {
        "id": row.pk,
        "parent": row.artist.pk if row.artist else ROOT,
        "isDir": True,
        "title": row.title,
        "name": row.title,
        "album": row.title,
        "artist": row.artist.name if row.artist else None,
        "artistId": row.artist.pk if row.artist else None,
        "coverArt": f"al-{row.pk}",
        "year": row.heard_year,
        "songCount": row.n_tracks,
        "duration": round(row.duration_s),
        "created": row.created_at,
        "mediaType": "album",
        **marks.of(row),
    }


def item_date(date: str) -> Element | None:
    """`2003`, `2003-07` or `2003-07-31`, as precisely as it is known."""
    parts = [int(part) for part in date.split("-") if part.isdigit()]
    return dict(zip(("year", "month", "day"), parts, strict=False)) or None


def artist(row: Any, marks: Marks) -> Element:
    """An ArtistID3; `row` comes from `browse.artists_of` and carries its counts."""
    starred = marks.of(row)
    return {
        "id": row.pk,
        "name": row.name,
        "coverArt": f"ar-{row.pk}",
        "albumCount": row.n_albums,
        "sortName": row.sort_name or row.name,
        "musicBrainzId": row.musicbrainz_id or None,
        **starred,
    }


def playlist(row: Any, viewer: User) -> Element:
    """A Playlist; `row` carries `n_tracks` and `duration_s` of what this user may hear."""
    return {
        "id": row.pk,
        "name": row.name,
        "comment": row.comment or None,
        "owner": row.owner.username,
        "public": row.is_public,
        "songCount": row.n_tracks,
        "duration": round(row.duration_s),
        "created": row.created_at,
        "changed": row.updated_at,
        "coverArt": f"pl-{row.pk}",
        "readonly": row.is_smart or not (viewer.is_superuser or row.owner_id == viewer.pk),
    }


ALWAYS = ("upload", "playlist")  # at the web pages, and lists of one's own
NEVER = ("coverArt", "podcast", "jukebox", "videoConversion")  # no player does that here


def user(person: User, folders: list[int], allowed: Allowed) -> Element:
    """What a person may do. Nothing here is a secret."""
    has, most_kbps = allowed
    roles = {name: name in has for name in ROLES}
    roles |= dict.fromkeys(ALWAYS, True) | dict.fromkeys(NEVER, False)
    roles |= {"admin": person.is_superuser}
    return {
        "username": person.username,
        "email": person.email or None,
        "scrobblingEnabled": True,
        "maxBitRate": most_kbps or None,
        **{f"{name}Role": value for name, value in roles.items()},
        "folder": folders,
    }

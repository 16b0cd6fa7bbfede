"""Nouns as JSON, as the contract spells them; the command line and REST say the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from songloom.library.models import Features, File, Playlist, Rendition, Track, User
from songloom.library.services.tagging import tags_of
from songloom.library.services.tracing import graph


def stamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def track_document(track: Track) -> dict[str, Any]:
    """The TRACK object. Fetch tracks by `.with_names()`: then this makes no query."""
    album = track.album
    return {
        "id": str(track.pk),
        "title": track.title,
        "artists": [
            {"id": str(c.artist_id), "name": c.artist.name, "role": c.role}
            for c in track.credits.all()
        ],
        "album": {"id": str(album.pk), "title": album.title} if album else None,
        "genres": [genre.name for genre in track.genres.all()],
        "date": track.date or None,
        "duration_s": track.duration_s,
        "format": track.format or None,
        "size_bytes": track.size_bytes,
        "is_generated": track.is_generated,
        "has_audio": track.has_audio,
        "created_at": stamp(track.created_at),
    }


def track_documents(tracks: Iterable[Track]) -> list[dict[str, Any]]:
    return [track_document(track) for track in tracks]


def show_document(track: Track, viewer: User) -> dict[str, Any]:
    """TRACK with all that is known of it, as far as the viewer may know it."""
    return track_document(track) | {
        "features": features_document(track),
        "tags": tags_of(track),
        "files": [file_document(file) for file in track.files.select_related("folder")],
        "lineage": graph(track, viewer),
        "renditions": [
            rendition_document(made)
            for made in Rendition.objects.visible_to(viewer).filter(track=track)
        ],
    }


def features_document(track: Track) -> dict[str, Any] | None:
    """Every feature by name, with version, pass and reasons; None while not measured."""
    found = Features.objects.filter(track=track).defer("peaks_fine").first()
    if found is None:
        return None
    values = dict(found.values)
    if not found.is_coarse:
        values.setdefault("peaks", found.peaks)
    about = {"features_version": found.version, "features_pass": found.heard_by}
    return values | about | {"reasons": found.reasons}


def file_document(file: File) -> dict[str, Any]:
    return {
        "id": str(file.pk),
        "name": file.original_name,
        "format": file.format,
        "codec": file.codec,
        "sha256": file.sha256 or None,
        "size_bytes": file.size_bytes,
        "sample_rate": file.sample_rate,
        "channels": file.channels,
        "bit_rate": file.bit_rate,
        "duration_s": file.duration_s,
        "is_linked": not file.is_managed,
        "is_missing": file.missing_at is not None,
        "is_truncated": file.is_truncated,
        "is_believed": file.is_believed,
    }


def rendition_document(made: Rendition) -> dict[str, Any]:
    return {
        "id": str(made.pk),
        "format": made.format,
        "bit_rate_kbps": made.bit_rate_kbps,
        "duration_s": made.duration_s,
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
        "recipe": made.recipe,
        "created_at": stamp(made.created_at),
    }


def playlist_document(
    playlist: Playlist, *, tracks: Iterable[Track] | None = None
) -> dict[str, Any]:
    """A playlist; with its tracks where they are given."""
    found: dict[str, Any] = {
        "id": str(playlist.pk),
        "name": playlist.name,
        "comment": playlist.comment,
        "is_public": playlist.is_public,
        "owner": str(playlist.owner_id),
        "is_smart": playlist.is_smart,
        "query": playlist.query,
        "sort": playlist.sort,
        "max_tracks": playlist.max_tracks,
        "created_at": stamp(playlist.created_at),
        "updated_at": stamp(playlist.updated_at),
    }
    if tracks is not None:
        found["tracks"] = track_documents(tracks)
    return found

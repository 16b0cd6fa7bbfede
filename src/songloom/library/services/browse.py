"""Albums, artists, genres and playlists as one user sees them: only what they may hear counts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from songloom.library.models import (
    Album,
    Artist,
    Credit,
    Folder,
    Genre,
    Playlist,
    PlaylistEntry,
    Track,
    User,
)

Viewer = User | AnonymousUser
PRINCIPAL = (Credit.Role.ARTIST, Credit.Role.ALBUM_ARTIST)


def albums_of(viewer: Viewer, among: QuerySet[Track] | None = None) -> QuerySet[Album]:
    """Albums with `n_tracks`, `duration_s` and `added_at` of the tracks this user may hear."""
    tracks = Track.objects.visible_to(viewer) if among is None else among
    return (
        Album.objects.filter(tracks__in=tracks.order_by().values("pk"))
        .annotate(
            n_tracks=Count("tracks"),
            duration_s=Sum("tracks__duration_s", default=0.0),
            added_at=Max("tracks__created_at"),
        )
        .select_related("artist")
    )


def albums_with_tracks(tracks: QuerySet[Track]) -> QuerySet[Album]:
    """Albums that hold one of these tracks, without counts: quick to sort and to page."""
    inside = tracks.order_by().filter(album=OuterRef("pk"))
    return Album.objects.filter(Exists(inside))


def counted(albums: Iterable[UUID], tracks: QuerySet[Track]) -> list[Album]:
    """The albums with these ids, in this order, counted as `albums_of` does."""
    order = list(albums)
    found = albums_of(AnonymousUser(), tracks.filter(album__in=order)).in_bulk(order)
    return [found[pk] for pk in order if pk in found]


def artists_of(viewer: Viewer, among: QuerySet[Track] | None = None) -> QuerySet[Artist]:
    """Performing artists with `n_tracks` and `n_albums` of the tracks this user may hear."""
    tracks = Track.objects.visible_to(viewer) if among is None else among
    return Artist.objects.filter(
        credits__role__in=PRINCIPAL, credits__track__in=tracks.order_by().values("pk")
    ).annotate(
        n_tracks=Count("credits__track", distinct=True),
        n_albums=Count("credits__track__album", distinct=True),
    )


def genres_of(viewer: Viewer, among: QuerySet[Track] | None = None) -> QuerySet[Genre]:
    """Genres with `n_tracks` and `n_albums` of the tracks this user may hear."""
    tracks = Track.objects.visible_to(viewer) if among is None else among
    return Genre.objects.filter(tracks__in=tracks.order_by().values("pk")).annotate(
        n_tracks=Count("tracks"), n_albums=Count("tracks__album", distinct=True)
    )


def albums_by(
    viewer: Viewer, artist: Artist, among: QuerySet[Track] | None = None
) -> QuerySet[Album]:
    """Albums that this artist made or took part in as a performer."""
    tracks = Track.objects.visible_to(viewer) if among is None else among
    mine = Q(artist=artist) | Q(
        pk__in=Credit.objects.filter(
            artist=artist, role__in=PRINCIPAL, track__in=tracks.order_by().values("pk")
        ).values("track__album")
    )
    return albums_of(viewer, tracks).filter(mine)


def playlists_of(viewer: Viewer, among: QuerySet[Track] | None = None) -> QuerySet[Playlist]:
    """Playlists with `n_tracks` and `duration_s` of those entries that this user may hear."""
    tracks = Track.objects.visible_to(viewer) if among is None else among
    heard = Q(entries__track__in=tracks.order_by().values("pk"))
    return (
        Playlist.objects.visible_to(viewer)
        .annotate(
            n_tracks=Count("entries", filter=heard),
            duration_s=Sum("entries__track__duration_s", filter=heard, default=0.0),
        )
        .select_related("owner")
        .order_by("name", "pk")
    )


def entries_of(
    viewer: Viewer, playlist: Playlist, among: QuerySet[Track] | None = None
) -> QuerySet[PlaylistEntry]:
    """The entries of a playlist that this user may hear, in order."""
    tracks = Track.objects.visible_to(viewer) if among is None else among
    return playlist.entries.filter(track__in=tracks.order_by().values("pk")).order_by(
        "position", "pk"
    )


def folders_of(viewer: Viewer) -> QuerySet[Folder]:
    """Linked folders that this user may know of."""
    if not viewer.is_authenticated:
        return Folder.objects.none()
    if viewer.is_superuser:
        return Folder.objects.all()
    return Folder.objects.filter(Q(is_private=False) | Q(owner_id=viewer.pk))

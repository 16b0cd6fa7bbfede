"""Albums, artists, genres and playlists as one user sees them: only what they may hear counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from songloom.library.models import (
    Album,
    Artist,
    Cover,
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
    """Albums with `n_tracks`, `duration_s` and `added_at` of the tracks this user may hear.

    `heard_date` and `heard_year` are the earliest of those tracks: the album's own date may be
    that of somebody's private track.
    """
    tracks = Track.objects.visible_to(viewer) if among is None else among
    return (
        Album.objects.filter(tracks__in=tracks.order_by().values("pk"))
        .annotate(
            n_tracks=Count("tracks"),
            duration_s=Sum("tracks__duration_s", default=0.0),
            added_at=Max("tracks__created_at"),
            heard_date=Min("tracks__date", filter=~Q(tracks__date="")),
            heard_year=Min("tracks__year"),
        )
        .select_related("artist")
    )


def albums_with_tracks(tracks: QuerySet[Track]) -> QuerySet[Album]:
    """Albums that hold one of these tracks, without counts: quick to sort and to page."""
    inside = tracks.order_by().filter(album=OuterRef("pk"))
    return Album.objects.filter(Exists(inside))


def with_year(albums: QuerySet[Album], tracks: QuerySet[Track]) -> QuerySet[Album]:
    """Albums of `albums_with_tracks` with `heard_year`, to be chosen and sorted by it."""
    dated = tracks.filter(album=OuterRef("pk"), year__isnull=False).order_by("year")
    return albums.annotate(heard_year=Subquery(dated.values("year")[:1]))


def genres_by_album(albums: Iterable[UUID], tracks: QuerySet[Track]) -> dict[UUID, list[str]]:
    """The genres that these tracks of each album have, the most frequent first."""
    inside = tracks.order_by().filter(album__in=list(albums), genres__isnull=False)
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    for album_id, name in inside.values_list("album", "genres__name"):
        counts[album_id][name] += 1
    return {key: sorted(names, key=lambda n: (-names[n], n)) for key, names in counts.items()}


def cover_of_album(album: UUID, tracks: QuerySet[Track]) -> Cover | None:
    """The album's picture, where one of these tracks bears it; else the first that one bears."""
    is_own = Case(
        When(cover=F("album__cover"), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    pictured = tracks.filter(album=album, cover__isnull=False).select_related("cover")
    first = pictured.order_by(is_own, "pk").first()
    return first.cover if first else None


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
) -> QuerySet[Any]:
    """Albums that this artist made or took part in as a performer, counted as in `albums_of`."""
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

"""All songs, albums, artists, genres: the library as lists and covers."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songloom.interfaces.answers import covers
from songloom.interfaces.web import listing
from songloom.interfaces.web.letters import letters
from songloom.interfaces.web.rendering import fragment, page, person, signed_in, user_of
from songloom.library.models import Cover, Star, Track
from songloom.library.services import browse, opinions

COVERS = 60  # covers a page


@require_GET
@signed_in
def songs(request: HttpRequest) -> HttpResponse:
    tracks = Track.objects.visible_to(user_of(request))
    genre = request.GET.get("genre", "")
    if genre:
        tracks = tracks.filter(genres__name=genre[:100])
    if "starred" in request.GET:
        tracks = tracks.filter(star__user=person(request))
    shown = listing.songs(request, tracks)
    context = {"songs": shown, "columns": listing.columns(request, shown), "genre": genre}
    if request.GET.get("piece") == "rows":
        return fragment(request, "web/_song_piece.html", context)
    if shown.sort == "title" and not shown.is_down:
        context["letters"] = letters(tracks)
    return page(request, "web/songs.html", context)


@require_GET
@signed_in
def albums(request: HttpRequest) -> HttpResponse:
    found = browse.albums_of(user_of(request))
    newest = request.GET.get("sort") == "added"
    found = found.order_by("-added_at" if newest else "sort_title", "id")
    piece = Paginator(found, COVERS).get_page(request.GET.get("page"))
    return page(request, "web/albums.html", {"piece": piece, "newest": newest})


@require_GET
@signed_in
def album(request: HttpRequest, album_id: UUID) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(browse.albums_of(user), pk=album_id)
    tracks = Track.objects.visible_to(user).filter(album=found)
    order = (F("disc_number").asc(nulls_first=True), F("track_number").asc(nulls_last=True))
    shown = listing.few(user, tracks.order_by(*order, "sort_title", "id"))
    is_starred = Star.objects.filter(user=user, album=found).exists()
    context = {"album": found, "songs": shown, "is_starred": is_starred}
    return page(request, "web/album.html", context)


@require_GET
@signed_in
def artists(request: HttpRequest) -> HttpResponse:
    found = browse.artists_of(user_of(request)).order_by("sort_name", "id")
    piece = Paginator(found, COVERS).get_page(request.GET.get("page"))
    return page(request, "web/artists.html", {"piece": piece})


@require_GET
@signed_in
def artist(request: HttpRequest, artist_id: UUID) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(browse.artists_of(user), pk=artist_id)
    tracks = Track.objects.visible_to(user).filter(credits__artist=found).distinct()
    shown = listing.songs(request, tracks, default="album")
    context = {
        "artist": found,
        "albums": browse.albums_by(user, found).order_by("-heard_year", "sort_title", "id"),
        "songs": shown,
        "columns": listing.columns(request, shown),
        "is_starred": Star.objects.filter(user=user, artist=found).exists(),
    }
    if request.GET.get("piece") == "rows":
        return fragment(request, "web/_song_piece.html", context)
    return page(request, "web/artist.html", context)


@require_http_methods(["GET", "HEAD"])
@signed_in
def album_cover(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """The picture of an album as its songs bear it, else a cloth."""
    user = user_of(request)
    found = get_object_or_404(browse.albums_of(user), pk=album_id)
    tracks = Track.objects.visible_to(user).filter(album=found)
    return _cover(request, browse.cover_of_album(found.pk, tracks), tracks)


@require_http_methods(["GET", "HEAD"])
@signed_in
def artist_cover(request: HttpRequest, artist_id: UUID) -> HttpResponse:
    """The picture of one of an artist's songs."""
    user = user_of(request)
    found = get_object_or_404(browse.artists_of(user), pk=artist_id)
    tracks = Track.objects.visible_to(user).filter(credits__artist=found)
    return _cover(request, None, tracks)


def _cover(request: HttpRequest, own: Cover | None, tracks: QuerySet[Track]) -> HttpResponse:
    pictured = tracks.select_related("cover")
    first = None
    if own is None:
        first = (
            pictured.exclude(cover=None).order_by("id").first() or pictured.order_by("id").first()
        )
        own = covers.cover_of(first, user_of(request)) if first else None
    answer: HttpResponse = covers.cover_answer(request, first, own, 300)
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@require_POST
@signed_in
def star_album(request: HttpRequest, album_id: UUID) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(browse.albums_of(user), pk=album_id)
    is_on = request.POST.get("on") == "1"
    (opinions.star if is_on else opinions.unstar)(user, found)
    return JsonResponse({"id": str(found.pk), "is_starred": is_on})


@require_POST
@signed_in
def star_artist(request: HttpRequest, artist_id: UUID) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(browse.artists_of(user), pk=artist_id)
    is_on = request.POST.get("on") == "1"
    (opinions.star if is_on else opinions.unstar)(user, found)
    return JsonResponse({"id": str(found.pk), "is_starred": is_on})

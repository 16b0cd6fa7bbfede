"""Playlists: make, fill, reorder, rename, delete and take back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songloom.errors import BadValue
from songloom.interfaces.answers import covers
from songloom.interfaces.web import listing
from songloom.interfaces.web.chips import chips
from songloom.interfaces.web.pages.tracks import visible_ids
from songloom.interfaces.web.rendering import fragment, page, person, signed_in, user_of
from songloom.library.models import Playlist, Track
from songloom.library.services import browse, playlists
from songloom.search import smart


@require_http_methods(["GET", "POST"])
@signed_in
def all_lists(request: HttpRequest) -> HttpResponse:
    """All playlists one may see; a POST makes a new one, a smart one where it brings a query."""
    user = person(request)
    if request.method == "POST":
        tracks = list(Track.objects.filter(pk__in=visible_ids(request)))
        try:
            with transaction.atomic():
                made = playlists.make_playlist(user, request.POST.get("name", ""), tracks)
                if "query" in request.POST:
                    _ask(request, made)
        except BadValue as refused:
            messages.error(request, _why(refused))
            return HttpResponseRedirect(reverse("web:playlists"))
        if "json" in request.headers.get("Accept", ""):
            said = _("Added to “%(name)s”.") % {"name": made.name}
            return JsonResponse({"message": said, "id": str(made.pk)})
        return HttpResponseRedirect(reverse("web:playlist", args=[made.pk]))
    found = smart.counted(list(browse.playlists_of(user)), user)
    return page(request, "web/playlists.html", {"playlists": found})


def _ask(request: HttpRequest, playlist: Playlist) -> None:
    """What a smart playlist searches for, as the form says it."""
    most = request.POST.get("max_tracks", "").strip()
    smart.define(
        playlist,
        request.POST["query"],
        sort=request.POST.get("sort", ""),
        max_tracks=(int(most[:9]) if most.isascii() and most.isdigit() else 0) if most else None,
    )


def _why(refused: BadValue) -> str:
    """In words; a name that is missing is all that is wrong with a playlist that says no field."""
    return next(iter(refused.fields.values()), _("A playlist needs a name."))


def orders() -> list[tuple[str, str]]:
    """The orders that a smart playlist may have, for a form."""
    return [
        ("", _("Best match, then title")),
        ("-added", _("Newest first")),
        ("-plays", _("Most played")),
        ("-played", _("Played last")),
        ("-rating", _("Best rated")),
        ("artist", _("Artist")),
        ("album", _("Album")),
        ("-year", _("Year, latest first")),
        ("tempo", _("Tempo, slow to fast")),
        ("duration", _("Shortest first")),
    ]


@require_GET
@signed_in
def playlist(request: HttpRequest, playlist_id: UUID) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(
        Playlist.objects.visible_to(user).select_related("owner"), pk=playlist_id
    )
    entries = smart.songs_of(found, user)
    total, entries = len(entries), entries[:1_000]
    visible = Track.objects.visible_to(user).filter(pk__in=entries)
    rows = {row.pk: row for row in listing.with_row(visible)}
    ordered = [rows[pk] for pk in entries if pk in rows]
    shown = listing.Songs(ordered, total, starred=listing.starred_among(user, ordered))
    can_change = Playlist.objects.changeable_by(user).filter(pk=found.pk).exists()
    context = {
        "playlist": found,
        "songs": shown,
        "can_change": can_change,
        "can_arrange": can_change and not found.is_smart,
        "chips": chips(found.query) if found.is_smart else [],
        "orders": orders(),
    }
    return page(request, "web/playlist.html", context)


@require_POST
@signed_in
def change(request: HttpRequest, playlist_id: UUID) -> HttpResponse:
    """Name, comment, public or not; or its songs in a new order; or some taken out."""
    found = _own(request, playlist_id)
    if "order" in request.POST:
        playlists.set_tracks(found, visible_ids(request))
        return JsonResponse({"id": str(found.pk)})
    if "remove" in request.POST:
        gone = request.POST["remove"]
        playlists.remove_positions(found, [int(gone)] if gone.isdecimal() else [])
    else:
        try:
            with transaction.atomic():
                playlists.rename(
                    found,
                    name=request.POST.get("name", found.name),
                    comment=request.POST.get("comment", found.comment),
                    is_public="is_public" in request.POST,
                )
                if found.is_smart and "query" in request.POST:
                    _ask(request, found)
        except BadValue as refused:
            messages.error(request, _why(refused))
    return HttpResponseRedirect(reverse("web:playlist", args=[found.pk]))


@require_POST
@signed_in
def delete(request: HttpRequest, playlist_id: UUID) -> HttpResponse:
    """Gone; the songs stay. A dialog asked before, for there is no way back."""
    found = _own(request, playlist_id)
    name = found.name
    found.delete()
    messages.success(request, _("The playlist “%(name)s” is deleted.") % {"name": name})
    return HttpResponseRedirect(reverse("web:playlists"))


@require_GET
@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """One's own playlists, as a menu."""
    mine = Playlist.objects.changeable_by(user_of(request)).filter(is_smart=False)
    own = mine.order_by("-updated_at", "id")[:50]
    return fragment(request, "web/_choose_playlist.html", {"playlists": own})


@require_http_methods(["GET", "HEAD"])
@signed_in
def cover(request: HttpRequest, playlist_id: UUID) -> HttpResponse:
    """The cover of its first song."""
    user = user_of(request)
    found = get_object_or_404(Playlist.objects.visible_to(user), pk=playlist_id)
    first = smart.songs_of(found, user)[:1]
    track = Track.objects.filter(pk__in=first).select_related("cover").first()
    own = covers.cover_of(track, user) if track else None
    answer: HttpResponse = covers.cover_answer(request, track, own, 300)
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _own(request: HttpRequest, playlist_id: UUID) -> Playlist:
    return get_object_or_404(Playlist.objects.changeable_by(user_of(request)), pk=playlist_id)

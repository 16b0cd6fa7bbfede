"""One song: what it is, how it sounds, where it comes from, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songloom.analyse import pictures
from songloom.curate import services as curate
from songloom.errors import SongloomError
from songloom.generate.services.stems import sections
from songloom.interfaces.answers import covers
from songloom.interfaces.answers.errors import sentence as error_sentence
from songloom.interfaces.web import lanes, lineage, measures, trail
from songloom.interfaces.web.rendering import fragment, page, person, signed_in, user_of
from songloom.interfaces.web.similar import close_to
from songloom.interfaces.web.takes import terms_of
from songloom.learn import services as learn
from songloom.library.models import Features, Playlist, Rating, Rendition, Star, Track
from songloom.library.services import opinions, playlists, storing, tagging
from songloom.library.services.documents import features_document

CLOSE = 6
MANY = 50


def track_for(request: HttpRequest, track_id: UUID) -> Track:
    """A song that this user may hear, with its names; 404 otherwise."""
    visible = Track.objects.visible_to(user_of(request)).with_names()
    return get_object_or_404(visible.select_related("cover"), pk=track_id)


def changeable(request: HttpRequest, track: Track) -> bool:
    return Track.objects.changeable_by(user_of(request)).filter(pk=track.pk).exists()


@require_GET
@signed_in
def track(request: HttpRequest, track_id: UUID) -> HttpResponse:
    user = person(request)
    found = track_for(request, track_id)
    features = Features.objects.filter(track=found).defer("peaks", "peaks_fine").first()
    visible = Track.objects.visible_to(user)
    rating = Rating.objects.filter(user=user, track=found).first()
    close = close_to(user, found, visible, CLOSE + 1)
    file = storing.main_file(found)
    context: dict[str, Any] = {
        "track": found,
        "file": file,
        "features": features,
        "families": measures.families(features) if features else [],
        "lanes": lanes.lanes(features, found.duration_s or 0.0, sections(found))
        if features
        else None,
        "scale_hz": lanes.scale_hz(file),
        "themes": pictures.THEMES,
        "credits": [credit for credit in found.credits.all() if credit.role != "artist"],
        "tags": [(k, v) for k, v in tagging.tags_of(found).items() if k not in ("title", "lyrics")],
        "renditions": list(Rendition.objects.visible_to(user).filter(track=found)[:20]),
        "lineage": lineage.drawn(found, user),
        "terms": terms_of(found.generations.first() if found.is_generated else None),
        "close": close[:CLOSE],
        "has_more_close": len(close) > CLOSE,
        "suggestions": list(learn.suggestions_for(found, user)[:8]),
        "is_starred": Star.objects.filter(user=user, track=found).exists(),
        "rating": rating.stars if rating else 0,
        "can_change": changeable(request, found),
        "changes": trail.edits_of(found),
    }
    return page(request, "web/track.html", context)


@require_GET
@signed_in
def similar(request: HttpRequest, track_id: UUID) -> HttpResponse:
    user = person(request)
    found = track_for(request, track_id)
    close = close_to(user, found, Track.objects.visible_to(user), MANY)
    return page(request, "web/similar.html", {"track": found, "close": close})


@require_GET
@signed_in
def features(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """All that was measured, for the plots and for the curious."""
    found = track_for(request, track_id)
    return JsonResponse({"features": features_document(found)})


@require_GET
@signed_in
def player(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """What the player needs to know of a song."""
    user = person(request)
    found = track_for(request, track_id)
    measured = Features.objects.filter(track=found).defer("peaks_fine").first()
    values = measured.values if measured else {}
    return JsonResponse(
        {
            "id": str(found.pk),
            "title": found.title,
            "by": found.artist_text,
            "album": found.album.title if found.album else "",
            "duration_s": found.duration_s,
            "is_generated": found.is_generated,
            "is_starred": Star.objects.filter(user=user, track=found).exists(),
            "cover": reverse("web:track_cover", args=[found.pk]),
            "page": reverse("web:track", args=[found.pk]),
            "stream": reverse("web:track_sound", args=[found.pk]),
            "lyrics": found.lyrics,
            "peaks": measured.peaks if measured else [],
            "beats_s": values.get("beats_s") or [],
            "said": measures.in_short(measured),
        }
    )


@require_http_methods(["GET", "HEAD"])
@signed_in
def cover(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """The picture of a song, in the bin or not: its own, its album's, or a woven one."""
    user = user_of(request)
    shown = Track.objects.shown_to(user).select_related("cover")
    found = get_object_or_404(shown, pk=track_id)
    size = request.GET.get("size", "")
    answer: HttpResponse = covers.cover_answer(
        request, found, covers.cover_of(found, user), int(size) if size.isdecimal() else 300
    )
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@require_GET
@signed_in
def menu(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """All that can be done with a song, for the menu of its row."""
    found = track_for(request, track_id)
    context = {
        "track": found,
        "artists": [c.artist for c in found.credits.all() if c.role == "artist"],
        "can_change": changeable(request, found),
        "is_starred": Star.objects.filter(user=person(request), track=found).exists(),
    }
    return fragment(request, "web/_track_menu.html", context)


@require_POST
@signed_in
def star(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """`on=1` makes it a favourite, `on=0` no longer."""
    user = person(request)
    found = track_for(request, track_id)
    is_on = request.POST.get("on") == "1"
    (opinions.star if is_on else opinions.unstar)(user, found)
    return _opinion(request, found, is_starred=is_on)


@require_POST
@signed_in
def rate(request: HttpRequest, track_id: UUID) -> HttpResponse:
    found = track_for(request, track_id)
    given = request.POST.get("stars", "0")
    stars = int(given) if given.isdecimal() and len(given) == 1 else 9
    opinions.rate(person(request), found, stars)
    return _opinion(request, found, rating=stars)


def _opinion(request: HttpRequest, found: Track, **said: Any) -> HttpResponse:
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"id": str(found.pk), **said})
    return HttpResponseRedirect(reverse("web:track", args=[found.pk]))


@require_POST
@signed_in
def suggestion(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Take a suggested tag over, or say that it does not fit."""
    user = person(request)
    found = track_for(request, track_id)
    asked = request.POST.get("suggestion", "")
    row = next((one for one in learn.suggestions_for(found, user) if str(one.pk) == asked), None)
    if row is not None:
        (learn.take if request.POST.get("fits") == "1" else learn.dismiss)(row, user)
    return HttpResponseRedirect(reverse("web:track", args=[found.pk]))


@require_http_methods(["GET", "POST"])
@signed_in
def tags(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Change what a song is called and tagged. Several values are written on lines of their own."""
    found = track_for(request, track_id)
    if not changeable(request, found):
        from songloom.errors import NotAllowed

        raise NotAllowed
    context: dict[str, Any] = {"track": found, "fields": tag_fields(tagging.tags_of(found))}
    if request.method == "GET":
        return page(request, "web/tags.html", context)
    given = {
        name: values_of(name, request.POST[name])
        for name, _label, _hint, _is_long, _value in context["fields"]
        if name in request.POST
    }
    try:
        change = curate.set_tags(found, given, user=person(request))
    except SongloomError as exc:
        context |= {"error": exc, "sentence": error_sentence(exc)}
        context["fields"] = tag_fields(given)
        return page(request, "web/tags.html", context, status=exc.http_status)
    if change is not None:
        undo = reverse("web:tags_undo", args=[found.pk, change.pk])
        messages.success(request, _("The tags are changed."), extra_tags=undo)
    return HttpResponseRedirect(reverse("web:track", args=[found.pk]))


def values_of(name: str, text: str) -> list[str]:
    """One value a line; lyrics are one text with many lines."""
    if name == "lyrics":
        return [text.replace("\r\n", "\n").strip()]
    return [line.strip() for line in text.splitlines() if line.strip()]


def tag_fields(values: dict[str, list[str]]) -> list[tuple[str, str, str, bool, str]]:
    """Name, label, hint, whether it has several lines, and value of each tag one may edit."""
    several = _("One on each line")
    fields = [
        ("title", _("Title"), "", False),
        ("artist", _("Artists"), several, True),
        ("album", _("Album"), "", False),
        ("albumartist", _("Album artists"), several, True),
        ("composer", _("Composers"), several, True),
        ("genre", _("Genres"), several, True),
        ("date", _("Date"), _("2003, 2003-07 or 2003-07-31"), False),
        ("tracknumber", _("Track number"), "", False),
        ("discnumber", _("Disc number"), "", False),
        ("tag", _("Your tags"), several, True),
        ("mood", _("Mood"), several, True),
        ("lyrics", _("Lyrics"), "", True),
    ]
    return [
        (name, label, hint, is_long, "\n".join(str(v) for v in values.get(name, [])))
        for name, label, hint, is_long in fields
    ]


@require_POST
@signed_in
def to_playlist(request: HttpRequest, playlist_id: UUID) -> HttpResponse:
    """Append songs to a playlist of one's own."""
    user = person(request)
    chosen = get_object_or_404(Playlist.objects.changeable_by(user), pk=playlist_id, is_smart=False)
    playlists.add_tracks(chosen, visible_ids(request))
    return JsonResponse({"message": _("Added to “%(name)s”.") % {"name": chosen.name}})


def visible_ids(request: HttpRequest) -> list[UUID]:
    """The tracks named in the form that this user may hear, in the order given."""
    asked: list[UUID] = []
    for text in request.POST.getlist("track")[:5_000]:
        try:
            asked.append(UUID(text))
        except ValueError:
            continue
    known = set(
        Track.objects.visible_to(user_of(request)).filter(pk__in=asked).values_list("pk", flat=True)
    )
    return [pk for pk in asked if pk in known]

"""Compose: the sentence stays as written, slots can be edited, takes kept or thrown away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songloom.errors import NotFound, SongloomError
from songloom.generate import services as generate
from songloom.generate.models import Generation
from songloom.interfaces.answers.files import stored_answer
from songloom.interfaces.answers.limits import GENERATIONS
from songloom.interfaces.web.pages.compose_change import changeable
from songloom.interfaces.web.rendering import fragment, page, person, said, signed_in
from songloom.interfaces.web.roll import roll_document
from songloom.interfaces.web.slots import edited, slots_of
from songloom.interfaces.web.takes import shown_takes
from songloom.library import storage
from songloom.library.models import Track

LATEST = 6
LONGEST = 2_000


@require_GET
@signed_in
def compose(request: HttpRequest) -> HttpResponse:
    """The sentence, and what is understood of it."""
    context = _asked(request)
    made = Generation.objects.filter(owner=person(request), track__isnull=False)
    made = made.exclude(state=Generation.State.DISCARDED).select_related("track")
    context["examples"] = examples()
    context["latest"] = made.filter(track__binned_at=None)[:LATEST]
    return page(request, "web/compose.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """A sentence with its slots; those of a take stand as they were edited for it."""
    taken = _taken(request.GET.get("take", ""), request)
    if taken is not None:
        return {"prompt": taken.prompt, "like": taken.like, **_wishes(taken)}
    prompt, like = request.GET.get("prompt", "")[:LONGEST], _like(request)
    return {"prompt": prompt, "like": like, **understood(request, prompt, like)}


def _taken(given: str, request: HttpRequest) -> Generation | None:
    return generate.generation_of(given, person(request)) if given else None


def _wishes(made: Generation) -> dict[str, Any]:
    return {
        "slots": slots_of(made.request, made.slots),
        "not_understood": made.request.get("not_understood", []),
        "changed": made.request.get("changed", []),
    }


def examples() -> list[str]:
    """A few sentences to begin with, in both languages: each may be clicked."""
    return [
        _("a bright jig in D for fiddle and guitar, no drums, one minute"),
        _("a calm lullaby for celesta, 40 seconds"),
        _("a fast march in B flat for brass"),
        "一首 D 小调的慢华尔兹，二胡和钢琴",
        "生成一首欢快的钢琴曲",
    ]


def _like(request: HttpRequest) -> Track | None:
    """The song that the piece shall take after, if it was named and may be heard."""
    given = request.POST.get("like") or request.GET.get("like") or ""
    try:
        wanted = UUID(given)
    except ValueError:
        return None
    return Track.objects.visible_to(person(request)).filter(pk=wanted).first()


def understood(request: HttpRequest, prompt: str, like: Track | None) -> dict[str, Any]:
    """Slots of a prompt, or the words of its refusal; nothing for no prompt."""
    words = prompt.strip() or (_("like this") if like else "")
    if not words:
        return {}
    try:
        asked = generate.asked(words, like=like, user=person(request))
    except SongloomError as exc:
        return {"error": said(exc)}
    document = asked.request.document()
    return {
        "slots": slots_of(document, asked.slots()),
        "not_understood": document["not_understood"],
        "changed": document["changed"],
        "taken_after": asked.like,
    }


@require_GET
@signed_in
def parse(request: HttpRequest) -> HttpResponse:
    """The slots alone, as one types."""
    prompt = request.GET.get("prompt", "")[:LONGEST]
    return fragment(request, "web/_slots.html", understood(request, prompt, _like(request)))


@require_POST
@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """Queue one piece. The seed is drawn unless one was written."""
    user = person(request)
    taken = _taken(request.POST.get("take", ""), request)
    like = taken.like if taken else _like(request)
    prompt = request.POST.get("prompt", "").strip() or (_("like this") if like else "")
    try:
        GENERATIONS.spend(str(user.pk))
        if taken is not None:
            prompt, wishes = taken.prompt, taken.request
        else:
            asked = generate.asked(prompt, like=like, user=user)
            wishes = edited(request.POST, asked.request.document())
        made, job = generate.start(
            prompt, owner=user, like=like, seed=_seed(request), request=wishes
        )
    except SongloomError as exc:
        context = {"prompt": prompt[:LONGEST], "like": like, "error": said(exc)}
        return page(request, "web/compose.html", context, status=exc.http_status)
    return HttpResponseRedirect(f"{reverse('web:take', args=[made[0].pk])}?job={job.pk}")


def _seed(request: HttpRequest) -> int | None:
    text = request.POST.get("seed", "").strip()
    return int(text) if text.isdecimal() and len(text) < 20 else None


@require_GET
@signed_in
def take(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """One piece: how far it is, then its notes, its sound, keep or discard."""
    user = person(request)
    found = generate.generation_of(generation_id, user)
    if request.GET.get("state"):
        return JsonResponse({"is_made": found.track_id is not None})
    context = _wishes(found) | changeable(found)
    context |= {
        "generation": found,
        "slots": [slot for slot in context["slots"] if slot.is_asked],
        "job": request.GET.get("job", ""),
        "is_gone": found.track is None or found.track.binned_at is not None,
        **shown_takes(found),
    }
    return page(request, "web/take.html", context)


@require_GET
@signed_in
def roll(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """The notes of a piece, for the piano roll."""
    found = generate.generation_of(generation_id, person(request))
    return JsonResponse(roll_document(found))


@require_GET
@signed_in
def midi(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    found = generate.generation_of(generation_id, person(request))
    sha256 = found.midi_sha256
    if not sha256 or not storage.is_there(sha256, "scores"):
        raise NotFound
    title = found.track.title if found.track else found.title
    name = f"{title or 'songloom'}.mid"
    return stored_answer(request, sha256, "scores", mime="audio/midi", download_as=name)


@require_GET
@signed_in
def sheet(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """The tune with its chords in ABC notation."""
    found = generate.generation_of(generation_id, person(request))
    name = f"{found.track.title if found.track else found.title or 'songloom'}.abc"
    text = generate.sheet(found)
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(text, content_type="text/vnd.abc; charset=utf-8", headers=headers)


@require_POST
@signed_in
def keep(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """It stays in the library; a discarded one comes back."""
    found = generate.keep(_own(request, generation_id))
    if found.track is None:
        return HttpResponseRedirect(reverse("web:take", args=[found.pk]))
    messages.success(request, _("“%(title)s” is kept.") % {"title": found.track.title})
    return HttpResponseRedirect(reverse("web:track", args=[found.track.pk]))


@require_POST
@signed_in
def discard(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Into the bin, with an undo."""
    found = generate.discard(_own(request, generation_id))
    said_so = _("“%(title)s” is thrown away.") % {"title": found.title or found.prompt[:60]}
    messages.success(request, said_so, extra_tags=reverse("web:take_keep", args=[found.pk]))
    return HttpResponseRedirect(f"{reverse('web:compose')}")


def _own(request: HttpRequest, generation_id: UUID) -> Generation:
    return get_object_or_404(Generation.objects.visible_to(person(request)), pk=generation_id)

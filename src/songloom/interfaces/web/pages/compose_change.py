"""Change one thing: a part, some bars or the key of a composed piece, as a take of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from songloom.errors import NotFound, SongloomError
from songloom.generate import services as generate
from songloom.generate.models import Generation
from songloom.interfaces.answers.limits import GENERATIONS
from songloom.interfaces.web.rendering import person, said, signed_in
from songloom.interfaces.web.roll import part_name

LONGEST_NAME = 40


@require_POST
@signed_in
def change(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Queue a take with what the pressed button asks; what cannot be is said on the same page."""
    user = person(request)
    found = generate.generation_of(generation_id, user)
    here = reverse("web:take", args=[found.pk])
    try:
        if found.track is None:
            raise NotFound
        GENERATIONS.spend(str(user.pk))
        take, job = generate.revise(found.track, [asked(request.POST)], owner=user)
    except SongloomError as exc:
        messages.error(request, said(exc)["message"])
        return HttpResponseRedirect(here)
    return HttpResponseRedirect(f"{reverse('web:take', args=[take.pk])}?job={job.pk}")


def asked(form: QueryDict) -> dict[str, Any]:
    """The change of the pressed button, from the fields that it takes."""
    kind = form.get("change", "")[:LONGEST_NAME]
    found: dict[str, Any] = {"change": kind}
    if kind in ("again", "mute", "instrument") and form.get("part"):
        found["part"] = form["part"][:LONGEST_NAME]
    bars = [_number(form.get(name, "")) for name in ("first", "last")]
    if kind == "again" and any(bar is not None for bar in bars):
        first, last = bars
        found["bars"] = [first if first is not None else last, last if last is not None else first]
    for name in ("semitones", "program", "bar"):
        if (number := _number(form.get(name, ""))) is not None:
            found[name] = number
    if form.get("chord"):
        found["chord"] = str(form["chord"]).strip()[:LONGEST_NAME]
    return found


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 6 else None


def changeable(made: Generation) -> list[tuple[str, str]]:
    """Parts by name, as the score and as the reader calls them."""
    return [(part["name"], part_name(part["name"])) for part in made.choices.get("parts", [])]

"""Change one thing: a part, some bars or the key of a composed piece, as a take of its own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from songloom.errors import NotFound, SongloomError
from songloom.generate import services as generate
from songloom.generate.models import Generation
from songloom.interfaces.answers.limits import GENERATIONS
from songloom.interfaces.web.rendering import person, said, signed_in
from songloom.interfaces.web.roll import DYES, part_name, section_name
from songloom.interfaces.web.slots import programs
from songloom.jobs.models import Job
from songloom.library.models import Track, User

LONGEST_NAME = 40
MOST_PARTS = 16
NUMBERS = {
    "transpose": ("semitones",),
    "instrument": ("program",),
    "chord": ("bar",),
    "continue": ("more",),
}


@require_POST
@signed_in
def change(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Queue a take with what the pressed button asks; what cannot be is said on the same page."""
    change = asked(request.POST)
    return _taken(
        request, generation_id, lambda track, user: generate.revise(track, [change], owner=user)
    )


@require_POST
@signed_in
def bring_back(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Queue a take of a MIDI file that was edited elsewhere."""
    file = request.FILES.get("file")
    if file is None:
        found = generate.generation_of(generation_id, person(request))
        messages.error(request, _("Choose a file first."))
        return HttpResponseRedirect(reverse("web:take", args=[found.pk]))
    return _taken(
        request,
        generation_id,
        lambda track, user: generate.bring_back(track, file.chunks(), owner=user),
    )


def _taken(
    request: HttpRequest,
    generation_id: UUID,
    queue: Callable[[Track, User], tuple[Generation, Job]],
) -> HttpResponse:
    """The page of the take that was queued; where it was refused, that of the piece, and why."""
    user = person(request)
    found = generate.generation_of(generation_id, user)
    try:
        if found.track is None:
            raise NotFound
        GENERATIONS.spend(str(user.pk))
        take, job = queue(found.track, user)
    except SongloomError as exc:
        messages.error(request, f"{said(exc)['message']} {exc}".strip())
        return HttpResponseRedirect(reverse("web:take", args=[found.pk]))
    return HttpResponseRedirect(f"{reverse('web:take', args=[take.pk])}?job={job.pk}")


def asked(form: QueryDict) -> dict[str, Any]:
    """The change of the pressed button, from the fields that it takes.

    A button of one part names it: `mute:drums`.
    """
    kind, _, part = form.get("change", "")[: 2 * LONGEST_NAME].partition(":")
    found: dict[str, Any] = {"change": kind[:LONGEST_NAME]}
    part = part or form.get("part", "")
    if kind in ("again", "mute", "instrument") and part:
        found["part"] = part[:LONGEST_NAME]
    if kind in ("again", "vary"):
        found |= _where(form)
    if kind == "again" and not part and form.getlist("locked"):
        found["locked"] = [name[:LONGEST_NAME] for name in form.getlist("locked")[:MOST_PARTS]]
    for name in NUMBERS.get(kind, ()):
        if (number := _number(form.get(name, ""))) is not None:
            found["bars" if name == "more" else name] = number
    if kind == "chord" and form.get("chord"):
        found["chord"] = str(form["chord"]).strip()[:LONGEST_NAME]
    return found


def _where(form: QueryDict) -> dict[str, Any]:
    """The bars or the section that the fields name; nothing where they name none."""
    first, last = (_number(form.get(name, "")) for name in ("first", "last"))
    if first is not None or last is not None:
        return {"bars": [first if first is not None else last, last if last is not None else first]}
    section = _number(form.get("section", ""))
    return {} if section is None else {"section": section}


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 6 else None


def changeable(made: Generation) -> dict[str, Any]:
    """The parts and the sections of a piece, and the instruments that there are."""
    chosen = made.choices
    parts = [
        {
            "name": part["name"],
            "label": part_name(part["name"]),
            "dye": dye,
            "has_pitch": part["name"] != "drums",
            "instrument": dict(programs()).get(str(part["program"]), ""),
        }
        for part, dye in zip(chosen.get("parts", []), cycle(DYES), strict=False)
    ]
    sections = [
        (number, section_name(section), section["first_bar"] + 1, section["n_bars"])
        for number, section in enumerate(chosen.get("sections", []), start=1)
    ]
    return {"parts": parts, "sections": sections, "programs": programs()}

"""Several songs of one: where it would be parted is shown before anything is made."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isfinite
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from songloom.core.audio import splitting
from songloom.core.audio.edits.parameters import typed_number
from songloom.core.audio.recipe import read
from songloom.core.audio.splitting import Part
from songloom.errors import BadRecipe, BadValue
from songloom.interfaces.web.pages.presets import bit_rate_of, typed_recipe
from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.rendering import person, signed_in
from songloom.library.models import Track
from songloom.process import parts
from songloom.process import services as process

LONGEST_PARTS = 200_000  # characters


@require_POST
@signed_in
def show(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """The parts, by silences, times, a cue sheet or labels; nothing is made."""
    track = track_for(request, track_id)
    length_s = process.source_of(track).duration_s
    found = _found(request, track)
    listed = [
        {
            "start_s": part.start_s,
            "end_s": length_s if part.end_s is None else min(part.end_s, length_s),
            "title": part.title or f"{track.title} {n}",
            "artist": part.artist,
            "number": part.number or n,
        }
        for n, part in enumerate(found, 1)
        if part.start_s < length_s
    ]
    return JsonResponse({"parts": listed})


def _found(request: HttpRequest, track: Track) -> list[Part]:
    text = request.POST.get("text", "")[: splitting.LARGEST_TEXT]
    ways: dict[str, Callable[[], list[Part]]] = {
        "silences": lambda: parts.at_silences(
            track,
            threshold_db=_number(request, "threshold_db", -50.0),
            least_s=_number(request, "least_s", 0.5),
        ),
        "times": lambda: splitting.at_times(map(typed_number, text.split(","))),
        "cue": lambda: splitting.by_cue(text.encode()),
        "labels": lambda: splitting.by_labels(splitting.labels(text.encode())),
    }
    way = request.POST.get("way", "")
    if way not in ways:
        raise BadValue(f"say one of {', '.join(ways)}: where to split")
    try:
        return ways[way]()
    except BadRecipe as exc:  # a number is one of the form here, not of a recipe
        raise BadValue(str(exc)) from None


def _number(request: HttpRequest, field: str, otherwise: float) -> float:
    return typed_number(request.POST.get(field) or str(otherwise))


@require_POST
@signed_in
def start(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Make a song of each part that was left in the list, by the steps of the editor."""
    track = track_for(request, track_id)
    wanted = _wanted(request)
    job = parts.start(
        track,
        wanted,
        owner=person(request),
        recipe=read(typed_recipe(request)).document(),
        format=request.POST.get("format", "flac"),
        bit_rate_kbps=bit_rate_of(request),
    )
    said = ngettext(
        "%(n)s song is being made; the original stays as it is.",
        "%(n)s songs are being made; the original stays as it is.",
        len(wanted),
    )
    return JsonResponse({"job": str(job.pk), "message": said % {"n": len(wanted)}}, status=202)


def _wanted(request: HttpRequest) -> list[Part]:
    try:
        listed = json.loads(request.POST.get("parts", "")[:LONGEST_PARTS])
        found = [_part(one) for one in listed]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise BadValue("the parts are a list with start, end and title") from None
    if not found:
        raise BadValue(_("There is no part left to make."))
    return found


def _part(one: dict[str, Any]) -> Part:
    number, times_s = one.get("number"), (float(one["start_s"]), float(one["end_s"]))
    if not all(map(isfinite, times_s)):
        raise ValueError("no time")
    return Part(
        *times_s,
        str(one.get("title") or "")[:300],
        str(one.get("artist") or "")[:300],
        int(number) if number else None,
    )

"""Two takes side by side: played at the same place, their notes and what differs in words."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from songloom.errors import NotFound
from songloom.generate import services as generate
from songloom.interfaces.web.rendering import page, person, signed_in
from songloom.interfaces.web.takes import in_words, shown_takes


@require_GET
@signed_in
def compare(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """A take beside another of the same words, by default beside the one that it changes."""
    found = generate.generation_of(generation_id, person(request))
    context = shown_takes(found)
    others = [one for one in context["takes"] if one.generation.track_id and not one.is_here]
    wanted = request.GET.get("with", "")
    first = next((one for one in others if str(one.generation.pk) == wanted), None)
    first = first or context["origin"] or next(iter(others), None)
    if first is None or not found.track_id:
        raise NotFound
    mine = context["mine"]
    differences = generate.compared(first.generation, found)
    pair = [("A", first), ("B", mine)]
    context |= {"generation": found, "others": others, "first": first, "pair": pair}
    return page(
        request, "web/takes.html", context | {"said": [in_words(one) for one in differences]}
    )

"""Presets for the editor's script: recipes with names, kept, applied, renamed, thrown away."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songloom.core.audio.recipe import read
from songloom.errors import BadRecipe
from songloom.interfaces.web import recipes
from songloom.interfaces.web.rendering import person, signed_in
from songloom.library.models import User
from songloom.process import presets

LONGEST_RECIPE = 20_000  # characters


def typed_recipe(request: HttpRequest, field: str = "recipe") -> Any:
    """A recipe that the page's script sent. Raises BadRecipe."""
    try:
        return json.loads(request.POST.get(field, "")[:LONGEST_RECIPE])
    except (ValueError, RecursionError):
        raise BadRecipe("a recipe is a list of edits as JSON") from None


def bit_rate_of(request: HttpRequest) -> int | None:
    rate = request.POST.get("bit_rate_kbps", "")
    return int(rate) if rate.isdecimal() and len(rate) < 7 else None


@require_GET
@signed_in
def all_presets(request: HttpRequest) -> HttpResponse:
    return _listed(person(request))


@require_POST
@signed_in
def save(request: HttpRequest) -> HttpResponse:
    user = person(request)
    name = request.POST.get("name", "")
    presets.save_preset(
        name,
        typed_recipe(request),
        owner=user,
        format=request.POST.get("format", "flac"),
        bit_rate_kbps=bit_rate_of(request),
    )
    return _listed(user, _("“%(name)s” is saved.") % {"name": name.strip()})


@require_POST
@signed_in
def rename(request: HttpRequest) -> HttpResponse:
    user = person(request)
    named = presets.rename_preset(
        request.POST.get("name", ""), request.POST.get("to", ""), owner=user
    )
    return _listed(user, _("Now called “%(name)s”.") % {"name": named})


@require_POST
@signed_in
def drop(request: HttpRequest) -> HttpResponse:
    user = person(request)
    name = request.POST.get("name", "")
    presets.drop_preset(name, owner=user)
    return _listed(user, _("“%(name)s” is deleted.") % {"name": name})


def _listed(user: User, message: str = "") -> HttpResponse:
    found = recipes.presets_of(user)
    others = recipes.others_of([one["recipe"] for one in found], user)
    return JsonResponse({"presets": found, "others": others, "message": message})


@require_POST
@signed_in
def compare(request: HttpRequest) -> HttpResponse:
    """What changed from one recipe to the other, in lines for people."""
    one, other = (read(typed_recipe(request, field)) for field in ("before", "after"))
    return JsonResponse({"changes": recipes.changed(one, other)})

"""Bring music in: files by drop, an address, folders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songloom.acquire import services as acquire
from songloom.errors import SongloomError, TooLarge
from songloom.interfaces.answers.limits import IMPORTS, UPLOADS
from songloom.interfaces.web import typed
from songloom.interfaces.web.pages.activity import described, going_on
from songloom.interfaces.web.rendering import admin_only, back, page, person, signed_in
from songloom.interfaces.web.rendering import said as words_of
from songloom.library.models import Folder, Track
from songloom.library.services.documents import track_document


@require_GET
@signed_in
def add(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context: dict[str, Any] = {
        "folders": list(Folder.objects.all()) if user.is_superuser else [],
        "jobs": described(going_on(user)[:6]),
        "largest_mb": round(settings.LARGEST_UPLOAD_MB),
        "typed": typed.taken(request),
    }
    return page(request, "web/add.html", context)


@require_POST
@signed_in
def upload(request: HttpRequest) -> HttpResponse:
    """One file or several. JSON for the page's script, else back to the page with messages."""
    wants_json = "json" in request.headers.get("Accept", "")
    results = [_stored(request, file) for file in request.FILES.getlist("file")]
    if wants_json:
        return _upload_answer(results)
    for result in results:
        level = messages.error if "error" in result else messages.success
        level(request, _upload_words(result))
    return back(request, reverse("web:add"))


def _upload_answer(results: list[dict[str, Any]]) -> HttpResponse:
    if len(results) == 1 and "error" in results[0]:
        return JsonResponse(results[0], status=422)
    return JsonResponse({"files": results})


def _upload_words(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['name']}: {result['error']['message']}"
    title = {"title": result["track"]["title"]}
    return (
        _("“%(title)s” was added.") % title
        if result["is_new"]
        else _("“%(title)s” was already here.") % title
    )


def _stored(request: HttpRequest, file: Any) -> dict[str, Any]:
    user = person(request)
    name = file.name or "upload"
    try:
        UPLOADS.spend(str(user.pk))
        if (file.size or 0) > settings.LARGEST_UPLOAD_MB * 1_000_000:
            raise TooLarge
        track, is_new = acquire.add_upload(file, name=name, owner=user)
    except SongloomError as exc:
        return {"name": name, "error": words_of(exc)}
    full = Track.objects.with_names().get(pk=track.pk)
    page_at = reverse("web:track", args=[track.pk])
    return {"name": name, "track": track_document(full), "is_new": is_new, "page": page_at}


@require_POST
@signed_in
def by_url(request: HttpRequest) -> HttpResponse:
    """Fetch what lies at an address, in the background."""
    user = person(request)
    try:
        IMPORTS.spend(str(user.pk))
        acquire.add_url(request.POST.get("url", "").strip(), owner=user)
    except SongloomError as exc:
        typed.keep(request, "url")
        messages.error(request, words_of(exc)["message"])
        return back(request, reverse("web:add"))
    return HttpResponseRedirect(reverse("web:activity"))


@require_POST
@admin_only
def link_folder(request: HttpRequest) -> HttpResponse:
    """Read a folder in place; nothing in it is ever changed."""
    path = request.POST.get("path", "").strip()
    try:
        folder = acquire.link_folder(
            path, owner=person(request), is_private="is_private" in request.POST
        )
        acquire.scan_later(owner=person(request), folder=folder)
    except SongloomError as exc:
        typed.keep(request, "path")
        messages.error(request, words_of(exc)["message"])
        return back(request, reverse("web:add"))
    messages.success(
        request, _("“%(name)s” is linked. It is being scanned.") % {"name": folder.name}
    )
    return HttpResponseRedirect(reverse("web:activity"))


@require_POST
@admin_only
def unlink_folder(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    """Its songs leave the library; the files are not touched. A dialog asked before."""
    folder = get_object_or_404(Folder, pk=folder_id)
    name = folder.name
    acquire.unlink_folder(folder)
    messages.success(request, _("“%(name)s” is no longer linked.") % {"name": name})
    return back(request, reverse("web:settings"))


@require_POST
@signed_in
def scan(request: HttpRequest) -> HttpResponse:
    """Look through every linked folder for what is new, changed or away."""
    acquire.scan_later(owner=person(request))
    return HttpResponseRedirect(reverse("web:activity"))


@require_POST
@admin_only
def scan_folder(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    """Look through one folder; with `accepts_missing`, what is gone counts as gone."""
    folder = get_object_or_404(Folder, pk=folder_id)
    accepts = request.POST.get("accepts_missing") == "1"
    acquire.scan_later(owner=person(request), folder=folder, accepts_missing=accepts)
    return HttpResponseRedirect(reverse("web:activity"))

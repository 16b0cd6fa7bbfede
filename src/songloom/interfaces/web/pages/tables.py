"""Tables: one comes in, with its progress and what was refused of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songloom.acquire import services as acquire
from songloom.errors import SongloomError
from songloom.interfaces.answers.limits import IMPORTS
from songloom.interfaces.web.pages.activity import described
from songloom.interfaces.web.rendering import back, page, person, said, signed_in, user_of
from songloom.interfaces.web.sentences import sentence
from songloom.jobs.models import Job

SHOWN = 200  # refused rows on the page


@require_POST
@signed_in
def import_table(request: HttpRequest) -> HttpResponse:
    """Take a table in; its rows go in by a job, whose page follows."""
    user = person(request)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return back(request, reverse("web:add"))
    try:
        IMPORTS.spend(str(user.pk))
        job = acquire.import_upload_later(file, owner=user, is_strict="strict" in request.POST)
    except SongloomError as exc:
        messages.error(request, said(exc)["message"])
        return back(request, reverse("web:add"))
    return HttpResponseRedirect(reverse("web:table", args=[job.pk]))


@require_GET
@signed_in
def table(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far it is; once it is done, how many rows went in, and which did not and why."""
    mine = Job.objects.visible_to(user_of(request)).filter(kind="acquire.table")
    job = get_object_or_404(mine, pk=job_id)
    result = job.result or {}
    refused = [
        {**flaw, "words": sentence(flaw["code"]) or flaw["message"]}
        for flaw in result.get("refused", [])[:SHOWN]
    ]
    context = {"jobs": described([job]), "job": job, "result": result, "refused": refused}
    return page(request, "web/table.html", context)

"""Activity: what runs, waits, is done or went wrong; with cancel and retry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from songloom.analyse import services as analyse
from songloom.analyse.words import said
from songloom.interfaces.web.frame import counts
from songloom.interfaces.web.rendering import back, guard, page, person, signed_in, user_of
from songloom.interfaces.web.sentences import sentence
from songloom.jobs import enqueue
from songloom.jobs import services as jobs
from songloom.jobs.models import Job
from songloom.library.models import Track, User

LATEST = 60
SHORT = 6
KINDS: dict[str, tuple[str, Any]] = {
    "acquire.fetch": ("download", gettext_lazy("Fetching from an address")),
    "acquire.import": ("download", gettext_lazy("Fetching from an address")),
    "acquire.scan": ("folder", gettext_lazy("Scanning folders")),
    "process.render": ("scissors", gettext_lazy("Making a rendition")),
    "analyse.extract": ("pulse", gettext_lazy("Listening through a song")),
    "learn.train": ("tag", gettext_lazy("Learning from your tags")),
    "learn.suggest": ("tag", gettext_lazy("Suggesting tags")),
    "generate.compose": ("loom", gettext_lazy("Composing")),
    "search.index": ("search", gettext_lazy("Indexing a song")),
}
SHOWN = ("acquire.", "process.", "learn.train", "generate.")


def going_on(user: User | AnonymousUser) -> QuerySet[Job]:
    """What somebody waits for now; the quiet work of analysis has its own line."""
    return Job.objects.visible_to(user).unfinished().filter(queue="interactive")


def described(job: Job) -> dict[str, Any]:
    """A job in words."""
    icon, label = KINDS.get(job.kind, ("clock", job.kind))
    error = job.error or {}
    track_ids = (job.result or {}).get("track_ids") or []
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "icon": icon,
        "label": str(label),
        "about": _about(job),
        "state": str(job.state),
        "said": _state(job),
        "stage": said(job.stage),
        "progress": round(job.progress, 3),
        "is_final": job.is_final,
        "can_retry": job.state in (Job.State.FAILED, Job.State.DEAD),
        "track": str(track_ids[0]) if track_ids else None,
        "preview": _preview(job),
        "error": sentence(error["code"]) if error.get("code") else "",
        "detail": error.get("message", ""),
        "code": error.get("code", ""),
        "at": job.created_at,
    }


def _preview(job: Job) -> dict[str, Any] | None:
    """Where an edited sound can be heard, and how long it lasts."""
    made = (job.result or {}).get("preview")
    if not made:
        return None
    where = reverse("web:preview_sound", args=[job.arguments["track_id"], made["name"]])
    return {"src": where, "duration": made["duration_s"]}


def _about(job: Job) -> str:
    """The one argument that says what it is about; never an id."""
    for name in ("url", "prompt", "name", "path"):
        value = job.arguments.get(name)
        if isinstance(value, str) and value:
            return value[:200]
    return ""


def _state(job: Job) -> str:
    return {
        Job.State.QUEUED: _("waiting"),
        Job.State.RUNNING: _("running"),
        Job.State.DONE: _("done"),
        Job.State.FAILED: _("failed"),
        Job.State.CANCELLED: _("cancelled"),
        Job.State.DEAD: _("given up"),
    }[Job.State(job.state)]


@require_GET
@signed_in
def activity(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    mine = Job.objects.visible_to(user)
    context = {
        "running": [described(job) for job in going_on(user)[:LATEST]],
        "past": [described(job) for job in _finished(mine)[:LATEST]],
        "n_analysis": mine.unfinished().filter(queue="analysis").count(),
    }
    return page(request, "web/activity.html", context)


def _finished(jobs_of_user: QuerySet[Job]) -> QuerySet[Job]:
    """Ended ones that people asked for, and any that failed."""
    ended = jobs_of_user.exclude(state__in=Job.UNFINISHED).filter(finished_at__isnull=False)
    asked = ended.filter(kind__regex="^(" + "|".join(s.replace(".", r"\.") for s in SHOWN) + ")")
    failed = ended.filter(state__in=[Job.State.FAILED, Job.State.DEAD])
    return (asked | failed).order_by("-finished_at", "-id")


@require_GET
@signed_in
def state(request: HttpRequest) -> HttpResponse:
    """What the pages ask each second while something runs: jobs, counts, analysis."""
    user = person(request)
    asked = request.GET.get("jobs", "")
    ids = [one for one in asked.split(",")[:50] if _is_id(one)]
    watched = Job.objects.visible_to(user).filter(pk__in=ids)
    running = list(going_on(user)[:SHORT])
    found = {str(job.pk): described(job) for job in [*running, *watched]}
    return guard(
        JsonResponse(
            {
                "jobs": list(found.values()),
                "running": [str(job.pk) for job in running],
                "counts": counts(user),
                "analysis": analysis_left(user),
            }
        )
    )


def analysis_left(user: User) -> dict[str, Any]:
    """How much of the library has been listened through."""
    tracks = Track.objects.visible_to(user).filter(duration_s__isnull=False)
    n_all = tracks.count()
    n_left = tracks.filter(features__isnull=True).count()
    found: dict[str, Any] = {"n_left": n_left, "share": 1 - n_left / n_all if n_all else 1.0}
    if n_left:
        found |= _time_left()
    return found


def _time_left() -> dict[str, Any]:
    return {"time_left_s": analyse.time_left()}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_POST
@signed_in
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(user_of(request)), pk=job_id)
    jobs.cancel(job)
    return _answer(request, job)


@require_POST
@signed_in
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The same work once more, as a new job."""
    user = person(request)
    job = get_object_or_404(Job.objects.visible_to(user), pk=job_id)
    again = enqueue(job.kind, job.arguments, owner=user)
    return _answer(request, again)


def _answer(request: HttpRequest, job: Job) -> HttpResponse:
    if "json" in request.headers.get("Accept", ""):
        return guard(JsonResponse({"job": described(job)}, json_dumps_params={"default": str}))
    return back(request, reverse("web:activity"))

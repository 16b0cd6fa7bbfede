"""Activity: what runs, waits, is done or went wrong; with cancel and retry."""

from __future__ import annotations

from collections.abc import Iterable
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

from songloom.acquire import reaching
from songloom.analyse.words import said
from songloom.generate.models import Generation
from songloom.interfaces.web.frame import SHOWN, counts
from songloom.interfaces.web.listening import listening
from songloom.interfaces.web.rendering import back, page, person, signed_in, user_of
from songloom.interfaces.web.sentences import sentence
from songloom.jobs import enqueue
from songloom.jobs import services as jobs
from songloom.jobs.models import Job
from songloom.library.models import Track, User

LATEST = 60
SHORT = 6
KINDS: dict[str, tuple[str, Any]] = {
    "acquire.add": ("folder", gettext_lazy("Adding from a path")),
    "acquire.url": ("download", gettext_lazy("Fetching from an address")),
    "acquire.scan": ("folder", gettext_lazy("Scanning folders")),
    "acquire.refuse": ("folder", gettext_lazy("Listing what could not be read")),
    "acquire.table": ("list", gettext_lazy("Reading a table")),
    "process.render": ("scissors", gettext_lazy("Making a rendition")),
    "process.batch": ("scissors", gettext_lazy("Editing many songs")),
    "process.split": ("scissors", gettext_lazy("Making several tracks of one")),
    "analyse.extract": ("pulse", gettext_lazy("Listening through a song")),
    "analyse.complete": ("pulse", gettext_lazy("Listening through a song")),
    "analyse.catch_up": ("pulse", gettext_lazy("Looking for songs to listen through")),
    "learn.train": ("tag", gettext_lazy("Learning from your tags")),
    "learn.suggest": ("tag", gettext_lazy("Suggesting tags")),
    "generate.compose": ("loom", gettext_lazy("Composing")),
    "search.index": ("search", gettext_lazy("Indexing a song")),
    "search.index_new": ("search", gettext_lazy("Indexing songs")),
    "search.rebuild": ("search", gettext_lazy("Indexing the library")),
}


def going_on(user: User | AnonymousUser) -> QuerySet[Job]:
    """What somebody waits for now; the quiet work of analysis has its own line."""
    return Job.objects.visible_to(user).unfinished().filter(SHOWN)


def described(jobs_shown: Iterable[Job]) -> list[dict[str, Any]]:
    """Jobs in words: a constant number of queries."""
    listed = list(jobs_shown)
    about = subjects(listed)
    return [_described(job, about.get(job.pk, "")) for job in listed]


def _described(job: Job, about: str) -> dict[str, Any]:
    icon, label = KINDS.get(job.kind, ("clock", job.kind))
    error = job.error or {}
    track_ids = (job.result or {}).get("track_ids") or []
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "icon": icon,
        "label": str(label),
        "about": about,
        "state": str(job.state),
        "said": _state(job),
        "stage": _stage(job.stage),
        "progress": round(job.progress, 3),
        "is_final": job.is_final,
        "can_retry": job.state in (Job.State.FAILED, Job.State.DEAD),
        "track": str(track_ids[0]) if len(track_ids) == 1 else None,
        "n_tracks": len(track_ids),
        "error": sentence(error["code"]) if error.get("code") else "",
        "detail": error.get("message", ""),
        "code": error.get("code", ""),
        "at": job.created_at,
    }


def _stage(stage: str) -> str:
    """What a job is at, in the reader's language; a stage without words of its own as it is."""
    return {
        "composing": _("writing the notes"),
        "rendering": _("making the sound"),
        "decoding": _("reading the sound"),
        "learning": _("learning"),
        "suggesting": _("suggesting"),
        "storing": _("putting it away"),
        reaching.WHY: _("Waiting for a worker that reaches this path."),
    }.get(stage) or said(stage)


def subjects(jobs_shown: Iterable[Job]) -> dict[UUID, str]:
    """What each job is about: an address, a folder, a title, a prompt; never a path."""
    found: dict[UUID, str] = {}
    tracks: dict[UUID, str] = {}
    pieces: dict[UUID, str] = {}
    for job in jobs_shown:
        given = job.arguments
        if isinstance(given.get("url"), str):
            found[job.pk] = given["url"][:200]
        elif given.get("sha256"):  # a table that was sent: its name says nothing
            continue
        elif isinstance(given.get("path"), str):
            found[job.pk] = given["path"].rstrip("/").rpartition("/")[2][:200]
        elif given.get("track_id"):
            tracks[job.pk] = given["track_id"]
        elif given.get("generation_ids"):
            pieces[job.pk] = given["generation_ids"][0]
    titles = _words(Track.objects.filter(pk__in=set(tracks.values())), "title") if tracks else {}
    prompts = (
        _words(Generation.objects.filter(pk__in=set(pieces.values())), "prompt") if pieces else {}
    )
    found |= {pk: titles[of] for pk, of in tracks.items() if of in titles}
    return found | {pk: prompts[of] for pk, of in pieces.items() if of in prompts}


def _words(rows: QuerySet[Any], field: str) -> dict[str, str]:
    return {str(pk): text[:200] for pk, text in rows.values_list("pk", field)}


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
        "running": described(going_on(user)[:LATEST]),
        "past": described(_finished(mine)[:LATEST]),
        "listening": listening(person(request)),
    }
    return page(request, "web/activity.html", context)


def _finished(jobs_of_user: QuerySet[Job]) -> QuerySet[Job]:
    """Ended ones that people asked for, and any that failed."""
    ended = jobs_of_user.exclude(state__in=Job.UNFINISHED).filter(finished_at__isnull=False)
    asked = ended.filter(SHOWN)
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
    shown = {job.pk: job for job in [*running, *watched]}
    return JsonResponse(
        {
            "jobs": described(shown.values()),
            "running": [str(job.pk) for job in running],
            "counts": counts(user),
            "analysis": listening(user),
        }
    )


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
        return JsonResponse({"job": described([job])[0]}, json_dumps_params={"default": str})
    return back(request, reverse("web:activity"))

"""`songloom jobs`: what is being worked on; `jobs cancel` ends a job."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from songloom.errors import NotFound
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb

if TYPE_CHECKING:
    from songloom.jobs.models import Job


MOST = 10_000  # jobs in one answer


def verbs() -> list[Verb]:
    return [Verb("jobs", lambda: _("Show jobs, or cancel one."), _arguments, jobs)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help=_("also those that have ended"))
    parser.add_argument("--limit", type=int, default=50, help=_("at most so many"))
    parser.add_argument("--cancel", metavar=_("JOB"), help=_("ask this job to stop"))


def jobs(given: Arguments) -> Outcome:
    from songloom.jobs.models import Job

    if given.cancel:
        return _cancel(given.cancel)
    chosen = Job.objects.all() if given.all else Job.objects.unfinished()
    return _told(list(chosen[: max(0, min(given.limit, MOST))]))


def _cancel(text: str) -> Outcome:
    from songloom.jobs import services
    from songloom.jobs.models import Job

    try:
        job = Job.objects.filter(pk=UUID(text)).first()
    except ValueError:
        job = None
    if job is None:
        words = _("there is no job “%(id)s”; `songloom jobs --all` shows them")
        raise said(NotFound(words % {"id": text[:40]}))
    return _told([services.cancel(job)])


def _told(found: list[Job]) -> Outcome:
    from songloom.jobs.services import document

    lines = [f"{job.pk}  {job.get_state_display():<10} {job.kind}  {job.stage}" for job in found]
    return Outcome({"jobs": [document(job) for job in found]}, lines or [_("No jobs.")])

"""Waits for jobs with a progress bar on stderr; without a worker they run in this command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from songloom.errors import SongloomError
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Document, Outcome

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from songloom.jobs.models import Job


class JobFailed(SongloomError):
    """A job's own error, told by the command that waited for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def follow(change: Callable[[], object]) -> None:
    """Do a small change and wait for the jobs that follow from it."""
    from songloom.jobs import collecting

    with collecting() as followed:
        change()
    finish(followed)


def finish(jobs: Iterable[Job]) -> list[Job]:
    """Wait until these jobs and all that followed from them are final; returns all of them.

    Ctrl-C cancels them and raises KeyboardInterrupt.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from songloom.jobs import services
    from songloom.library.keep.sweeping import sweep

    jobs = list(jobs)
    if not jobs:
        return []
    sweep()  # as a worker does when it starts: what a killed command left half-way
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        shown = progress.add_task(_("waiting"), total=float(len(jobs)))
        return services.finish(jobs, lambda family: _draw(progress, shown, family))


def _draw(progress: Progress, shown: TaskID, family: list[Job]) -> None:
    ended = [job for job in family if job.is_final]
    running = [job for job in family if job.state == "running"]
    done = len(ended) + sum(job.progress for job in running)
    words = [f"{job.kind} {job.stage}".strip() for job in running[:2]]
    progress.update(
        shown,
        total=float(len(family)),
        completed=done,
        description=f"{len(ended)}/{len(family)} {' · '.join(words)}",
    )


def queued(document: Document, jobs: list[Job]) -> Outcome:
    """What `--no-wait` returns: the verb's document as far as it is known, and the jobs."""
    from songloom.jobs.services import document as told

    lines = [f"{job.pk}  {job.kind}" for job in jobs]
    return Outcome(document | {"jobs": [told(job) for job in jobs]}, lines)


def succeeded(job: Job) -> Job:
    """The job when it is done; else its error is raised."""
    if job.state == "done":
        return job
    error = job.error or {}
    raise JobFailed(error.get("code", "failed"), error.get("message", f"{job.kind}: {job.state}"))

"""The one task that every carrier knows: perform the job with this id."""

from __future__ import annotations

from django_tasks import task


@task(queue_name="interactive")
def run(job_id: str) -> None:
    """Perform one job. All state is in its row; the carrier only brings the id."""
    from songloom.jobs.performing import perform

    perform(job_id)

"""Jobs: what was asked for, how far it is, how to stop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Status

from songloom.interfaces.rest.finding import asker, one
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.shapes import JobShape
from songloom.jobs import services
from songloom.jobs.models import Job

router = Router(tags=["jobs"])


def accepted(response: HttpResponse, job: Job) -> Any:
    """202 with the job, and where to ask about it."""
    response["Location"] = reverse("api:get_job", args=[job.pk])
    return Status(202, {"job": services.document(job)})


@router.get("/jobs", response=Page[JobShape], summary="One's jobs, the newest first")
def list_jobs(
    request: HttpRequest,
    state: Job.State | None = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    rows = Job.objects.visible_to(asker(request))
    if state is not None:
        rows = rows.filter(state=state)
    found, following, total = page_of(rows, Order("created_at", is_falling=True), limit, cursor)
    items = [services.document(job) for job in found]
    return {"items": items, "next": following, "total": total}


@router.get("/jobs/{uuid:job_id}", response=JobShape, url_name="get_job", summary="One job")
def get_job(request: HttpRequest, job_id: UUID) -> Any:
    return services.document(one(Job.objects.visible_to(asker(request)), job_id))


@router.delete("/jobs/{uuid:job_id}", response=JobShape, summary="Ask a job to stop")
def cancel_job(request: HttpRequest, job_id: UUID) -> Any:
    """A final job stays as it is; asking twice is no error."""
    job = one(Job.objects.visible_to(asker(request)), job_id)
    return services.document(job if job.is_final else services.cancel(job))

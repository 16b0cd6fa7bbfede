"""Renditions: what recipes made of a track."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router

from songloom.interfaces.answers.sound import rendition_answer
from songloom.interfaces.rest.finding import asker, heard, one
from songloom.interfaces.rest.jobs import accepted
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.shapes import Accepted, RenditionShape, RenditionWish
from songloom.library.models import Rendition, Track, User
from songloom.library.services import documents
from songloom.process import services as process

router = Router(tags=["renditions"])


def renditions_of(user: User, track: Track) -> QuerySet[Rendition]:
    """One's own; an administrator sees all."""
    return Rendition.objects.visible_to(user).filter(track=track)


def rendition_document(made: Rendition) -> dict[str, Any]:
    url = reverse("api:download_rendition", args=[made.track_id, made.pk])
    return documents.rendition_document(made) | {"url": url}


@router.get(
    "/tracks/{uuid:track_id}/renditions", response=Page[RenditionShape], summary="What was made"
)
def list_renditions(
    request: HttpRequest, track_id: UUID, limit: Limit = 50, cursor: Cursor = ""
) -> Any:
    rows = renditions_of(asker(request), heard(request, track_id))
    found, following, total = page_of(rows, Order("created_at", is_falling=True), limit, cursor)
    return {
        "items": [rendition_document(made) for made in found],
        "next": following,
        "total": total,
    }


@router.post(
    "/tracks/{uuid:track_id}/renditions", response={202: Accepted}, summary="Apply a recipe"
)
def make_rendition(
    request: HttpRequest, track_id: UUID, wish: RenditionWish, response: HttpResponse
) -> Any:
    """The original stays as it is. Anybody who may hear a track may make something of it."""
    job = process.start(
        heard(request, track_id),
        wish.recipe,
        owner=asker(request),
        format=wish.format,
        bit_rate_kbps=wish.bitrate,
        save_as_track=wish.save_as_track,
    )
    return accepted(response, job)


@router.api_operation(
    ["GET", "HEAD"],
    "/tracks/{uuid:track_id}/renditions/{uuid:rendition_id}/file",
    url_name="download_rendition",
    summary="The bytes of a rendition, with ranges",
)
def download_rendition(
    request: HttpRequest, track_id: UUID, rendition_id: UUID, download: bool = False
) -> HttpResponse:
    rows = renditions_of(asker(request), heard(request, track_id)).select_related("track")
    return rendition_answer(request, one(rows, rendition_id), is_download=download)

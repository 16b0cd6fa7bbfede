"""Pieces made from words: ask, see what became of it, throw away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, UploadedFile

from songloom.generate import services
from songloom.generate.models import Generation
from songloom.interfaces.answers.limits import GENERATIONS
from songloom.interfaces.rest.finding import asker, heard
from songloom.interfaces.rest.jobs import accepted
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.shapes import Accepted, GenerationShape, GenerationWish, TakeWish
from songloom.library.services.documents import stamp

router = Router(tags=["generations"])


@router.post("/generations", response={202: Accepted}, summary="Make a piece from words")
def generate(request: HttpRequest, wish: GenerationWish, response: HttpResponse) -> Any:
    user = asker(request)
    GENERATIONS.spend(str(user.pk))
    _generations, job = services.start(
        wish.prompt,
        owner=user,
        seconds=wish.seconds,
        seed=wish.seed,
        like=wish.like,
        count=wish.count,
    )
    return accepted(response, job)


@router.post(
    "/tracks/{uuid:track_id}/takes", response={202: Accepted}, summary="Change one thing in a piece"
)
def take(request: HttpRequest, track_id: UUID, wish: TakeWish, response: HttpResponse) -> Any:
    user = asker(request)
    track = heard(request, track_id)
    GENERATIONS.spend(str(user.pk))
    _take, job = services.revise(track, wish.changes, owner=user, seed=wish.seed)
    return accepted(response, job)


@router.post(
    "/tracks/{uuid:track_id}/takes/midi",
    response={202: Accepted},
    summary="A piece whose MIDI file was edited elsewhere, as a take",
)
def bring_back(
    request: HttpRequest, track_id: UUID, file: File[UploadedFile], response: HttpResponse
) -> Any:
    """What had to be changed to play it stands in the take's `choices`, under `changes`."""
    user = asker(request)
    track = heard(request, track_id)
    GENERATIONS.spend(str(user.pk))
    _take, job = services.bring_back(track, file.chunks(), owner=user)
    return accepted(response, job)


@router.get("/generations", response=Page[GenerationShape], summary="What one asked for")
def list_generations(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    rows = Generation.objects.visible_to(asker(request))
    order = Order("created_at", is_falling=True)
    found, following, total = page_of(rows, order, limit, cursor)
    return {"items": [document(row) for row in found], "next": following, "total": total}


@router.get("/generations/{uuid:generation_id}", response=GenerationShape, summary="One piece")
def get_generation(request: HttpRequest, generation_id: UUID) -> Any:
    return document(services.generation_of(generation_id, asker(request)))


@router.delete("/generations/{uuid:generation_id}", response={204: None}, summary="Throw it away")
def discard(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    services.discard(services.generation_of(generation_id, asker(request)))
    return HttpResponse(status=204)


def document(made: Generation) -> dict[str, Any]:
    return {
        "id": made.pk,
        "prompt": made.prompt,
        "request": made.request,
        "choices": made.choices,
        "seed": made.seed,
        "title": made.title or None,
        "state": made.state,
        "track": made.track_id,
        "midi_sha256": made.midi_sha256 or None,
        "created_at": stamp(made.created_at),
    }

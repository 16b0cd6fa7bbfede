"""What lies in the library more than once, with the evidence; nothing is merged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from songloom.curate import services as curate
from songloom.interfaces.rest.cursors import closed
from songloom.interfaces.rest.finding import asker
from songloom.interfaces.rest.pages import Cursor, Limit, Page, offset_of
from songloom.interfaces.rest.shapes import TrackShape
from songloom.library.models import Track

router = Router(tags=["tracks"])


class EvidenceShape(Schema):
    """How alike two tracks are: the share of equal bits of their fingerprints (½ by chance).

    Over how many seconds, and how much later the sound comes in the first.
    """

    track: UUID
    other: UUID
    agreement: float
    overlap_s: float
    later_s: float


class GroupShape(Schema):
    """Tracks with the same recording, the oldest first."""

    tracks: list[TrackShape]
    evidence: list[EvidenceShape]


class DuplicatesShape(Page[GroupShape]):
    """`n_compared` tracks have a fingerprint; others are not measured yet, or silent."""

    n_compared: int


@router.get("/duplicates", response=DuplicatesShape, summary="Recordings that are there twice")
def list_duplicates(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    found = curate.duplicates(Track.objects.visible_to(asker(request)).with_names())
    start, total = offset_of(cursor), len(found.groups)
    stop = start + limit
    return {
        "items": found.document(start, stop)["groups"],
        "next": closed({"offset": stop}) if stop < total else None,
        "total": total,
        "n_compared": found.n_compared,
    }

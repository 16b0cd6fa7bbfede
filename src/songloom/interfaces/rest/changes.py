"""What was changed in the tags of a track, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from songloom.curate import services as curate
from songloom.curate.models import Change
from songloom.interfaces.rest.finding import asker, heard, one, owned
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.shapes import ChangeShape, TrackWhole
from songloom.interfaces.rest.tracks import whole
from songloom.library.services.documents import stamp

router = Router(tags=["tracks"])


@router.get(
    "/tracks/{uuid:track_id}/changes", response=Page[ChangeShape], summary="How its tags changed"
)
def list_changes(
    request: HttpRequest, track_id: UUID, limit: Limit = 50, cursor: Cursor = ""
) -> Any:
    """The latest first."""
    rows = Change.objects.filter(track=heard(request, track_id)).select_related("user")
    order = Order("created_at", is_falling=True)
    found, following, total = page_of(rows, order, limit, cursor)
    items = [change_document(change) for change in found]
    return {"items": items, "next": following, "total": total}


def change_document(change: Change) -> dict[str, Any]:
    return {
        "id": change.pk,
        "before": change.before,
        "after": change.after,
        "user": change.user.username if change.user else None,
        "created_at": stamp(change.created_at),
        "undone_at": stamp(change.undone_at),
    }


@router.post(
    "/tracks/{uuid:track_id}/changes/{uuid:change_id}/undo",
    response=TrackWhole,
    summary="Take a change of tags back",
)
def undo_change(request: HttpRequest, track_id: UUID, change_id: UUID) -> Any:
    """409 when it was undone already, or the same fields were changed since."""
    change = one(Change.objects.filter(track=owned(request, track_id)), change_id)
    curate.undo(change, user=asker(request))
    return whole(asker(request), heard(request, track_id))

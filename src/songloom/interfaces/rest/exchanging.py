"""Tables: the library out as CSV or JSON lines, and in again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Form, Query, Router, Status, UploadedFile

from songloom.acquire import services
from songloom.interfaces.answers.limits import IMPORTS
from songloom.interfaces.rest.finding import asker
from songloom.interfaces.rest.jobs import accepted
from songloom.interfaces.rest.shapes import Accepted, TableImported
from songloom.jobs.models import Job
from songloom.jobs.services import document
from songloom.library.exchange import rows, writing
from songloom.library.models import Track
from songloom.search.services import matching

router = Router(tags=["tables"])
MIMES = {"csv": "text/csv", "tsv": "text/tab-separated-values", "jsonl": "application/jsonl"}
LONGEST_WAIT_S = 20.0
LOOK_EVERY_S = 0.2


@router.get("/csv", summary="The tracks as a table")
def export_table(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=2_000)] = "",
    format: Literal["csv", "tsv", "jsonl"] = "csv",
    header: Literal["zh", "en"] = "zh",
) -> StreamingHttpResponse:
    """Only what the asker may see, in the order of ids; it is sent while it is read."""
    user = asker(request)
    chosen = matching(q, user) if q.strip() else Track.objects.visible_to(user)
    pieces = writing.text_pieces(rows.rows_of(chosen, user), format, header=header)
    answer = StreamingHttpResponse(Pieces(pieces), content_type=f"{MIMES[format]}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="songloom.{format}"'
    answer["Cache-Control"] = "no-store"
    return answer


class Pieces:
    """Text as bytes, for a server that waits for many in one thread.

    Only asynchronous: of an iterator that is both, Django would take the other and read it whole.
    """

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await sync_to_async(self._next)()) is not None:
            yield piece.encode()

    def _next(self) -> str | None:
        return next(self._pieces, None)


@router.post(
    "/csv", response={200: TableImported, 202: Accepted}, summary="Put the tracks of a table in"
)
def import_table(
    request: HttpRequest,
    response: HttpResponse,
    file: File[UploadedFile],
    strict: Annotated[bool, Form()] = False,
    encoding: Annotated[str, Form(max_length=20)] = "",
    wait: Annotated[float, Form(ge=0, le=LONGEST_WAIT_S)] = LONGEST_WAIT_S,
) -> Any:
    """200 with what came of it when it is done within `wait` seconds, else 202 with its job.

    Paths in a table are not followed here, only addresses.
    """
    user = asker(request)
    IMPORTS.spend(str(user.pk))
    job = services.import_upload_later(file, owner=user, is_strict=strict, encoding=encoding)
    deadline = time.monotonic() + wait
    while not job.is_final and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
        job.refresh_from_db()
    if job.state != Job.State.DONE:
        return accepted(response, job)
    return Status(200, {**(job.result or {}), "job": document(job)})

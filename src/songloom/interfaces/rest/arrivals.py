"""Ways in: a file, an address, a scan of the linked folders, and those folders themselves."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status, UploadedFile

from songloom.acquire import services
from songloom.interfaces.answers.limits import IMPORTS, UPLOADS
from songloom.interfaces.rest.finding import administrator, asker, one
from songloom.interfaces.rest.jobs import accepted
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.shapes import (
    Accepted,
    FolderShape,
    FolderWish,
    ImportWish,
    ScanWish,
    TrackStored,
)
from songloom.interfaces.rest.tracks import router as tracks
from songloom.jobs import enqueue
from songloom.library.models import Folder, Track, User
from songloom.library.services import browse, documents

router = Router(tags=["arrivals"])
Title = Annotated[str, Form(max_length=300)]


@tracks.post(  # one address, one router: GET and POST share it
    "/tracks", response={200: TrackStored, 201: TrackStored}, summary="Bring in one audio file"
)
def upload(request: HttpRequest, file: File[UploadedFile], title: Title = "") -> Any:
    """201 for a new track, 200 when these bytes are already the caller's."""
    user = asker(request)
    UPLOADS.spend(str(user.pk))
    name = file.name or "upload"
    track, is_new = services.add_upload(file, name=name, owner=user, title=title)
    return Status(201 if is_new else 200, stored(track))


def stored(track: Track) -> dict[str, Any]:
    rows: Any = Track.objects.filter(pk=track.pk)
    (full,) = rows.with_names().prefetch_related("files")
    cut = any(file.is_truncated for file in full.files.all())
    words = _("The file ends early. What can be played was kept.")
    warnings = [{"code": "truncated", "message": words}] if cut else []
    return documents.track_document(full) | {"warnings": warnings}


@router.post("/imports", response={202: Accepted}, summary="Fetch what lies at an address")
def fetch(request: HttpRequest, wish: ImportWish, response: HttpResponse) -> Any:
    user = asker(request)
    IMPORTS.spend(str(user.pk))
    return accepted(response, services.add_url(wish.url, owner=user))


@router.post("/scan", response={202: Accepted}, summary="Look through the linked folders")
def scan(request: HttpRequest, response: HttpResponse, wish: ScanWish | None = None) -> Any:
    user = asker(request)
    asked = wish or ScanWish()
    if asked.accepts_missing:
        administrator(request)
    folder = one(browse.folders_of(user), asked.folder) if asked.folder else None
    job = services.scan_later(owner=user, folder=folder, accepts_missing=asked.accepts_missing)
    return accepted(response, job)


@router.post("/learn", response={202: Accepted}, summary="Learn from one's tags")
def learn(request: HttpRequest, response: HttpResponse) -> Any:
    """Trains in the background; the job's result says how good each tag is."""
    user = asker(request)
    arguments = {"owner_id": str(user.pk)}
    return accepted(response, enqueue("learn.train", arguments, owner=user, key=str(user.pk)))


@router.get("/folders", response=Page[FolderShape], summary="Linked folders")
def list_folders(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    user = asker(request)
    found, following, total = page_of(browse.folders_of(user), Order("name"), limit, cursor)
    items = [folder_document(folder, user) for folder in found]
    return {"items": items, "next": following, "total": total}


def folder_document(folder: Folder, user: User) -> dict[str, Any]:
    """Where it lies is told to administrators only."""
    return {
        "id": folder.pk,
        "number": folder.number,
        "name": folder.name,
        "path": folder.path if user.is_superuser else None,
        "is_private": folder.is_private,
        "last_scan_at": documents.stamp(folder.last_scan_at),
    }


@router.post("/folders", response={201: FolderShape}, summary="Link a folder of the server")
def link_folder(request: HttpRequest, wish: FolderWish) -> Any:
    user = administrator(request)
    folder = services.link_folder(wish.path, owner=user, name=wish.name, is_private=wish.is_private)
    return Status(201, folder_document(folder, user))


@router.get("/folders/{uuid:folder_id}", response=FolderShape, summary="One linked folder")
def get_folder(request: HttpRequest, folder_id: UUID) -> Any:
    user = asker(request)
    return folder_document(one(browse.folders_of(user), folder_id), user)


@router.delete("/folders/{uuid:folder_id}", response={204: None}, summary="Let a folder go")
def unlink_folder(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    """Its tracks leave the library; its files stay as they are."""
    administrator(request)
    services.unlink_folder(one(Folder.objects.all(), folder_id))
    return HttpResponse(status=204)

"""Remembers which files of a folder were refused, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from songloom import __version__
from songloom.acquire.models import Refusal
from songloom.acquire.placing import mark_missing
from songloom.acquire.walking import Seen
from songloom.errors import BeyondLimits, EmptyFile, NotAudio, RefusedInput, TooLong
from songloom.library.models import File, Folder

LASTING = (NotAudio, EmptyFile, TooLong, BeyondLimits)  # said of the bytes, not of the moment


def is_same(known: File | Refusal, seen: Seen) -> bool:
    """Whether a file is as it was: the same size and time."""
    return (known.size_bytes, known.modified_ns) == (seen.size_bytes, seen.modified_ns)


def remembered(folder: Folder) -> dict[str, Refusal]:
    """What was refused, by path; what another version refused is tried again."""
    return {refusal.path: refusal for refusal in Refusal.objects.filter(folder=folder)}


def is_of_this_version(refusal: Refusal) -> bool:
    return refusal.version == __version__


def remember(folder: Folder, seen: Seen, exc: RefusedInput) -> None:
    if isinstance(exc, LASTING):
        Refusal.objects.create(
            folder=folder,
            path=seen.path,
            size_bytes=seen.size_bytes,
            modified_ns=seen.modified_ns,
            version=__version__,
            code=exc.code,
            message=str(exc)[:500],
        )


def refuse_believed(track_id: str, code: str, message: str) -> None:
    """What a scan believed to be music cannot be decoded: it is listed, and cannot be played.

    Its track stays, as that of a file that is away does: a better copy brings it back.
    """
    believed = File.objects.filter(track_id=track_id, is_believed=True, folder__isnull=False)
    with transaction.atomic():
        for file in believed.select_related("folder"):
            Refusal.objects.get_or_create(
                folder=file.folder,
                path=file.path,
                size_bytes=file.size_bytes,
                modified_ns=file.modified_ns,
                version=__version__,
                defaults={"code": code, "message": message[:500]},
            )
        mark_missing(believed)


def forget_refusals(folder: Folder, *, but: Iterable[Refusal]) -> None:
    """Forget what is gone, has changed, or was refused by another version."""
    kept = {refusal.pk for refusal in but}
    ids = Refusal.objects.filter(folder=folder).values_list("pk", flat=True)
    old = [pk for pk in ids if pk not in kept]
    for start in range(0, len(old), 500):
        Refusal.objects.filter(pk__in=old[start : start + 500]).delete()

"""Remembers which files of a folder were refused, and why."""

from __future__ import annotations

from collections.abc import Iterable

from songloom import __version__
from songloom.acquire.models import Refusal
from songloom.acquire.walking import Seen
from songloom.errors import BeyondLimits, EmptyFile, NotAudio, RefusedInput, TooLong
from songloom.library.models import File, Folder

LASTING = (NotAudio, EmptyFile, TooLong, BeyondLimits)  # said of the bytes, not of the moment


def is_same(known: File | Refusal, seen: Seen) -> bool:
    """Whether a file is as it was: the same size and time."""
    return (known.size_bytes, known.modified_ns) == (seen.size_bytes, seen.modified_ns)


def remembered(folder: Folder) -> dict[str, Refusal]:
    """What was refused by this version, by path."""
    found = Refusal.objects.filter(folder=folder, version=__version__)
    return {refusal.path: refusal for refusal in found}


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


def forget_refusals(folder: Folder, *, but: Iterable[Refusal]) -> None:
    """Forget what is gone, has changed, or was refused by another version."""
    kept = {refusal.pk for refusal in but}
    ids = Refusal.objects.filter(folder=folder).values_list("pk", flat=True)
    old = [pk for pk in ids if pk not in kept]
    for start in range(0, len(old), 500):
        Refusal.objects.filter(pk__in=old[start : start + 500]).delete()

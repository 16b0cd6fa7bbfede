"""What the headers of a linked file say stands until its sound is decoded and its bytes are read.

A first scan decodes nothing: `is_believed` marks such a file, and its `sha256` is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from songloom.core.audio.glance import parts_sha256, whole_sha256
from songloom.errors import StorageAway
from songloom.library.models import File, Track, User
from songloom.library.services.storing import linked_path

MEASURED = ("sound_sha256", "format", "codec", "sample_rate", "channels", "bit_rate", "bits",
            "duration_s", "is_truncated")  # fmt: skip


def bytes_of(file: File) -> str:
    """The hash of all bytes; a file that nobody has read whole is read now, and it is noted.

    Raises StorageAway when the file cannot be read.
    """
    path = linked_path(file)
    if not file.sha256 and path is not None:
        try:
            file.sha256 = whole_sha256(str(path))
        except OSError as exc:
            raise StorageAway(f"the file cannot be read ({exc.strerror})") from exc
        File.objects.filter(pk=file.pk, sha256="").update(sha256=file.sha256)
    return file.sha256


def read_likely(owner: User, *, parts: str) -> None:
    """Read those of an owner's files whole that may hold the same bytes; who is away stays."""
    likely = File.objects.filter(owner=owner, parts_sha256=parts, sha256="", missing_at=None)
    for file in likely.select_related("folder") if parts else ():
        try:
            bytes_of(file)
        except StorageAway:
            continue


def is_unchanged(file: File) -> bool:
    """Whether a linked file still has the bytes that were noted, all or those parts of them."""
    path = linked_path(file)
    assert path is not None
    try:
        if file.sha256:
            return whole_sha256(str(path)) == file.sha256
        return parts_sha256(str(path)) == file.parts_sha256
    except OSError:
        return False


def believe_no_more(file: File, heard: Mapping[str, Any]) -> None:
    """Take the decoder's word for a believed file.

    heard  what `core.audio.probe.described` says
    """
    facts = {name: heard[name] for name in MEASURED}
    facts |= {"codec": heard["codec"][:40], "sha256": heard["sha256"], "is_believed": False}
    same_bytes = File.objects.filter(pk=file.pk, parts_sha256=heard["parts_sha256"])
    with transaction.atomic():
        if same_bytes.update(**facts):
            track = {"duration_s": heard["duration_s"], "format": heard["format"]}
            Track.objects.filter(pk=file.track_id).update(**track)

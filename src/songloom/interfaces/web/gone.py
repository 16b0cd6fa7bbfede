"""Linked folders whose last scan stopped because so much of them was gone."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from songloom.errors import TooManyMissing
from songloom.jobs.models import Job
from songloom.library.models import Folder

LOOKED_AT = 50  # scans, the latest first


def stopped(folders: Iterable[Folder]) -> set[UUID]:
    """Those that the last scan which looked at them left as they were, to ask first."""
    unknown = {folder.pk: folder.name for folder in folders}
    n_folders, found = len(unknown), set()
    ended = Job.objects.filter(kind="acquire.scan", finished_at__isnull=False)
    for job in ended.order_by("-finished_at", "-id")[:LOOKED_AT]:
        asked = job.arguments.get("folder_id")
        looked_at = {pk for pk in unknown if asked in (None, str(pk))}
        refused = {one["source"] for one in (job.result or {}).get("refused", []) if _is_it(one)}
        if _is_it(job.error or {}) and (asked or n_folders == 1):
            found |= looked_at  # the error of a scan of one folder is that folder's
        found |= {pk for pk in looked_at if unknown[pk] in refused}
        if job.state == Job.State.DONE or _is_it(job.error or {}):
            unknown = {pk: name for pk, name in unknown.items() if pk not in looked_at}
    return found


def _is_it(error: dict[str, str]) -> bool:
    return error.get("code") == TooManyMissing.code

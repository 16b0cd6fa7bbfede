"""Brings in what lies at an address."""

from __future__ import annotations

from django.conf import settings

from songloom.acquire import adding
from songloom.acquire.outcomes import Outcome
from songloom.acquire.receiving import largest_bytes, received
from songloom.fetch import fetching
from songloom.jobs import check_cancelled, report
from songloom.library.models import Track, User


def add_from_url(url: str, *, owner: User) -> Outcome:
    """Fetch and store one audio file; lineage says from where.

    Raises BadUrl, ForbiddenAddress, DeadLink, TooLarge, WebPage and what `add_file` raises.
    """
    outcome = Outcome()
    report(progress=0.0)
    with fetching(
        url, largest_bytes=largest_bytes(), allow=settings.FETCH_ALLOW, check=check_cancelled
    ) as answer:

        def progress(size: int) -> None:
            whole = answer.size_bytes or largest_bytes()
            report(progress=min(0.8, 0.8 * size / whole))

        with received(answer.chunks(), progress=progress) as got:
            track, is_new = adding.keep(
                got, name=answer.file_name, owner=owner, origin=Track.Origin.FETCHED, url=url
            )
    outcome.stored(str(track.pk), is_new=is_new)
    return outcome

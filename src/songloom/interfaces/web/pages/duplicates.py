"""Songs that are there more than once, by their sound; what becomes of them is for people."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songloom.core.features.shapes import clock
from songloom.curate import services as curate
from songloom.curate.duplicates import Pair
from songloom.interfaces.web.listing import with_row
from songloom.interfaces.web.rendering import page, signed_in, user_of
from songloom.interfaces.web.templatetags.weave import decimals, size
from songloom.library.models import Track

GROUPS = 30  # a page


@dataclass(frozen=True)
class Copy:
    """One of the tracks with a recording, and what speaks for it."""

    track: Track
    why: str


@require_GET
@signed_in
def duplicates(request: HttpRequest) -> HttpResponse:
    among = with_row(Track.objects.visible_to(user_of(request))).prefetch_related("files")
    found = curate.duplicates(among)
    piece = Paginator(found.groups, GROUPS).get_page(request.GET.get("page"))
    groups = [[Copy(one, _why(one, pairs)) for one in tracks] for tracks, pairs in piece]
    context = {"groups": groups, "piece": piece, "n_compared": found.n_compared}
    return page(request, "web/duplicates.html", context)


def _why(track: Track, pairs: list[Pair]) -> str:
    """FLAC, 31 MB · 97.2 % alike over 1:44: the file, and what joins it to the group."""
    files = [f"{file.format.upper()}, {size(file.size_bytes)}" for file in track.files.all()[:1]]
    joined = [pair for pair in pairs if track.pk in (pair.one, pair.other)]
    best = max(joined, key=lambda pair: pair.meeting.evidence)
    facts = {
        "percent": decimals(100 * best.meeting.agreement, 1),
        "time": clock(best.meeting.overlap_s),
    }
    said = [*files, _("%(percent)s %% alike over %(time)s") % facts]
    if abs(late_s := _later_s(track.pk, best)) >= 1:
        words = _("begins %(n)s s later") if late_s > 0 else _("begins %(n)s s earlier")
        said.append(words % {"n": decimals(abs(late_s), 0)})
    return " · ".join(said)


def _later_s(pk: UUID, pair: Pair) -> float:
    """How much later the sound comes in this one of the two."""
    return pair.meeting.later_s if pk == pair.one else -pair.meeting.later_s

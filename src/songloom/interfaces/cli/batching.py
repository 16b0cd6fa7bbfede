"""`songloom edit --where SEARCH`: one recipe over many tracks, after saying what it will cost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from songloom.errors import NotFound
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.failures import said
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome
from songloom.interfaces.cli.working import finish, queued, succeeded

if TYPE_CHECKING:
    from songloom.process.batch import Estimate
    from songloom.process.services import Order


def over_many(given: Arguments, order: Order) -> Outcome:
    """The estimate comes first, on stderr; Ctrl-C ends the work, and what was made is kept."""
    from songloom.process import batch
    from songloom.search.services import matching

    owner = tracks.who()
    found = list(matching(given.where, owner).exclude(files=None).order_by("sort_title", "pk"))
    if not found:
        words = _("no track with a sound is found by “%(search)s”")
        raise said(NotFound(words % {"search": given.where[:200]}))
    estimate = batch.estimate(found, order, owner=owner)
    document: Document = {
        "estimate": estimate.document(),
        "recipe": order.recipe.document(),
        "format": order.format,
    }
    if given.estimate:
        return Outcome(document | {"made": None}, [_sentence(estimate)])
    sys.stderr.write(f"{_sentence(estimate)}\n")
    job = batch.start(found, order, owner=owner, save_as_track=given.save_as_track)
    if given.no_wait:
        return queued(document | {"made": None}, [job])
    ended = next(each for each in finish([job]) if each.pk == job.pk)
    result = succeeded(ended).result or {}
    lines = [_("%(n)s renditions, %(refused)s refused")
             % {"n": result["n_made"], "refused": result["n_refused"]}]  # fmt: skip
    lines += [f"{one['track']}: {one['message']}" for one in result["refused"]]
    return Outcome(document | {"made": result}, lines, is_done=result["n_made"] > 0)


def _sentence(estimate: Estimate) -> str:
    words = _("%(n)s tracks, %(sound)s of sound: about %(size)s MB and %(work)s of work")
    return words % {
        "n": estimate.n_tracks,
        "sound": tracks.clock(estimate.sounding_s),
        "size": max(1, round(estimate.size_bytes / 1e6)),
        "work": tracks.clock(max(1.0, estimate.work_s)),
    }

"""A recipe over many tracks: what it will cost, then one after the other, cancelled when asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from songloom.core import sandbox
from songloom.errors import BadValue, NoAudio, RefusedInput
from songloom.jobs import enqueue, report
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Track, User
from songloom.library.services.storing import at_hand
from songloom.process import services
from songloom.process.others import all_at_hand
from songloom.process.saving import save_as_track
from songloom.process.services import Order

logger = logging.getLogger(__name__)
TRIAL = "songloom.core.audio.rendering:trial"
MOST_TRACKS = 20_000
N_TRIALS = 3
MOST_REFUSED = 200  # of them are named in the result
PASS_SHARE = 0.5  # of the cost of a render, for each time that the whole is read once more


@dataclass(frozen=True)
class Estimate:
    """About what a batch makes and takes, from a few seconds of a few of its tracks."""

    n_tracks: int
    sounding_s: float
    size_bytes: int
    work_s: float

    def document(self) -> dict[str, Any]:
        return asdict(self)


def estimate(tracks: Sequence[Track], order: Order, *, owner: User) -> Estimate:
    """Try some seconds of three tracks and count on. Raises what a render raises for those."""
    order = order.by(owner)
    heard = [track for track in tracks if track.has_audio]
    if not heard:
        raise NoAudio("none of these tracks has a sound")
    tried = [_trial(track, order) for track in _spread(heard)]
    made_s = sum(each["seconds"] for each in tried) or 1.0
    share = sum(each["lasts_s"] for each in tried) / sum(each["length_s"] for each in tried)
    sounding_s = share * sum(track.duration_s or 0.0 for track in heard)
    passes = sum(edit.n_passes - 1 for edit in order.recipe.edits)
    each_s = sum(each["took_s"] for each in tried) / made_s * (1 + PASS_SHARE * passes)
    return Estimate(
        n_tracks=len(heard),
        sounding_s=round(sounding_s, 1),
        size_bytes=round(sum(each["size_bytes"] for each in tried) / made_s * sounding_s),
        work_s=round(each_s * sounding_s, 1),
    )


def start(
    tracks: Sequence[Track], order: Order, *, owner: User, save_as_track: bool = False
) -> Job:
    """Queue it. Raises BadValue for too many, BadRecipe for what it may not name."""
    if not tracks or len(tracks) > MOST_TRACKS:
        raise BadValue(f"{len(tracks)} tracks; 1 to {MOST_TRACKS} are allowed")
    order.by(owner)
    arguments = {
        "track_ids": [str(track.pk) for track in tracks],
        "recipe": order.recipe.document(),
        "format": order.format,
        "bit_rate_kbps": order.bit_rate_kbps,
        "owner_id": str(owner.pk),
        "save_as_track": save_as_track,
    }
    return enqueue("process.batch", arguments, owner=owner)


def run(track_ids: Sequence[str], order: Order, *, owner: User, saves: bool) -> dict[str, Any]:
    """Render each; what is refused is noted, and the others go on.

    returns  n_made, rendition_ids, track_ids of what was saved, n_refused, refused
    Raises Cancelled, and what befalls all alike: DiskFull, StorageAway.
    """
    made: list[str] = []
    saved: list[str] = []
    refused: list[dict[str, str]] = []
    n_refused = 0
    how: dict[str, Any] = {"format": order.format, "bit_rate_kbps": order.bit_rate_kbps}
    for n, track_id in enumerate(track_ids):
        track = Track.objects.visible_to(owner).filter(pk=track_id).first()
        if track is None:
            continue
        report(progress=n / len(track_ids), stage=f"{n + 1}/{len(track_ids)}")
        try:
            rendition = services.render(
                track,
                order.recipe.document(),
                owner=owner,
                tell=telling(n, len(track_ids)),
                **how,
            )
            made.append(str(rendition.pk))
            if saves:
                saved.append(str(save_as_track(rendition, owner=owner).pk))
        except RefusedInput as exc:
            n_refused += 1
            refused.append({"track": track_id, "code": exc.code, "message": str(exc)})
    return {
        "n_made": len(made),
        "rendition_ids": made,
        "track_ids": saved,
        "n_refused": n_refused,
        "refused": refused[:MOST_REFUSED],
    }


def telling(n: int, of: int) -> Callable[[float], None]:
    """What hears how far one of several is, and tells how far all are."""
    return lambda done: report(progress=(n + done) / of)


def _spread(tracks: Sequence[Track]) -> list[Track]:
    """A few, from the shortest to the longest."""
    ordered = sorted(tracks, key=lambda track: track.duration_s or 0.0)
    places = [len(ordered) * (2 * n + 1) // (2 * N_TRIALS) for n in range(N_TRIALS)]
    return [ordered[at] for at in sorted(set(places))]


def _trial(track: Track, order: Order) -> dict[str, float]:
    file = services.source_of(track)
    with (
        at_hand(file) as path,
        storage.temporary(f".{order.format}") as out,
        all_at_hand(order.others, is_preview=True) as others,
    ):
        began_s = time.perf_counter()
        found = sandbox.call(
            TRIAL,
            {
                "source": str(path),
                "out": str(out),
                "recipe": services.whole_recipe(file, order.recipe),
                "format": order.format,
                "bit_rate_kbps": order.bit_rate_kbps,
                "length_s": file.end_s or (file.start_s or 0.0) + file.duration_s,
                "others": others,
            },
            limits=services.limits_for(file, *order.others.values()),
        )
        took_s = time.perf_counter() - began_s
    return {**found, "length_s": file.duration_s, "took_s": took_s}

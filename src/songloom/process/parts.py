"""Makes several renditions or tracks of one: its parts, at times, silences, a cue sheet, labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from songloom.core import sandbox
from songloom.core.audio import splitting
from songloom.core.audio.splitting import Part
from songloom.errors import BadValue
from songloom.jobs import enqueue, report
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from songloom.library.services.storing import at_hand
from songloom.process import services
from songloom.process.batch import telling
from songloom.process.saving import save_as_track
from songloom.process.services import Order

SILENCES = "songloom.core.audio.splitting:find_silences"


def at_silences(track: Track, *, threshold_db: float = -50.0, least_s: float = 0.5) -> list[Part]:
    """The parts between the silences of a track. Raises BadValue where there are none."""
    if not (-96 <= threshold_db <= -20 and 0.05 <= least_s <= 60):
        raise BadValue("the threshold is −96 to −20 dB, and a silence lasts 0.05 to 60 s")
    file = services.source_of(track)
    with at_hand(file) as path:
        found = sandbox.call(
            SILENCES,
            {"path": str(path), "threshold_db": threshold_db, "least_s": least_s},
            limits=services.limits_for(file),
        )
    start_s = file.start_s or 0.0
    inside = [(a - start_s, b - start_s) for a, b in found if a > start_s]
    return splitting.at_silences(inside, file.duration_s)


def start(
    track: Track,
    parts: Sequence[Part],
    *,
    owner: User,
    recipe: Any = (),
    format: str = "flac",
    bit_rate_kbps: int | None = None,
    save_as_track: bool = True,
) -> Job:
    """Queue the making of every part; what is wrong with them is said at once.

    Raises BadValue, BadRecipe, NoAudio.
    """
    order = Order.of(list(recipe) if isinstance(recipe, tuple) else recipe, format, bit_rate_kbps)
    order.by(owner)
    length_s = services.source_of(track).duration_s
    beyond = [part for part in splitting.checked(list(parts)) if part.start_s >= length_s]
    if beyond:
        raise BadValue(
            f"a part begins at {beyond[0].start_s:g} s, and the sound ends at {length_s:g} s"
        )
    arguments = {
        "track_id": str(track.pk),
        "parts_": [part.document() for part in parts],
        "recipe": order.recipe.document(),
        "format": order.format,
        "bit_rate_kbps": order.bit_rate_kbps,
        "owner_id": str(owner.pk),
        "save_as_track": save_as_track,
    }
    return enqueue("process.split", arguments, owner=owner)


def run(
    track: Track, parts: Sequence[Mapping[str, Any]], order: Order, *, owner: User, saves: bool
) -> dict[str, Any]:
    """Render each part by the recipe behind its trim; saved, it is a track with its own title."""
    made: list[str] = []
    saved: list[str] = []
    how: dict[str, Any] = {"format": order.format, "bit_rate_kbps": order.bit_rate_kbps}
    for n, part in enumerate(parts):
        report(progress=n / len(parts), stage=f"{n + 1}/{len(parts)}")
        trim = {"edit": "trim", "start_s": part["start_s"], "end_s": part["end_s"]}
        edits = [trim, *order.recipe.document()["edits"]]
        rendition = services.render(
            track,
            edits,
            owner=owner,
            tell=telling(n, len(parts)),
            **how,
        )
        made.append(str(rendition.pk))
        if saves:
            number = part.get("number") or n + 1
            title = part.get("title") or f"{track.title} {number}"
            tags = {"artist": part.get("artist") or "", "tracknumber": str(number)}
            kept = save_as_track(rendition, owner=owner, title=title, tags=tags)
            saved.append(str(kept.pk))
    return {"track_ids": saved, "rendition_ids": made}

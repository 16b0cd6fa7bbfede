"""Makes renditions of tracks: by a recipe, in a format, kept until they can be made again.

Originals are never touched. Decoding and encoding happen in limited children.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from songloom.core import sandbox
from songloom.core.audio import recipe as recipes
from songloom.core.audio.endings import wav_s
from songloom.core.audio.formats import rendition_format
from songloom.core.audio.recipe import ENGINE_VERSION, Recipe
from songloom.errors import NoAudio, NotFound
from songloom.jobs import check_cancelled, enqueue, report
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Features, File, Rendition, Track, User
from songloom.library.services.storing import at_hand, main_file
from songloom.library.turns import in_turn
from songloom.process import lineage
from songloom.process.others import Others, all_at_hand, named_in, source, sources, whole_s

RENDER = "songloom.core.audio.rendering:render"
PREVIEW = "songloom.core.audio.rendering:preview"
LEAST_CPU_S = 120.0
SLOWEST_SPEED = 0.5  # × real time: a loudness in mp3 on the oldest of machines
LARGEST_MB = 8_192
KEEP_PREVIEWS_S = 86_400.0
Tell = Callable[[float], None]


@dataclass(frozen=True)
class Order:
    """A rendition as it was asked for, everything checked and spelt out."""

    recipe: Recipe
    format: str
    bit_rate_kbps: int | None
    others: Others = field(default_factory=dict)

    @classmethod
    def of(cls, recipe: Any, format: str = "flac", bit_rate_kbps: int | None = None) -> Order:
        """Raises BadRecipe or BadValue with both numbers: what was met, what is allowed."""
        form = rendition_format(format)
        return cls(recipes.read(recipe), form.name, form.checked_kbps(bit_rate_kbps))

    def by(self, owner: User) -> Order:
        """With the other tracks that it names. Raises BadRecipe for one they may not hear."""
        return replace(self, others=named_in(self.recipe, owner))

    def key(self, file: File) -> str:
        """The same for the same sound: recipe, format, bit rate, sources and engine version."""
        about: dict[str, Any] = {
            "recipe": self.recipe.document(),
            "format": self.format,
            "bit_rate_kbps": self.bit_rate_kbps,
            "source": source(file),
            "engine": ENGINE_VERSION,
        }
        if self.others:
            about["others"] = sources(self.others)
        spelled = json.dumps(about, sort_keys=True)
        return hashlib.sha256(spelled.encode()).hexdigest()


def start(
    track: Track,
    recipe: Any,
    *,
    owner: User,
    format: str = "flac",
    bit_rate_kbps: int | None = None,
    save_as_track: bool = False,
) -> Job:
    """Queue the making of a rendition; what is wrong with the order is said at once.

    Raises BadRecipe, BadValue, NoAudio.
    """
    order = Order.of(recipe, format, bit_rate_kbps).by(owner)
    file = source_of(track)
    lasts_s = file.duration_s if track.duration_s is None else track.duration_s
    n_samples = round(lasts_s * file.sample_rate)
    order.recipe.check(n_samples, file.sample_rate, file.channels)
    arguments = {
        "track_id": str(track.pk),
        "recipe": order.recipe.document(),
        "format": order.format,
        "bit_rate_kbps": order.bit_rate_kbps,
        "owner_id": str(owner.pk),
        "save_as_track": save_as_track,
    }
    key = f"{track.pk} {order.key(file)} {owner.pk} {save_as_track}"
    return enqueue("process.render", arguments, owner=owner, key=key)


def render(
    track: Track,
    recipe: Any,
    *,
    owner: User,
    format: str = "flac",
    bit_rate_kbps: int | None = None,
    tell: Tell | None = None,
) -> Rendition:
    """What a recipe makes of a track; made before, it is only looked up.

    tell  hears how far it is, 0 … 1; without it the job that this runs in is told
    Raises BadRecipe, BadValue, NoAudio, StorageAway, DiskFull, BeyondLimits, Cancelled, and then
    leaves nothing behind.
    """
    order = Order.of(recipe, format, bit_rate_kbps).by(owner)
    file = source_of(track)
    key = order.key(file)
    known = Rendition.objects.filter(track=track, recipe_key=key)
    for made in known.order_by("created_at"):
        if storage.is_there(made.sha256, "renditions"):
            return made if made.owner_id == owner.pk else _noted(track, owner, order, key, made)
    with storage.temporary(f".{order.format}") as out:
        found = _made(file, order, out, tell)
        storage.keep(out, found["sha256"], "renditions")
    return _noted(track, owner, order, key, Rendition(**_row(found)))


def preview(
    track: Track, recipe: Any, *, owner: User, at_s: float = 0.0, duration_s: float = 10.0
) -> tuple[Path, float]:
    """At most ten seconds of what a recipe would make, as a WAV, at once and without a job.

    returns  the path, below the cache of the home, and how long it lasts; deleted after a day
    """
    order = Order.of(recipe, "wav").by(owner)
    file = source_of(track)
    wanted = {"at_s": round(at_s, 3), "duration_s": round(duration_s, 3)}
    spelled = f"{order.key(file)} {wanted['at_s']} {wanted['duration_s']}"
    target = _preview_place(track, f"{hashlib.sha256(spelled.encode()).hexdigest()}.wav")
    if target.is_file():
        return target, wav_s(str(target)) or 0.0
    with (
        at_hand(file) as path,
        storage.temporary(".wav") as out,
        all_at_hand(order.others, is_preview=True) as others,
    ):
        found = sandbox.call(
            PREVIEW,
            {
                "source": str(path),
                "out": str(out),
                "recipe": whole_recipe(file, order.recipe),
                "length_s": whole_s(file),
                "levels": _levels(track, file),
                "others": others,
                **wanted,
            },
            limits=limits_for(file),
            cancelled=is_unwanted,
        )
        _place(out, target)
    return target, float(found["duration_s"])


def preview_file(track: Track, name: str) -> Path:
    """A preview that was made of a track, by its file name. Raises NotFound when it is gone."""
    path = _preview_place(track, Path(name).name)
    if not path.is_file():
        raise NotFound("this preview is no longer there")
    return path


def source_of(track: Track) -> File:
    """The file that a track is made from. Raises NoAudio for a catalogue entry."""
    file = main_file(track)
    if file is None:
        raise NoAudio("this is a catalogue entry without sound")
    return file


def _made(file: File, order: Order, out: Path, tell: Tell | None) -> dict[str, Any]:
    """Let a child write the sound to `out`; a linked file that changed meanwhile is no matter."""
    if tell is None:
        report(stage="rendering")
    with at_hand(file) as path, all_at_hand(order.others) as others:
        found = sandbox.call(
            RENDER,
            {
                "source": str(path),
                "out": str(out),
                "recipe": whole_recipe(file, order.recipe),
                "others": others,
                "format": order.format,
                "bit_rate_kbps": order.bit_rate_kbps,
            },
            limits=limits_for(file, *order.others.values()),
            progress=tell or (lambda done: report(progress=done)),
            cancelled=is_unwanted,
        )
    return dict(found)


def _noted(track: Track, owner: User, order: Order, key: str, made: Rendition) -> Rendition:
    """Write down whose rendition these bytes are, and where they come from."""
    row = {name: getattr(made, name) for name in ("sha256", "size_bytes", "duration_s")}
    row |= {"recipe": order.recipe.document(), "format": order.format}
    with in_turn(f"renditions {track.pk}"):
        rendition, _ = Rendition.objects.update_or_create(
            track=track,
            recipe_key=key,
            owner=owner,
            defaults=row | {"bit_rate_kbps": order.bit_rate_kbps},
        )
        lineage.trace(rendition, others=tuple(file.track for file in order.others.values()))
    return rendition


def _row(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("sha256", "size_bytes", "duration_s")}


def whole_recipe(file: File, recipe: Recipe) -> dict[str, Any]:
    """With the part of the file that the track is (cue sheets) as a first edit."""
    document = recipe.document()
    if file.start_s is not None or file.end_s is not None:
        part = {"edit": "trim", "start_s": file.start_s or 0.0, "end_s": file.end_s}
        document["edits"] = [part, *document["edits"]]
    return document


def _levels(track: Track, file: File) -> tuple[float, float] | None:
    """How loud the source is, where it was measured; of a part of a file that says nothing."""
    found = Features.objects.filter(track=track).only("loudness_lufs", "true_peak_dbtp").first()
    if found is None or found.loudness_lufs is None or found.true_peak_dbtp is None:
        return None
    return None if whole_s(file) is None else (found.loudness_lufs, found.true_peak_dbtp)


def limits_for(*files: File) -> sandbox.Limits:
    cpu_s = max(LEAST_CPU_S, sum(file.duration_s for file in files) / SLOWEST_SPEED)
    return sandbox.Limits(cpu_s=cpu_s, wall_s=5 * cpu_s, file_mb=LARGEST_MB)


def is_unwanted() -> bool:
    """Ends the child of a cancelled or lost job at once; raises as `check_cancelled` does."""
    check_cancelled()
    return False


def _preview_place(track: Track, name: str) -> Path:
    folder: Path = settings.CACHE / "previews" / str(track.pk)
    return folder / name


def _place(out: Path, target: Path) -> None:
    """Move a finished preview to its name, and throw away those of yesterday."""
    target.parent.mkdir(parents=True, exist_ok=True)
    out.replace(target)
    for old in target.parent.parent.glob("*/*"):
        if old.stat().st_mtime < time.time() - KEEP_PREVIEWS_S:
            old.unlink(missing_ok=True)

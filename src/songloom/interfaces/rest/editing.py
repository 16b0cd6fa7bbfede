"""Editing beyond one rendition: presets, parts of a track, one recipe over many tracks."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from songloom.core.audio import splitting
from songloom.core.audio.presets import PRESETS
from songloom.core.audio.splitting import Part
from songloom.errors import BadValue
from songloom.interfaces.rest.finding import asker, heard
from songloom.interfaces.rest.jobs import accepted
from songloom.interfaces.rest.shapes import Accepted, Recipe, Wish
from songloom.process import batch, parts, presets
from songloom.process.services import Order
from songloom.search.services import matching

router = Router(tags=["editing"])
Form = Annotated[str, Field(max_length=20)]
Text = Annotated[str, Field(max_length=splitting.LARGEST_TEXT)]


class PresetShape(Schema):
    name: str
    recipe: dict[str, Any]
    format: str
    bit_rate_kbps: int | None
    is_own: bool


class PresetWish(Wish):
    recipe: Recipe
    format: Form = "flac"
    bitrate: int | None = None  # kbit/s


class SplitWish(Wish):
    """One of `at`, `silences_db`, `cue` and `labels` says where."""

    at: Annotated[list[float], Field(max_length=splitting.MOST_PARTS)] | None = None  # seconds
    silences_db: float | None = None  # what stays below is silence
    cue: Text | None = None  # a cue sheet
    labels: Text | None = None  # a label file of Audacity
    recipe: Recipe = []
    format: Form = "flac"
    bitrate: int | None = None
    save_as_track: bool = True


class BatchWish(Wish):
    q: Annotated[str, Field(max_length=2_000)]
    recipe: Recipe
    format: Form = "flac"
    bitrate: int | None = None
    save_as_track: bool = False


class EstimateShape(Schema):
    """About what a batch makes and takes."""

    n_tracks: int
    sounding_s: float
    size_bytes: int
    work_s: float


@router.get("/presets", response=dict[str, list[PresetShape]], summary="Named recipes")
def list_presets(request: HttpRequest) -> Any:
    found = presets.presets_of(asker(request))
    return {"items": [{"name": n, "is_own": n not in PRESETS, **one} for n, one in found.items()]}


@router.put("/presets/{str:name}", response=PresetShape, summary="Keep a recipe under a name")
def save_preset(request: HttpRequest, name: str, wish: PresetWish) -> Any:
    made = presets.save_preset(
        name,
        wish.recipe,
        owner=asker(request),
        format=wish.format,
        bit_rate_kbps=wish.bitrate,
    )
    return {"name": name, "is_own": True, **made}


@router.delete("/presets/{str:name}", response={204: None}, summary="Forget one's own preset")
def drop_preset(request: HttpRequest, name: str) -> Any:
    presets.drop_preset(name, owner=asker(request))
    return Status(204, None)


@router.post("/tracks/{uuid:track_id}/split", response={202: Accepted}, summary="Make several")
def split_track(
    request: HttpRequest, track_id: UUID, wish: SplitWish, response: HttpResponse
) -> Any:
    """Each part becomes a track (or a rendition) of its own; the original stays as it is."""
    track = heard(request, track_id)
    ways = {
        "at": lambda: splitting.at_times(wish.at or ()),
        "silences_db": lambda: parts.at_silences(track, threshold_db=wish.silences_db or -50.0),
        "cue": lambda: splitting.by_cue((wish.cue or "").encode()),
        "labels": lambda: splitting.by_labels(splitting.labels((wish.labels or "").encode())),
    }
    chosen = [name for name in ways if getattr(wish, name) is not None]
    if len(chosen) != 1:
        raise BadValue(f"say one of {', '.join(ways)}: where to split")
    found: list[Part] = ways[chosen[0]]()
    job = parts.start(
        track,
        found,
        owner=asker(request),
        recipe=wish.recipe,
        format=wish.format,
        bit_rate_kbps=wish.bitrate,
        save_as_track=wish.save_as_track,
    )
    return accepted(response, job)


@router.post("/batches/estimate", response=EstimateShape, summary="What a batch will cost")
def estimate_batch(request: HttpRequest, wish: BatchWish) -> Any:
    order = Order.of(wish.recipe, wish.format, wish.bitrate)
    user = asker(request)
    return batch.estimate(list(matching(wish.q, user)), order, owner=user).document()


@router.post("/batches", response={202: Accepted}, summary="One recipe over many tracks")
def start_batch(request: HttpRequest, wish: BatchWish, response: HttpResponse) -> Any:
    """All tracks with a sound that the search `q` finds, one after the other."""
    order = Order.of(wish.recipe, wish.format, wish.bitrate)
    user = asker(request)
    tracks = [track for track in matching(wish.q, user) if track.has_audio]
    job = batch.start(tracks, order, owner=user, save_as_track=wish.save_as_track)
    return accepted(response, job)

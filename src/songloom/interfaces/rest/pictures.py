"""What a track sounds like, to look at: its outline from near, a spectrogram, plots of features."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from songloom.analyse import pictures
from songloom.core.features.outline import between, unpacked
from songloom.core.features.plots import PLOTS, plot
from songloom.errors import NotFound
from songloom.interfaces.answers.files import file_answer
from songloom.interfaces.rest.finding import heard
from songloom.interfaces.rest.tracks import NotMeasured
from songloom.library.models import Features

router = Router(tags=["tracks"])
Theme = Literal["light", "dark"]
Seconds = Annotated[float, Query(ge=0, le=1e6)]


class PeaksShape(Schema):
    """The highest |sample| of equal parts, in [0, 1]; the first part begins at `from_s`."""

    duration_s: float
    from_s: float
    part_s: float  # how long each part is
    peaks: list[float]


@router.get("/tracks/{uuid:track_id}/peaks", response=PeaksShape, summary="Its waveform")
def get_peaks(
    request: HttpRequest,
    track_id: UUID,
    level: Literal["whole", "near"] = "whole",
    from_s: Seconds = 0.0,
    to_s: Seconds | None = None,
) -> Any:
    """`whole` has 800 parts; `near` one for each 50 ms of a stretch, 24,000 at most in all."""
    track = heard(request, track_id)
    fields = Features.objects.filter(track=track).only("peaks", "peaks_fine")
    found = fields.first()
    length_s = track.duration_s or 0.0
    if found is None or not length_s:
        raise NotMeasured(_("This track has not been measured yet."))
    if level == "whole":
        part_s = length_s / max(1, len(found.peaks))
        return {"duration_s": length_s, "from_s": 0.0, "part_s": part_s, "peaks": found.peaks}
    fine = bytes(found.peaks_fine or b"")
    if not fine:
        raise NotMeasured(_("This track has not been measured yet."))
    shown, at_s = between(fine, length_s, from_s, length_s if to_s is None else to_s)
    part_s = length_s / len(fine)
    return {"duration_s": length_s, "from_s": at_s, "part_s": part_s, "peaks": unpacked(shown)}


@router.api_operation(
    ["GET", "HEAD"], "/tracks/{uuid:track_id}/spectrogram", summary="Its spectrogram, a PNG"
)
def get_spectrogram(request: HttpRequest, track_id: UUID, theme: Theme = "light") -> HttpResponse:
    """1200 × 288: all of the track from left to right, 32 Hz to 20 kHz in equal octaves upwards."""
    path = pictures.spectrogram(heard(request, track_id), theme)
    return file_answer(request, path, mime="image/png", tag=path.stem[-40:])


@router.get("/tracks/{uuid:track_id}/plots/{str:kind}", summary="A plot of it, an SVG")
def get_plot(
    request: HttpRequest, track_id: UUID, kind: str, theme: Theme = "light"
) -> HttpResponse:
    """frequency, contrast, tonality, loudness, phase, width, correlation or tempo."""
    track = heard(request, track_id)
    if kind not in PLOTS:
        raise NotFound(f"there is no plot “{kind[:20]}”; there are {', '.join(PLOTS)}")
    found = Features.objects.filter(track=track).only("values").first()
    made = plot(kind, found.values) if found else None
    if made is None:
        raise NotMeasured(_("This track has not been measured yet."))
    return HttpResponse(made.svg(theme), content_type="image/svg+xml")

"""A song to look at: its spectrogram, and its wave from near."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods

from songloom.analyse import pictures
from songloom.interfaces.answers.files import file_answer
from songloom.interfaces.web.pages.tracks import track_for
from songloom.interfaces.web.rendering import signed_in
from songloom.library.models import Features


@require_http_methods(["GET", "HEAD"])
@signed_in
def spectrogram(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """Drawn when somebody looks; `?theme=dark` on dark paper."""
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    path = pictures.spectrogram(track_for(request, track_id), theme)
    answer: HttpResponse = file_answer(request, path, mime="image/png", tag=path.stem[-40:])
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_GET
@signed_in
def peaks(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """The outline from near, each peak as the root of its share of full scale, 0 … 255."""
    found = Features.objects.filter(track=track_for(request, track_id)).only("peaks_fine").first()
    return JsonResponse({"roots": list(bytes(found.peaks_fine or b"")) if found else []})

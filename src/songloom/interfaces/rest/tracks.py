"""Tracks: list, look at, change, throw away, bring back, star, rate."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router

from songloom.curate import services as curate
from songloom.errors import NotFound
from songloom.interfaces.answers.covers import cover_answer, cover_of
from songloom.interfaces.answers.sound import original_answer, sound_answer
from songloom.interfaces.rest.finding import asker, heard, owned
from songloom.interfaces.rest.listing import tracks_page
from songloom.interfaces.rest.pages import Cursor, Limit, Order, Page, page_of
from songloom.interfaces.rest.renditions import rendition_document, renditions_of
from songloom.interfaces.rest.shapes import (
    FeaturesShape,
    Opinion,
    RatingWish,
    TrackNear,
    TrackShape,
    TrackWhole,
    TrackWish,
)
from songloom.library.models import Rating, Star, Track, User
from songloom.library.services import bin as bins
from songloom.library.services import documents, opinions, tagging, tracing
from songloom.library.services.album_gain import album_gains
from songloom.play.services import record_play

router = Router(tags=["tracks"])

Few = Annotated[int, Query(ge=1, le=200)]
Kbps = Annotated[int, Query(ge=0, le=10_000)]
FIELDS = {  # of a wish → of the tags
    "title": "title",
    "artists": "artist",
    "album": "album",
    "albumartist": "albumartist",
    "genres": "genre",
    "date": "date",
    "track_number": "tracknumber",
    "disc_number": "discnumber",
    "lyrics": "lyrics",
}


class NotMeasured(NotFound):
    code = "not_measured"


@router.get("/tracks", response=Page[TrackShape], summary="Tracks, searched and sorted")
def list_tracks(
    request: HttpRequest, q: str = "", sort: str = "", limit: Limit = 50, cursor: Cursor = ""
) -> Any:
    tracks, following, total = tracks_page(asker(request), q, sort, limit, cursor)
    return {"items": documents.track_documents(tracks), "next": following, "total": total}


@router.get("/tracks/{uuid:track_id}", response=TrackWhole, summary="One track")
def get_track(request: HttpRequest, track_id: UUID) -> Any:
    return whole(asker(request), heard(request, track_id))


def whole(user: User, track: Track) -> dict[str, Any]:
    return documents.track_document(track) | {
        "tags": tagging.tags_of(track),
        "lyrics": track.lyrics,
        "files": [documents.file_document(file) for file in track.files.all()],
        "lineage": tracing.graph(track, user),
        "renditions": [rendition_document(made) for made in renditions_of(user, track)],
    }


@router.patch("/tracks/{uuid:track_id}", response=TrackWhole, summary="Change tags")
def change_track(request: HttpRequest, track_id: UUID, wish: TrackWish) -> Any:
    track = owned(request, track_id)
    curate.set_tags(track, fields_of(wish), user=asker(request))
    return whole(asker(request), heard(request, track_id))


def fields_of(wish: TrackWish) -> dict[str, list[str]]:
    """Only what was sent; null clears."""
    sent = wish.model_dump(exclude_unset=True)
    fields: dict[str, list[str]] = {
        name: [str(v) for v in values] for name, values in (sent.pop("tags", None) or {}).items()
    }
    for name, value in sent.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        fields[FIELDS[name]] = [str(v) for v in values]
    return fields


@router.delete("/tracks/{uuid:track_id}", response={204: None}, summary="Put into the bin")
def bin_track(request: HttpRequest, track_id: UUID) -> HttpResponse:
    bins.bin_track(owned(request, track_id))
    return HttpResponse(status=204)


@router.post("/tracks/{uuid:track_id}/restore", response=TrackShape, summary="Out of the bin")
def restore_track(request: HttpRequest, track_id: UUID) -> Any:
    return documents.track_document(bins.restore_track(owned(request, track_id, is_binned=True)))


@router.get("/bin", response=Page[TrackShape], summary="What lies in one's bin")
def list_bin(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    rows: Any = Track.objects.changeable_by(asker(request)).binned()
    order = Order("binned_at", is_falling=True)
    tracks, following, total = page_of(rows.with_names(), order, limit, cursor)
    return {"items": documents.track_documents(tracks), "next": following, "total": total}


@router.get("/tracks/{uuid:track_id}/features", response=FeaturesShape, summary="What was measured")
def get_features(request: HttpRequest, track_id: UUID) -> Any:
    track = heard(request, track_id)
    found = documents.features_document(track)
    if found is None:
        raise NotMeasured(_("This track has not been measured yet."))
    about = {name: found.pop(name) for name in ("features_version", "features_pass", "reasons")}
    if track.album_id:
        of_album = album_gains([track.album_id], Track.objects.visible_to(asker(request)))
        if gain := of_album.get(track.album_id):
            found |= {"replaygain_album_gain_db": gain.gain_db, "replaygain_album_peak": gain.peak}
    return {**about, "features": found}


@router.api_operation(
    ["GET", "HEAD"], "/tracks/{uuid:track_id}/cover", summary="Its picture, or one woven for it"
)
def get_cover(request: HttpRequest, track_id: UUID, size: int = 0) -> HttpResponse:
    track = heard(request, track_id)
    return cover_answer(request, track, cover_of(track, asker(request)), size)


@router.api_operation(
    ["GET", "HEAD"], "/tracks/{uuid:track_id}/stream", summary="Its sound, with ranges"
)
def stream(
    request: HttpRequest,
    track_id: UUID,
    format: str = "",
    bitrate: Kbps = 0,
    download: bool = False,
) -> HttpResponseBase:
    """The file as it is, unless a format or a bit rate (kbit/s at most) asks for a transcode."""
    track = heard(request, track_id)
    if download:
        return original_answer(request, track, is_download=True)
    return sound_answer(request, track, format=format[:20], most_kbps=bitrate)


@router.get(
    "/tracks/{uuid:track_id}/similar", response=Page[TrackNear], summary="Tracks that sound alike"
)
def similar(request: HttpRequest, track_id: UUID, limit: Few = 20) -> Any:
    """The nearest first; none while the track is not measured."""
    from songloom.learn.services import similar_to

    track = heard(request, track_id)
    among: Any = Track.objects.visible_to(asker(request))
    found = similar_to(track, among=among.with_names(), limit=limit)
    items = [documents.track_document(other) | {"distance": d} for other, d in found]
    return {"items": items, "next": None, "total": len(items)}


@router.post("/tracks/{uuid:track_id}/plays", response={204: None}, summary="It was heard")
def note_play(request: HttpRequest, track_id: UUID) -> HttpResponse:
    record_play(asker(request), heard(request, track_id), client="REST")
    return HttpResponse(status=204)


@router.get("/tracks/{uuid:track_id}/opinion", response=Opinion, summary="One's star and rating")
def get_opinion(request: HttpRequest, track_id: UUID) -> Any:
    return opinion_on(asker(request), heard(request, track_id))


def opinion_on(user: User, track: Track) -> dict[str, Any]:
    rating = Rating.objects.filter(user=user, track=track).first()
    return {
        "is_starred": Star.objects.filter(user=user, track=track).exists(),
        "rating": rating.stars if rating else None,
    }


@router.put("/tracks/{uuid:track_id}/star", response=Opinion, summary="Make it a favourite")
def star(request: HttpRequest, track_id: UUID) -> Any:
    track = heard(request, track_id)
    opinions.star(asker(request), track)
    return opinion_on(asker(request), track)


@router.delete("/tracks/{uuid:track_id}/star", response=Opinion, summary="No longer a favourite")
def unstar(request: HttpRequest, track_id: UUID) -> Any:
    track = heard(request, track_id)
    opinions.unstar(asker(request), track)
    return opinion_on(asker(request), track)


@router.put("/tracks/{uuid:track_id}/rating", response=Opinion, summary="One to five, 0 for none")
def rate(request: HttpRequest, track_id: UUID, wish: RatingWish) -> Any:
    track = heard(request, track_id)
    opinions.rate(asker(request), track, wish.rating)
    return opinion_on(asker(request), track)

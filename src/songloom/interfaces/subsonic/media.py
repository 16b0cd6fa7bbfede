"""Sound and pictures: stream, download, cover, avatar."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase

from songloom.interfaces.answers.covers import cover_answer, cover_of, drawn_answer
from songloom.interfaces.answers.sound import original_answer, sound_answer
from songloom.interfaces.subsonic.parameters import as_key
from songloom.interfaces.subsonic.people import person_named
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import heard_by, song_or_refusal
from songloom.library.models import Cover, Track
from songloom.library.services import browse
from songloom.play.allowances import allowed
from songloom.search import smart

LARGEST_COVER = 2_000
LOOKED_AT = 100  # songs of a playlist, for a cover
AVATAR = 128  # pixels, where a client names no size


@method("stream", role="stream")
def stream(call: Call) -> HttpResponseBase:
    """The file as it is, unless a format, a bit rate or a start asks for less. Not a play."""
    return sound_answer(
        call.request,
        song_or_refusal(call),
        format=call.asked.text("format")[:20],
        most_kbps=limited(call, call.asked.number("maxBitRate", 0)),
        start_s=float(call.asked.number("timeOffset", 0, high=10**6)),
    )


def limited(call: Call, wanted_kbps: int) -> int:
    """The lower of what was asked for and what the administrator allows; 0 is no limit."""
    _roles, most_kbps = allowed(call.user)
    limits = [kbps for kbps in (wanted_kbps, most_kbps) if kbps]
    return min(limits, default=0)


@method("download", role="download")
def download(call: Call) -> HttpResponseBase:
    """The original, byte for byte, under a name that says what it is."""
    return original_answer(call.request, song_or_refusal(call), is_download=True)


@method("getCoverArt")
def cover_art(call: Call) -> HttpResponseBase:
    """By the `coverArt` of a song, an album, an artist or a playlist, or by its id."""
    kind, _dash, rest = call.asked.required("id").partition("-")
    key = as_key(rest if kind in COVERS else call.asked.text("id"))
    size = call.asked.number("size", 0, high=LARGEST_COVER)
    for find in [COVERS[kind]] if kind in COVERS else COVERS.values():
        found = find(call, key)
        if found is not None:
            return cover_answer(call.request, *found, size)
    raise Refusal.not_found()


Found = tuple[Track | None, Cover | None] | None


def cover_of_song(call: Call, key: Any) -> Found:
    rows = heard_by(call).select_related("cover")
    track = rows.filter(pk=key).first()
    return (track, cover_of(track, call.user)) if track else None


def cover_of_album(call: Call, key: Any) -> Found:
    tracks = heard_by(call).filter(album=key)
    if not tracks.exists():
        return None
    return pictured(call, tracks, browse.cover_of_album(key, tracks))


def cover_of_artist(call: Call, key: Any) -> Found:
    theirs = Track.objects.filter(artists=key)
    known = theirs.filter(pk__in=heard_by(call).values("pk")).exists()
    return pictured(call, theirs, None) if known else None


def cover_of_playlist(call: Call, key: Any) -> Found:
    row = browse.playlists_of(call.user, heard_by(call)).filter(pk=key).first()
    if row is None:
        return None
    return pictured(
        call, Track.objects.filter(pk__in=smart.songs_of(row, call.user)[:LOOKED_AT]), None
    )


def pictured(call: Call, tracks: Any, cover: Cover | None) -> Found:
    """The picture itself, else that of the first track with one, else the first track's weave."""
    mine = tracks.filter(pk__in=heard_by(call).values("pk"))
    ordered = mine.select_related("cover").order_by("sort_title", "pk")
    if cover is not None:
        return ordered.first(), cover
    track = ordered.filter(cover__isnull=False).first() or ordered.first()
    return (track, cover_of(track, call.user)) if track else (None, None)


COVERS = {
    "tr": cover_of_song,
    "al": cover_of_album,
    "ar": cover_of_artist,
    "pl": cover_of_playlist,
}


@method("getAvatar")
def avatar(call: Call) -> HttpResponseBase:
    """A small cloth of one's own, woven from who one is: the same for everybody who looks."""
    person = person_named(call.asked.required("username"))
    size = call.asked.number("size", AVATAR, high=LARGEST_COVER) or AVATAR
    return drawn_answer(call.request, {"seed": f"user {person.pk}"}, size)

"""What sounds alike, by what was measured here, and what of an artist is heard most."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from songloom.interfaces.subsonic import shapes
from songloom.interfaces.subsonic.browsing import artist_or_refusal
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.listening import songs_by_id
from songloom.interfaces.subsonic.lists import MOST, songs
from songloom.interfaces.subsonic.marks import Marks
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.scope import heard_by, song_or_refusal
from songloom.library.ids import name_key
from songloom.library.models import Artist, Track
from songloom.library.services import browse
from songloom.play import services as play

SHORTEST_PATH = 2  # its two ends
SEEDS = 50  # songs like one of an artist's, in which other artists are looked for
UNKNOWN = -1.0  # what the specification has for "cannot be said"


def alike(call: Call) -> list[Element]:
    """What sounds like a song; of an album or an artist, what sounds like one of its songs."""
    count = call.asked.number("count", 50, high=MOST)
    return [entry for entry, _distance in near(call, seed(call), count)]


def near(call: Call, track: Track, count: int) -> list[tuple[Element, float]]:
    from songloom.learn.services import similar_to

    found = similar_to(track, among=heard_by(call), limit=count)
    shown = songs_by_id(call, [track.pk for track, _distance in found])
    return [(shown[track.pk], distance) for track, distance in found if track.pk in shown]


def similarity(distance: float) -> float:
    """1 is the same sound; it falls with the distance and never reaches 0."""
    return round(1 / (1 + distance), 4)


def seed(call: Call) -> Track:
    key = call.asked.key("id")
    visible = heard_by(call)
    first = visible.filter(album=key).order_by("disc_number", "track_number", "pk").first()
    first = first or visible.filter(artists=key).order_by("sort_title", "pk").first()
    return first or song_or_refusal(call)


@method("getSimilarSongs")
def similar_songs(call: Call) -> Element:
    return {"similarSongs": {"song": alike(call)}}


@method("getSimilarSongs2")
def similar_songs2(call: Call) -> Element:
    return {"similarSongs2": {"song": alike(call)}}


@method("getSonicSimilarTracks")
def sonic_similar_tracks(call: Call) -> Element:
    found = near(call, song_or_refusal(call), call.asked.number("count", 10, high=MOST))
    return {"sonicMatch": [{"entry": e, "similarity": similarity(d)} for e, d in found]}


@method("findSonicPath")
def sonic_path(call: Call) -> Element:
    """Songs that lead from one to another by small steps; both ends are always there."""
    from songloom.learn.path import path_between

    start, end = song_or_refusal(call, "startSongId"), song_or_refusal(call, "endSongId")
    count = call.asked.number("count", 25, low=SHORTEST_PATH, high=MOST)
    steps = path_between(start, end, among=heard_by(call), count=count)
    shown = songs_by_id(call, [track.pk for track, _distance in steps])
    return {
        "sonicMatch": [
            {
                "entry": shown[track.pk],
                "similarity": UNKNOWN if distance is None else similarity(distance),
            }
            for track, distance in steps
        ]
    }


@method("getTopSongs")
def top_songs(call: Call) -> Element:
    """The songs of an artist that this user heard most; those never heard follow by title."""
    if call.asked.text("id"):
        tracks = heard_by(call).filter(artists=artist_or_refusal(call).pk).distinct()
    else:
        artist = name_key(call.asked.required("artist"))
        tracks = heard_by(call).filter(artists__name_key=artist).distinct()
    plays = play.plays_of(call.user, tracks.order_by().values_list("pk", flat=True))
    elements = songs(call, tracks.order_by("sort_title", "pk"))
    elements.sort(key=lambda e: -plays[e["id"]].n_plays if e["id"] in plays else 0)
    return {"topSongs": {"song": elements[: call.asked.number("count", 50, high=MOST)]}}


@method("getArtistInfo2")
def artist_info2(call: Call) -> Element:
    """No biographies are kept; artists are alike whose songs sound like this one's."""
    row = artist_or_refusal(call)
    return {"artistInfo2": {"musicBrainzId": row.musicbrainz_id or None, **like_artist(call, row)}}


@method("getArtistInfo")
def artist_info(call: Call) -> Element:
    return {"artistInfo": artist_info2(call)["artistInfo2"]}


def like_artist(call: Call, row: Artist) -> Element:
    from songloom.learn.services import similar_to

    count = call.asked.number("count", 20, high=MOST)
    first = heard_by(call).filter(artists=row).order_by("sort_title", "pk").first()
    if first is None or not count:
        return {"similarArtist": []}
    heard = heard_by(call)
    keys = [track.pk for track, _distance in similar_to(first, among=heard, limit=SEEDS)]
    near: QuerySet[Any] = browse.artists_of(call.user, heard.filter(pk__in=keys))
    others = near.exclude(pk=row.pk)
    order = list(others.order_by("-n_tracks", "sort_name", "pk").values_list("pk", flat=True))
    known = browse.artists_of(call.user, heard).in_bulk(order[:count])
    found = [known[pk] for pk in order[:count]]
    marks = Marks(call.user, found)
    return {"similarArtist": [shapes.artist(one, marks) for one in found]}

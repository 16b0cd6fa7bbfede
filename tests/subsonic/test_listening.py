"""Plays, the queue, what plays now, what sounds alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from songloom.library.models import Track, User
from tests.shelf import shelve
from tests.subsonic.conftest import Ask, asking
from tests.subsonic.oracle import conforms


@pytest.fixture
def tracks(ada: User) -> list[Track]:
    return [
        shelve(ada, title, artist="A", album=f"Album of {title}")
        for title in ("one", "two", "three")
    ]


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_a_scrobble_is_a_play_at_its_time(ask: Ask, tracks: list[Track]) -> None:
    earlier = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)
    later = earlier + timedelta(hours=1)
    times = [milliseconds(later), milliseconds(earlier)]
    assert ask("scrobble", id=tracks[0].pk, time=times[1])["status"] == "ok"
    assert ask("scrobble", id=[tracks[0].pk, tracks[1].pk], time=times)["status"] == "ok"
    song = ask("getSong", id=tracks[0].pk)["song"]
    conforms(song, "Child")
    assert song["playCount"] == 2
    assert song["played"] == "2026-11-01T21:30:00Z"
    assert ask("getSong", id=tracks[1].pk)["song"]["playCount"] == 1
    assert "playCount" not in ask("getSong", id=tracks[2].pk)["song"]


def test_the_same_play_told_twice_counts_once(ask: Ask, tracks: list[Track]) -> None:
    """Clients send a scrobble again when they did not hear the answer."""
    for _ in range(3):
        ask("scrobble", id=tracks[0].pk, time=1_790_000_000_000)
    assert ask("getSong", id=tracks[0].pk)["song"]["playCount"] == 1


def test_plays_are_ones_own(ask: Ask, bob: User, tracks: list[Track]) -> None:
    ask("scrobble", id=tracks[0].pk)
    assert "playCount" not in asking(bob)("getSong", id=tracks[0].pk)["song"]


def test_a_beginning_is_shown_as_playing_and_is_no_play(
    ask: Ask, bob: User, tracks: list[Track]
) -> None:
    ask("scrobble", id=tracks[0].pk, submission="false", c="phone app")
    ask("scrobble", id=tracks[1].pk, submission="false", c="phone app")
    (entry,) = asking(bob)("getNowPlaying")["nowPlaying"]["entry"]
    conforms(entry, "NowPlayingEntry")
    assert entry["title"] == "two"
    assert entry["username"] == "ada"
    assert entry["minutesAgo"] == 0
    assert type(entry["playerId"]) is int
    assert entry["playerName"] == "phone app"
    assert "playCount" not in ask("getSong", id=tracks[1].pk)["song"]


def test_what_others_may_not_hear_is_not_told(ask: Ask, bob: User, tracks: list[Track]) -> None:
    Track.objects.filter(pk=tracks[0].pk).update(is_private=True)
    ask("scrobble", id=tracks[0].pk, submission="false")
    assert asking(bob)("getNowPlaying")["nowPlaying"]["entry"] == []
    assert len(ask("getNowPlaying")["nowPlaying"]["entry"]) == 1


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, 10),
        ({"id": "nothing"}, 70),
        ({"time": "noon"}, 0),
        ({"time": "9" * 30}, 0),
        ({"submission": "perhaps"}, 0),
    ],
)
def test_an_odd_scrobble_counts_nothing(
    ask: Ask, tracks: list[Track], parameters: dict[str, str], code: int
) -> None:
    given = parameters if code in (10, 70) else {"id": str(tracks[0].pk), **parameters}
    assert ask("scrobble", **given)["error"]["code"] == code
    assert "playCount" not in ask("getSong", id=tracks[0].pk)["song"]


def test_albums_by_how_often_and_how_lately(ask: Ask, tracks: list[Track]) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for hours, which in enumerate((0, 0, 1)):
        moment = start + timedelta(hours=hours)
        ask("scrobble", id=tracks[which].pk, time=milliseconds(moment))

    def listed(kind: str) -> list[str]:
        albums = ask("getAlbumList2", type=kind)["albumList2"]["album"]
        for album in albums:
            conforms(album, "AlbumID3")
        return [album["name"] for album in albums]

    assert listed("frequent") == ["Album of one", "Album of two"]
    assert listed("recent") == ["Album of two", "Album of one"]
    (first, _second) = ask("getAlbumList2", type="frequent")["albumList2"]["album"]
    assert first["playCount"] == 2
    assert first["songCount"] == 1


def test_a_queue_moves_from_device_to_device(ask: Ask, tracks: list[Track]) -> None:
    assert ask("getPlayQueue")["playQueue"]["entry"] == []
    keys = [tracks[2].pk, tracks[0].pk, tracks[2].pk]
    ask("savePlayQueue", id=keys, current=tracks[0].pk, position=61_500, c="tablet")
    queue = ask("getPlayQueue")["playQueue"]
    conforms(queue, "PlayQueue")
    assert [song["title"] for song in queue["entry"]] == ["three", "one", "three"]
    assert queue["current"] == str(tracks[0].pk)
    assert queue["position"] == 61_500
    assert queue["username"] == "ada"
    assert queue["changedBy"] == "tablet"
    ask("savePlayQueue")
    empty = ask("getPlayQueue")["playQueue"]
    conforms(empty, "PlayQueue")
    assert empty["entry"] == []
    assert "current" not in empty


@pytest.mark.parametrize("place", ["", "-1", "3", "x"])
def test_a_place_outside_the_queue_is_a_missing_one(
    ask: Ask, tracks: list[Track], place: str
) -> None:
    """Number 10 is what the specification wants here."""
    keys = [track.pk for track in tracks]
    answer = ask("savePlayQueueByIndex", id=keys, currentIndex=place)
    assert answer["error"]["code"] == (0 if place == "x" else 10)
    assert ask("getPlayQueueByIndex")["playQueueByIndex"]["entry"] == []


def test_a_place_without_songs_is_refused(ask: Ask, tracks: list[Track]) -> None:
    assert ask("savePlayQueueByIndex", currentIndex=0)["error"]["code"] == 10
    assert ask("savePlayQueueByIndex")["status"] == "ok"


def test_the_same_song_twice_has_two_places(ask: Ask, tracks: list[Track]) -> None:
    keys = [tracks[0].pk, tracks[1].pk, tracks[0].pk]
    ask("savePlayQueueByIndex", id=keys, currentIndex=2)
    assert ask("getPlayQueueByIndex")["playQueueByIndex"]["currentIndex"] == 2
    ask("savePlayQueue", id=keys, current=tracks[0].pk)
    assert ask("getPlayQueueByIndex")["playQueueByIndex"]["currentIndex"] == 0


def test_a_report_shows_where_the_player_is(ask: Ask, bob: User, tracks: list[Track]) -> None:
    said = {"mediaId": tracks[0].pk, "mediaType": "song", "positionMs": 400}
    assert ask("reportPlayback", **said, state="paused", c="phone")["status"] == "ok"
    (entry,) = asking(bob)("getNowPlaying")["nowPlaying"]["entry"]
    assert (entry["state"], entry["positionMs"], entry["playbackRate"]) == ("paused", 400, 1.0)
    assert ask("reportPlayback", **said, state="stopped")["status"] == "ok"
    assert ask("getNowPlaying")["nowPlaying"]["entry"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"state": "dancing"}, 0),
        ({"state": ""}, 10),
        ({"positionMs": "-1"}, 0),
        ({"playbackRate": "fast"}, 0),
        ({"mediaType": "podcast"}, 70),
        ({"mediaId": "nothing"}, 70),
    ],
)
def test_an_odd_report_changes_nothing(
    ask: Ask, tracks: list[Track], wrong: dict[str, str], code: int
) -> None:
    said = {"mediaId": tracks[0].pk, "mediaType": "song", "positionMs": 1, "state": "playing"}
    assert ask("reportPlayback", **(said | wrong))["error"]["code"] == code
    assert ask("getNowPlaying")["nowPlaying"]["entry"] == []


def test_an_impossible_queue_is_refused(ask: Ask, tracks: list[Track]) -> None:
    assert ask("savePlayQueue", id=tracks[0].pk, current=tracks[1].pk)["error"]["code"] == 0
    assert ask("savePlayQueue", id="nothing")["error"]["code"] == 70


def test_top_songs_are_those_one_hears(ask: Ask, tracks: list[Track]) -> None:
    for which, n_plays in ((1, 2), (0, 1)):
        for minute in range(n_plays):
            ask("scrobble", id=tracks[which].pk, time=1_790_000_000_000 + minute * 60_000)
    found = [song["title"] for song in ask("getTopSongs", artist="a")["topSongs"]["song"]]
    assert found == ["two", "one", "three"]
    assert len(ask("getTopSongs", artist="A", count=1)["topSongs"]["song"]) == 1
    assert ask("getTopSongs", artist="nobody")["topSongs"]["song"] == []
    by_id = ask("getTopSongs", id=tracks[0].artists.get().pk, artist="nobody")["topSongs"]["song"]
    assert [song["title"] for song in by_id] == found
    assert ask("getTopSongs")["error"]["code"] == 10


def test_nothing_sounds_alike_before_it_is_measured(ask: Ask, tracks: list[Track]) -> None:
    for method in ("getSimilarSongs", "getSimilarSongs2"):
        answer = ask(method, id=tracks[0].pk)
        assert answer[method.replace("get", "s", 1).replace("sS", "s")]["song"] == []

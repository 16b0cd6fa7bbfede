"""Tracks over REST: shape, search, pages, tags, bin, covers, features, opinions."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.core.features import FEATURES_VERSION
from songloom.library.models import Features, Track
from songloom.library.services import opinions
from songloom.search.indexing import index_tracks
from tests.rest.conftest import Caller, read
from tests.shelf import shelve

TRACK = {
    "id",
    "title",
    "artists",
    "album",
    "genres",
    "date",
    "duration_s",
    "format",
    "size_bytes",
    "is_generated",
    "has_audio",
    "created_at",
}


def shelf(caller: Caller, *titles: str, **more: Any) -> list[Track]:
    assert caller.user is not None
    tracks = [shelve(caller.user, title, **more) for title in titles]
    index_tracks([track.pk for track in tracks])
    return tracks


def titles(page: dict[str, Any]) -> list[str]:
    return [track["title"] for track in page["items"]]


def every(caller: Caller, limit: int, **query: Any) -> list[str]:
    """All titles, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = caller.get("tracks", limit=limit, cursor=cursor, **query)
        found += titles(page)
        if page["next"] is None:
            return found
        assert len(page["items"]) == limit
        cursor = page["next"]


def test_a_track_is_what_the_contract_says(ada: Caller) -> None:
    (track,) = shelf(
        ada, "晴天", artist=["周杰伦", "某人"], album="叶惠美", genre="Pop", date="2003-07-31"
    )
    (item,) = ada.get("tracks")["items"]
    assert item.keys() == TRACK
    assert item["id"] == str(track.pk)
    assert [(a["name"], a["role"]) for a in item["artists"]] == [
        ("周杰伦", "artist"),
        ("某人", "artist"),
    ]
    assert item["album"].keys() == {"id", "title"}
    assert item["genres"] == ["Pop"]
    assert item["date"] == "2003-07-31"
    assert item["duration_s"] == 1.0
    assert item["format"] == "wav"
    assert item["has_audio"] is True
    assert item["is_generated"] is False
    assert item["created_at"].endswith("Z")
    whole = ada.get(f"tracks/{track.pk}")
    assert {name: whole[name] for name in TRACK} == item
    assert whole["tags"]["artist"] == ["周杰伦", "某人"]
    assert whole["files"][0]["sha256"] == track.files.get().sha256


def test_pages_hold_every_track_once(ada: Caller) -> None:
    wanted = [f"t{i:02d}" for i in range(11)]
    shelf(ada, *wanted)
    for limit in (1, 3, 10, 11, 500):
        assert every(ada, limit) == wanted
        assert every(ada, limit, sort="-title") == wanted[::-1]
        assert every(ada, limit, sort="-added") == wanted[::-1]
        assert sorted(every(ada, limit, sort="tempo")) == wanted  # nothing measured: all null
    assert ada.get("tracks", limit=3)["total"] == 11


def test_pages_stay_whole_while_tracks_come_and_go(ada: Caller) -> None:
    """Tracks vanish from the first page, new ones come before it: the rest is as it was."""
    tracks = shelf(ada, *[f"m{i}" for i in range(6)])
    first = ada.get("tracks", limit=3)
    assert titles(first) == ["m0", "m1", "m2"]
    ada.delete(f"tracks/{tracks[0].pk}")
    ada.delete(f"tracks/{tracks[2].pk}")
    shelf(ada, "a0", "a1")
    rest = ada.get("tracks", limit=50, cursor=first["next"])
    assert titles(rest) == ["m3", "m4", "m5"]
    assert rest["next"] is None
    assert rest["total"] == 6  # as it was when the list was begun


def test_sorting_by_what_is_partly_unknown_puts_the_unknown_last(ada: Caller) -> None:
    tracks = shelf(ada, "a", "b", "c", "d")
    for track, tempo in zip(tracks, (120.5, None, 60.0, 120.5), strict=True):
        Features.objects.create(track=track, version=1, tempo_bpm=tempo)
    for limit in (1, 2, 4):
        assert every(ada, limit, sort="tempo") == ["c", "a", "d", "b"]
        assert every(ada, limit, sort="-tempo") == ["a", "d", "c", "b"]


@pytest.mark.searches
def test_words_filters_and_pinyin_find(ada: Caller) -> None:
    shelf(ada, "青花瓷", artist="周杰伦", date="2007")
    shelf(ada, "Blue", artist="Joni Mitchell", date="1971")
    for q in ("青花瓷", "花瓷", "qinghuaci", "qhc"):
        assert titles(ada.get("tracks", q=q)) == ["青花瓷"]
    assert titles(ada.get("tracks", q="year:1970..1980")) == ["Blue"]
    assert titles(ada.get("tracks", q="blue", sort="-added")) == ["Blue"]
    assert every(ada, 1, q="year:>1900", sort="year") == ["Blue", "青花瓷"]
    empty = ada.get("tracks", q="nothing like it")
    assert empty == {"items": [], "next": None, "total": 0}


@pytest.mark.parametrize(
    "q", ["'", '"', "AND OR NOT", "*", "a:b:c", "\x00", "💿" * 200, "tempo:..", "%"]
)
def test_an_odd_query_is_never_an_error(ada: Caller, q: str) -> None:
    shelf(ada, "Something")
    ada.get("tracks", q=q)


def test_tags_are_set_cleared_and_kept(ada: Caller) -> None:
    (track,) = shelf(ada, "Old", artist="A", genre="Pop", date="1999")
    changed = ada.patch(
        f"tracks/{track.pk}",
        {
            "title": "New <b>",
            "artists": ["B", "C"],
            "genres": [],
            "album": "L",
            "track_number": 3,
            "tags": {"mood": ["calm"]},
        },
    )
    assert changed["title"] == "New <b>"
    assert [artist["name"] for artist in changed["artists"]] == ["B", "C"]
    assert changed["genres"] == []
    assert changed["album"]["title"] == "L"
    assert changed["date"] == "1999"
    assert changed["tags"]["mood"] == ["calm"]
    assert changed["tags"]["tracknumber"] == ["3"]
    cleared = ada.patch(f"tracks/{track.pk}", {"album": None, "date": None, "artists": []})
    assert cleared["album"] is None
    assert cleared["date"] is None
    assert cleared["artists"] == []
    assert cleared["title"] == "New <b>"


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"title": "   "},
        {"date": "yesterday"},
        {"owner": "me"},
        {"is_generated": False},
        {"is_private": True},
        {"track_number": -1},
        {"tags": {"no good name!": ["x"]}},
    ],
)
def test_what_cannot_be_set_changes_nothing(ada: Caller, body: dict[str, Any]) -> None:
    (track,) = shelf(ada, "Old", date="1999")
    before = ada.get(f"tracks/{track.pk}")
    ada.patch(f"tracks/{track.pk}", body, 422)
    assert ada.get(f"tracks/{track.pk}") == before


def test_the_bin_keeps_and_gives_back(ada: Caller, bob: Caller) -> None:
    (track,) = shelf(ada, "Precious")
    ada.delete(f"tracks/{track.pk}")
    ada.get(f"tracks/{track.pk}", 404)
    ada.delete(f"tracks/{track.pk}", 404)
    assert titles(ada.get("bin")) == ["Precious"]
    assert titles(bob.get("bin")) == []
    bob.post(f"tracks/{track.pk}/restore", status=403)
    assert ada.post(f"tracks/{track.pk}/restore")["title"] == "Precious"
    assert titles(ada.get("tracks")) == ["Precious"]
    assert titles(ada.get("bin")) == []
    ada.post(f"tracks/{track.pk}/restore", status=404)


def test_features_are_told_once_they_are_measured(ada: Caller) -> None:
    (track,) = shelf(ada, "Song")
    assert ada.get(f"tracks/{track.pk}/features", 404)["error"]["code"] == "not_measured"
    Features.objects.create(
        track=track,
        version=7,
        values={"tempo_bpm": 91.5, "key": None},
        reasons={"key": "too little pitch"},
        peaks=[0.1, 0.2],
    )
    found = ada.get(f"tracks/{track.pk}/features")
    assert (found["features_version"], found["features_pass"]) == (7, "full")
    assert found["features"]["tempo_bpm"] == 91.5
    assert found["features"]["key"] is None
    assert found["features"]["peaks"] == [0.1, 0.2]
    assert found["reasons"] == {"key": "too little pitch"}


def test_the_gain_of_the_album_stands_beside_the_tracks(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "Song", artist="A", album="B")
    values = {"loudness_histogram": [-12.95, [60]], "true_peak_dbtp": 0.0}
    Features.objects.create(
        track=track, version=FEATURES_VERSION, values=values, true_peak_dbtp=0.0
    )
    found = ada.get(f"tracks/{track.pk}/features")["features"]
    assert found["replaygain_album_gain_db"] == pytest.approx(-18 + 12.95, abs=0.06)
    assert found["replaygain_album_peak"] == 1.0


def test_stars_and_ratings_are_ones_own(ada: Caller, bob: Caller) -> None:
    (track,) = shelf(ada, "Song")
    where = f"tracks/{track.pk}"
    assert ada.get(f"{where}/opinion") == {"is_starred": False, "rating": None}
    assert ada.put(f"{where}/star") == {"is_starred": True, "rating": None}
    assert ada.put(f"{where}/rating", {"rating": 4}) == {"is_starred": True, "rating": 4}
    assert bob.get(f"{where}/opinion") == {"is_starred": False, "rating": None}
    assert ada.put(f"{where}/rating", {"rating": 0})["rating"] is None
    ada.put(f"{where}/rating", {"rating": 6}, 422)
    assert ada.delete(f"{where}/star", 200) == {"is_starred": False, "rating": None}


def test_a_private_track_is_seen_by_its_owner_and_administrators(
    ada: Caller, bob: Caller, root: Caller
) -> None:
    shelf(ada, "Diary", is_private=True)
    assert titles(ada.get("tracks")) == ["Diary"]
    assert titles(root.get("tracks")) == ["Diary"]
    assert titles(bob.get("tracks")) == []
    assert titles(bob.get("tracks", q="diary")) == []


def test_a_longer_list_needs_no_more_queries(
    ada: Caller, django_assert_max_num_queries: Any
) -> None:
    assert ada.user is not None
    counts = []
    for n_more in (2, 20):
        tracks = shelf(ada, *[f"x{n_more}-{i}" for i in range(n_more)], artist="A", genre="G")
        for track in tracks:
            opinions.star(ada.user, track)
        queries: list[dict[str, Any]] = [{}, {"q": "x"}, {"sort": "-added"}]
        for query in queries:
            ada.get("tracks", limit=500, **query)
            with django_assert_max_num_queries(15) as captured:
                ada.get("tracks", limit=500, **query)
            counts.append(len(captured))
    assert counts[:3] == counts[3:]


def test_head_and_unknown_methods(ada: Caller) -> None:
    (track,) = shelf(ada, "Song")
    read(ada.send("PUT", f"tracks/{track.pk}"), 405)
    read(ada.send("POST", f"tracks/{track.pk}/features"), 405)

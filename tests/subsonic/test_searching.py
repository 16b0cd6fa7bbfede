"""Searching: by words, by pinyin, and for everything."""

from __future__ import annotations

import pytest

from songloom.interfaces.subsonic import searching
from songloom.library.models import Track, User
from songloom.search.indexing import index_tracks
from tests.shelf import shelve
from tests.subsonic.conftest import Ask
from tests.subsonic.oracle import conforms

pytestmark = pytest.mark.searches
EMPTY = ["", '""', "''", "   ", "*"]


@pytest.fixture
def tracks(ada: User, bob: User) -> list[Track]:
    made = [
        shelve(ada, "青花瓷", artist="周杰伦", album="我很忙"),
        shelve(ada, "彩虹", artist="周杰伦", album="我很忙"),
        shelve(bob, "River", artist="Joni Mitchell", album="Blue"),
        shelve(bob, "Secret River", artist="Ghost", album="Blue Ghost", is_private=True),
    ]
    index_tracks([track.pk for track in made])
    return made


def found(ask: Ask, method: str = "search3", **query: object) -> dict[str, list[str]]:
    """Names by kind; each is checked against its class."""
    answer = ask(method, **query)[method.replace("search", "searchResult")]
    conforms(answer, method.replace("search", "SearchResult"))
    return {
        kind: [item.get("name") or item["title"] for item in answer[kind]]
        for kind in ("artist", "album", "song")
    }


@pytest.mark.parametrize("query", ["青花瓷", "花瓷", "qinghuaci", "qhc", "QingHua"])
def test_chinese_is_found_by_characters_and_by_sound(
    ask: Ask, tracks: list[Track], query: str
) -> None:
    assert found(ask, query=query)["song"] == ["青花瓷"]


def test_artists_and_albums_are_found_by_name(ask: Ask, tracks: list[Track]) -> None:
    assert found(ask, query="周杰伦")["artist"] == ["周杰伦"]
    assert found(ask, query="jielun")["artist"] == ["周杰伦"]
    assert found(ask, query="blue")["album"] == ["Blue"]
    assert found(ask, "search2", query="river")["song"] == ["River"]


@pytest.mark.parametrize("method", ["search2", "search3"])
@pytest.mark.parametrize("query", EMPTY)
def test_an_empty_query_gives_everything(
    ask: Ask, tracks: list[Track], method: str, query: str
) -> None:
    everything = found(ask, method, query=query)
    assert sorted(everything["song"]) == ["River", "彩虹", "青花瓷"]
    assert sorted(everything["album"]) == ["Blue", "我很忙"]
    assert sorted(everything["artist"]) == ["Joni Mitchell", "周杰伦"]


def test_a_missing_query_gives_everything(ask: Ask, tracks: list[Track]) -> None:
    assert len(found(ask)["song"]) == 3


def test_everything_comes_page_by_page(ask: Ask, tracks: list[Track]) -> None:
    songs, albums = [], []
    for offset in range(4):
        page = found(
            ask,
            query='""',
            songCount=1,
            songOffset=offset,
            albumCount=1,
            albumOffset=offset,
            artistCount=0,
        )
        assert page["artist"] == []
        songs += page["song"]
        albums += page["album"]
    assert sorted(songs) == ["River", "彩虹", "青花瓷"]
    assert sorted(albums) == ["Blue", "我很忙"]


def test_matches_come_page_by_page_too(ask: Ask, tracks: list[Track]) -> None:
    pages = [
        found(ask, query="周杰伦", songCount=1, songOffset=offset)["song"] for offset in range(3)
    ]
    assert sorted(pages[0] + pages[1]) == ["彩虹", "青花瓷"]
    assert pages[2] == []


def test_more_than_one_page_of_the_search_is_gathered(
    ask: Ask, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client may ask for more songs at once than the search gives in one go."""
    monkeypatch.setattr(searching, "MOST_RESULTS", 3)
    made = [shelve(ada, f"song {i}") for i in range(7)]
    index_tracks([track.pk for track in made])
    assert len(found(ask, query="song", songCount=5_000)["song"]) == 7


def test_hidden_songs_are_not_found(ask: Ask, tracks: list[Track]) -> None:
    assert found(ask, query="secret") == {"artist": [], "album": [], "song": []}
    assert found(ask, query="ghost") == {"artist": [], "album": [], "song": []}


@pytest.mark.parametrize("query", ['"', "AND", "a:b", "%", "\\", "💿", "x" * 3000, "-", "(", "'--"])
def test_an_odd_query_finds_something_or_nothing(ask: Ask, tracks: list[Track], query: str) -> None:
    found(ask, query=query)

"""What names of files and folders say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.acquire.names import tags_from_name


@pytest.mark.parametrize(
    ("stem", "title", "artist", "track"),
    [
        ("01 - Artist - Title", "Title", "Artist", "1"),
        ("Artist - Title", "Title", "Artist", None),
        ("01. Title", "Title", None, "1"),
        ("01 Title", "Title", None, "1"),
        ("(07) Title", "Title", None, "7"),
        ("[12] - Title", "Title", None, "12"),
        ("12-Title", "Title", None, "12"),
        ("99 Luftballons", "99 Luftballons", None, None),
        ("1999", "1999", None, None),
        ("7 Rings", "7 Rings", None, None),
        ("AC-DC - T.N.T", "T.N.T", "AC-DC", None),
        ("Artist - Title - Live", "Title - Live", "Artist", None),
        ("Artist – Title", "Title", "Artist", None),
        ("周杰伦 - 青花瓷", "青花瓷", "周杰伦", None),
        ("周杰伦-青花瓷", "青花瓷", "周杰伦", None),
        ("03.周杰伦-青花瓷", "青花瓷", "周杰伦", "3"),
        ("青花瓷", "青花瓷", None, None),
        ("some_song_name", "some song name", None, None),
        ("01_-_artist_-_some_title", "some title", "artist", "1"),
        ("Blink-182", "Blink-182", None, None),
        ("a  b", "a b", None, None),
        ("-", "-", None, None),
        (" - Title", "- Title", None, None),
    ],
)
def test_a_file_name(stem: str, title: str, artist: str | None, track: str | None) -> None:
    found = tags_from_name(stem)
    assert found["title"] == [title]
    assert found.get("artist") == ([artist] if artist else None)
    assert found.get("tracknumber") == ([track] if track else None)
    assert "album" not in found


@pytest.mark.parametrize(
    ("stem", "folders", "expected"),
    [
        (
            "01 Title",
            ("Artist", "Album"),
            {"artist": "Artist", "album": "Album", "tracknumber": "1"},
        ),
        ("5 Title", ("Artist", "Album"), {"tracknumber": "5", "title": "Title"}),
        ("1-02 Title", ("Artist", "Album"), {"tracknumber": "1", "title": "02 Title"}),
        (
            "1-02. Title",
            ("Artist", "Album"),
            {"discnumber": "1", "tracknumber": "2", "title": "Title"},
        ),
        ("03 Title", ("Artist", "Album", "CD 2"), {"discnumber": "2", "album": "Album"}),
        (
            "03 Title",
            ("X", "Artist", "2003 - Album"),
            {"date": "2003", "album": "Album", "artist": "Artist"},
        ),
        ("03 Title", ("Artist", "Album (1999)"), {"date": "1999", "album": "Album"}),
        ("03 Title", ("Artist", "Artist - Album"), {"album": "Album", "albumartist": "Artist"}),
        ("03 - Guest - Title", ("Artist", "Album"), {"artist": "Guest", "albumartist": "Artist"}),
        ("02 彩虹", ("周杰伦", "我很忙"), {"artist": "周杰伦", "album": "我很忙", "title": "彩虹"}),
    ],
)
def test_the_folders_around_a_file(
    stem: str, folders: tuple[str, ...], expected: dict[str, str]
) -> None:
    found = {name: values[0] for name, values in tags_from_name(stem, folders).items()}
    assert {name: found.get(name) for name in expected} == expected


def test_a_single_folder_says_nothing() -> None:
    assert tags_from_name("Title", ("Downloads",)) == {"title": ["Title"]}


@given(st.text(min_size=1, max_size=60), st.lists(st.text(max_size=20), max_size=4).map(tuple))
def test_every_name_has_a_title(stem: str, folders: tuple[str, ...]) -> None:
    found = tags_from_name(stem, folders)
    assert len(found["title"]) == 1
    assert found["title"][0]
    assert all(len(values) == 1 for values in found.values())

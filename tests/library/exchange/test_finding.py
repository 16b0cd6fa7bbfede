"""Which track a row is about."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.library.exchange.finding import found
from songloom.library.models import Track, User
from songloom.library.services.bin import bin_track
from tests.library.conftest import Keep
from tests.library.exchange.tables import entered, entry

SONG = {"title": "青花瓷", "artists": "周杰伦", "album": "我很忙"}


def known(owner: User, **said: Any) -> list[Any]:
    return [pk for _, pk in found([entry(**said)], owner).known]


def test_a_song_with_sound_is_found_by_title_artists_and_album(keep: Keep, owner: User) -> None:
    track = keep(title="青花瓷", artist="周杰伦", album="我很忙")
    assert known(owner, **SONG) == [track.pk]
    assert known(owner, title="青花瓷", artists="周杰伦") == [track.pk]
    assert known(owner, title="青花瓷 ", artists="周杰伦", album="我很忙") == [track.pk]


@pytest.mark.parametrize(
    "said",
    [
        {"title": "青花瓷"},
        {"title": "青花瓷", "artists": "别人"},
        {"title": "青花瓷", "artists": "周杰伦", "album": "别的"},
        {"title": "青花", "artists": "周杰伦"},
        {"album": "我很忙", "artists": "周杰伦"},
    ],
)
def test_another_name_is_another_song(keep: Keep, owner: User, said: dict[str, str]) -> None:
    keep(title="青花瓷", artist="周杰伦", album="我很忙")
    assert known(owner, **said) == []


def test_names_are_compared_as_everywhere(keep: Keep, owner: User) -> None:
    track = keep(title="Blue In Green", artist=["Miles", "Bill"])
    assert known(owner, title="BLUE in green", artists="bill; ＭＩＬＥＳ") == [track.pk]


def test_of_two_that_are_called_the_same_the_older_is_meant(keep: Keep, owner: User) -> None:
    tracks = [keep(content, title="Twin", artist="X") for content in (b"1", b"2")]
    assert known(owner, title="Twin", artists="X") == [min(track.pk for track in tracks)]


def test_what_sounds_alike_in_pinyin_is_not_the_same(keep: Keep, owner: User) -> None:
    keep(title="是", artist="X")  # both are `shi`
    assert known(owner, title="事", artists="X") == []


def test_a_song_in_the_bin_is_found_by_id_and_by_its_row_but_not_by_its_name(
    keep: Keep, owner: User
) -> None:
    track = keep(title="Gone", artist="X")
    bin_track(track)
    assert known(owner, title="Gone", artists="X") == []
    assert known(owner, id=str(track.pk), title="Gone") == [track.pk]


def test_a_batch_is_sorted_whole(keep: Keep, owner: User, stranger: User) -> None:
    mine = keep(b"1", title="Mine", artist="X")
    entered(owner, {"title": "Row"})
    theirs = Track.objects.create(title="Theirs", owner=stranger, origin="imported")
    hidden = Track.objects.create(
        title="Hidden", owner=stranger, origin="imported", is_private=True
    )
    sorted_ = found(
        [
            entry(2, id=str(mine.pk), title="a"),
            entry(3, title="Row"),
            entry(4, id=str(theirs.pk), title="b"),
            entry(5, id=str(hidden.pk), title="c"),
            entry(6, title="new"),
        ],
        owner,
    )
    assert [e.line for e, _ in sorted_.known] == [2, 3]
    assert [e.line for e in sorted_.forbidden] == [4]
    assert [(e.line, e.id) for e in sorted_.fresh] == [(5, None), (6, None)]

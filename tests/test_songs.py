"""The real songs that other tests stand on."""

from __future__ import annotations

import pytest

from tests.songs import song, songs


@pytest.mark.real
def test_songs_come_in_three_formats_and_in_the_same_order_each_time() -> None:
    found = songs()
    assert {path.suffix for path in found} == {".ogg", ".opus", ".mp3"}
    assert found == songs()
    assert len(found) > 50
    assert all(path.stat().st_size > 10_000 for path in found)


@pytest.mark.real
def test_a_song_is_found_by_its_name_and_an_unknown_name_is_an_error() -> None:
    assert song("knolls").name == "knolls.ogg"
    with pytest.raises(LookupError, match="no_such_song"):
        song("no_such_song")

"""An album is played at one gain: that of all its tracks together, once all are measured."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.core.features import FEATURES_VERSION
from songloom.library.models import Features, Track, User
from songloom.library.services import album_gain
from songloom.library.services.album_gain import AlbumGain, album_gains
from tests.shelf import shelve
from tests.subsonic.conftest import Ask
from tests.subsonic.oracle import conforms

LOUD, SOFT = [-9.95, [900]], [-29.95, [900]]  # each a minute and a half of one loudness


def measured(track: Track, blocks: list[Any] | None, peak_dbtp: float | None) -> Track:
    loudness = blocks and blocks[0]
    columns = {"loudness_lufs": loudness, "true_peak_dbtp": peak_dbtp}
    values = {"loudness_histogram": blocks, **columns}
    Features.objects.create(track=track, version=FEATURES_VERSION, values=values, **columns)
    return track


@pytest.fixture
def album(ada: User) -> list[Track]:
    titles = ("one", "two", "three")
    return [shelve(ada, title, artist="A", album="The Album") for title in titles]


def gain_of(user: User, track: Track) -> AlbumGain | None:
    assert track.album_id is not None
    return album_gains([track.album_id], Track.objects.visible_to(user)).get(track.album_id)


def test_an_album_has_a_gain_once_all_of_it_is_measured(ada: User, album: list[Track]) -> None:
    """Half loud, half soft is as loud as the loud half: the rest lies below the gate."""
    measured(album[0], LOUD, -1.0)
    measured(album[1], SOFT, -6.0)
    assert gain_of(ada, album[0]) is None
    measured(album[2], None, None)  # silence: it is measured, and adds nothing
    found = gain_of(ada, album[0])
    assert found is not None
    assert found.gain_db == pytest.approx(-18 + 10, abs=0.06)  # the mean of the means would say +2
    assert found.peak == pytest.approx(10 ** (-1 / 20), abs=1e-5)


def test_what_one_may_not_hear_lends_nothing(ada: User, bob: User, album: list[Track]) -> None:
    for track, blocks in zip(album, (LOUD, SOFT, SOFT), strict=True):
        measured(track, blocks, -3.0)
    Track.objects.filter(pk=album[0].pk).update(is_private=True)
    hers, his = gain_of(ada, album[1]), gain_of(bob, album[1])
    assert hers is not None
    assert his is not None
    assert his.gain_db - hers.gain_db == pytest.approx(20, abs=0.1)


def test_many_albums_and_endless_ones_are_left_out(
    ada: User, album: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    for track in album:
        measured(track, LOUD, -3.0)
    monkeypatch.setattr(album_gain, "LONGEST_ALBUM", 2)
    assert gain_of(ada, album[0]) is None
    monkeypatch.setattr(album_gain, "MOST_ALBUMS", 0)
    assert album_gains([album[0].album_id or album[0].pk], Track.objects.visible_to(ada)) == {}


def test_a_client_is_told_both_gains(ask: Ask, album: list[Track]) -> None:
    for track in album:
        measured(track, LOUD, -3.0)
    song = ask("getSong", id=album[1].pk)["song"]
    conforms(song, "Child")
    assert song["replayGain"] == {
        "trackGain": pytest.approx(-8.05),
        "trackPeak": pytest.approx(0.707946),
        "albumGain": pytest.approx(-8.05, abs=0.06),
        "albumPeak": pytest.approx(0.707946),
    }


def test_what_the_tags_say_of_a_track_goes_before(ask: Ask, ada: User) -> None:
    track = measured(shelve(ada, "tagged", artist="A"), LOUD, -3.0)
    Track.objects.filter(pk=track.pk).update(replaygain_db=-7.0)
    gain = ask("getSong", id=track.pk)["song"]["replayGain"]
    assert gain == {"trackGain": -7.0, "trackPeak": pytest.approx(0.707946)}

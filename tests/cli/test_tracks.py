"""Tracks by the beginning of their id, and how they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadValue, NotFound
from songloom.interfaces.cli import tracks
from songloom.library.models import Track
from songloom.library.services.people import local_owner
from tests.shelf import person, shelve


@given(text=st.uuids(), n=st.integers(8, 32), upper=st.booleans(), dashed=st.booleans())
def test_an_id_lies_between_the_ends_of_each_of_its_beginnings(
    text: object, n: int, upper: bool, dashed: bool
) -> None:
    digits = str(text).replace("-", "")[:n]
    spelled = f"{digits[:8]}-{digits[8:]}" if dashed else digits
    first, last = tracks.id_range(spelled.upper() if upper else spelled)
    assert str(first) <= str(text) <= str(last)
    assert (first == last) is (n == 32)


@pytest.mark.parametrize("text", ["", "xyzxyzxy", "0" * 33, "-", "'; drop table"])
def test_what_is_no_id_finds_nothing(text: str) -> None:
    with pytest.raises(NotFound):
        tracks.id_range(text)


def test_seven_characters_are_too_few() -> None:
    with pytest.raises(BadValue, match=r"7 characters.*8"):
        tracks.id_range("0123456")


@pytest.mark.django_db
class TestFind:
    def test_a_whole_id_and_a_unique_beginning_find_the_track(self) -> None:
        track = shelve(local_owner(), "Alone")
        for text in (str(track.pk), track.pk.hex, str(track.pk)[:8], str(track.pk)[:13].upper()):
            assert tracks.find(text) == track

    def test_an_ambiguous_beginning_is_refused(self) -> None:
        owner = local_owner()
        first = shelve(owner, "One")
        twin = shelve(owner, "Two")
        Track.objects.filter(pk=twin.pk).delete()
        near = Track(
            pk=first.pk.__class__(int=first.pk.int ^ 1),
            title="Near",
            owner=owner,
            origin="uploaded",
        )
        near.save(force_insert=True)
        with pytest.raises(BadValue, match="more than one"):
            tracks.find(str(first.pk)[:8])
        assert tracks.find(str(first.pk)) == first

    def test_what_lies_in_the_bin_is_not_found(self) -> None:
        from songloom.library.services.bin import bin_track

        track = shelve(local_owner(), "Gone")
        bin_track(track)
        with pytest.raises(NotFound):
            tracks.find(str(track.pk))

    def test_the_first_administrator_finds_what_is_private_to_others(self) -> None:
        person("root", is_admin=True)
        track = shelve(person("ann"), "Mine", is_private=True)
        assert tracks.find(str(track.pk)) == track

    def test_the_local_owner_does_not(self) -> None:
        track = shelve(person("ann"), "Mine", is_private=True)
        with pytest.raises(NotFound):
            tracks.find(str(track.pk))


@pytest.mark.parametrize(
    ("seconds", "clock"),
    [
        (None, "-"),
        (0.0, "0:00"),
        (59.6, "1:00"),
        (204.2, "3:24"),
        (3600.0, "1:00:00"),
        (3723.0, "1:02:03"),
    ],
)
def test_seconds_are_told_as_people_write_them(seconds: float | None, clock: str) -> None:
    assert tracks.clock(seconds) == clock


@pytest.mark.django_db
def test_a_line_has_id_time_title_artist_and_format() -> None:
    track = shelve(local_owner(), "晴天", artist="周杰伦", seconds=2.0)
    line = tracks.line(track)
    assert line.startswith(str(track.pk))
    assert line.endswith("0:02  晴天 — 周杰伦  [wav]")

"""Many who bring, edit and throw away at the same time: every row and every byte stays whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from songloom.errors import NotAllowed, SongloomError
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.heard import Heard
from songloom.library.models import Album, Artist, File, Genre, Rating, Star, Track, User
from songloom.library.services import bin as bin_
from songloom.library.services import (
    covers,
    opinions,
    playlists,
    setup,
    storing,
    tagging,
    tracing,
)
from tests.at_once import at_once
from tests.kept import bytes_of
from tests.library.conftest import Hear, Keep, picture

pytestmark = pytest.mark.django_db(transaction=True)
UPLOADED = Track.Origin.UPLOADED


def _copy(heard: Heard, place: Path) -> Heard:
    """The same bytes, received once more."""
    place.write_bytes(heard.path.read_bytes())
    return replace(heard, path=place)


def _keep(heard: Heard, owner: User) -> Callable[[], tuple[Track, bool]]:
    return lambda: storing.store_file(heard, owner=owner, origin=UPLOADED)


@pytest.mark.stores
def test_one_file_uploaded_four_times_at_once_is_one_track(
    owner: User, hear: Hear, tmp_path: Path
) -> None:
    first = hear(b"the same bytes", tags={"artist": ["A"], "album": ["B"], "genre": ["C"]})
    heard = [first] + [_copy(first, tmp_path / f"copy {i}") for i in range(3)]
    ended = at_once(*(_keep(one, owner) for one in heard))
    tracks = {found[0].pk for found in ended if isinstance(found, tuple)}
    assert len(tracks) == Track.objects.count() == File.objects.count() == 1
    assert sorted(found[1] for found in ended if isinstance(found, tuple)) == [
        False,
        False,
        False,
        True,
    ]
    assert bytes_of(first.sha256) == b"the same bytes"
    names = [entry.name for entry in storage.store().entries("audio")]
    assert [name for name in names if first.sha256 in name] == [first.sha256]
    assert Job.objects.filter(kind="search.index").count() == 1


def test_the_same_bytes_of_three_owners_at_once_are_three_tracks_on_one_file(
    hear: Hear, tmp_path: Path, db: None
) -> None:
    owners = [User.objects.create_user(name) for name in ("a", "b", "c")]
    first = hear(b"everybody's")
    heard = [first, *(_copy(first, tmp_path / f"of {one}") for one in owners[1:])]
    at_once(*(_keep(one, who) for one, who in zip(heard, owners, strict=True)))
    assert Track.objects.count() == File.objects.count() == 3
    assert len({storing.where(file) for file in File.objects.all()}) == 1


def test_new_names_that_come_at_once_are_made_once(owner: User, hear: Hear) -> None:
    tags = {"artist": ["新人"], "album": ["新碟"], "genre": ["新派"]}
    ended = at_once(*(_keep(hear(bytes([i]), tags=tags), owner) for i in range(5)))
    assert not [found for found in ended if isinstance(found, Exception)]
    assert Track.objects.count() == 5
    assert [model.objects.count() for model in (Artist, Album, Genre)] == [1, 1, 1]


@pytest.mark.stores
def test_bytes_forgotten_by_another_while_they_come_in_are_there_in_the_end(
    owner: User, stranger: User, hear: Hear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between keeping the bytes and writing the row, the only other track with them goes."""
    first = hear(b"forgotten just now")
    other, _ = storing.store_file(first, owner=stranger, origin=UPLOADED)
    first.path.write_bytes(b"forgotten just now")

    def meanwhile(source: object) -> None:
        bin_.forget_track(Track.objects.get(pk=other.pk))

    monkeypatch.setattr(storing, "keep_cover", meanwhile)
    track, is_new = storing.store_file(first, owner=owner, origin=UPLOADED)
    assert is_new
    assert bytes_of(track.files.get().sha256) == b"forgotten just now"


@pytest.mark.stores
def test_bringing_and_forgetting_the_same_bytes_over_and_over_loses_nothing(
    owner: User, stranger: User, hear: Hear, tmp_path: Path
) -> None:
    content = b"to and fro"
    sha256 = hashlib.sha256(content).hexdigest()
    first = hear(content)

    def bring_and_forget(user: User) -> None:
        for turn in range(8):
            heard = _copy_of(content, first, tmp_path / f"{user} {turn}")
            track, _ = storing.store_file(heard, owner=user, origin=UPLOADED)
            if turn < 7:
                bin_.forget_track(track)

    ended = at_once(lambda: bring_and_forget(owner), lambda: bring_and_forget(stranger))
    assert ended == [None, None]
    assert File.objects.filter(sha256=sha256).count() == 2
    assert bytes_of(sha256) == content


def _copy_of(content: bytes, like: Heard, place: Path) -> Heard:
    place.write_bytes(content)
    return replace(like, path=place)


@pytest.mark.stores
def test_one_cover_kept_by_many_at_once_is_one_row_and_one_file() -> None:
    raw = picture(90, 60)
    ended = at_once(*(lambda: covers.keep_cover(raw) for _ in range(5)))
    assert len({getattr(cover, "pk", cover) for cover in ended}) == 1


def test_two_who_add_to_one_playlist_at_once_both_find_their_tracks_in_it(
    keep: Keep, owner: User
) -> None:
    tracks = [keep(bytes([i])) for i in range(8)]
    made = playlists.make_playlist(owner, "together")

    def add(mine: list[Track]) -> None:
        for track in mine:
            playlists.add_tracks(made, [track.pk])

    assert at_once(lambda: add(tracks[:4]), lambda: add(tracks[4:])) == [None, None]
    entries = list(made.entries.all())
    assert {entry.track_id for entry in entries} == {track.pk for track in tracks}
    assert [entry.position for entry in entries] == list(range(8))


def test_a_star_and_a_rating_given_many_times_at_once_are_one_each(keep: Keep, owner: User) -> None:
    track = keep()
    works: list[Callable[[], object]] = [lambda: opinions.star(owner, track)] * 3
    works += [partial(opinions.rate, owner, track, n) for n in (1, 2, 3)]
    assert not [found for found in at_once(*works) if isinstance(found, Exception)]
    assert Star.objects.count() == 1
    assert Rating.objects.get().stars in (1, 2, 3)


def test_two_who_edit_one_track_at_once_leave_the_whole_of_one_edit(
    keep: Keep, owner: User
) -> None:
    track = keep(title="before")
    edits = [
        {"title": [f"by {who}"], "artist": [f"artist {who}"], "tag": [f"a {who}", f"b {who}"]}
        for who in ("mei", "otto")
    ]
    works = [
        lambda edit=edit: tagging.set_fields(Track.objects.get(pk=track.pk), edit) for edit in edits
    ]
    assert not [found for found in at_once(*works) if isinstance(found, Exception)]
    assert tagging.tags_of(Track.objects.get(pk=track.pk)) in edits


def test_one_thing_noted_by_many_at_once_is_one_node_and_one_edge(keep: Keep) -> None:
    track = keep()
    file = track.files.get()
    url = "https://example.org/x.flac"
    ended = at_once(*(lambda: tracing.trace_file(track, file, url=url) for _ in range(4)))
    assert not [found for found in ended if isinstance(found, Exception)]
    graph = tracing.graph(track, track.owner)
    assert (len(graph["nodes"]), len(graph["edges"])) == (3, 2)


def test_of_two_who_open_the_setup_link_at_once_one_becomes_the_administrator(
    settings: object,
) -> None:
    token = setup.issue_token()
    assert token is not None
    works = [
        lambda name=name: setup.create_first_admin(token, name, "a long password")
        for name in ("first", "second")
    ]
    ended = at_once(*works)
    assert [type(found) for found in ended if isinstance(found, SongloomError)] == [NotAllowed]
    assert User.objects.filter(is_superuser=True).count() == 1


def test_looking_while_others_write_finds_no_half_tracks(owner: User, hear: Hear) -> None:
    """A reader sees a track with its file and its names, or does not see it."""
    heard = [hear(bytes([i]), tags={"artist": ["A"], "album": ["B"]}) for i in range(10)]
    halves: list[Track] = []

    def write() -> None:
        for one in heard:
            storing.store_file(one, owner=owner, origin=UPLOADED)

    def look() -> None:
        while Track.objects.count() < len(heard):
            for track in Track.objects.with_names().prefetch_related("files"):
                if not (track.files.all() and track.credits.all() and track.album):
                    halves.append(track)

    assert at_once(write, look) == [None, None]
    assert halves == []

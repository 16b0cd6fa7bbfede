"""Lists count their queries: a longer page asks the database no more often."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from songloom.analyse import prints
from songloom.core.features.acoustid import encoded
from songloom.generate import services as compose
from songloom.jobs.models import Job
from songloom.library.models import Folder, Rendition, User
from songloom.library.services import bin as bins
from songloom.library.services.playlists import make_playlist, set_tracks
from tests.curate.test_duplicates import drawn
from tests.rest.conftest import Caller
from tests.shelf import shelve

MOST = 12


def playlists(user: User, n: int) -> None:
    track = shelve(user, f"in list {n}", artist="A", genre="G")
    for i in range(n):
        make_playlist(user, f"list {n}-{i}", [track] * (i + 1))


def one_long_playlist(user: User, n: int) -> None:
    tracks = [shelve(user, f"{n}-{i}", artist=f"A{i}", album=f"L{i}", genre="G") for i in range(n)]
    playlist = user.playlists.first() or make_playlist(user, "the list")
    set_tracks(playlist, [track.pk for track in tracks * 2])


def jobs(user: User, n: int) -> None:
    for _ in range(n):
        key = user.pk
        Job.objects.create(kind="search.index", owner=user, root_id=key, queue="interactive")


def generations(user: User, n: int) -> None:
    compose.start("a waltz", owner=user, count=n)


def folders(user: User, n: int) -> None:
    first = Folder.objects.count() + 1
    for number in range(first, first + n):
        key = hashlib.sha256(b"%d" % number).hexdigest()
        Folder.objects.create(
            number=number, path=f"/f{number}", path_key=key, name=f"F{number}", owner=user
        )


def binned(user: User, n: int) -> None:
    for i in range(n):
        bins.bin_track(shelve(user, f"gone {n}-{i}", artist=f"A{i}", genre="G"))


def duplicates(user: User, n: int) -> None:
    for i in range(n):
        for copy in range(2):
            again = shelve(user, f"twice {n}-{i}-{copy}", artist=f"A{i}", genre="G")
            prints.write(again, encoded(drawn(100 * n + i)))


def renditions(user: User, n: int) -> None:
    track = user.tracks.first() or shelve(user, "the track")
    for _ in range(n):
        key = hashlib.sha256(b"%d" % Rendition.objects.count()).hexdigest()
        Rendition.objects.create(
            track=track,
            owner=user,
            recipe={"version": 1, "edits": []},
            recipe_key=key,
            format="flac",
            sha256=key,
            size_bytes=1,
            duration_s=1.0,
        )


LISTS: dict[str, Callable[[User, int], None]] = {
    "playlists": playlists,
    "playlists/{playlist}": one_long_playlist,
    "jobs": jobs,
    "generations": generations,
    "folders": folders,
    "bin": binned,
    "duplicates": duplicates,
    "tracks/{track}/renditions": renditions,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_needs_no_more_queries(
    ada: Caller, path: str, django_assert_max_num_queries: Any
) -> None:
    assert ada.user is not None
    counts = []
    for n in (3, 12):
        LISTS[path](ada.user, n)
        playlist, track = ada.user.playlists.first(), ada.user.tracks.first()
        address = path.format(playlist=playlist and playlist.pk, track=track and track.pk)
        document = ada.get(address, limit=500)  # notes the use of the key once
        assert len(document.get("items") or document["tracks"]) >= n
        with django_assert_max_num_queries(MOST) as captured:
            ada.get(address, limit=500)
        counts.append(len(captured))
    assert counts[0] == counts[1]

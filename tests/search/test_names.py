"""Finding artists and albums."""

from __future__ import annotations

import pytest

from songloom.jobs.models import Job
from songloom.library.models import User
from songloom.library.services.bin import bin_track
from songloom.library.services.tagging import set_fields
from songloom.search import jobs
from songloom.search.indexing import rebuild, unindexed
from songloom.search.models import Row
from songloom.search.services import search, search_albums, search_artists, start_indexing
from tests.search.library import make_track, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.searches]


@pytest.fixture
def user() -> User:
    user = make_user()
    make_track(user, "a", tags={"artist": ["周杰倫", "费玉清"], "album": ["依然范特西"]})
    make_track(user, "b", tags={"artist": ["单依纯"], "album": ["The Album"]})
    make_track(
        user, "c", tags={"artist": ["The Beatles"], "album": ["Help"], "composer": ["Helper"]}
    )
    return user


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("周杰伦", ["周杰倫"]),
        ("zjl", ["周杰倫"]),
        ("shanyichun", ["单依纯"]),
        ("syc", ["单依纯"]),
        ("eatles", ["The Beatles"]),
        ("the", ["The Beatles"]),
        ("help", []),
        ("yi", ["单依纯"]),
        ("xyz", []),
        ("-the zhou", ["周杰倫"]),
    ],
)
def test_artists_are_found_by_their_own_name(user: User, query: str, expected: list[str]) -> None:
    assert [artist.name for artist in search_artists(query, user)] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("范特西", ["依然范特西"]),
        ("yiran", ["依然范特西"]),
        ("zjl", ["依然范特西"]),
        ("beatles", ["Help"]),
        ("help", ["Help"]),
        ("album", ["The Album"]),
        ("nothing", []),
    ],
)
def test_albums_are_found_by_title_and_artist(user: User, query: str, expected: list[str]) -> None:
    assert [album.title for album in search_albums(query, user)] == expected


def test_no_words_find_everything_in_order(user: User) -> None:
    assert len(search_artists("", user)) == 4  # composers do not perform
    assert len(search_albums("", user, limit=2)) == 2
    everything = [album.pk for album in search_albums("", user)]
    assert [album.pk for album in search_albums("", user, offset=1)] == everything[1:]


def test_the_title_of_an_album_counts_more_than_its_artist(user: User) -> None:
    make_track(user, "d", tags={"artist": ["Help"], "album": ["Another"]})
    assert [album.title for album in search_albums("help", user)] == ["Help", "Another"]


def test_nobody_sees_the_artists_of_hidden_tracks(user: User) -> None:
    other = make_user("hong")
    hidden = make_track(
        other, "x", is_private=True, tags={"artist": ["Ghost"], "album": ["Ghosts"]}
    )
    assert search_artists("ghost", user) == []
    assert search_albums("ghost", user) == []
    assert len(search_artists("ghost", other)) == len(search_albums("ghost", other)) == 1
    bin_track(hidden)
    assert search_artists("ghost", other) == []


def test_artists_carry_their_counts(user: User) -> None:
    make_track(user, "d", tags={"artist": ["The Beatles"], "album": ["Revolver"]})
    (beatles,) = search_artists("beatles", user)
    assert (beatles.n_tracks, beatles.n_albums) == (2, 2)  # type: ignore[attr-defined]


def test_an_edited_tag_queues_a_job_that_makes_it_findable(user: User) -> None:
    track = make_track(user, "Before")
    set_fields(track, {"title": ["After"], "artist": ["Somebody New"]})
    queued = Job.objects.filter(kind="search.index").values_list("arguments", flat=True)
    assert {"track_id": str(track.pk)} in list(queued)
    jobs.index(track_id=str(track.pk))
    assert [found.title for found in search("after", user).tracks] == ["After"]
    assert search("before", user).total == 0
    assert [artist.name for artist in search_artists("somebody", user)] == ["Somebody New"]


def test_indexing_a_track_that_is_gone_is_no_error(user: User) -> None:
    jobs.index(track_id="01a21abc-11a3-7187-8817-965445a7695d")


def test_a_worker_makes_the_index_anew_only_when_it_must(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Job.objects.filter(kind="search.rebuild")
    start_indexing()  # nobody knows yet who made this index
    assert waiting.count() == 1
    jobs.rebuild()
    waiting.delete()
    start_indexing()
    assert not waiting.exists()
    Row.objects.filter(track__title="a").delete()  # a job that was lost
    start_indexing()
    assert not waiting.exists()
    assert Job.objects.filter(kind="search.index_new").count() == 1
    jobs.index_new()
    assert search("help", user).total == 1
    monkeypatch.setattr("songloom.search.indexing.VERSION", -1)
    start_indexing()
    assert waiting.count() == 1


@pytest.mark.usefixtures("db")
def test_an_empty_library_needs_no_index() -> None:
    start_indexing()
    assert not Job.objects.exists()


def test_the_index_can_be_made_anew(user: User) -> None:
    Row.objects.all().delete()
    assert search("help", user).total == 0
    assert len(list(unindexed())) == 3
    shares: list[float] = []
    assert rebuild(shares.append) == 3
    assert shares == [1.0]
    assert list(unindexed()) == []
    assert search("help", user).total == 1
    assert len(search_albums("", user)) == 3

"""Tag edits: noted, previewed, taken back."""

from __future__ import annotations

import pytest

from songloom.curate import services as curate
from songloom.curate.models import Change
from songloom.errors import BadValue, Conflict, NotAllowed
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from songloom.library.services.tagging import apply_file_tags, tags_of

pytestmark = pytest.mark.django_db

TAGS = {"title": ["Old"], "artist": ["A", "B"], "album": ["Album"], "genre": ["pop"]}


@pytest.fixture
def user() -> User:
    return User.objects.create(username="ming")


@pytest.fixture
def track(user: User) -> Track:
    track = Track.objects.create(title="Old", owner=user, duration_s=1, origin="uploaded")
    apply_file_tags(track, TAGS)
    return track


def tags(track: Track) -> dict[str, list[str]]:
    fresh = Track.objects.get(pk=track.pk)
    return tags_of(fresh) | {"lyrics": [fresh.lyrics]}


def test_an_edit_is_noted_with_what_was_before(track: Track, user: User) -> None:
    change = curate.set_tags(
        track, {"title": ["New"], "genre": ["rock", "live"], "artist": ["A", "B"]}, user=user
    )
    assert change is not None
    assert change.before == {"title": ["Old"], "genre": ["pop"]}
    assert change.after == {"title": ["New"], "genre": ["live", "rock"]}
    assert (change.user, change.track) == (user, track)
    assert tags(track)["title"] == ["New"]
    assert curate.history(track) == [change]
    assert Job.objects.filter(kind="search.index").exists()


def test_an_edit_that_changes_nothing_leaves_no_trace(track: Track, user: User) -> None:
    assert curate.set_tags(track, {"title": ["Old"]}, user=user) is None
    assert curate.history(track) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ["新"]},
        {"artist": ["C"]},
        {"artist": []},
        {"album": []},
        {"album": ["Other"], "albumartist": ["X"]},
        {"genre": []},
        {"date": ["2003-07"], "tracknumber": ["4"]},
        {"mood": ["calm", "安静"], "tag": ["x"]},
        {"composer": ["Bach"]},
        {"lyrics": ["la la"]},
    ],
)
def test_undoing_puts_everything_back(
    track: Track, user: User, fields: dict[str, list[str]]
) -> None:
    before = tags(track)
    change = curate.set_tags(track, fields, user=user)
    assert change is not None
    assert tags(track) != before
    curate.undo(change, user=user)
    assert tags(track) == before
    with pytest.raises(Conflict, match="already"):
        curate.undo(change, user=user)


def test_a_later_edit_of_the_same_field_is_not_overwritten(track: Track, user: User) -> None:
    first = curate.set_tags(track, {"title": ["One"], "genre": ["g"]}, user=user)
    second = curate.set_tags(track, {"title": ["Two"]}, user=user)
    assert first is not None
    assert second is not None
    with pytest.raises(Conflict, match="title"):
        curate.undo(first, user=user)
    curate.undo(second, user=user)
    curate.undo(first, user=user)
    assert tags(track)["title"] == ["Old"]


def test_a_later_edit_of_another_field_stays(track: Track, user: User) -> None:
    first = curate.set_tags(track, {"title": ["One"]}, user=user)
    curate.set_tags(track, {"genre": ["mine"]}, user=user)
    assert first is not None
    curate.undo(first, user=user)
    assert (tags(track)["title"], tags(track)["genre"]) == (["Old"], ["mine"])


def test_a_preview_changes_nothing(track: Track, user: User) -> None:
    before = tags(track)
    n_jobs = Job.objects.count()
    found = curate.preview(track, {"title": ["New"], "album": []})
    assert found == {"title": (["Old"], ["New"]), "album": (["Album"], [])}
    assert tags(track) == before
    assert track.title == "Old"
    assert not Change.objects.exists()
    assert Job.objects.count() == n_jobs


def test_a_bad_value_changes_nothing(track: Track, user: User) -> None:
    before = tags(track)
    wrong: list[dict[str, list[str]]] = [
        {"title": []},
        {"date": ["yesterday"]},
        {"bad name!": ["x"], "title": ["New"]},
    ]
    for bad in wrong:
        with pytest.raises(BadValue):
            curate.set_tags(track, bad, user=user)
    assert tags(track) == before
    assert not Change.objects.exists()


def test_only_the_owner_and_an_administrator_may(track: Track, user: User) -> None:
    other = User.objects.create(username="hong")
    admin = User.objects.create(username="admin", is_superuser=True)
    with pytest.raises(NotAllowed):
        curate.set_tags(track, {"title": ["Mine"]}, user=other)
    change = curate.set_tags(track, {"title": ["Theirs"]}, user=admin)
    assert change is not None
    with pytest.raises(NotAllowed):
        curate.undo(change, user=other)
    curate.undo(change, user=user)
    assert tags(track)["title"] == ["Old"]


def test_the_trail_outlives_the_user_and_goes_with_the_track(track: Track, user: User) -> None:
    admin = User.objects.create(username="admin", is_superuser=True)
    change = curate.set_tags(track, {"title": ["New"]}, user=admin)
    assert change is not None
    admin.delete()
    change.refresh_from_db()
    assert change.user is None
    track.delete()
    assert not Change.objects.exists()

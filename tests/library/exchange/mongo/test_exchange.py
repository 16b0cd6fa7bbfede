"""The library in MongoDB and back, over TCP: nothing doubled, nothing lost, nothing overwritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from songloom.acquire import services
from songloom.core.features import FEATURES_VERSION
from songloom.library.exchange import mongo
from songloom.library.exchange.mongo import pushing
from songloom.library.exchange.mongo.documents import changed_at
from songloom.library.exchange.rows import whole
from songloom.library.models import Features, Preference, Track, User
from songloom.library.services.bin import bin_track, forget_track
from songloom.library.services.tagging import set_fields, tags_of
from songloom.library.services.tracing import trace_file
from tests.library.conftest import Keep
from tests.library.exchange.tables import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def song(keep: Keep) -> Track:
    track = keep(
        b"sound of a song",
        title="千里之外",
        artist=["周杰伦", "费玉清"],
        album="依然范特西",
        genre="流行",
        date="2006-09-05",
    )
    set_fields(track, {"tag": ["安静"], "mood": ["mild"]})
    values = {"tempo_bpm": 90.5, "key": "A", "dominant_hz": 220.0}
    Features.objects.create(track=track, version=FEATURES_VERSION, values=values)
    trace_file(track, track.files.get(), url="https://example.org/a.ogg")
    return track


def later(document: dict[str, Any], seconds: int = 60) -> str:
    """A moment that far after now, as documents spell it."""
    from songloom.library.exchange.mongo.documents import stamp

    return stamp(timezone.now() + timedelta(seconds=seconds))


def test_a_track_is_one_document_with_tags_features_and_lineage(
    base: Any, admin: User, song: Track
) -> None:
    came = mongo.push(base, admin)
    assert (came.n_pushed, came.n_deleted) == (1, 0)
    (document,) = base["tracks"].find()
    assert document["_id"] == str(song.pk)
    assert document["artists"] == ["周杰伦", "费玉清"]
    assert set(document["tags"]) == {"安静", "mood=mild"}
    assert document["features"] == {
        "duration_s": 12.5,
        "tempo_bpm": 90.5,
        "key": "A",
        "dominant_hz": 220.0,
    }
    assert [each["kind"] for each in document["lineage"]] == ["url", "file", "track"]
    assert document["audio"]["sha256"] == song.files.get().sha256
    assert (document["has_audio"], document["is_deleted"]) == (True, False)
    indexed = {next(iter(each["key"])) for each in base["tracks"].list_indexes()}
    assert {"changed_at", "title", "artists", "tags"} <= indexed


def test_a_second_push_writes_nothing_and_a_change_is_written_alone(
    base: Any, admin: User, song: Track, keep: Keep
) -> None:
    keep(b"2", title="Other")
    assert mongo.push(base, admin).n_pushed == 2
    assert mongo.push(base, admin).n_pushed == 0
    set_fields(song, {"genre": ["Pop"]})
    assert mongo.push(base, admin).n_pushed == 1
    found = base["tracks"].find_one({"_id": str(song.pk)})
    assert found["genres"] == ["Pop"]


def test_more_tracks_than_a_batch_are_all_there(
    base: Any, admin: User, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "BATCH", 2)
    for n in range(5):
        keep(bytes([n]), title=f"Song {n}")
    assert mongo.push(base, admin).n_pushed == 5
    assert base["tracks"].count_documents({}) == 5


def test_one_pushes_what_one_may_see(base: Any, stranger: User, song: Track, keep: Keep) -> None:
    Track.objects.filter(pk=song.pk).update(is_private=True)
    keep(b"2", title="Shared")
    mongo.push(base, stranger)
    assert [each["title"] for each in base["tracks"].find()] == ["Shared"]


def test_what_is_binned_or_forgotten_becomes_a_tombstone(
    base: Any, admin: User, song: Track, keep: Keep
) -> None:
    other = keep(b"2", title="Other")
    mongo.push(base, admin)
    bin_track(song)
    forget_track(other)
    came = mongo.push(base, admin)
    assert (came.n_pushed, came.n_deleted) == (0, 2)
    for found in base["tracks"].find():
        assert found["is_deleted"] is True
        assert "title" not in found
    assert mongo.push(base, admin).n_deleted == 0


def test_another_library_takes_it_over_as_entries(base: Any, admin: User, song: Track) -> None:
    mongo.push(base, admin)
    before, pk = rows(admin), str(song.pk)
    forget_track(song)
    came = mongo.pull(base, admin)
    assert (came.n_pulled, came.refused) == (1, [])
    track = Track.objects.get()
    assert (str(track.pk), track.has_audio, track.duration_s) == (pk, False, 12.5)
    assert rows(admin) == before
    assert tags_of(track)["mood"] == ["mild"]
    again = mongo.pull(base, admin)
    assert (again.n_pulled, again.n_deleted) == (0, 0)


def test_a_tombstone_puts_into_the_bin_and_deletes_nothing(
    base: Any, admin: User, stranger: User, song: Track
) -> None:
    base["tracks"].insert_one({"_id": str(song.pk), "is_deleted": True, "changed_at": later({})})
    assert mongo.pull(base, stranger).n_deleted == 0  # not theirs to throw away
    assert mongo.pull(base, admin).n_deleted == 1
    song.refresh_from_db()
    assert song.binned_at is not None
    assert song.files.count() == 1


def test_bad_documents_are_refused_one_by_one(base: Any, admin: User) -> None:
    base["tracks"].insert_many(
        [
            {"_id": "a", "title": "good", "duration_s": 200},
            {"_id": "b", "title": "bad", "duration_s": "long"},
            {"_id": "c", "title": {"deep": 1}},
            {"_id": "d"},
            {"_id": "e", "title": "x", "audio": "/etc/passwd"},
        ]
    )
    came = mongo.pull(base, admin)
    assert sorted((each["id"], each["column"]) for each in came.refused) == [
        ("b", "duration_s"),
        ("c", "title"),
        ("d", ""),
    ]
    assert set(Track.objects.values_list("title", flat=True)) == {"good", "x"}
    assert not Track.objects.filter(has_audio=True).exists()


def test_sound_goes_to_gridfs_once_and_comes_back(base: Any, admin: User, keep: Keep) -> None:
    from tests.shelf import shelve

    track = shelve(admin, "Tone", artist="Ann")
    assert mongo.push(base, admin, with_sound=True).n_sounds == 1
    assert mongo.push(base, admin, with_sound=True).n_sounds == 0
    pk = track.pk
    forget_track(track)

    def bring(chunks: Any, name: str, entry: Track) -> None:
        services.add_stream(chunks, name=name, owner=entry.owner, link=entry)

    came = mongo.pull(base, admin, bring=bring)
    assert (came.n_pulled, came.n_sounds) == (1, 1)
    again = Track.objects.get()
    assert (again.pk, again.has_audio, again.duration_s) == (pk, True, 1.0)
    assert mongo.pull(base, admin, bring=bring).n_sounds == 0


def test_sync_takes_both_ways_and_then_rests(base: Any, admin: User, song: Track) -> None:
    theirs = {"_id": "x1", "title": "From afar", "changed_at": later({}, -10)}
    base["tracks"].insert_one(theirs)
    came = mongo.sync(base, admin, place="here")
    assert (came.n_pulled, came.n_conflicts) == (1, 0)
    assert base["tracks"].find_one({"_id": str(song.pk)}) is not None
    assert Track.objects.filter(title="From afar").exists()
    second = mongo.sync(base, admin, place="here")
    third = mongo.sync(base, admin, place="here")
    assert second.n_pulled == 0
    assert (third.n_pushed, third.n_pulled, third.n_deleted) == (0, 0, 0)


@pytest.mark.parametrize(("seconds", "stands"), [(60, "theirs"), (-3_600, "ours")])
def test_of_two_changes_the_later_stands(
    base: Any, admin: User, song: Track, seconds: int, stands: str
) -> None:
    mongo.sync(base, admin, place="here")
    set_fields(song, {"title": ["ours"]})
    changed = {"title": "theirs", "changed_at": later({}, seconds), "digest": "other"}
    base["tracks"].update_one({"_id": str(song.pk)}, {"$set": changed})
    mongo.sync(base, admin, place="here")
    song.refresh_from_db()
    assert song.title == stands
    mongo.sync(base, admin, place="here")
    assert base["tracks"].find_one({"_id": str(song.pk)})["title"] == stands


def test_at_the_same_moment_the_library_s_stands(base: Any, admin: User, song: Track) -> None:
    mongo.sync(base, admin, place="here")
    set_fields(song, {"title": ["ours"]})
    moment = changed_at(whole(Track.objects.all()).get())
    changed = {"title": "theirs", "changed_at": moment, "digest": "other", "source": "another"}
    base["tracks"].update_one({"_id": str(song.pk)}, {"$set": changed})
    mongo.sync(base, admin, place="here")
    song.refresh_from_db()
    assert song.title == "ours"
    assert base["tracks"].find_one({"_id": str(song.pk)})["title"] == "ours"


def test_a_change_of_one_side_alone_is_no_conflict(base: Any, admin: User, song: Track) -> None:
    mongo.sync(base, admin, place="here")
    for title in ("first", "second", "third"):
        set_fields(song, {"title": [title]})
        came = mongo.sync(base, admin, place="here")
        assert (came.n_pushed, came.n_pulled, came.n_conflicts) == (1, 0, 0)
    changed = {"title": "theirs", "changed_at": later({}, 0), "source": "another"}
    base["tracks"].update_one({"_id": str(song.pk)}, {"$set": changed})
    set_fields(song, {"title": ["ours"]})
    assert mongo.sync(base, admin, place="here").n_conflicts == 1


def test_a_document_that_was_taken_before_is_no_conflict_again(
    base: Any, admin: User, song: Track
) -> None:
    """The overlap looks at it once more, and finds that only the track has changed since."""
    theirs = {"_id": str(song.pk), "title": "theirs", "source": "another"}
    base["tracks"].insert_one(theirs | {"changed_at": later({}, 0)})
    assert mongo.sync(base, admin, place="here").n_pulled == 1
    base["tracks"].update_one({"_id": str(song.pk)}, {"$set": {"source": "another"}})
    mongo.sync(base, admin, place="here")
    base["tracks"].update_one({"_id": str(song.pk)}, {"$set": {"source": "another"}})
    set_fields(song, {"title": ["ours"]})
    assert mongo.sync(base, admin, place="here").n_conflicts == 0
    assert base["tracks"].find_one({"_id": str(song.pk)})["title"] == "ours"


@pytest.mark.parametrize("with_sound", [False, True])
def test_sync_carries_deletions_both_ways(
    base: Any, admin: User, keep: Keep, with_sound: bool
) -> None:
    from tests.shelf import shelve

    forgotten = shelve(admin, "Forgotten") if with_sound else keep(b"1", title="Forgotten")
    binned, third = keep(b"2", title="Binned"), keep(b"3", title="Third")
    pks = [str(track.pk) for track in (forgotten, binned, third)]
    brought: list[Track] = []

    def sync() -> mongo.Exchanged:
        return mongo.sync(
            base, admin, place="here", with_sound=with_sound,
            bring=lambda chunks, name, entry: brought.append(entry),
        )  # fmt: skip

    assert sync().n_pushed == 3
    forget_track(forgotten)
    bin_track(binned)
    came = sync()
    assert (came.n_deleted, came.n_pulled, came.n_conflicts) == (2, 0, 0)
    deleted = {found["_id"]: found["is_deleted"] for found in base["tracks"].find()}
    assert deleted == dict(zip(pks, (True, True, False), strict=True))
    assert not Track.objects.filter(pk=pks[0]).exists()
    theirs = {"_id": pks[2], "is_deleted": True, "source": "another", "changed_at": later({})}
    base["tracks"].replace_one({"_id": pks[2]}, theirs)
    assert sync().n_deleted == 1
    assert Track.objects.get(pk=pks[2]).binned_at is not None
    assert Track.objects.count() == 2
    assert brought == []


def test_what_was_forgotten_comes_back_where_it_is_asked_for_or_another_wrote_it(
    base: Any, admin: User, stranger: User, song: Track, keep: Keep
) -> None:
    other = keep(b"2", title="Other")
    mongo.sync(base, admin, place="here")
    for track in (song, other):
        forget_track(Track.objects.get(pk=track.pk))
    changed = {"changed_at": later({}, 0), "source": "another"}
    base["tracks"].update_one({"_id": str(other.pk)}, {"$set": changed})
    mongo.sync(base, stranger, place="here")  # who may write no tombstone for what is not seen
    assert [track.pk for track in Track.objects.all()] == [other.pk]
    assert base["tracks"].find_one({"_id": str(song.pk)})["is_deleted"] is False
    mongo.pull(base, admin)
    assert Track.objects.filter(pk=song.pk).exists()


def test_a_sync_that_was_interrupted_goes_on(
    base: Any, admin: User, song: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as broken:
        broken.setattr(pushing, "_write", fail)
        with pytest.raises(RuntimeError):
            mongo.sync(base, admin, place="here")
    assert mongo.sync(base, admin, place="here").n_pushed == 1


def test_each_place_and_user_has_a_cursor_of_its_own(
    base: Any, admin: User, stranger: User, song: Track
) -> None:
    for user, place in ((admin, "a"), (admin, "b"), (stranger, "a")):
        mongo.sync(base, user, place=place)
    assert Preference.objects.filter(name__startswith="mongo.cursor.").count() == 3

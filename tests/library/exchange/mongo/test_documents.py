"""Documents: what they say, when they changed, and that they can be told apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from songloom.core.features import FEATURES_VERSION
from songloom.library.exchange.mongo.documents import (
    changed_at,
    documents,
    is_as_written,
    sealed,
    source,
    stamp,
    tombstone,
)
from songloom.library.exchange.mongo.mapping import cells
from songloom.library.exchange.mongo.pushing import push
from songloom.library.exchange.rows import whole
from songloom.library.models import Features, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tagging import set_fields
from tests.library.conftest import Keep

PK = "01920000-0000-7000-8000-000000000001"


def test_a_library_has_one_name_for_good(db: None) -> None:
    assert source() == source()
    assert len(source()) == 36


def test_a_document_is_json_and_is_read_as_it_was_written(keep: Keep, owner: User) -> None:
    track = keep(title="青花瓷", artist="周杰伦", album="我很忙", genre="流行")
    Features.objects.create(track=track, version=FEATURES_VERSION, values={"tempo_bpm": 90.5})
    (document,) = documents(list(whole(Track.objects.all())), owner, "here")
    read = json.loads(json.dumps(document))
    said = {head.column.name: value for head, value in cells(read, None)}
    assert said["title"] == "青花瓷"
    assert said["artists"] == ["周杰伦"]
    assert said["tempo_bpm"] == 90.5
    assert said["id"] == str(track.pk)
    assert "audio" not in said


def test_what_says_the_same_has_the_same_digest_whenever_it_changed() -> None:
    one = sealed({"title": "x", "tags": ["a"]}, PK, "here", "2026")
    other = sealed({"tags": ["a"], "title": "x"}, PK, "there", "2027")
    assert one["digest"] == other["digest"]
    assert sealed({"title": "y"}, PK, "here", "2026")["digest"] != one["digest"]


def test_a_document_that_another_touched_is_no_longer_as_it_was_written(
    base: Any, admin: User, keep: Keep
) -> None:
    """After the way over the wire, numbers and lists and Chinese included."""
    track = keep(title="青花瓷", artist=["周杰伦", "方文山"], date="2007-11-02")
    values = {"tempo_bpm": 90.0, "dominant_hz": 220.1 / 3, "key": "A"}
    Features.objects.create(track=track, version=FEATURES_VERSION, values=values)
    push(base, admin)
    found = base["tracks"].find_one()
    assert is_as_written(found, source())
    assert is_as_written(tombstone(PK, "here", "2026"), "here")
    assert not is_as_written(found, "another")
    assert not is_as_written(found | {"title": "x"}, source())
    assert not is_as_written(found | {"more": None}, source())
    assert not is_as_written({"_id": PK}, source())


def test_a_tombstone_says_nothing_but_that(keep: Keep, owner: User) -> None:
    track = bin_track(keep(title="Secret"))
    (document,) = documents(list(whole(Track.objects.all())), owner, "here")
    assert document == tombstone(track.pk, "here", changed_at(track))
    assert "Secret" not in json.dumps(document)
    assert document["is_deleted"] is True


def test_moments_sort_as_they_follow() -> None:
    start = datetime(2026, 11, 27, 6, 59, 59, 999_999, tzinfo=UTC)
    moments = [start + timedelta(microseconds=n) for n in (0, 1, 2, 10**6, 10**9)]
    spelled = [stamp(moment) for moment in moments]
    assert spelled == sorted(spelled)
    assert spelled[0] == "2026-11-27T06:59:59.999999Z"
    assert [datetime.fromisoformat(each) for each in spelled] == moments


def test_tags_the_bin_and_measures_all_move_the_moment_on(keep: Keep, owner: User) -> None:
    def now() -> str:
        return changed_at(whole(Track.objects.all()).get())

    moments = [now() for track in [keep(title="x")]]
    track = Track.objects.get()
    set_fields(track, {"tag": ["calm"]})
    moments.append(now())
    Features.objects.create(track=track, version=FEATURES_VERSION)
    moments.append(now())
    bin_track(track)
    moments.append(now())
    assert moments == sorted(set(moments))

"""An entry gets its sound: by hand, or by a file that is called the same."""

from __future__ import annotations

import pytest

from songloom.errors import Conflict
from songloom.jobs.models import Job
from songloom.library.models import Features, Folder, Track, User
from songloom.library.services.storing import store_file
from songloom.library.services.tagging import tags_of
from tests.library.conftest import Hear, Keep
from tests.library.exchange.tables import entered

SONG = {"title": "青花瓷", "artists": "周杰伦", "album": "我很忙", "genres": "流行", "tempo": "90"}
TAGS = {"title": ["青花瓷"], "artist": ["周杰伦"]}


@pytest.fixture
def entry(owner: User) -> Track:
    entered(owner, SONG)
    return Track.objects.get()


def test_a_file_of_the_same_title_and_artist_becomes_its_sound(entry: Track, keep: Keep) -> None:
    track = keep(title="青花瓷", artist="周杰伦", date="2007", genre="Pop", composer="周杰伦")
    assert track == entry
    track.refresh_from_db()
    assert (track.has_audio, track.duration_s, track.format) == (True, 12.5, "flac")
    tags = tags_of(track)
    assert tags["genre"] == ["流行"]  # what the table said stays
    assert tags["album"] == ["我很忙"]
    assert (tags["date"], tags["composer"]) == (["2007"], ["周杰伦"])  # what it did not is filled
    assert not Features.objects.exists()  # to be measured now
    kinds = set(Job.objects.values_list("kind", flat=True))
    assert {"analyse.extract", "search.index"} <= kinds


@pytest.mark.parametrize(
    "tags",
    [
        {"title": "青花瓷"},
        {"title": "青花瓷", "artist": "别人"},
        {"title": "青花", "artist": "周杰伦"},
        {"title": "青花瓷", "artist": ["周杰伦", "别人"]},
        {"title": "青花瓷", "artist": "周杰伦", "album": "现场"},
    ],
)
def test_another_name_is_another_track(entry: Track, keep: Keep, tags: dict[str, str]) -> None:
    assert keep(**tags) != entry
    entry.refresh_from_db()
    assert not entry.has_audio


def test_two_entries_of_one_name_wait_for_somebody_to_choose(
    entry: Track, owner: User, hear: Hear
) -> None:
    entered(owner, {**SONG, "album": "精选"})
    chosen = Track.objects.exclude(pk=entry.pk).get()
    assert store_file(hear(b"1", tags=TAGS), owner=owner, origin=Track.Origin.UPLOADED)[
        0
    ].pk not in (
        entry.pk,
        chosen.pk,
    )
    heard = hear(b"2", tags=TAGS)
    track, is_new = store_file(heard, owner=owner, origin=Track.Origin.UPLOADED, link=chosen)
    assert (track, is_new) == (chosen, True)
    with pytest.raises(Conflict):
        store_file(hear(b"3", tags=TAGS), owner=owner, origin=Track.Origin.UPLOADED, link=chosen)
    assert Track.objects.get(pk=chosen.pk).files.count() == 1


def test_a_link_by_hand_needs_no_name(entry: Track, owner: User, hear: Hear) -> None:
    heard = hear(tags={"title": ["Track 01"]})
    track, _ = store_file(heard, owner=owner, origin=Track.Origin.UPLOADED, link=entry)
    assert track == entry
    assert track.title == "青花瓷"


def test_the_entries_of_others_stay_theirs(entry: Track, stranger: User, hear: Hear) -> None:
    track, _ = store_file(hear(tags=TAGS), owner=stranger, origin=Track.Origin.UPLOADED)
    assert track != entry


@pytest.mark.parametrize("origin", [Track.Origin.GENERATED, Track.Origin.EDITED])
def test_what_is_made_here_is_a_track_of_its_own(
    entry: Track, owner: User, hear: Hear, origin: Track.Origin
) -> None:
    assert store_file(hear(tags=TAGS), owner=owner, origin=origin)[0] != entry


def test_the_sound_of_a_private_folder_makes_the_entry_private(
    entry: Track, owner: User, hear: Hear
) -> None:
    folder = Folder.objects.create(
        number=1, path="/x", path_key="k", name="x", owner=owner, is_private=True
    )
    track, _ = store_file(
        hear(tags=TAGS), owner=owner, origin=Track.Origin.SCANNED, folder=folder, path="a.flac"
    )
    assert track == entry
    assert Track.objects.get(pk=entry.pk).is_private

"""Entries of a catalogue: tracks that are known by name, and of which there is no sound yet."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from songloom.analyse.services import n_left
from songloom.library.models import CatalogueEntry, Track, User
from songloom.library.services.documents import track_document
from songloom.search.services import search
from tests.library.conftest import Keep

BEFORE, AFTER = [("library", "0002_features_fresh")], [("library", "0003_entries")]


@pytest.fixture
def entry(owner: User) -> Track:
    return Track.objects.create(
        title="A name", owner=owner, has_audio=False, duration_s=200.0, origin="imported"
    )


def test_an_entry_may_say_how_long_it_would_be(entry: Track) -> None:
    document = track_document(entry)
    assert (document["has_audio"], document["duration_s"]) == (False, 200.0)
    assert document["format"] is None


def test_what_has_a_file_has_sound(keep: Keep) -> None:
    assert track_document(keep(title="Blue"))["has_audio"] is True


def test_only_what_has_sound_waits_to_be_measured_or_can_be_played(
    entry: Track, keep: Keep
) -> None:
    track = keep(title="Blue")
    assert n_left() == 1
    assert list(Track.objects.all().with_sound()) == [track]


def test_an_entry_is_found_by_its_length(entry: Track, owner: User) -> None:
    assert search("duration:3m..4m", owner).tracks == [entry]
    assert search("duration:>4m", owner).tracks == []


def test_one_owner_has_one_entry_of_a_key_and_others_their_own(
    entry: Track, owner: User, stranger: User
) -> None:
    CatalogueEntry.objects.create(track=entry, owner=owner, entry_key="k")
    other = Track.objects.create(title="Twin", owner=owner, origin="imported")
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogueEntry.objects.create(track=other, owner=owner, entry_key="k")
    CatalogueEntry.objects.create(track=other, owner=stranger, entry_key="k")


def test_a_track_that_goes_takes_its_entry_with_it(entry: Track, owner: User) -> None:
    CatalogueEntry.objects.create(track=entry, owner=owner, entry_key="k")
    entry.delete()
    assert not CatalogueEntry.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_update_tells_tracks_with_sound_from_those_without() -> None:
    """From the release before, with one of each; and back."""
    try:
        old = migrated(BEFORE)
        person = old.get_model("library", "User").objects.create(username="mei")
        tracks = old.get_model("library", "Track").objects
        tracks.create(title="heard", duration_s=12.5, owner=person, origin="uploaded")
        tracks.create(title="named", duration_s=None, owner=person, origin="imported")
        new = migrated(AFTER).get_model("library", "Track").objects
        assert dict(new.values_list("title", "has_audio")) == {"heard": True, "named": False}
        assert migrated(BEFORE).get_model("library", "Track").objects.count() == 2
    finally:
        migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


def migrated(targets: list[tuple[str, str]]):  # type: ignore[no-untyped-def]
    """The models as they were at these migrations."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps

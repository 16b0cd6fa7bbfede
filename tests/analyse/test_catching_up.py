"""What is left is known, how long it takes is measured, a new version measures all again."""

from __future__ import annotations

import pytest
from django.utils import timezone

from songloom.analyse import services, speed
from songloom.core.features import FEATURES_VERSION
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Features, Preference, Track
from tests.analyse.conftest import Shelve
from tests.core.features.signals import noise, stereo

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_left_takes_no_time() -> None:
    assert (services.n_left(), services.time_left()) == (0, 0.0)


def test_time_left_is_sound_over_speed(shelve: Shelve) -> None:
    track = shelve()
    Track.objects.filter(pk=track.pk).update(duration_s=3_600)
    Preference.write("analysis.speed", 100.0)
    assert services.time_left() == pytest.approx(36, abs=0.1)
    Features.objects.create(track=track, version=FEATURES_VERSION)
    assert services.time_left() == 0.0


def test_measuring_makes_the_speed_known(shelve: Shelve) -> None:
    services.measure(shelve())
    assert Preference.read("analysis.speed", None) > 0


def test_the_speed_follows_slowly() -> None:
    speed.note(100.0, 1.0 + speed.OVERHEAD_S)
    assert Preference.read("analysis.speed", 0) == pytest.approx(100)
    speed.note(200.0, 1.0 + speed.OVERHEAD_S)
    assert Preference.read("analysis.speed", 0) == pytest.approx(110)


def test_binned_missing_and_soundless_tracks_are_not_waited_for(shelve: Shelve) -> None:
    for change in ({"binned_at": timezone.now()}, {"missing_at": timezone.now()}):
        track = shelve(stereo(noise(0.5, seed=len(str(change)))), title=str(*change))
        Track.objects.filter(pk=track.pk).update(**change)
    assert services.n_left() == 0


def test_a_new_version_queues_what_an_old_one_measured(shelve: Shelve) -> None:
    old, done = shelve(title="old"), shelve(stereo(noise(1)), title="done")
    Job.objects.all().delete()
    Features.objects.create(track=old, version=FEATURES_VERSION - 1)
    Features.objects.create(track=done, version=FEATURES_VERSION)
    services.start_catching_up()
    catching = Job.objects.filter(kind="analyse.catch_up")
    finish(list(catching))
    assert catching.get().result == {"n_queued": 1}
    assert Features.objects.get(track=old).version == FEATURES_VERSION
    assert services.n_left() == 0


def test_a_track_that_waits_already_is_not_queued_twice(shelve: Shelve) -> None:
    shelve()
    assert Job.objects.filter(kind="analyse.extract").count() == 1
    assert services.catch_up() == 1
    assert Job.objects.filter(kind="analyse.extract").count() == 1


def test_a_library_that_is_measured_starts_nothing(shelve: Shelve) -> None:
    Features.objects.create(track=shelve(), version=FEATURES_VERSION)
    services.start_catching_up()
    assert not Job.objects.filter(kind="analyse.catch_up").exists()

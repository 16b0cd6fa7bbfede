"""Where many songs wait, a coarse pass comes first, over all of them; the whole follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django_tasks_db.models import DBTaskResult

from songloom import jobs
from songloom.analyse import measuring, services
from songloom.core.features import FEATURES_VERSION
from songloom.core.features.coarse import COARSE
from songloom.errors import NotAudio
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.jobs.worker import take
from songloom.learn import matrix
from songloom.library.models import Features, Track
from songloom.library.services.documents import features_document
from tests.analyse.conftest import Shelve
from tests.analyse.test_measuring import sound_of
from tests.core.features.signals import clicks, stereo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One song that waits is a crowd."""
    monkeypatch.setattr(services, "MANY", 1)


@pytest.fixture
def long(shelve: Shelve) -> Any:
    """A song of a minute and a half, as quickly heard as can be."""
    sound = stereo(clicks(120, 95.0, sample_rate=22_050))
    return lambda title="Long": shelve(sound, title=title)


def states() -> dict[str, list[str]]:
    """{kind: states} of the jobs of analysis, in the order of their making."""
    found: dict[str, list[str]] = {}
    for job in Job.objects.filter(kind__startswith="analyse.").order_by("created_at"):
        found.setdefault(job.kind, []).append(str(job.state))
    return found


def passes() -> list[str]:
    """By which pass each song is known, oldest first; "" for none."""
    rows = {row.track_id: row.heard_by for row in Features.objects.all()}
    return [rows.get(track.pk, "") for track in Track.objects.order_by("created_at")]


def test_a_coarse_row_says_so_and_leaves_out_what_it_cannot_know(long: Any) -> None:
    track = long()
    row = measuring.measure_coarsely(track)
    assert (row.is_coarse, row.heard_by, row.version) == (True, "coarse", FEATURES_VERSION)
    assert set(row.values) == set(COARSE)
    assert (row.tempo_bpm, row.key, row.loudness_lufs, row.peaks) == (None, "", None, [])
    assert row.centroid_hz == row.values["centroid_hz"] > 0
    told = features_document(track)
    assert told is not None
    assert told["features_pass"] == "coarse"
    assert not {"tempo_bpm", "duration_s", "key", "peaks", "silences_s"} & set(told)


def test_the_whole_pass_writes_over_the_coarse_one(long: Any) -> None:
    track = long()
    measuring.measure_coarsely(track)
    row = services.measure(track)
    assert (row.is_coarse, row.heard_by) == (False, "full")
    assert row.tempo_bpm == pytest.approx(120, rel=0.01)
    assert Features.objects.count() == 1
    told = features_document(track)
    assert told is not None
    assert told["features_pass"] == "full"


def test_a_coarse_pass_never_replaces_what_is_known(long: Any) -> None:
    track = long()
    known = Features.objects.create(track=track, version=FEATURES_VERSION - 1, tempo_bpm=77.0)
    assert measuring.measure_coarsely(track) == known
    assert Features.objects.get().tempo_bpm == 77.0


def test_a_coarse_song_is_left_to_hear_and_does_not_count_as_speed(long: Any) -> None:
    from songloom.library.models import Preference

    measuring.measure_coarsely(long())
    assert services.n_left() == 1
    assert services.time_left() > 0
    assert Preference.read("analysis.speed", None) is None


def test_a_short_song_is_heard_whole_at_once_and_needs_no_second_pass(
    shelve: Shelve, crowded: None
) -> None:
    with jobs.collecting() as first:
        shelve(title="one")
    with jobs.collecting() as second:
        shelve(title="two")
    finish([*first, *second])
    assert passes() == ["full", "full"]
    assert "analyse.complete" not in states()


def test_few_songs_are_heard_whole_at_once(shelve: Shelve) -> None:
    with jobs.collecting() as queued:
        shelve(title="one")
        shelve(title="two")
    finish(queued)
    assert passes() == ["full", "full"]
    assert states() == {"analyse.extract": ["done", "done"]}


def test_of_many_songs_all_are_known_coarsely_before_the_first_is_heard_whole(
    long: Any, crowded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each song is written down as the pass that was made of it."""
    made: list[str] = []
    real = measuring._write

    def told(track: Track, found: dict[str, Any]) -> Features:
        row = real(track, found)
        made.append(f"{track.title} {row.heard_by}")
        return row

    monkeypatch.setattr(measuring, "_write", told)
    with jobs.collecting() as queued:
        for title in ("one", "two", "three"):
            long(title)
    ended = finish(queued)
    assert made == ["one coarse", "two coarse", "three full", "one full", "two full"]
    assert passes() == ["full", "full", "full"]
    assert states() == {"analyse.extract": ["done"] * 3, "analyse.complete": ["done"] * 2}
    assert services.n_left() == 0
    results = [job.result or {} for job in ended if job.kind == "analyse.extract"]
    said = [result["features_pass"] for result in results]
    assert said == ["coarse", "coarse", "full"]


def test_who_comes_late_goes_before_the_second_pass(long: Any) -> None:
    """The carrier hands out by priority, however early the second pass was queued."""
    track = long()
    Job.objects.all().delete()
    DBTaskResult.objects.all().delete()
    measuring.measure_coarsely(track)
    services.catch_up()
    late = long("late")
    first = take("analysis")
    assert first is not None
    assert Job.objects.get(pk=first.args_kwargs["args"][0]).arguments == {"track_id": str(late.pk)}
    second = take("analysis")
    assert second is not None
    assert Job.objects.get(pk=second.args_kwargs["args"][0]).kind == "analyse.complete"


def test_a_song_known_coarsely_can_be_compared_at_once(long: Any, shelve: Shelve) -> None:
    first, second = long("one"), shelve(title="two")
    measuring.measure_coarsely(first)
    services.measure(second)
    table = matrix.table()
    assert {table.row(first.pk), table.row(second.pk)} == {0, 1}
    few, whole = (np.isfinite(table.raw[table.rows([song.pk])]).sum() for song in (first, second))
    assert 20 < few < whole


def test_a_broken_file_is_refused_once_for_both_passes(long: Any, crowded: None) -> None:
    track = long()
    sound_of(track).write_bytes(b"no music, " * 100)
    with pytest.raises(NotAudio):
        measuring.measure_coarsely(track)
    assert services.n_left() == 0


def test_a_song_deleted_between_the_passes_is_no_error(long: Any) -> None:
    track = long()
    measuring.measure_coarsely(track)
    services.catch_up()
    queued = Job.objects.get(kind="analyse.complete")
    track.delete()
    (ended,) = finish([queued])
    assert (ended.state, ended.result) == (Job.State.DONE, None)


def test_no_label_and_no_likeness_is_made_of_a_coarse_row(long: Any) -> None:
    from songloom.core.query.prompt_request import Request
    from songloom.generate.services import likeness
    from songloom.process import audacity

    track = long()
    measuring.measure_coarsely(track)
    assert audacity.labels_of(track) == {}
    asked = likeness.taking_after(Request(), track)
    assert asked.bpm is None
    assert asked.changed

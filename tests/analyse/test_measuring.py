"""A stored track becomes a row of features, once a version, whatever happens to the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songloom import jobs
from songloom.analyse import measuring, services
from songloom.core import sandbox
from songloom.core.features import FEATURES_VERSION
from songloom.core.features.registry import FEATURES
from songloom.errors import NoAudio, NotAudio, StorageAway
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Features, LineageNode, Track, User
from songloom.library.services import tracing
from songloom.library.services.storing import main_file
from tests.analyse.conftest import Shelve
from tests.core.features.signals import noise, stereo
from tests.kept import path_of

pytestmark = pytest.mark.django_db(transaction=True)


def sound_of(track: Track) -> Path:
    file = main_file(track)
    assert file is not None
    return path_of(file)


def test_clicks_are_measured_in_a_child_and_written_into_columns(shelve: Shelve) -> None:
    features = services.measure(shelve())
    assert features.version == FEATURES_VERSION
    assert features.tempo_bpm == pytest.approx(120, rel=0.01)
    assert features.stereo_correlation == pytest.approx(1.0)
    assert features.stereo_width == pytest.approx(0.0, abs=1e-6)
    assert len(features.peaks) == 800
    assert features.cpu_s > 0


def test_every_feature_stands_in_the_row_by_name(shelve: Shelve) -> None:
    features = services.measure(shelve())
    assert set(features.values) == set(FEATURES) - {"peaks", "peaks_fine", "fingerprint"}
    assert len(bytes(features.peaks_fine or b"")) == 20 * 8  # seconds
    nulls = {name for name, value in features.values.items() if value is None}
    assert nulls == set(features.reasons)


def test_a_key_that_cannot_be_said_is_empty_and_has_a_reason(shelve: Shelve) -> None:
    features = services.measure(shelve(stereo(noise(4, sample_rate=22_050))))
    assert (features.key, features.mode) == ("", "")
    assert "pitch" in features.reasons["key"]


def test_a_track_is_measured_once_a_version(shelve: Shelve) -> None:
    track = shelve()
    first = services.measure(track)
    sound_of(track).unlink()  # a second measurement would need it
    assert services.measure(track).measured_at == first.measured_at


def test_a_row_of_an_older_version_is_measured_again(shelve: Shelve) -> None:
    track = shelve()
    Features.objects.create(track=track, version=FEATURES_VERSION - 1, tempo_bpm=77.0)
    assert services.measure(track).tempo_bpm == pytest.approx(120, rel=0.01)
    assert Features.objects.filter(track=track).count() == 1


def test_a_catalogue_entry_has_nothing_to_measure(owner: User) -> None:
    entry = Track.objects.create(title="Lost", owner=owner, origin=Track.Origin.IMPORTED)
    with pytest.raises(NoAudio):
        services.measure(entry)


def test_a_file_that_is_away_is_tried_later_and_nothing_is_written(shelve: Shelve) -> None:
    track = shelve()
    sound_of(track).unlink()
    with pytest.raises(StorageAway):
        services.measure(track)
    assert not Features.objects.filter(track=track).exists()


def test_a_file_that_broke_is_refused_once_and_remembered(shelve: Shelve) -> None:
    track = shelve()
    sound_of(track).write_bytes(b"no music, " * 100)
    with pytest.raises(NotAudio):
        services.measure(track)
    row = Features.objects.get(track=track)
    assert row.values == {}
    assert row.reasons["duration_s"]
    assert services.n_left() == 0  # nobody tries it again with this version


def test_the_child_steps_back_for_others(shelve: Shelve, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    real = sandbox.call

    def watch(target: str, kwargs: dict[str, str], **options: object) -> object:
        told.update(options)
        return real(target, kwargs, **options)

    monkeypatch.setattr(measuring, "call", watch)
    services.measure(shelve())
    assert told["nice"] == 19


def test_storing_a_track_leads_to_its_features(shelve: Shelve) -> None:
    with jobs.collecting() as queued:
        track = shelve()
    ended = {job.kind: job for job in finish(queued)}
    assert ended["analyse.extract"].state == Job.State.DONE
    assert ended["analyse.extract"].result == {
        "track_ids": [str(track.pk)],
        "features_version": FEATURES_VERSION,
        "features_pass": "full",
    }
    assert Features.objects.get(track=track).tempo_bpm == pytest.approx(120, rel=0.01)


def test_a_track_deleted_meanwhile_is_no_error(shelve: Shelve) -> None:
    with jobs.collecting() as queued:
        track = shelve()
    track.delete()
    ended = {job.kind: job for job in finish(queued)}
    assert ended["analyse.extract"].state == Job.State.DONE
    assert ended["analyse.extract"].result is None


def test_a_cancelled_job_ends_its_child_and_writes_nothing(
    shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jobs.collecting() as queued:
        track = shelve(stereo(noise(60, sample_rate=22_050)))
    asked: list[float] = []

    def cancel_then_report(**told: float) -> None:
        asked.append(told["progress"])
        Job.objects.filter(kind="analyse.extract").update(is_cancel_asked=True)

    monkeypatch.setattr(measuring, "report", cancel_then_report)
    monkeypatch.setattr("songloom.jobs.running.WRITE_EVERY_S", 0.0)
    ended = {job.kind: job for job in finish(queued)}
    assert ended["analyse.extract"].state == Job.State.CANCELLED
    assert not Features.objects.filter(track=track).exists()
    assert asked


def test_a_real_song_in_a_linked_folder_is_measured_in_place(
    real_song: Path, shelve: Shelve, owner: User
) -> None:
    track = shelve()
    managed = sound_of(track)
    managed.unlink()
    managed.symlink_to(real_song)
    before = real_song.read_bytes()
    features = services.measure(track)
    assert features.values["sample_rate"] in (44_100, 48_000)
    assert np.isfinite([v for v in features.values.values() if isinstance(v, float)]).all()
    assert real_song.read_bytes() == before


@pytest.mark.parametrize("detail", [{"choices": {"bpm": 61.0}}, {"bpm": 61.0}])
def test_a_piece_composed_here_has_the_octave_of_its_score(
    shelve: Shelve, detail: dict[str, object]
) -> None:
    track = shelve()  # clicks at 120
    score = tracing.node(LineageNode.Kind.SCORE, "4/4", detail=detail)
    tracing.track_node(track, made_from=(score,))
    features = services.measure(track)
    assert features.tempo_bpm == pytest.approx(60, rel=0.01)
    assert features.values["tempo_bpm"] == features.tempo_bpm
    assert features.values["tempo_heard_bpm"] == pytest.approx(120, rel=0.01)
    assert np.median(np.diff(features.values["beats_s"])) == pytest.approx(1.0, rel=0.01)


def test_a_song_edited_from_a_piece_is_measured_for_itself(shelve: Shelve) -> None:
    piece, edited = shelve(), shelve(title="Edited")
    score = tracing.node(LineageNode.Kind.SCORE, "4/4", detail={"choices": {"bpm": 60.0}})
    above = tracing.track_node(piece, made_from=(score,))
    tracing.track_node(edited, made_from=(above,))
    assert services.measure(edited).tempo_bpm == pytest.approx(120, rel=0.01)

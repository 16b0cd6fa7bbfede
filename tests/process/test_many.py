"""Presets, one recipe over many tracks, and one track made into many."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.audio import Audio, decode
from songloom.core.audio.presets import PRESETS
from songloom.core.audio.splitting import Part
from songloom.errors import BadRecipe, BadValue, NoAudio, NotFound
from songloom.jobs import services as jobs
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Rendition, Track, User
from songloom.library.services.tagging import tags_of
from songloom.process import batch, parts, presets, services
from songloom.process.services import Order
from tests.shelf import shelve

pytestmark = pytest.mark.django_db(transaction=True)
GAIN = [{"edit": "gain", "gain_db": -3}]


def done(job: Job) -> Job:
    jobs.finish([job])
    job.refresh_from_db()
    return job


def sound_of(made: Rendition) -> Audio:
    with storage.at_hand(made.sha256, "renditions") as path:
        return decode.read(str(path))[0]


# ------------------------------------------------------------------ presets


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_that_comes_along_is_a_recipe(name: str, owner: User) -> None:
    found = presets.preset(name, owner)
    order = Order.of(**found)
    assert order.recipe.edits
    assert PRESETS[name].words.zh
    assert presets.presets_of(owner)[name] == found


def test_a_preset_is_kept_replaced_and_forgotten(owner: User, stranger: User) -> None:
    presets.save_preset("轻一点", GAIN, owner=owner, format="opus", bit_rate_kbps=96)
    kept = presets.preset("轻一点", owner)
    assert kept["recipe"]["edits"] == [{"edit": "gain", "gain_db": -3.0}]
    assert (kept["format"], kept["bit_rate_kbps"]) == ("opus", 96)
    with pytest.raises(NotFound):
        presets.preset("轻一点", stranger)
    presets.save_preset("轻一点", [], owner=owner)
    assert presets.preset("轻一点", owner)["recipe"]["edits"] == []
    presets.drop_preset("轻一点", owner=owner)
    with pytest.raises(NotFound):
        presets.drop_preset("轻一点", owner=owner)


@pytest.mark.parametrize("name", ["", "  ", "\n", *list(PRESETS)[:1]])
def test_a_preset_needs_a_name_of_its_own(name: str, owner: User) -> None:
    with pytest.raises(BadValue):
        presets.save_preset(name, GAIN, owner=owner)


def test_a_preset_of_what_cannot_be_made_is_refused(owner: User) -> None:
    with pytest.raises(BadRecipe):
        presets.save_preset("x", [{"edit": "gain", "gain_db": 99}], owner=owner)
    with pytest.raises(BadValue):
        presets.save_preset("x", GAIN, owner=owner, format="exe")


def test_there_is_an_end_to_presets(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "MOST_PRESETS", 2)
    presets.save_preset("a", GAIN, owner=owner)
    presets.save_preset("b", GAIN, owner=owner)
    presets.save_preset("b", [], owner=owner)
    with pytest.raises(BadValue, match="3 presets; 2 are allowed"):
        presets.save_preset("c", GAIN, owner=owner)


# ------------------------------------------------------------------ many tracks


def test_an_estimate_is_about_what_is_made(track: Track, owner: User) -> None:
    """WAV is as large as it lasts: ± 1 %; the time is some time."""
    other = shelve(owner, "short", seconds=2.0)
    order = Order.of([{"edit": "trim", "start_s": 1, "end_s": 3}], "wav")
    found = batch.estimate([track, other], order, owner=owner)
    assert found.n_tracks == 2
    assert found.sounding_s == pytest.approx(3.0, rel=0.01)
    made = [services.render(one, order.recipe.document(), owner=owner, format="wav")
            for one in (track, other)]  # fmt: skip
    assert found.size_bytes == pytest.approx(sum(one.size_bytes for one in made), rel=0.4)
    assert found.work_s > 0


def test_an_estimate_of_nothing_is_refused(owner: User) -> None:
    entry = Track.objects.create(title="only a name", owner=owner, origin=Track.Origin.IMPORTED)
    with pytest.raises(NoAudio):
        batch.estimate([entry], Order.of([], "wav"), owner=owner)


def test_a_batch_makes_each_and_goes_on_past_what_cannot_be_made(
    track: Track, owner: User, stranger: User
) -> None:
    short = shelve(owner, "short", seconds=0.5)
    hidden = shelve(stranger, "secret", is_private=True)
    order = Order.of([{"edit": "trim", "start_s": 1}], "wav")
    job = done(batch.start([track, short, hidden], order, owner=owner, save_as_track=True))
    assert job.state == Job.State.DONE, job.error
    assert job.result is not None
    assert job.result["n_made"] == 1
    assert len(job.result["track_ids"]) == 1
    (refused,) = job.result["refused"]
    assert (refused["track"], refused["code"]) == (str(short.pk), "bad_recipe")
    assert not Rendition.objects.filter(track=hidden).exists()


def test_a_batch_that_is_taken_up_again_makes_nothing_twice(track: Track, owner: User) -> None:
    order = Order.of(GAIN, "wav")
    first = batch.run([str(track.pk)], order, owner=owner, saves=False)
    assert batch.run([str(track.pk)], order, owner=owner, saves=False) == first
    assert Rendition.objects.count() == 1


def test_a_cancelled_batch_ends_and_keeps_what_was_made(track: Track, owner: User) -> None:
    job = batch.start([track], Order.of(GAIN, "wav"), owner=owner)
    jobs.cancel(job)
    assert done(job).state == Job.State.CANCELLED
    assert not Rendition.objects.exists()


def test_a_batch_has_bounds(owner: User) -> None:
    with pytest.raises(BadValue, match="0 tracks; 1 to 20000 are allowed"):
        batch.start([], Order.of(GAIN), owner=owner)


# ------------------------------------------------------------------ parts


def test_parts_are_tracks_with_their_own_names_and_together_the_whole(
    track: Track, owner: User, sound: Audio
) -> None:
    wanted = [Part(0, 1.5, "上半", "甲", 1), Part(1.5, None, "下半", "", 2)]
    job = done(parts.start(track, wanted, owner=owner, format="wav"))
    assert job.result is not None, job.error
    one, two = (Track.objects.get(pk=pk) for pk in job.result["track_ids"])
    assert (one.title, two.title) == ("上半", "下半")
    assert tags_of(one)["artist"] == ["甲"]
    assert tags_of(two)["artist"] == ["周杰伦", "费玉清"]
    assert tags_of(two)["tracknumber"] == ["2"]
    pieces = [sound_of(Rendition.objects.get(pk=pk)) for pk in job.result["rendition_ids"]]
    assert np.array_equal(np.concatenate(pieces, axis=1), sound)


def test_parts_without_names_are_numbered_and_a_recipe_applies_to_each(
    track: Track, owner: User
) -> None:
    how = {"recipe": [{"edit": "channels", "channels": 1}], "format": "wav"}
    job = done(parts.start(track, [Part(0, 1), Part(1, 2)], owner=owner, **how))  # type: ignore[arg-type]
    assert job.result is not None
    titles = [Track.objects.get(pk=pk).title for pk in job.result["track_ids"]]
    assert titles == ["千里之外 1", "千里之外 2"]
    assert sound_of(Rendition.objects.get(pk=job.result["rendition_ids"][0])).shape[0] == 1


def test_parts_may_stay_renditions(track: Track, owner: User) -> None:
    job = done(parts.start(track, [Part(0, 1)], owner=owner, save_as_track=False))
    assert job.result is not None
    assert job.result["track_ids"] == []
    assert Track.objects.count() == 1


def test_a_part_behind_the_end_is_refused_with_both_times(track: Track, owner: User) -> None:
    with pytest.raises(BadValue, match="begins at 9 s, and the sound ends at 4 s"):
        parts.start(track, [Part(0, 9), Part(9, None)], owner=owner)


def test_a_track_without_silence_cannot_be_split_there(track: Track, owner: User) -> None:
    with pytest.raises(BadValue, match="no silence within"):
        parts.at_silences(track)
    with pytest.raises(BadValue, match="the threshold is"):
        parts.at_silences(track, threshold_db=5)

"""A rendition is what its recipe says, is made once, and can be made again bit by bit."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from songloom.core.audio import Audio, decode
from songloom.errors import BadRecipe, BadValue, DiskFull, NoAudio, NotFound, StorageAway
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library import storage
from songloom.library.models import Rendition, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.storing import main_file
from songloom.library.services.tagging import tags_of
from songloom.library.services.tracing import graph
from songloom.process import services
from songloom.process.lineage import summary
from songloom.process.saving import save_as_track
from tests.kept import bytes_of as bytes_kept
from tests.kept import copy_of, lose, modified_s

pytestmark = pytest.mark.django_db
TRIM = [{"edit": "trim", "start_s": 1, "end_s": 3}]


def bytes_of(rendition: Rendition) -> Path:
    return copy_of(rendition.sha256, "renditions")


def temporary_files() -> list[str]:
    return sorted(path.name for path in (settings.HOME / "tmp").iterdir())


@pytest.mark.stores
def test_a_rendition_holds_exactly_the_samples_that_the_recipe_keeps(
    track: Track, owner: User, sound: Audio
) -> None:
    made = services.render(track, TRIM, owner=owner, format="flac")
    found, sample_rate = decode.read(str(bytes_of(made)))
    assert np.array_equal(found, sound[:, 44_100 : 3 * 44_100])
    assert (made.format, made.duration_s, sample_rate) == ("flac", 2.0, 44_100)
    assert made.sha256 == hashlib.sha256(bytes_of(made).read_bytes()).hexdigest()
    assert made.size_bytes == bytes_of(made).stat().st_size


@pytest.mark.stores
def test_the_original_is_never_touched(track: Track, owner: User) -> None:
    file = main_file(track)
    assert file is not None
    before = bytes_kept(file.sha256)
    services.render(track, [{"edit": "gain", "gain_db": -6}], owner=owner, format="mp3")
    assert bytes_kept(file.sha256) == before


@pytest.mark.stores
def test_asking_again_makes_nothing_again(track: Track, owner: User) -> None:
    first = services.render(track, TRIM, owner=owner)
    came_s = modified_s(first.sha256, "renditions")
    again = services.render(track, {"version": 1, "edits": TRIM}, owner=owner)
    assert again == first
    assert modified_s(again.sha256, "renditions") == came_s
    assert Rendition.objects.count() == 1


@pytest.mark.parametrize("format", ["flac", "opus", "ogg", "mp3", "m4a", "wav"])
def test_lost_bytes_are_made_again_bit_by_bit(track: Track, owner: User, format: str) -> None:
    first = services.render(track, TRIM, owner=owner, format=format)
    content = bytes_of(first).read_bytes()
    storage.drop(first.sha256, "renditions")
    again = services.render(track, TRIM, owner=owner, format=format)
    assert again.pk == first.pk
    assert bytes_of(again).read_bytes() == content


@pytest.mark.stores
def test_two_people_share_the_bytes_but_not_the_rendition(
    track: Track, owner: User, stranger: User
) -> None:
    mine = services.render(track, TRIM, owner=owner)
    theirs = services.render(track, TRIM, owner=stranger)
    assert mine.pk != theirs.pk
    assert mine.sha256 == theirs.sha256
    assert theirs.owner == stranger


def test_another_format_or_bit_rate_is_another_rendition(track: Track, owner: User) -> None:
    made = [
        services.render(track, TRIM, owner=owner, format="opus", bit_rate_kbps=kbps)
        for kbps in (32, 128)
    ]
    made.append(services.render(track, TRIM, owner=owner, format="flac"))
    assert len({one.pk for one in made}) == 3
    assert made[0].size_bytes < made[1].size_bytes


def test_a_bit_rate_means_nothing_to_a_lossless_format(track: Track, owner: User) -> None:
    with_rate = services.render(track, TRIM, owner=owner, format="flac", bit_rate_kbps=96)
    assert with_rate == services.render(track, TRIM, owner=owner, format="flac")
    assert with_rate.bit_rate_kbps is None


@pytest.mark.parametrize(
    ("recipe", "how", "error", "said"),
    [
        ([{"edit": "reverb"}], {}, BadRecipe, "reverb"),
        ([{"edit": "gain", "gain_db": 99}], {}, BadRecipe, "-60 to 60 dB"),
        (TRIM, {"format": "midi"}, BadValue, "midi"),
        (TRIM, {"format": "mp3", "bit_rate_kbps": 1_000}, BadValue, "32 to 320"),
        ([{"edit": "trim", "start_s": 10}], {}, BadRecipe, "of a sound of 4.00 s"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing_behind(
    track: Track, owner: User, recipe: object, how: dict[str, object], error: type, said: str
) -> None:
    before = temporary_files()
    with pytest.raises(error, match=said):
        services.render(track, recipe, owner=owner, **how)  # type: ignore[arg-type]
    assert not Rendition.objects.exists()
    assert set(temporary_files()) <= set(before)


def test_an_entry_without_sound_has_no_renditions(owner: User) -> None:
    entry = Track.objects.create(title="only a name", owner=owner, origin=Track.Origin.IMPORTED)
    with pytest.raises(NoAudio):
        services.render(entry, TRIM, owner=owner)


@pytest.mark.stores
def test_a_source_that_is_away_is_told_apart_from_a_bad_recipe(track: Track, owner: User) -> None:
    file = main_file(track)
    assert file is not None
    lose(file.sha256)
    with pytest.raises(StorageAway):
        services.render(track, TRIM, owner=owner)


def test_a_disk_that_fills_up_is_said_and_leaves_nothing_behind(
    track: Track, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = temporary_files()
    with monkeypatch.context() as patched:
        patched.setattr(storage, "keep", _no_space)
        with pytest.raises(DiskFull):
            services.render(track, TRIM, owner=owner)
    assert not Rendition.objects.exists()
    assert set(temporary_files()) <= set(before)


def _no_space(*_: object, **__: object) -> Path:
    raise DiskFull("the disk is full")


def test_a_track_that_is_part_of_a_file_is_edited_as_that_part(
    track: Track, owner: User, sound: Audio
) -> None:
    track.files.update(start_s=1.0, end_s=3.5)
    made = services.render(track, [{"edit": "trim", "start_s": 0.5, "end_s": 1}], owner=owner)
    found, _ = decode.read(str(bytes_of(made)))
    assert np.array_equal(found, sound[:, round(1.5 * 44_100) : 2 * 44_100])
    assert made.recipe["edits"] == [{"edit": "trim", "start_s": 0.5, "end_s": 1.0}]


# ------------------------------------------------------------------ saved as a track


@pytest.mark.stores
def test_a_saved_rendition_is_a_track_of_its_own(track: Track, owner: User) -> None:
    made = services.render(track, TRIM, owner=owner)
    saved = save_as_track(made, owner=owner)
    assert saved.pk != track.pk
    assert (saved.title, saved.duration_s, saved.origin) == ("千里之外 ✂", 2.0, Track.Origin.EDITED)
    tags = tags_of(saved)
    assert tags["artist"] == ["周杰伦", "费玉清"]
    assert tags["genre"] == ["Pop"]
    assert "album" not in tags  # a part of a song is no song of the album
    assert bytes_of(made).is_file()


def test_saving_twice_is_one_track(track: Track, owner: User) -> None:
    made = services.render(track, TRIM, owner=owner)
    assert save_as_track(made, owner=owner) == save_as_track(made, owner=owner)
    assert Track.objects.count() == 2


def test_what_is_made_of_a_private_track_stays_private(track: Track, owner: User) -> None:
    Track.objects.filter(pk=track.pk).update(is_private=True, is_generated=True)
    made = services.render(Track.objects.get(pk=track.pk), TRIM, owner=owner)
    saved = save_as_track(made, owner=owner, title="mine alone")
    assert saved.is_private
    assert saved.is_generated
    assert saved.title == "mine alone"


def test_lineage_leads_from_the_track_over_recipe_and_rendition_to_the_new_track(
    track: Track, owner: User
) -> None:
    recipe = [*TRIM, {"edit": "gain", "gain_db": -3}]
    saved = save_as_track(services.render(track, recipe, owner=owner), owner=owner)
    drawn = graph(saved, saved.owner)
    kinds = [node["kind"] for node in drawn["nodes"]]
    assert kinds.count("track") == 2
    assert kinds.count("recipe") == kinds.count("rendition") == 1
    label = next(node["label"] for node in drawn["nodes"] if node["kind"] == "recipe")
    assert label == "trim 1–3 s · gain −3 dB"
    ids = {node["id"]: node for node in drawn["nodes"]}
    chain = [ids[edge["from"]]["kind"] + " → " + ids[edge["to"]]["kind"] for edge in drawn["edges"]]
    assert {"track → recipe", "recipe → rendition", "rendition → track"} <= set(chain)


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([], "copy"),
        ([{"edit": "trim", "start_s": 1.5}], "trim 1.5–… s"),
        ([{"edit": "cut", "start_s": 0.0, "end_s": 3.0}], "cut 0–3 s"),
        ([{"edit": "loudness", "target_lufs": -16.0, "ceiling_dbtp": -1.0}], "loudness −16 LUFS"),
        ([{"edit": "channels", "channels": 1}], "channels 1"),
        (
            [{"edit": "fade_in", "duration_s": 0.5}, {"edit": "resample", "sample_rate": 22_050}],
            "fade in 0.5 s · resample 22050 Hz",
        ),
    ],
)
def test_a_recipe_in_one_line(edits: list[dict[str, object]], said: str) -> None:
    assert summary({"version": 1, "edits": edits}) == said


# ------------------------------------------------------------------ jobs


@pytest.mark.stores
def test_the_job_makes_the_rendition_and_the_track(track: Track, owner: User) -> None:
    job = services.start(track, TRIM, owner=owner, format="opus", save_as_track=True)
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    assert job.result is not None
    made = Rendition.objects.get(pk=job.result["rendition_id"])
    (saved,) = job.result["track_ids"]
    assert Track.objects.get(pk=saved).format == "opus"
    assert made.owner == owner


def test_ordering_the_same_twice_before_it_is_made_is_one_job(track: Track, owner: User) -> None:
    assert services.start(track, TRIM, owner=owner) == services.start(track, TRIM, owner=owner)


def test_a_bad_order_is_refused_before_any_job(track: Track, owner: User) -> None:
    with pytest.raises(BadRecipe):
        services.start(track, [{"edit": "trim", "start_s": 3, "end_s": 1}], owner=owner)
    with pytest.raises(BadRecipe, match=r"edit 2 \(trim\): nothing would be left of .* 3\.00 s"):
        services.start(track, [{"edit": "cut", "start_s": 0, "end_s": 1},
                               {"edit": "trim", "start_s": 3.5}], owner=owner)  # fmt: skip
    assert not Job.objects.filter(kind="process.render").exists()


def test_an_edit_that_fails_on_the_sound_fails_the_job_with_its_code(
    track: Track, owner: User
) -> None:
    short = {"edit": "trim", "start_s": 0, "end_s": 0.1}
    job = services.start(track, [short, {"edit": "loudness"}], owner=owner)
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error is not None
    assert job.error["code"] == "bad_recipe"


def test_a_track_that_is_gone_when_its_turn_comes_is_no_error(track: Track, owner: User) -> None:
    job = services.start(track, TRIM, owner=owner)
    bin_track(track)
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert not Rendition.objects.exists()


# ------------------------------------------------------------------ previews


def test_a_preview_is_a_window_of_the_edited_sound(track: Track, owner: User, sound: Audio) -> None:
    path, duration_s = services.preview(track, TRIM, owner=owner, at_s=0.5, duration_s=1)
    found, _ = decode.read(str(path))
    assert duration_s == 1.0
    assert np.array_equal(found, sound[:, round(1.5 * 44_100) : round(2.5 * 44_100)])
    assert path.is_relative_to(settings.CACHE)
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("name", ["gone.wav", "../../db.sqlite3", "..", ""])
def test_a_preview_that_is_not_there_is_not_found(track: Track, name: str) -> None:
    with pytest.raises(NotFound):
        services.preview_file(track, name)


def test_a_preview_can_be_asked_for_by_its_name(track: Track, owner: User) -> None:
    path, duration_s = services.preview(track, TRIM, owner=owner)
    assert services.preview_file(track, path.name) == path
    assert duration_s == 2.0
    again, _ = services.preview(track, {"version": 1, "edits": TRIM}, owner=owner)
    assert again == path, "the same window of the same recipe lies in the same place"


def test_previews_of_yesterday_are_thrown_away_by_the_next(track: Track, owner: User) -> None:
    old, _ = services.preview(track, TRIM, owner=owner)
    os.utime(old, (time.time() - 90_000, time.time() - 90_000))
    kept, _ = services.preview(track, [{"edit": "gain", "gain_db": -1}], owner=owner)
    assert not old.exists()
    assert kept.exists()

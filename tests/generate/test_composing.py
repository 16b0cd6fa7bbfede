"""The whole way of a piece: prompt → score → sound → a track with title, cover and lineage."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.conf import settings
from mutagen.flac import FLAC

from songloom.errors import BadValue, Conflict, DiskFull, NoSuchFile
from songloom.generate import services
from songloom.generate.models import Generation
from songloom.generate.services import composing, sources
from songloom.jobs.models import Job
from songloom.jobs.services import cancel, finish
from songloom.library.models import LineageNode, Track, User
from songloom.library.services.documents import show_document
from songloom.library.services.storing import main_file
from tests.core.score.midi_reader import read
from tests.core.score.sine_font import sine_font
from tests.generate.conftest import Composed, Measured
from tests.kept import bytes_of, copy_of, home_path, path_of


def midi_of(generation: Generation) -> bytes:
    return bytes_of(generation.midi_sha256, "scores")


def sound_of(track: Track) -> tuple[Any, int]:
    file = main_file(track)
    assert file is not None
    audio, rate = soundfile.read(copy_of(file.sha256), always_2d=True)
    return audio, rate


def made(generation: Generation) -> Track:
    assert generation.track is not None
    return generation.track


@pytest.mark.stores
def test_a_sentence_becomes_a_track_that_plays(composed: Composed, mei: User) -> None:
    (generation,) = composed("happy piano, C major, 3/4, 10 s", seed=3)
    track = made(generation)
    assert generation.state == Generation.State.MADE
    assert track.is_generated
    assert track.origin == Track.Origin.GENERATED
    assert track.prompt == "happy piano, C major, 3/4, 10 s"
    assert track.owner == mei
    assert track.format == "flac"
    assert Track.objects.visible_to(mei).filter(pk=track.pk).exists()
    audio, rate = sound_of(track)
    assert rate == 44_100
    assert audio.shape[1] == 2
    assert len(audio) / rate == pytest.approx(10, rel=0.05)
    assert track.duration_s == pytest.approx(len(audio) / rate)
    assert 0.02 < np.abs(audio).mean() < 0.5


def test_the_score_is_kept_and_is_what_was_asked(composed: Composed) -> None:
    (generation,) = composed("piano and violin, D minor, 6/8, 70 bpm, 10 s", seed=3)
    content = midi_of(generation)
    assert hashlib.sha256(content).hexdigest() == generation.midi_sha256
    piece = read(content)
    assert piece.metre == (6, 8)
    assert piece.beat_bpm == pytest.approx(70, rel=0.001)
    assert piece.programs == {0, 40}
    assert generation.choices["key"] == 2
    assert generation.choices["mode"] == "minor"


def test_a_title_is_in_the_language_of_the_prompt(composed: Composed) -> None:
    (english,) = composed("calm piano, 6 s", seed=1)
    (chinese,) = composed("安静的钢琴曲，6秒", seed=1)
    assert made(english).title.isascii()
    assert not any(c.isascii() for c in made(chinese).title)
    assert made(english).title == english.title


def test_a_given_title_is_the_tracks_title(composed: Composed) -> None:
    (generation,) = composed('piano called "Rain on Tin", 6 s', seed=1)
    assert made(generation).title == "Rain on Tin"


def test_the_piece_has_a_cover_of_its_own(composed: Composed) -> None:
    from PIL import Image

    first, second = composed("piano, 6 s", seed=1, count=2)
    covers = [made(generation).cover for generation in (first, second)]
    assert covers[0] is not None
    assert covers[1] is not None
    assert covers[0].sha256 != covers[1].sha256
    with Image.open(home_path(covers[0].sha256, "covers")) as picture:
        assert picture.width == picture.height >= 300
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20


def test_the_file_says_what_it_is_when_it_leaves_the_library(composed: Composed) -> None:
    (generation,) = composed("欢快的钢琴曲，6秒", seed=1)
    file = main_file(made(generation))
    assert file is not None
    tags = FLAC(path_of(file))  # type: ignore[no-untyped-call]
    assert tags["title"] == [generation.title]
    assert tags["artist"] == ["Songloom"]
    assert "AI" in tags["comment"][0]
    assert tags["description"] == ["欢快的钢琴曲，6秒"]
    assert tags.pictures[0].mime == "image/png"
    assert hashlib.sha256(path_of(file).read_bytes()).hexdigest() == file.sha256
    assert path_of(file).stat().st_size == file.size_bytes == made(generation).size_bytes


def test_lineage_leads_from_prompt_and_model_over_the_score_to_the_track(
    composed: Composed,
) -> None:
    (generation,) = composed("piano, 6 s", seed=5)
    graph = show_document(made(generation), generation.owner)["lineage"]
    kinds = {node["kind"]: node for node in graph["nodes"]}
    assert set(kinds) == {"prompt", "model", "score", "track"}
    edges = {(edge["from"], edge["to"]) for edge in graph["edges"]}
    assert (kinds["prompt"]["id"], kinds["score"]["id"]) in edges
    assert (kinds["model"]["id"], kinds["score"]["id"]) in edges
    assert (kinds["score"]["id"], kinds["track"]["id"]) in edges
    assert kinds["prompt"]["label"] == "piano, 6 s"
    assert kinds["model"]["detail"]["sha256"] == sources.model_sha256() == generation.model_sha256
    detail = kinds["score"]["detail"]
    assert detail["seed"] == 5
    assert detail["midi_sha256"] == generation.midi_sha256
    assert detail["request"]["instruments"] == [0]
    assert detail["choices"]["key"] in range(12)


def test_lineage_names_the_song_that_was_taken_after(
    composed: Composed, measured: Measured
) -> None:
    song = measured("青花瓷", key="A", mode="major", tempo_bpm=80.0)
    (generation,) = composed("钢琴，像《青花瓷》，8秒", seed=2)
    piece = read(midi_of(generation))
    assert (piece.sharps, piece.is_minor) == (3, False)  # A major
    assert piece.beat_bpm == pytest.approx(80, rel=0.001)
    names = {
        node["label"]
        for node in show_document(made(generation), generation.owner)["lineage"]["nodes"]
    }
    assert "青花瓷" in names
    assert made(generation) in {
        node.track
        for node in LineageNode.objects.filter(edges_up__parent__edges_up__parent__track=song)
    }


def test_the_same_words_and_seed_give_the_same_notes_and_another_seed_others(
    composed: Composed,
) -> None:
    (first,) = composed("piano, 6 s", seed=9)
    (again,) = composed("piano, 6 s", seed=9)
    (other,) = composed("piano, 6 s", seed=10)
    assert first.midi_sha256 == again.midi_sha256 != other.midi_sha256
    assert first.track == again.track  # the same bytes of one owner are one track
    assert first.track != other.track


def test_the_same_request_in_two_languages_gives_the_same_notes(composed: Composed) -> None:
    (english,) = composed("piano, C major, 3/4, 6 s", seed=9)
    (chinese,) = composed("钢琴，C大调，四分之三拍，6秒", seed=9)
    assert english.request == chinese.request
    assert english.midi_sha256 == chinese.midi_sha256
    assert english.title != chinese.title


def test_several_pieces_are_made_by_one_job(composed: Composed) -> None:
    generations = composed("piano, 6 s", seed=20, count=3)
    assert [generation.seed for generation in generations] == [20, 21, 22]
    assert len({generation.track_id for generation in generations}) == 3
    job = Job.objects.get(kind="generate.compose")
    assert job.result is not None
    assert job.result["track_ids"] == [str(generation.track_id) for generation in generations]
    assert job.progress == 1.0


def test_what_follows_a_stored_track_follows_here_too(composed: Composed) -> None:
    composed("piano, 6 s", seed=1)
    assert Job.objects.exclude(kind="generate.compose").exists()


def test_a_job_that_runs_twice_makes_no_second_track(composed: Composed) -> None:
    (generation,) = composed("piano, 6 s", seed=1)
    assert services.compose(str(generation.pk)) == generation.track
    assert Track.objects.filter(is_generated=True).count() == 1


def test_nothing_is_left_lying_about(composed: Composed) -> None:
    composed("piano, 6 s", seed=1)
    assert not list((Path(settings.HOME) / "tmp").glob("*"))


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_was_thrown_away_before_is_not_composed(mei: User) -> None:
    (generation,), job = services.start("piano, 6 s", owner=mei)
    services.discard(generation)
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    with pytest.raises(Conflict):
        services.compose("01a21ac3-0ce8-73bc-a564-2d3a79b3cf08")
    assert not Track.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_piece_thrown_away_while_it_is_composed_lands_in_the_bin(
    mei: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (generation,), job = services.start("piano, 6 s", owner=mei, seed=1)
    really_render = composing.render_midi

    def meanwhile(*arguments: Any) -> Any:
        services.discard(Generation.objects.get(pk=generation.pk))
        return really_render(*arguments)

    monkeypatch.setattr(composing, "render_midi", meanwhile)
    finish([job])
    generation.refresh_from_db()
    assert generation.state == Generation.State.DISCARDED
    assert made(generation).binned_at is not None
    assert not Track.objects.visible_to(mei).exists()


@pytest.mark.django_db(transaction=True)
def test_a_piece_kept_while_it_is_composed_stays_kept(
    mei: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (generation,), job = services.start("piano, 6 s", owner=mei, seed=1)
    really_render = composing.render_midi

    def meanwhile(*arguments: Any) -> Any:
        services.keep(Generation.objects.get(pk=generation.pk))
        return really_render(*arguments)

    monkeypatch.setattr(composing, "render_midi", meanwhile)
    finish([job])
    generation.refresh_from_db()
    assert generation.state == Generation.State.KEPT
    assert made(generation).binned_at is None


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_no_track_and_no_score_behind(
    mei: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise DiskFull("the disk is full; free some space, then try again")

    (generation,), _ = services.start("piano, 6 s", owner=mei, seed=987_654)
    monkeypatch.setattr(composing, "store_file", full)
    with pytest.raises(DiskFull):
        services.compose(str(generation.pk))
    assert not Track.objects.exists()
    sha256 = hashlib.sha256(composing.write_score(generation).midi_bytes()).hexdigest()
    assert not home_path(sha256, "scores").exists()
    assert not list((Path(settings.HOME) / "tmp").glob("*"))


@pytest.mark.parametrize("title", ["a/b\\c", "AC/DC: live?", 'x"y'])
def test_a_titles_signs_never_become_a_path(title: str, composed: Composed) -> None:
    (generation,) = composed(f"piano, 6 s, 名为《{title}》", seed=1)
    assert made(generation).title == title
    file = main_file(made(generation))
    assert file is not None
    assert not set(file.original_name) & set('/\\:*?"<>|')


@pytest.mark.django_db(transaction=True)
def test_a_long_piece_can_be_cancelled_within_a_second(mei: User) -> None:
    """While it is rendered: ten minutes of sound take several seconds even on an idle core."""
    _, job = services.start("rock with drums, ten minutes, 150 bpm", owner=mei, seed=1)
    asked_at: list[float] = []

    def when_rendering() -> None:
        for _ in range(600):
            if Job.objects.filter(pk=job.pk, stage="rendering").exists():
                time.sleep(0.3)
                asked_at.append(time.monotonic())
                cancel(Job.objects.get(pk=job.pk))
                break
            time.sleep(0.05)
        from django.db import connection

        connection.close()

    watcher = threading.Thread(target=when_rendering)
    watcher.start()
    finish([job])
    ended_at = time.monotonic()
    watcher.join()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert ended_at - asked_at[0] < 2.5  # one second, and the slack of a busy machine
    assert not Track.objects.exists()
    assert not list((Path(settings.HOME) / "tmp").glob("*"))


def test_ones_own_soundfont_is_played_with(
    composed: Composed, tmp_path: Path, settings: Any
) -> None:
    own = tmp_path / "own.sf2"
    own.write_bytes(sine_font(program=0))
    settings.SOUNDFONT = str(own)
    (generation,) = composed("piano, 6 s", seed=4)
    assert generation.soundfont_sha256 == hashlib.sha256(own.read_bytes()).hexdigest()
    settings.SOUNDFONT = ""
    (other,) = composed("piano, 6 s ", seed=4)
    assert other.midi_sha256 == generation.midi_sha256
    assert other.soundfont_sha256 != generation.soundfont_sha256


def test_a_soundfont_that_is_not_there_is_an_error_without_its_path(settings: Any) -> None:
    settings.SOUNDFONT = "/nowhere/secret.sf2"
    with pytest.raises(NoSuchFile) as missing:
        sources.soundfont()
    assert "nowhere" not in str(missing.value)


def test_the_cards_speak_of_the_files_that_are_used() -> None:
    font, sha256 = sources.soundfont()
    assert hashlib.sha256(font.read_bytes()).hexdigest() == sha256
    for card in sources.terms()[:-1]:
        raw = (sources.MODELS_DIR / card["network"] / card["file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == sources.model_sha256(card["network"])


def test_the_renderer_that_is_called_exists() -> None:
    module, _, name = composing.RENDERER.partition(":")
    assert callable(getattr(__import__(module, fromlist=[name]), name))


def test_the_model_that_is_asked_for_writes_the_tune_and_the_lineage_names_it(
    composed: Composed, mei: User
) -> None:
    written = {}
    for kind in ("transformer", "lstm", None):
        asked = services.request_from("calm piano, 6 s", seed=3, user=mei) | {"model": kind}
        (generation,) = composed("calm piano, 6 s", seed=3, request=asked)
        used = LineageNode.objects.get(detail={"sha256": generation.model_sha256})
        written[kind] = (generation.model_sha256, generation.midi_sha256, used.label)
    assert written[None] == written["transformer"]
    assert written["lstm"][2] == "melody, lstm"
    assert len({one[0] for one in written.values()}) == 2
    assert len({one[1] for one in written.values()}) == 2
    cards = {card["sha256"] for card in services.terms()}
    assert {one[0] for one in written.values()} <= cards


def test_a_model_that_there_is_not_is_refused(composed: Composed) -> None:
    with pytest.raises(BadValue, match="allowed are transformer, lstm"):
        composed("calm piano, 6 s", seed=3, request={"model": "gru"})

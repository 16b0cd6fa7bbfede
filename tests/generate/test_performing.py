"""A melody of the user's own model: it sounds, is marked as made by AI, and says who wrote it."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import pytest

from songloom.core.score.midi_reading import summary
from songloom.errors import BadValue, NoSuchFile, SongloomError
from songloom.generate.services import perform, scores
from songloom.library import storage
from songloom.library.keep.verify import verify
from songloom.library.models import Track, User
from songloom.library.services.tracing import graph
from tests.shelf import person

SCALE = [(float(beat), 1.0, pitch) for beat, pitch in enumerate((60, 62, 64, 65, 67))]
USUAL = {"title": "音阶", "bpm": 120.0, "program": 73}


@pytest.fixture
def mei(db: None) -> User:
    return person("mei")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "student.weights.h5"
    path.write_bytes(b"numbers")
    return path


def test_notes_become_a_track_that_lasts_as_long_as_they(mei: User, model: Path) -> None:
    made = perform(SCALE, **USUAL, model=model, owner=mei)  # type: ignore[arg-type]
    heard = summary(storage.read_bytes(made.midi_sha256, "scores"))
    assert heard.seconds == pytest.approx(2.5, abs=0.01)  # five quarters, two a second
    assert made.track.duration_s is not None
    assert 2.5 < made.track.duration_s < 5  # and the last note rings
    assert made.track.title == "音阶"
    assert made.track.owner == mei


def test_it_is_marked_as_made_by_ai(mei: User, model: Path) -> None:
    track = perform(SCALE, **USUAL, model=model, owner=mei).track  # type: ignore[arg-type]
    assert track.is_generated
    assert track.origin == Track.Origin.GENERATED
    assert track.cover is not None


def test_its_lineage_leads_to_the_weights(mei: User, model: Path) -> None:
    track = perform(SCALE, **USUAL, model=model, owner=mei).track  # type: ignore[arg-type]
    found = graph(track, track.owner)
    by_kind = {node["kind"]: node for node in found["nodes"]}
    assert by_kind["model"]["label"] == "student.weights.h5"
    assert by_kind["model"]["detail"]["sha256"] == hashlib.sha256(b"numbers").hexdigest()
    edges = {(edge["from"], edge["to"]) for edge in found["edges"]}
    assert (by_kind["model"]["id"], by_kind["score"]["id"]) in edges
    assert (by_kind["score"]["id"], by_kind["track"]["id"]) in edges


def test_verify_knows_its_notes_and_misses_them_when_they_are_gone(mei: User, model: Path) -> None:
    made = perform(SCALE, **USUAL, model=model, owner=mei)  # type: ignore[arg-type]
    assert made.midi_sha256 in {sha256 for _, sha256 in scores()}
    assert "missing_score" not in {problem["code"] for problem in verify()["problems"]}
    storage.drop(made.midi_sha256, "scores")
    assert "missing_score" in {problem["code"] for problem in verify()["problems"]}


def test_the_same_notes_twice_are_one_track(mei: User, model: Path) -> None:
    first, again = (
        perform(SCALE, **USUAL, model=model, owner=mei)  # type: ignore[arg-type]
        for _ in range(2)
    )
    assert first.track.pk == again.track.pk
    assert first.midi_sha256 == again.midi_sha256


@pytest.mark.parametrize(
    ("notes", "changed", "said"),
    [
        ([], {}, "0 notes"),
        ([(0.0, 1.0, 128)], {}, "pitch 128"),
        ([(0.0, 1.0, -1)], {}, "pitch -1"),
        ([(-1.0, 1.0, 60)], {}, "cannot be played"),
        ([(0.0, 0.0, 60)], {}, "cannot be played"),
        ([(math.nan, 1.0, 60)], {}, "cannot be played"),
        ([(0.0, math.inf, 60)], {}, "cannot be played"),
        ([(0.0, 9_999.0, 60)], {}, "600 s are allowed"),
        (SCALE, {"bpm": 10.0}, "20 to 400"),
        (SCALE, {"bpm": math.nan}, "20 to 400"),
        (SCALE, {"program": 128}, "instrument 128"),
        (SCALE, {"title": " "}, "1 to 300 characters"),
        (SCALE, {"title": "x" * 301}, "1 to 300 characters"),
    ],
)
def test_what_cannot_be_played_is_refused_and_leaves_nothing(
    mei: User,
    model: Path,
    notes: list[tuple[float, float, int]],
    changed: dict[str, object],
    said: str,
) -> None:
    with pytest.raises(BadValue, match=said):
        perform(notes, **(USUAL | changed), model=model, owner=mei)  # type: ignore[arg-type]
    assert not Track.objects.exists()


def test_without_the_weights_there_is_no_lineage_and_so_no_track(mei: User, model: Path) -> None:
    with pytest.raises(NoSuchFile) as said:
        perform(SCALE, **USUAL, model=model.with_name("other"), owner=mei)  # type: ignore[arg-type]
    assert isinstance(said.value, SongloomError)
    assert not Track.objects.exists()

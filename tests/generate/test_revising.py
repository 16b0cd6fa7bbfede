"""Takes: a change becomes a track of its own, with where it came from."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.errors import BadValue, NotFound
from songloom.generate.models import Generation
from songloom.generate.services import (
    chords_from,
    is_reproduced,
    made_by,
    revise,
    write_score,
)
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library import storage
from songloom.library.models import Track, User
from songloom.library.services.documents import show_document
from tests.core.score.midi_reader import HeardFile, read
from tests.generate.conftest import Composed, Measured

PROMPT = "waltz in D, violin and piano, 8 s"


def track_of(generation: Generation) -> Track:
    assert generation.track is not None
    return generation.track


def heard(generation: Generation) -> HeardFile:
    return read(storage.read_bytes(generation.midi_sha256, "scores"))


def taken(track: Track, owner: User, *changes: dict[str, Any], seed: int = 5) -> Generation:
    take, job = revise(track, changes, owner=owner, seed=seed)
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return Generation.objects.select_related("track").get(pk=take.pk)


def test_a_take_is_a_track_of_its_own_and_says_what_it_came_from(
    composed: Composed, mei: User
) -> None:
    (piece,) = composed(PROMPT, seed=3)
    take = taken(track_of(piece), mei, {"change": "again", "part": "melody", "bars": [2, 3]})
    assert take.track != piece.track
    assert (take.title, take.prompt) == (piece.title, piece.prompt)
    before, after = heard(piece), heard(take)
    for name in ("chords", "bass"):
        assert after.track(name).notes == before.track(name).notes
    bar = before.bar
    changed = [n for n in after.track("melody").notes if n not in before.track("melody").notes]
    assert changed
    assert all(bar <= note.onset < 3 * bar for note in changed)
    labels = show_document(track_of(take), mei)["lineage"]
    scores = [node for node in labels["nodes"] if node["kind"] == "score"]
    (score,) = [one for one in scores if "changed_from" in one["detail"]["choices"]]
    assert score["detail"]["choices"]["changed_from"] == str(piece.pk)
    ids = {node["id"]: node for node in labels["nodes"]}
    parents = [ids[e["from"]]["kind"] for e in labels["edges"] if e["to"] == score["id"]]
    assert "track" in parents


def test_a_take_of_a_take_and_the_same_change_again(composed: Composed, mei: User) -> None:
    (piece,) = composed(PROMPT, seed=3)
    first = taken(track_of(piece), mei, {"change": "transpose", "semitones": 2})
    second = taken(track_of(first), mei, {"change": "transpose", "semitones": -2})
    assert heard(second).melodic == heard(piece).melodic
    again = taken(track_of(piece), mei, {"change": "transpose", "semitones": 2})
    assert again.track == first.track
    for made in (piece, first, second):
        assert is_reproduced(made, write_score(made))


def test_what_the_piece_does_not_have_is_refused_before_anything_is_queued(
    composed: Composed, mei: User, otto: User, measured: Measured
) -> None:
    (piece,) = composed(PROMPT, seed=3)
    track, n = track_of(piece), Generation.objects.count()
    for wrong in (
        {"change": "mute", "part": "kazoo"},
        {"change": "transpose", "semitones": 0},
        "louder",
    ):
        with pytest.raises(BadValue):
            revise(track, [wrong], owner=mei, seed=1)  # type: ignore[list-item]
    for owner, other in ((otto, track), (mei, measured("Sung"))):
        with pytest.raises(NotFound):
            revise(other, [{"change": "vary"}], owner=owner)
    assert Generation.objects.count() == n
    assert made_by(track, mei) == piece


def test_a_given_progression_goes_on_in_the_continuation(composed: Composed, mei: User) -> None:
    (piece,) = composed("Am F C G, piano, backing, 120 bpm, 8 s", seed=1)
    assert piece.choices["chords"] == ["Am", "F", "C", "G"]
    take = taken(track_of(piece), mei, {"change": "continue", "bars": 4})
    assert take.choices["chords"] == ["Am", "F", "C", "G"] * 2
    assert track_of(take).duration_s == pytest.approx(16, abs=1.5)


@pytest.mark.parametrize("text", ["Am F C G", "| Am | F | C | G |", "Am-F-C-G", "Am、F，C; G\n"])
def test_a_progression_is_read_as_people_write_it(text: str) -> None:
    assert chords_from(text) == ["Am", "F", "C", "G"]


@pytest.mark.parametrize("text", ["", " | ", "Am H", "C " * 65])
def test_what_is_no_progression_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        chords_from(text)

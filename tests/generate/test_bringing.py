"""A MIDI file that was edited elsewhere becomes a take, played again, with where it came from."""

from __future__ import annotations

import pytest

from songloom.core.score.bringing_back import LARGEST_BYTES
from songloom.core.score.piece import Score
from songloom.errors import BadValue, NotFound, TooLarge
from songloom.generate.models import Generation
from songloom.generate.services import bring_back, is_reproduced, scores, told_in_words, write_score
from songloom.generate.services.revising import score_of
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import User
from songloom.library.services.documents import show_document
from tests.core.score.test_bringing_back import foreign
from tests.core.score.test_revision import notes_of
from tests.generate.conftest import Composed
from tests.generate.test_revising import PROMPT, taken, track_of


def lowered(score: Score) -> bytes:
    """The piece with its first note of the tune a tone lower, and the last two octaves down."""
    first, *middle, last = notes_of(score)["melody"]
    return foreign(
        score, notes={"melody": [first.transposed(-2), *middle, last.transposed(-36)]}, drift=0
    )


def test_an_edited_file_is_a_take_that_can_be_changed_further(
    composed: Composed, mei: User
) -> None:
    (piece,) = composed(PROMPT, seed=3)
    before = score_of(piece)
    take, job = bring_back(track_of(piece), [lowered(before)], owner=mei)
    assert take.midi_sha256 in dict(scores()).values(), "its notes are known while it waits"
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    take = Generation.objects.select_related("track").get(pk=take.pk)
    after = score_of(take)
    assert {name: notes_of(after)[name] for name in ("chords", "bass")} == {
        name: notes_of(before)[name] for name in ("chords", "bass")
    }
    assert notes_of(after)["melody"][1:-1] == notes_of(before)["melody"][1:-1]
    assert notes_of(after)["melody"][0].pitch == notes_of(before)["melody"][0].pitch - 2
    assert track_of(take).title == f"{piece.title} · take 2: edited elsewhere"
    (said,) = told_in_words(take.choices["changes"], "en")
    assert (
        said
        == "1 notes of melody were out of the instrument's range; they sound in another octave."
    )
    assert "旋律" in told_in_words(take.choices["changes"], "zh")[0]
    assert is_reproduced(take, write_score(take))
    nodes = show_document(track_of(take), mei)["lineage"]["nodes"]
    assert {node["track"] for node in nodes if node["track"]} >= {str(piece.track_id)}
    further = taken(track_of(take), mei, {"change": "mute", "part": "bass"})
    assert notes_of(score_of(further))["melody"] == notes_of(after)["melody"]


def test_what_cannot_be_played_is_refused_and_leaves_nothing(
    composed: Composed, mei: User, otto: User
) -> None:
    (piece,) = composed(PROMPT, seed=3)
    track, n = track_of(piece), Generation.objects.count()
    same = score_of(piece).midi_bytes()
    with pytest.raises(BadValue, match="as it was"):
        bring_back(track, [same[:100], same[100:]], owner=mei)
    for broken in (b"", b"<!doctype html>", same[:-30]):
        with pytest.raises(BadValue, match="MIDI"):
            bring_back(track, [broken], owner=mei)
    with pytest.raises(TooLarge):
        bring_back(track, [same, b"\0" * LARGEST_BYTES], owner=mei)
    with pytest.raises(NotFound):
        bring_back(track, [same], owner=otto)
    assert Generation.objects.count() == n

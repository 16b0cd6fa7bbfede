"""Three short pieces for an empty library, once."""

from __future__ import annotations

import pytest

from songloom.core.query.prompt import parse
from songloom.generate import services
from songloom.generate.models import Generation
from songloom.generate.services.demo import DEMO_PIECES
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Track, User
from tests.shelf import shelve

pytestmark = pytest.mark.django_db


def test_an_empty_library_gets_three_pieces_in_the_queue() -> None:
    jobs = services.demo()
    assert len(jobs) == 3
    assert {job.kind for job in jobs} == {"generate.compose"}
    assert Generation.objects.filter(is_demo=True).count() == 3


def test_only_once_even_before_they_are_made() -> None:
    services.demo()
    assert services.demo() == []
    assert Generation.objects.count() == 3


def test_a_library_with_music_gets_none(mei: User) -> None:
    shelve(mei, "Song")
    assert services.demo() == []
    assert not Generation.objects.exists()


def test_demo_prompts_are_understood_whole_differ_in_mood_and_one_is_chinese() -> None:
    requests = [parse(prompt) for prompt, _ in DEMO_PIECES]
    assert all(request.not_understood == () for request in requests)
    assert all(request.seconds is not None and request.seconds <= 30 for request in requests)
    moods = [request.mood for request in requests]
    assert len({(mood.valence > 0, mood.energy > 0) for mood in moods if mood is not None}) == 3
    assert [request.language for request in requests].count("zh") == 1


@pytest.mark.django_db(transaction=True)
def test_demo_pieces_are_marked_as_made_by_ai_and_heard_by_everyone(mei: User) -> None:
    jobs = services.demo()
    finish(jobs)
    assert {Job.objects.get(pk=job.pk).state for job in jobs} == {Job.State.DONE}
    tracks = Track.objects.visible_to(mei).filter(is_generated=True)
    assert tracks.count() == 3
    assert any(not track.title.isascii() for track in tracks)
    assert services.demo() == []

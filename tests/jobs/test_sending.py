"""A job is queued if, and only if, what it follows from is committed; a key makes it one."""

from __future__ import annotations

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from songloom import jobs
from songloom.jobs import registry
from songloom.jobs.models import Job
from songloom.jobs.performing import perform
from songloom.library.models import User

pytestmark = pytest.mark.django_db


def test_a_queued_job_has_one_row_of_state_and_one_at_its_carrier() -> None:
    job = jobs.enqueue("test.note", {"word": "a"})
    assert (job.state, job.attempts, job.root_id) == ("queued", 0, job.pk)
    job.refresh_from_db()
    assert DBTaskResult.objects.get().pk == job.task_id
    assert DBTaskResult.objects.get().queue_name == "interactive"


def test_a_rolled_back_transaction_queues_nothing() -> None:
    def fail() -> None:
        with transaction.atomic():
            jobs.enqueue("test.note", {"word": "a"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_the_same_key_while_unfinished_is_the_same_job() -> None:
    first = jobs.enqueue("test.note", {"word": "a"}, key="k")
    assert jobs.enqueue("test.note", {"word": "b"}, key="k") == first
    assert jobs.enqueue("test.slow", {}, key="k") != first
    Job.objects.filter(pk=first.pk).update(state="done", active_key=None)
    assert jobs.enqueue("test.note", {"word": "a"}, key="k") != first


def test_without_a_key_every_job_is_a_new_one() -> None:
    assert jobs.enqueue("test.note", {"word": "a"}) != jobs.enqueue("test.note", {"word": "a"})


def test_an_event_queues_what_follows_it_once() -> None:
    (first,) = jobs.emit("test.happened", word="x")
    assert jobs.emit("test.happened", word="x") == [first]
    assert jobs.emit("test.happened", word="y") != [first]


def test_what_becomes_true_while_its_job_runs_is_looked_at_once_more() -> None:
    seen: list[str] = []

    @jobs.job("test.look")
    def look(word: str) -> None:
        seen.append(word)
        if len(seen) == 1:
            jobs.emit("test.changed", word=word)  # as another process would, meanwhile

    registry._following["test.changed"] = ("test.look",)
    (first,) = jobs.emit("test.changed", word="x")
    perform(str(first.pk))
    (second,) = Job.objects.filter(kind="test.look", state="queued")
    assert jobs.emit("test.changed", word="x") == [second]
    perform(str(second.pk))
    assert seen == ["x", "x"]
    assert not Job.objects.unfinished().exists()


def test_a_misspelt_event_and_an_unknown_kind_are_errors() -> None:
    with pytest.raises(KeyError):
        jobs.emit("test.hapened", word="x")
    with pytest.raises(KeyError):
        jobs.enqueue("test.unknown", {})


def test_a_pipeline_that_names_no_such_job_is_refused() -> None:
    with pytest.raises(LookupError, match=r"test\.unknown"):
        registry.follow({"e": ("test.note", "test.unknown")})


def test_a_job_belongs_to_its_owner_and_is_seen_by_him_and_administrators(
    django_user_model: type[User],
) -> None:
    mine = django_user_model.objects.create_user("a")
    yours = django_user_model.objects.create_user("b")
    admin = django_user_model.objects.create_superuser("c")
    job = jobs.enqueue("test.note", {"word": "a"}, owner=mine)
    assert list(Job.objects.visible_to(mine)) == [job]
    assert list(Job.objects.visible_to(admin)) == [job]
    assert not Job.objects.visible_to(yours).exists()
    assert not Job.objects.visible_to(None).exists()


def test_everything_queued_in_a_block_is_collected() -> None:
    with jobs.collecting() as collected:
        a = jobs.enqueue("test.note", {"word": "a"})
        (b,) = jobs.emit("test.happened", word="x")
    jobs.enqueue("test.note", {"word": "after"})
    assert collected == [a, b]

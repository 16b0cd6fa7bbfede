"""A composer's desk for tests: users, a song with features, jobs that run here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from songloom.generate.models import Generation
from songloom.generate.services import start
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Features, Track, User
from tests.shelf import person, shelve

Composed = Callable[..., list[Generation]]
Measured = Callable[..., Track]


@pytest.fixture
def mei(db: None) -> User:
    return person("mei")


@pytest.fixture
def otto(db: None) -> User:
    return person("otto")


@pytest.fixture
def admin(db: None) -> User:
    return person("root", is_admin=True)


@pytest.fixture
def measured(mei: User) -> Measured:
    """A stored track with key, mode and tempo as analysis would have left them."""

    def make(
        title: str, *, owner: User | None = None, is_private: bool = False, **known: object
    ) -> Track:
        track = shelve(owner or mei, title, is_private=is_private)
        if known:
            Features.objects.create(track=track, version=1, **known)
        return track

    return make


@pytest.fixture
def composed(transactional_db: None, mei: User) -> Composed:
    """Pieces asked for and made, by the job that really makes them."""

    def make(prompt: str, *, owner: User | None = None, **wishes: object) -> list[Generation]:
        generations, job = start(prompt, owner=owner or mei, **wishes)  # type: ignore[arg-type]
        finish([job])
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
        found = Generation.objects.in_bulk([generation.pk for generation in generations])
        return [found[generation.pk] for generation in generations]

    return make

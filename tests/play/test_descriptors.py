"""A server with a thousand stalled listeners still serves the next one."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator

import pytest

from songloom.library.models import Track
from songloom.play.services import Transcode, plan

pytestmark = pytest.mark.django_db
SELECT_KNOWS = 1_024  # descriptors that select() can watch


@pytest.fixture
def many_open_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SELECT_KNOWS * 2
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"only {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(SELECT_KNOWS)]
    yield
    for descriptor in opened:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_open_files")
def test_a_transcode_begins_above_the_descriptors_that_select_knows(long_track: Track) -> None:
    stream = Transcode(plan(long_track, format="mp3"))
    assert stream._read >= SELECT_KNOWS
    assert sum(len(piece) for piece in stream.pieces()) > 50_000

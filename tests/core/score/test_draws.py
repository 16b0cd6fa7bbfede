"""Chance that can be repeated."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.draws import pick, stream


@given(st.integers(-(2**70), 2**70), st.text(max_size=20))
def test_the_same_seed_and_name_draw_the_same(seed: int, name: str) -> None:
    assert stream(seed, name).random() == stream(seed, name).random()


def test_other_seeds_and_other_names_draw_differently() -> None:
    drawn = {stream(seed, name).random() for seed in range(50) for name in ("key", "metre", "bpm")}
    assert len(drawn) == 150


def test_neighbouring_seeds_are_no_neighbours() -> None:
    """Pieces with seeds one after the other should have nothing in common."""
    first = [stream(seed, "key").random() for seed in range(400)]
    mean = sum(first) / len(first)
    assert 0.42 < mean < 0.58  # four standard errors of a uniform mean are 0.058
    steps = [abs(a - b) for a, b in pairwise(first)]
    assert 0.26 < sum(steps) / len(steps) < 0.41  # a third for independent draws


def test_another_process_draws_the_same() -> None:
    script = "from songloom.core.score.draws import stream; print(stream(7, '旋律').random())"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == stream(7, "旋律").random()


def test_every_choice_is_picked_sooner_or_later() -> None:
    assert {pick(stream(seed, "x"), "abcd") for seed in range(60)} == set("abcd")

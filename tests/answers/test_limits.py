"""Sliding windows: so many in so long, for each key, and a word on how long to wait."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from songloom.errors import TooMany
from songloom.interfaces.answers import limits
from songloom.interfaces.answers.limits import Limit


class Clock:
    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.RATE_LIMITS = True
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


def test_the_window_slides(clock: Clock) -> None:
    limit = Limit(3, 20)
    for _ in range(3):
        limit.spend("a")
        clock.now += 5
    with pytest.raises(TooMany) as refused:
        limit.spend("a")
    assert refused.value.retry_after_s == 5  # the first was 15 s ago
    assert "3 tries within 20 s" in str(refused.value)
    clock.now += 5
    limit.spend("a")
    with pytest.raises(TooMany):
        limit.spend("a")


def test_keys_do_not_share(clock: Clock) -> None:
    limit = Limit(1, 20)
    limit.spend("a")
    limit.spend("b")
    with pytest.raises(TooMany):
        limit.spend("b")


def test_checking_counts_nothing_and_counting_refuses_nobody(clock: Clock) -> None:
    limit = Limit(2, 20)
    for _ in range(10):
        limit.check("a")
    for _ in range(5):
        limit.count("a")
    with pytest.raises(TooMany):
        limit.check("a")
    clock.now += 20
    limit.check("a")


def test_a_refused_try_does_not_lengthen_the_wait(clock: Clock) -> None:
    limit = Limit(1, 10)
    limit.spend("a")
    for _ in range(9):
        clock.now += 1
        with pytest.raises(TooMany):
            limit.spend("a")
    clock.now += 1
    limit.spend("a")


def test_the_switch_turns_all_of_it_off(settings: Settings) -> None:
    settings.RATE_LIMITS = False
    limit = Limit(1, 1_000)
    for _ in range(50):
        limit.spend("a")
        limit.count("a")
        limit.check("a")


def test_memory_is_bounded(clock: Clock) -> None:
    limit = Limit(1, 20)
    for i in range(limits.MOST_KEYS + 100):
        limit.spend(str(i))
    assert len(limit._events) == limits.MOST_KEYS

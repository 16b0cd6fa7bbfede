"""Duplicates over REST: groups with their evidence, a page at a time, of what one may hear."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.analyse import prints
from songloom.core.features.acoustid import encoded
from songloom.library.models import Track
from tests.curate.test_duplicates import drawn, worn
from tests.rest.conftest import Caller
from tests.shelf import shelve

pytestmark = pytest.mark.django_db


def recorded(caller: Caller, title: str, seed: int, *, is_worn: bool = False) -> Track:
    """A song of the caller whose fingerprint chance made up."""
    assert caller.user is not None
    track = shelve(caller.user, title)
    prints.write(track, encoded(worn(drawn(seed)) if is_worn else drawn(seed)))
    return track


def titles(found: Any) -> list[list[str]]:
    return [[track["title"] for track in group["tracks"]] for group in found["items"]]


def test_a_group_stands_with_its_evidence(ada: Caller) -> None:
    first = recorded(ada, "One", 1)
    recorded(ada, "Other", 2)
    again = recorded(ada, "One again", 1, is_worn=True)
    found = ada.get("duplicates")
    assert titles(found) == [["One", "One again"]]
    (evidence,) = found["items"][0]["evidence"]
    assert (evidence["track"], evidence["other"]) == (str(first.pk), str(again.pk))
    assert evidence["agreement"] == pytest.approx(0.97, abs=0.01)
    assert evidence["later_s"] == 0
    assert (found["total"], found["n_compared"], found["next"]) == (1, 3, None)
    assert Track.objects.count() == 3  # nothing is merged


def test_groups_come_a_page_at_a_time(ada: Caller) -> None:
    for seed in (1, 2, 3):
        for copy in ("", " again"):
            recorded(ada, f"{seed}{copy}", seed)
    first = ada.get("duplicates", limit=2)
    assert titles(first) == [["1", "1 again"], ["2", "2 again"]]
    rest = ada.get("duplicates", limit=2, cursor=first["next"])
    assert titles(rest) == [["3", "3 again"]]
    assert (rest["next"], rest["total"]) == (None, 3)


def test_nobody_learns_of_what_he_may_not_hear(ada: Caller, bob: Caller) -> None:
    hidden = recorded(ada, "Mine", 1)
    recorded(bob, "His", 1)
    assert titles(bob.get("duplicates")) == [["Mine", "His"]]
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    assert titles(bob.get("duplicates")) == []
    assert titles(ada.get("duplicates")) == [["Mine", "His"]]


def test_a_library_without_any_says_how_many_were_compared(ada: Caller) -> None:
    recorded(ada, "Alone", 1)
    assert ada.get("duplicates") == {"items": [], "next": None, "total": 0, "n_compared": 1}

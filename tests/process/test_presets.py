"""Presets of one's own: kept, renamed, forgotten; those that come with Songloom stay."""

from __future__ import annotations

import pytest

from songloom.core.audio.presets import PRESETS
from songloom.errors import BadValue, NotFound
from songloom.library.models import User
from songloom.process import presets

GAIN = [{"edit": "gain", "gain_db": -3}]


def own(owner: User) -> list[str]:
    return [name for name in presets.presets_of(owner) if name not in PRESETS]


def test_a_new_name_keeps_what_it_names_and_its_place(owner: User) -> None:
    for name in ("one", "two", "three"):
        presets.save_preset(name, GAIN, owner=owner, format="mp3", bit_rate_kbps=128)
    before = presets.preset("two", owner)
    assert presets.rename_preset("two", "  二  ", owner=owner) == "二"
    assert own(owner) == ["one", "二", "three"]
    assert presets.preset("二", owner) == before


def test_a_name_may_be_given_again_to_the_same_preset(owner: User) -> None:
    presets.save_preset("one", GAIN, owner=owner)
    assert presets.rename_preset("one", "one", owner=owner) == "one"
    assert own(owner) == ["one"]


@pytest.mark.parametrize("to", ["", "   ", "two", "phone"])
def test_no_preset_is_named_away_or_over_another(owner: User, to: str) -> None:
    presets.save_preset("one", GAIN, owner=owner)
    presets.save_preset("two", [], owner=owner)
    with pytest.raises(BadValue):
        presets.rename_preset("one", to, owner=owner)
    assert own(owner) == ["one", "two"]
    assert presets.preset("two", owner)["recipe"]["edits"] == []


def test_only_ones_own_can_be_renamed(owner: User, stranger: User) -> None:
    presets.save_preset("theirs", GAIN, owner=stranger)
    for name in ("theirs", "phone", "nothing"):
        with pytest.raises(NotFound):
            presets.rename_preset(name, "mine", owner=owner)
    assert own(stranger) == ["theirs"]
    assert own(owner) == []

"""The five families in words: numbers with units, true minus, reasons for what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from songloom.interfaces.web import measures
from songloom.interfaces.web.measures import Family
from songloom.library.models import Features, User
from tests.shelf import shelve
from tests.web.conftest import measured


def families_of(yun: User, **values: Any) -> dict[str, Family]:
    found: Features = measured(shelve(yun, "Song"), **values)
    return {one.kind: one for one in measures.families(found)}


def test_there_are_five_families_in_the_order_of_the_design(yun: User) -> None:
    assert list(families_of(yun)) == ["frequency", "tonality", "loudness", "phase", "tempo"]


def test_the_headlines_say_a_number_with_its_unit(yun: User) -> None:
    found = families_of(yun, stereo_correlation=0.714)
    assert found["frequency"].headline == "centroid 1,840 Hz"
    assert found["loudness"].headline == "range 7.3 LU"
    assert found["tempo"].headline == "120.0 BPM"


def test_a_minus_is_a_true_minus(yun: User) -> None:
    facts = {fact.name: fact.value for fact in families_of(yun)["loudness"].facts}
    assert facts["Loudness"] == "−16.2 LUFS"
    assert facts["True peak"] == "−1.0 dBTP"


def test_what_cannot_be_said_has_a_dash_and_its_reason(yun: User) -> None:
    found = measured(shelve(yun, "Noise"), tempo_bpm=None, key=None, mode=None)
    found.reasons = {"tempo_bpm": "no steady beat", "key": "too little pitch"}
    by_kind = {one.kind: one for one in measures.families(found)}
    tempo = next(fact for fact in by_kind["tempo"].facts if fact.name == "Tempo")
    assert (tempo.value, bool(tempo.why)) == ("–", True)
    assert by_kind["tempo"].why == tempo.why  # where its plot would stand
    assert by_kind["tonality"].headline == "unclear"


def test_of_a_coarse_pass_only_what_it_knows_is_shown(yun: User) -> None:
    found = measured(shelve(yun, "Sketch"), stereo_correlation=0.7)
    found.is_coarse = True
    found.values = {name: found.values[name] for name in ("centroid_hz", "stereo_correlation")}
    shown = measures.families(found)
    assert [one.kind for one in shown] == ["frequency", "phase"]
    assert [fact.name for one in shown for fact in one.facts] == ["Centroid", "Correlation"]
    assert measures.UNKNOWN not in [fact.value for one in shown for fact in one.facts]


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(0.9, "clear"), (0.66, "clear"), (0.5, "likely"), (0.33, "likely"), (0.1, "unsure")],
)
def test_a_confidence_is_one_word(confidence: float, word: str) -> None:
    assert measures.sureness(confidence) == word


@pytest.mark.parametrize("confidence", [None, "high"])
def test_no_confidence_is_unclear(confidence: Any) -> None:
    assert measures.sureness(confidence) == "unclear"


def test_beats_are_counted(yun: User) -> None:
    facts = {fact.name: fact.value for fact in families_of(yun)["tempo"].facts}
    assert facts["Beats"] == "40"


def test_a_song_in_short_is_key_and_tempo(yun: User) -> None:
    found = measured(shelve(yun, "Song"))
    assert measures.in_short(found) == "D minor · 120 BPM"
    with override("zh-hans"):
        assert measures.in_short(found) == "D 小调 · 120 拍/分"
    assert measures.in_short(None) == ""

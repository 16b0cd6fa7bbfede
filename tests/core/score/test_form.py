"""Bars and sections fill the seconds asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.query.prompt_request import METRES, Request
from songloom.core.score.choices import Choices, choose
from songloom.core.score.form import Layout, lay_out, tail_s
from songloom.core.score.notes import TICKS_PER_QUARTER

FORMS = st.none() | st.sampled_from(
    ["A", "AB", "ABA", "AABA", "AABB", "ABACA", "ABABCB", "AAAA", "ABCDEFGH"]
)


def laid_out(**wishes: object) -> Layout:
    return lay_out(choose(Request(**wishes), 1))  # type: ignore[arg-type]


def seconds_of(layout: Layout) -> float:
    return layout.end_ticks / TICKS_PER_QUARTER * 60 / layout.quarter_bpm


@given(st.floats(5, 600), st.sampled_from(METRES), st.none() | st.floats(30, 240), FORMS)
@settings(max_examples=200)
def test_notes_and_sound_both_last_what_was_asked_within_five_percent(
    seconds: float, metre: str, bpm: float | None, form: str | None
) -> None:
    layout = laid_out(seconds=seconds, metre=metre, bpm=bpm, form=form)
    notes_s = seconds_of(layout)
    assert notes_s == pytest.approx(seconds, rel=0.05)
    assert notes_s + tail_s(notes_s) == pytest.approx(seconds, rel=0.05)


@given(st.floats(5, 600), st.sampled_from(METRES), st.floats(30, 240))
@settings(max_examples=150)
def test_a_tempo_that_was_asked_for_is_kept_to_the_letter(
    seconds: float, metre: str, bpm: float
) -> None:
    assert laid_out(seconds=seconds, metre=metre, bpm=bpm).beat_bpm == pytest.approx(bpm)


@given(st.floats(10, 600), st.sampled_from(METRES), st.integers(0, 10_000))
@settings(max_examples=150)
def test_a_free_tempo_gives_way_to_whole_bars_but_not_far(
    seconds: float, metre: str, seed: int
) -> None:
    choices: Choices = choose(Request(seconds=seconds, metre=metre), seed)
    layout = lay_out(choices)
    assert layout.beat_bpm == pytest.approx(choices.bpm, rel=0.13)
    bar = layout.metre.bar_ticks
    few_bars = seconds * choices.bpm / 60 / layout.metre.n_beats < 5
    if not few_bars:
        assert abs(layout.last_bar_ticks - bar) <= 1 + bar // 20


@given(
    st.floats(5, 600), st.sampled_from(METRES), st.none() | st.floats(30, 240), FORMS, st.booleans()
)
@settings(max_examples=200)
def test_sections_cover_every_bar_once_in_order(
    seconds: float, metre: str, bpm: float | None, form: str | None, is_high: bool
) -> None:
    instruments = (72,) if is_high else (0,)
    layout = laid_out(seconds=seconds, metre=metre, bpm=bpm, form=form, instruments=instruments)
    at = 0
    for section in layout.sections:
        assert section.first_bar == at
        assert section.n_bars >= 1
        at += section.n_bars
    assert at == layout.n_bars
    kinds = [section.kind for section in layout.sections]
    assert kinds.count("intro") <= 1
    assert kinds.count("coda") <= 1
    assert "body" in kinds
    assert kinds == sorted(kinds, key=["intro", "body", "coda"].index)


@given(FORMS, st.floats(20, 300))
def test_letters_come_in_the_order_of_the_form(form: str | None, seconds: float) -> None:
    layout = laid_out(form=form, seconds=seconds)
    letters = "".join(section.letter for section in layout.sections if section.kind == "body")
    if form is not None:
        assert form.startswith(letters)
        if seconds > 60:
            assert letters == form
    body = [section for section in layout.sections if section.kind == "body"]
    for index, section in enumerate(body):
        before = body[:index]
        assert section.nth == sum(other.letter == section.letter for other in before)


def test_thirty_two_bars_are_aaba_of_eight() -> None:
    layout = laid_out(seconds=64.0 + tail_s(64.0) / 2, bpm=120.0, metre="4/4")
    found = [(s.letter, s.n_bars) for s in layout.sections if s.kind == "body"]
    assert layout.n_bars == 32
    assert sum(n for _, n in found) >= 28
    assert "".join(letter for letter, _ in found).startswith("A")


def test_where_nothing_accompanies_there_is_no_intro() -> None:
    for seconds in range(10, 120, 7):
        layout = laid_out(seconds=float(seconds), instruments=(73,))
        assert layout.sections[0].kind == "body"


def test_the_last_bar_ends_where_the_piece_ends() -> None:
    layout = laid_out(seconds=31.0, bpm=60.0, metre="4/4")
    assert layout.bar_end(layout.n_bars - 1) == layout.end_ticks
    assert layout.bar_start(3) == 3 * 96
    assert layout.bar_end(0) == 96


@given(st.floats(0.1, 2_000))
def test_the_tail_rings_at_most_two_seconds(seconds: float) -> None:
    assert 0.4 <= tail_s(seconds) <= 2.0


def test_letters_of_a_long_piece_do_not_run_out() -> None:
    layout = lay_out(replace(choose(Request(), 1), seconds=600.0, bpm=200.0, bpm_asked=True))
    letters = {section.letter for section in layout.sections if section.kind == "body"}
    assert letters <= set("ABC")
    assert len(layout.sections) > 20

"""The half minute that stands for a song."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.features.highlight import LENGTH_S, best_window
from tests.core.features.listening import value
from tests.core.features.signals import noise, song

RATE = 22_050


def test_it_lies_in_the_song_and_not_in_the_hiss_around_it() -> None:
    hiss = noise(25, sample_rate=RATE, level=0.01)
    music = song(0, n_bars=16)  # 38 s
    start_s, stop_s = value(np.concatenate([hiss, music, hiss]), "highlight_s")
    assert stop_s - start_s == pytest.approx(LENGTH_S, abs=1e-3)
    assert start_s >= 24.5
    assert stop_s <= 25.5 + music.size / RATE


def test_all_of_a_short_song_stands_for_itself() -> None:
    assert value(song(0, n_bars=2), "highlight_s") == pytest.approx([0, 4.8], abs=0.01)


def test_what_comes_back_is_chosen_over_what_comes_once() -> None:
    theme, other = np.eye(12)[[0, 4, 7]].mean(axis=0), np.eye(12)[[1, 5, 8]].mean(axis=0)
    notes = np.array([theme] * 30 + [other] * 20 + [theme] * 30)
    assert best_window(notes, np.ones(80), 20) in (*range(11), *range(50, 61))


def test_of_two_like_passages_the_louder_is_chosen() -> None:
    notes = np.tile(np.eye(12)[0], (90, 1))
    power = np.ones(90)
    power[40:60] = 4.0
    assert best_window(notes, power, 20) == 40

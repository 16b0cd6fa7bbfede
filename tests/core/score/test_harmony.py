"""One chord a bar: given ones exactly, else those that carry the tune."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import Request
from songloom.core.score.choices import choose
from songloom.core.score.chords import read_chord, tonic
from songloom.core.score.draws import stream
from songloom.core.score.form import lay_out
from songloom.core.score.harmony import GOES_TO, altered, best_path, clashes, fitted, harmonise
from songloom.core.score.notes import Note
from songloom.core.score.scales import SCALES, harmony_scale


def test_given_chords_go_round_one_a_bar_and_nothing_else_sounds() -> None:
    choices = choose(parse("Am F C G, 4/4, 120 bpm, 40 s"), 1)
    layout = lay_out(choices)
    found = harmonise([], layout, choices, stream(1, "x"))
    assert [chord.name for chord in found] == [
        ("Am", "F", "C", "G")[bar % 4] for bar in range(layout.n_bars)
    ]


def test_a_styles_own_progression_comes_home_at_the_end() -> None:
    for seed in range(10):
        choices = choose(parse("pop in C major, 40 s"), seed)
        assert choices.is_loop
        found = harmonise([], lay_out(choices), choices, stream(seed, "x"))
        assert found[-1].root == 0


@pytest.mark.parametrize("mode", sorted(SCALES))
def test_without_given_chords_the_piece_ends_at_home_from_the_dominant(mode: str) -> None:
    choices = choose(Request(key=4, mode=mode, seconds=40.0), 3)
    found = harmonise([], lay_out(choices), choices, stream(3, "x"))
    assert found[-1].pitch_classes == tonic(mode, 4).pitch_classes
    assert found[-2].root in (11, 2)  # V, or bVII where there is no leading tone


@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "mixolydian"])
def test_chords_are_of_the_mode_but_for_the_dominant(mode: str) -> None:
    choices = choose(Request(key=0, mode=mode, seconds=60.0), 5)
    scale = set(harmony_scale(mode))
    for chord in harmonise([], lay_out(choices), choices, stream(5, "x")):
        foreign = chord.pitch_classes - scale
        assert foreign <= {11}  # the leading tone of the dominant in minor


def test_a_bar_of_one_chords_tones_gets_that_chord() -> None:
    """Arpeggios of I, IV and V in C: a listener hears nothing else."""
    choices = choose(Request(key=0, mode="major", metre="4/4", bpm=120.0, seconds=33.0), 1)
    layout = lay_out(choices)
    wanted = ["C", "F", "G", "C"] * 4
    notes = []
    for bar, name in enumerate(wanted[: layout.n_bars]):
        for index, tone in enumerate(sorted(read_chord(name).pitch_classes)):
            notes.append(Note(layout.bar_start(bar) + 32 * index, 32, 60 + tone))
    found = harmonise(notes, layout, choices, stream(1, "x"))
    matching = sum(a.root == read_chord(b).root for a, b in zip(found, wanted, strict=False))
    assert matching >= 0.8 * layout.n_bars


def test_homing_draws_towards_the_tonic() -> None:
    choices = choose(Request(key=0, mode="major", seconds=60.0), 2)
    layout = lay_out(choices)

    def at_home(homing: float) -> int:
        chords = harmonise([], layout, choices, stream(2, "x"), homing=homing)
        return sum(chord.root == 0 for chord in chords)

    assert at_home(0.0) < at_home(1.0) < at_home(9.0) + 1
    assert at_home(9.0) >= layout.n_bars - 2


@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_the_best_path_is_the_best_of_all_paths(n_bars: int, seed: int) -> None:
    """Viterbi against trying every path."""
    wanted = np.random.default_rng(seed).uniform(-2, 2, (n_bars, 8))

    def worth(path: tuple[int, ...]) -> float:
        steps = sum(GOES_TO[a, b] for a, b in pairwise(path))
        return float(sum(wanted[bar, state] for bar, state in enumerate(path)) + steps)

    best = max(product(range(8), repeat=n_bars), key=worth)
    assert worth(tuple(best_path(wanted))) == pytest.approx(worth(best))


# --- bending the tune to its chords -------------------------------------------------------


def test_a_tone_clashes_if_it_rubs_against_a_chord_tone() -> None:
    c_major = read_chord("C")
    assert clashes(65, c_major)  # F against E
    assert clashes(61, c_major)
    assert not clashes(62, c_major)  # D lies a tone from C and from E
    for pitch in (60, 64, 67, 72):
        assert not clashes(pitch, c_major)


def test_a_chords_foreign_tone_takes_the_place_of_its_neighbour() -> None:
    a_minor = frozenset((tone + 9) % 12 for tone in SCALES["minor"])
    over_e = altered(a_minor, read_chord("E"))
    assert 8 in over_e  # G sharp
    assert 7 not in over_e  # no G beside it
    assert altered(a_minor, read_chord("Am")) == a_minor


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(50, 85)), min_size=1, max_size=40),
    st.integers(0, 99),
)
@settings(max_examples=60)
def test_after_bending_no_exposed_tone_clashes_and_rhythm_is_untouched(
    drawn: list[tuple[int, int]], seed: int
) -> None:
    choices = choose(Request(key=9, mode="minor", metre="4/4", bpm=100.0, seconds=30.0), seed)
    layout = lay_out(choices)
    notes, at = [], 0
    for length, pitch in drawn:
        notes.append(Note(at, 12 * (1 + length), pitch))
        at += 12 * (1 + length)
    notes = [note for note in notes if note.onset_ticks < layout.end_ticks]
    chords = harmonise(notes, layout, choices, stream(seed, "x"))
    bent = fitted(notes, layout, chords, choices)
    assert [(n.onset_ticks, n.duration_ticks) for n in bent] == [
        (n.onset_ticks, n.duration_ticks) for n in notes
    ]
    for note in bent:
        if note.onset_ticks % layout.metre.bar_ticks == 0:
            bar = min(note.onset_ticks // layout.metre.bar_ticks, layout.n_bars - 1)
            assert not clashes(note.pitch, chords[bar])


def test_a_bar_that_comes_back_brings_its_chord_back() -> None:
    choices = choose(Request(key=0, mode="major", metre="4/4", seconds=34.0, bpm=120.0), 1)
    layout = lay_out(choices)
    bar = layout.metre.bar_ticks
    shapes = ((60, 62, 64, 65), (62, 65, 69, 67), (67, 65, 62, 59), (64, 67, 60, 72))
    tune = [
        Note(at * bar + 24 * place, 24, pitch)
        for at in range(layout.n_bars)
        for place, pitch in enumerate(shapes[at * 7 % 4 if at % 3 else at % 4])
    ]
    of_shape: dict[int, list[str]] = {}
    for seed in range(5):
        chords = harmonise(tune, layout, choices, np.random.default_rng(seed))
        for at in range(layout.n_bars - 2):  # the last two are the cadence
            shape = at * 7 % 4 if at % 3 else at % 4
            of_shape.setdefault(10 * seed + shape, []).append(chords[at].name)
    same = [
        names.count(max(set(names), key=names.count)) / len(names) for names in of_shape.values()
    ]
    assert np.mean(same) > 0.8


def test_what_passes_quickly_may_pass_through_a_foreign_tone_and_what_stays_may_not() -> None:
    choices = choose(Request(key=0, mode="major", metre="4/4", seconds=20.0, bpm=120.0), 1)
    layout = lay_out(choices)
    chords = [tonic("major", 0)] * layout.n_bars
    quick = [Note(0, 24, 67), Note(24, 12, 66), Note(36, 12, 67)]
    slow = [Note(0, 24, 67), Note(24, 48, 66), Note(72, 24, 67)]
    assert fitted(quick, layout, chords, choices)[1].pitch == 66
    assert fitted(slow, layout, chords, choices)[1].pitch % 12 in SCALES["major"]
    on_the_line = [Note(0, 6, 61), Note(6, 18, 60)]
    assert fitted(on_the_line, layout, chords, choices)[0].pitch % 12 in SCALES["major"]

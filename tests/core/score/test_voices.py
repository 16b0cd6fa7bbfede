"""Voicings, basses and second lines keep their places below the tune."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from songloom.core.query.prompt_request import METRES, Request
from songloom.core.score.choices import choose
from songloom.core.score.chords import QUALITIES, Chord, read_chord
from songloom.core.score.draws import stream
from songloom.core.score.form import Layout, lay_out
from songloom.core.score.harmony import harmonise
from songloom.core.score.instruments import instrument
from songloom.core.score.notes import Note
from songloom.core.score.patterns import PATTERNS, pulse_of
from songloom.core.score.voices import Ceiling, accompany, bass, counter, voicing

CHORDS = st.builds(
    lambda letter, quality: read_chord(letter + quality),
    st.sampled_from("CDEFGAB"),
    st.sampled_from(sorted(QUALITIES)),
)
PIANO = instrument(0)


def setting(metre: str, seed: int = 1) -> tuple[Layout, list[Chord], list[Note]]:
    """A layout with chords and a plain tune of one note a beat, down to F4."""
    choices = choose(
        Request(metre=metre, seconds=20.0, key=0, mode="major", instruments=(40, 0)), seed
    )
    layout = lay_out(choices)
    beat = layout.metre.beat_ticks
    rng = stream(seed, "tune")
    tune = [Note(at, beat, int(rng.integers(65, 80))) for at in range(0, layout.end_ticks, beat)]
    return layout, harmonise(tune, layout, choices, rng), tune


@given(CHORDS, st.integers(58, 80))
def test_a_voicing_holds_chord_tones_below_its_cap_close_together(chord: Chord, cap: int) -> None:
    pitches = voicing(chord, cap, [], PIANO)
    assert 3 <= len(pitches) <= 4
    assert pitches == sorted(pitches)
    assert pitches[-1] <= cap
    assert pitches[-1] - pitches[0] <= 12
    assert {pitch % 12 for pitch in pitches} <= chord.pitch_classes
    thirds_and_root = {chord.root, (chord.root + chord.intervals[1]) % 12}
    assert thirds_and_root <= {pitch % 12 for pitch in pitches}


@given(CHORDS, CHORDS, st.integers(62, 76))
def test_voicings_move_little_from_one_to_the_next(first: Chord, second: Chord, cap: int) -> None:
    before = voicing(first, cap, [], PIANO)
    after = voicing(second, cap, before, PIANO)
    assert abs(sum(before) / len(before) - sum(after) / len(after)) <= 6.0  # less than a fifth


@given(CHORDS, st.integers(20, 90), st.sampled_from([0, 24, 46, 48, 19, 89]))
def test_a_voicing_never_leaves_the_instrument_or_passes_its_cap(
    chord: Chord, cap: int, program: int
) -> None:
    player = instrument(program)
    for pitch in voicing(chord, cap, [], player):
        assert player.lowest <= pitch <= min(player.highest, cap)


def test_the_cap_lies_below_the_lowest_note_that_sounds_meanwhile() -> None:
    tune = [Note(0, 48, 70), Note(48, 48, 64), Note(96, 48, 80)]
    assert Ceiling(tune).over(0, 48) == 69
    assert Ceiling(tune).over(0, 49) == 63
    assert Ceiling(tune).over(24, 60) == 63
    assert Ceiling(tune).over(96, 100) == 79
    assert Ceiling(tune).over(500, 600) >= 66  # nothing sounds: room enough


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
@pytest.mark.parametrize("metre", METRES)
def test_accompaniments_stay_below_the_tune_and_strike_no_sounding_pitch(
    pattern: str, metre: str
) -> None:
    layout, chords, tune = setting(metre)
    names = [pattern] * layout.n_bars
    pulse = pulse_of(layout.metre)
    for part in (
        accompany(layout, chords, tune, names, pulse, PIANO),
        bass(layout, chords, tune, names, pulse, instrument(33)),
    ):
        assert part
        for note in part:
            above = [
                n for n in tune if n.onset_ticks < note.end_ticks and note.onset_ticks < n.end_ticks
            ]
            assert all(other.pitch > note.pitch for other in above)
        for pitch in {note.pitch for note in part}:
            same = [note for note in part if note.pitch == pitch]
            assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(sorted(same)))


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
@pytest.mark.parametrize("metre", METRES)
def test_every_bar_has_an_accompaniment_and_a_bass_in_its_chord(pattern: str, metre: str) -> None:
    layout, chords, tune = setting(metre)
    names = [pattern] * layout.n_bars
    pulse = pulse_of(layout.metre)
    struck = accompany(layout, chords, tune, names, pulse, PIANO)
    low = bass(layout, chords, tune, names, pulse, instrument(33))
    for bar, chord in enumerate(chords):
        span = range(layout.bar_start(bar), layout.bar_end(bar))
        own = [note for note in struck if note.onset_ticks in span]
        assert own, bar
        assert {note.pitch % 12 for note in own} <= chord.pitch_classes
        first = [note for note in low if note.onset_ticks == span.start]
        assert [note.pitch % 12 for note in first] == [chord.bass] or pattern in (
            "boom_chuck",
            "waltz",
            "jig",
            "picking",
        )


@given(st.sampled_from(METRES), st.sampled_from(sorted(PATTERNS)), st.integers(0, 50))
@settings(max_examples=80)
def test_the_last_chord_and_bass_are_held_to_the_end(metre: str, pattern: str, seed: int) -> None:
    layout, chords, tune = setting(metre, seed)
    names = [pattern] * layout.n_bars
    pulse = pulse_of(layout.metre)
    start = layout.bar_start(layout.n_bars - 1)
    held = [
        n for n in accompany(layout, chords, tune, names, pulse, PIANO) if n.onset_ticks >= start
    ]
    assert {(note.onset_ticks, note.end_ticks) for note in held} == {(start, layout.end_ticks)}
    low = bass(layout, chords, tune, names, pulse, instrument(32))[-1]
    assert (low.onset_ticks, low.end_ticks) == (start, layout.end_ticks)
    assert low.pitch % 12 == chords[-1].bass


def test_a_walking_bass_steps_to_the_next_root() -> None:
    layout, chords, tune = setting("4/4")
    low = bass(
        layout, chords, tune, ["comp"] * layout.n_bars, pulse_of(layout.metre), instrument(32)
    )
    into = [
        (note, chords[note.onset_ticks // 96 + 1].bass)
        for note in low
        if note.onset_ticks % 96 == 72 and note.onset_ticks // 96 + 1 < layout.n_bars
    ]
    assert into
    assert all((target - note.pitch) % 12 == 1 for note, target in into)  # a semitone below


@given(
    st.sampled_from(["4/4", "3/4", "6/8"]),
    st.sampled_from([41, 42, 60, 70, 57]),
    st.integers(0, 60),
)
@settings(max_examples=60)
def test_a_second_line_sings_chord_tones_below_the_tune(
    metre: str, program: int, seed: int
) -> None:
    layout, chords, tune = setting(metre, seed)
    player = instrument(program)
    line = counter(layout, chords, tune, player, pulse_of(layout.metre))
    assume(all(note not in tune for note in line))  # it found room everywhere
    for note in line:
        bar = min(note.onset_ticks // layout.metre.bar_ticks, layout.n_bars - 1)
        assert note.pitch % 12 in chords[bar].pitch_classes
        assert note.pitch <= Ceiling(tune).over(note.onset_ticks, note.end_ticks)
        assert player.lowest <= note.pitch <= player.highest
    assert sum(note.duration_ticks for note in line) == layout.end_ticks  # without a gap


def test_a_second_line_without_room_doubles_the_tune() -> None:
    layout, chords, tune = setting("4/4")
    low_tune = [Note(n.onset_ticks, n.duration_ticks, 62) for n in tune]
    line = counter(layout, chords, low_tune, instrument(72), pulse_of(layout.metre))
    assert line == low_tune


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60), st.integers(50, 90)), max_size=30),
    st.integers(0, 800),
    st.integers(1, 200),
)
def test_the_ceiling_is_what_a_look_at_every_note_finds(
    drawn: list[tuple[int, int, int]], start: int, length: int
) -> None:
    tune, at = [], 0
    for gap, ticks, pitch in drawn:
        tune.append(Note(at + gap, ticks, pitch))
        at += gap + ticks
    meanwhile = [n.pitch for n in tune if n.onset_ticks < start + length and n.end_ticks > start]
    assert Ceiling(tune).over(start, start + length) == min(meanwhile, default=70) - 1


@pytest.mark.parametrize("metre", ["3/4", "6/8", "9/8", "4/4", "2/4", "5/4", "7/8"])
def test_a_second_line_weighs_most_on_the_bar_line(metre: str) -> None:
    """So that the bar is heard: nowhere else in it begins as much sound."""
    choices = choose(Request(key=0, mode="major", metre=metre, seconds=40.0, instruments=(40,)), 1)
    layout = lay_out(choices)
    bar = layout.metre.bar_ticks
    chords = [read_chord(name) for name in "CFGC" * layout.n_bars][: layout.n_bars]
    tune = [Note(at * bar, bar, 79) for at in range(layout.n_bars)]
    weights: dict[int, int] = {}
    for note in counter(layout, chords, tune, instrument(40), pulse_of(layout.metre)):
        place = note.onset_ticks % bar
        weights[place] = weights.get(place, 0) + note.duration_ticks
    assert weights[0] > 2 * max(weight for place, weight in weights.items() if place)

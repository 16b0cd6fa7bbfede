"""One chord a bar: given ones exactly, else those that fit the tune and lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.choices import Choices
from songloom.core.score.chords import (
    Chord,
    dominant_seventh,
    major_dominant,
    read_chord,
    tonic,
    triads,
)
from songloom.core.score.form import Layout
from songloom.core.score.notes import Metre, Note
from songloom.core.score.scales import HARMONY_OF, SCALES, snapped

# How gladly one degree goes to another: rows from, columns to, I … vii, and V with its leading
# tone where the mode has none. 0 is neutral.
GOES_TO = np.array(
    [
        [-0.5, 0.2, -0.3, 0.6, 0.4, 0.4, -0.4, 0.2],
        [-0.6, -0.4, -0.6, -0.2, 0.8, -0.3, -0.2, 0.8],
        [-0.6, -0.2, -0.6, 0.4, -0.3, 0.7, -0.4, -0.4],
        [0.3, 0.2, -0.4, -0.4, 0.6, -0.3, 0.1, 0.5],
        [0.9, -0.8, -0.5, -0.2, -0.4, 0.5, -0.6, 0.0],
        [-0.2, 0.5, 0.0, 0.5, 0.2, -0.5, 0.2, 0.1],
        [0.4, -0.8, 0.5, -0.4, -0.4, 0.1, -0.9, -0.4],
        [1.0, -0.9, -0.8, -0.6, -0.8, 0.4, -0.9, -0.5],
    ]
)
LIKED = np.array([0.35, 0.0, -0.4, 0.2, 0.1, 0.05, -1.0, -0.3])
# What each bar of four wants: home, away, further, and back or open.
PHRASE = np.array(
    [
        [0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.2, 0.1, 0.4, 0.0, 0.4, 0.1, -0.2],
        [-0.2, 0.4, 0.0, 0.5, 0.0, 0.2, 0.1, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.4],
    ]
)
TONIC, DOMINANT, SHARP_DOMINANT = 0, 4, 7
WHIM = 0.35
AGAIN = 2.0  # how gladly a bar that comes back has its chord again
Matrix = NDArray[np.float64]


def harmonise(
    notes: Sequence[Note],
    layout: Layout,
    choices: Choices,
    rng: np.random.Generator,
    *,
    homing: float = 0.0,
) -> list[Chord]:
    """A chord for each bar of the layout; `homing` draws every bar towards the tonic.

    Given chords go round from the first bar on and nothing else sounds. Otherwise the best path
    through the mode's triads, with a little whim.
    """
    if choices.chords:
        return _round(layout, choices)
    mode = HARMONY_OF.get(choices.mode, choices.mode)
    states = [*triads(mode, choices.key), major_dominant(choices.key, mode)]
    wanted = _fit(notes, layout, states) + _pull(layout, is_minor=mode == "minor")
    wanted += rng.uniform(-WHIM, WHIM, wanted.shape)
    wanted[:, TONIC] += homing
    path = best_path(wanted)
    path = best_path(wanted + _as_before(notes, layout, path, wanted.shape))
    found = [states[index] for index in path]
    if layout.n_bars >= 3:
        found[-2] = dominant_seventh(mode, choices.key)
    found[-1] = tonic(mode, choices.key)
    return found


def _as_before(
    notes: Sequence[Note], layout: Layout, path: Sequence[int], shape: tuple[int, int]
) -> Matrix:
    """(bars, states) what a bar that comes back note for note is given to have its chord again."""
    bars: dict[int, list[tuple[int, int, int]]] = {}
    for note in notes:
        bar, place = divmod(note.onset_ticks, layout.metre.bar_ticks)
        bars.setdefault(bar, []).append((place, note.duration_ticks, note.pitch))
    known: dict[tuple[tuple[int, int, int], ...], int] = {}
    again = np.zeros(shape)
    for bar in sorted(bars):
        chord = known.setdefault(tuple(bars[bar]), path[min(bar, shape[0] - 1)])
        if bar < shape[0]:
            again[bar, chord] += AGAIN
    return again


def _round(layout: Layout, choices: Choices) -> list[Chord]:
    """The progression, one chord a bar; a style's own one comes home at the end."""
    mode = "minor" if choices.mode == "minor" else "major"
    given = [read_chord(name, key=choices.key, mode=mode) for name in choices.chords]
    chords = [given[bar % len(given)] for bar in range(layout.n_bars)]
    if choices.is_loop:
        chords[-1] = tonic(mode, choices.key)
        if layout.n_bars > 4 and chords[-2].root == chords[-1].root:
            chords[-2] = dominant_seventh(mode, choices.key)
    return chords


def _fit(notes: Sequence[Note], layout: Layout, states: Sequence[Chord]) -> Matrix:
    """(bars, states) how well each chord carries the notes of each bar."""
    fit = np.tile(LIKED, (layout.n_bars, 1))
    bars: list[list[Note]] = [[] for _ in range(layout.n_bars)]
    for note in notes:
        bars[min(note.onset_ticks // layout.metre.bar_ticks, layout.n_bars - 1)].append(note)
    for bar, inside in enumerate(bars):
        start = layout.bar_start(bar)
        weights = [_weight(note, start, layout.metre) for note in inside]
        total = sum(weights)
        for index, chord in enumerate(states):
            carried = sum(
                weight * (1.0 if note.pitch % 12 in chord.pitch_classes else -0.6)
                for note, weight in zip(inside, weights, strict=True)
            )
            fit[bar, index] += 3.0 * carried / total if total else 0.0
    return fit


def _weight(note: Note, bar_start: int, metre: Metre) -> float:
    """Long notes, and those on the beat, say more about the chord."""
    place = note.onset_ticks - bar_start
    strength = 2.0 if place == 0 else 1.4 if place % metre.beat_ticks == 0 else 0.7
    return strength * note.duration_ticks


def _pull(layout: Layout, *, is_minor: bool) -> Matrix:
    """(bars, 8) what the form wants: phrases of four, open and closed endings, home at the end."""
    pull = np.zeros((layout.n_bars, len(LIKED)))
    if not is_minor:
        pull[:, SHARP_DOMINANT] -= 9.0  # V is there already, or the mode does without
    dominant = SHARP_DOMINANT if is_minor else DOMINANT
    for section in layout.sections:
        last = section.first_bar + section.n_bars - 1
        for bar in range(section.first_bar, last + 1):
            pull[bar] += PHRASE[(bar - section.first_bar) % 4]
        pull[section.first_bar, TONIC] += 1.0
        is_open = section.kind == "intro" or (section.nth == 0 and section.n_bars > 1)
        pull[last, dominant if is_open else TONIC] += 1.6
    pull[-1, TONIC] += 5.0
    return pull


def best_path(wanted: Matrix) -> list[int]:
    """The path of states with the highest sum of what is wanted and of transitions (Viterbi)."""
    score = wanted[0]
    came_from = []
    for bar in range(1, len(wanted)):
        through = score[:, None] + GOES_TO
        came_from.append(np.argmax(through, axis=0))
        score = np.max(through, axis=0) + wanted[bar]
    path = [int(np.argmax(score))]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return path[::-1]


def fitted(
    notes: Sequence[Note], layout: Layout, chords: Sequence[Chord], choices: Choices
) -> list[Note]:
    """The tune bent to its chords: tones on the beat become chord tones where they would clash,
    and tones that a chord alters (G sharp over E major) are altered with it. What passes quickly
    through a tone out of the scale may do so, unless it stands on the bar line and clashes."""
    scale = frozenset((tone + choices.key) % 12 for tone in SCALES[choices.mode])
    found: list[Note] = []
    for note in notes:
        bar = min(note.onset_ticks // layout.metre.bar_ticks, layout.n_bars - 1)
        chord = chords[bar]
        before = found[-1].pitch if found else note.pitch
        pitch = note.pitch
        if pitch % 12 in scale or note.duration_ticks > layout.metre.beat_ticks // 2:
            pitch = snapped(pitch, altered(scale, chord), towards=before)
        if _is_exposed(note, layout) and clashes(pitch, chord):
            tones = (chord.pitch_classes & scale) or chord.pitch_classes
            pitch = snapped(note.pitch, tones, towards=before)
        found.append(replace(note, pitch=pitch))
    return found


def altered(scale: frozenset[int], chord: Chord) -> frozenset[int]:
    """The scale with the chord's foreign tones in place of their neighbours.

    A scale of five tones stays as it is: it has no neighbours to give.
    """
    if len(scale) < 7:
        return scale
    tones = set(scale)
    for tone in chord.pitch_classes - scale:
        tones -= {(tone + 1) % 12, (tone - 1) % 12} - chord.pitch_classes
        tones.add(tone)
    return frozenset(tones)


def _is_exposed(note: Note, layout: Layout) -> bool:
    place = note.onset_ticks % layout.metre.bar_ticks
    return place == 0 or (
        place % layout.metre.beat_ticks == 0 and note.duration_ticks >= layout.metre.beat_ticks
    )


def clashes(pitch: int, chord: Chord) -> bool:
    """Whether a held tone rubs against the chord: no tone of it, and a semitone from one."""
    tone = pitch % 12
    if tone in chord.pitch_classes:
        return False
    return any((tone - other) % 12 in (1, 11) for other in chord.pitch_classes)

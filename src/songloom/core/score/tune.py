"""The tune: written by a melody model, laid over the form, brought to rest where phrases end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from songloom.core.score.choices import Choices
from songloom.core.score.chords import Chord
from songloom.core.score.draws import stream
from songloom.core.score.form import Layout, Section
from songloom.core.score.instruments import accompanies, instrument
from songloom.core.score.notes import Metre, Note
from songloom.core.score.scales import LENT_BY, SCALES, snapped

LONGEST_MATERIAL_BARS = 64
SPAN = 19  # semitones that a tune may roam, narrowed where the instrument has fewer
BELOW = 5  # of them lie below the tonic


class Melodist(Protocol):
    """Whatever writes a melody on the tonic C (core/score/neural has a trained one)."""

    def compose(
        self,
        *,
        n_bars: int,
        metre: str,
        mode: str,
        rng: np.random.Generator,
        temperature: float = ...,
        density: float = ...,
        low: int = ...,
        high: int = ...,
        scale: frozenset[int] | None = ...,
        n_candidates: int = ...,
    ) -> list[Note]:
        """`n_bars` bars of a tune, from tick 0."""
        ...


def tessitura(programs: Sequence[int], valence: float, key: int) -> tuple[int, int]:
    """Where the first instrument sings, with room for the others below: a fourth below the tonic
    and more than an octave above it, as tunes lie."""
    sings = instrument(programs[0])
    middle = 71 + round(3 * valence)
    lowest = sings.lowest
    if not any(accompanies(program) for program in programs):
        middle = max(middle, sings.lowest + 12 + SPAN // 2)
        lowest += 10
    tonics = [key % 12 + 12 * octave for octave in range(10)]
    inside = [t for t in tonics if t - BELOW >= lowest and t + 8 <= sings.highest]
    home = min(inside or tonics, key=lambda tonic: abs(tonic - BELOW + SPAN // 2 - middle))
    low = min(max(sings.lowest, home - BELOW), max(sings.lowest, sings.highest - 12))
    return low, max(low + 12, min(low + SPAN, sings.highest))


def tonic_pitch(key: int, low: int, high: int) -> int:
    """The tonic nearest the lower third of a range."""
    wanted = low + BELOW
    return min((key + 12 * octave for octave in range(11)), key=lambda pitch: abs(pitch - wanted))


def write_material(
    choices: Choices, layout: Layout, model: Melodist, seed: int, attempt: int
) -> dict[str, list[Note]]:
    """For each letter of the form its bars, sounding in the piece's key and range.

    The letters are written as one tune, so that a second part answers the first.
    """
    longest: dict[str, int] = {}
    for section in layout.sections:
        if section.kind == "body":
            longest[section.letter] = max(longest.get(section.letter, 0), section.n_bars)
    low, high = tessitura(choices.programs, choices.valence, choices.key)
    home = tonic_pitch(choices.key, low, high)
    scale = frozenset(SCALES[choices.mode]) | ({11} if choices.mode == "minor" else frozenset())
    written = model.compose(
        n_bars=min(sum(longest.values()), LONGEST_MATERIAL_BARS),
        metre=choices.metre,
        mode=LENT_BY.get(choices.mode, choices.mode),
        rng=stream(seed, f"tune {attempt}"),
        temperature=0.9,
        density=_density(choices),
        low=low - home + 60,
        high=high - home + 60,
        scale=frozenset(scale),
        n_candidates=6,
    )
    classes = frozenset((tone + choices.key) % 12 for tone in scale)
    notes = [note.transposed(home - 60) for note in written]
    notes = [replace(note, pitch=folded(snapped(note.pitch, classes), low, high)) for note in notes]
    return _cut(notes, longest, layout.metre)


def _density(choices: Choices) -> float:
    """More notes where there is energy, fewer where the beat is fast already."""
    return float(np.clip(0.5 * choices.energy + (92 - choices.bpm) / 110, -0.9, 0.6))


def folded(pitch: int, low: int, high: int) -> int:
    """The same tone in another octave, inside [low, high] where that spans an octave."""
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def nearest_of(tones: frozenset[int], near: int, low: int, high: int) -> int:
    """The pitch of these classes in [low, high] that is closest to `near`."""
    inside = [pitch for pitch in range(low, high + 1) if pitch % 12 in tones]
    return min(inside, key=lambda pitch: abs(pitch - near)) if inside else folded(near, low, high)


def _cut(notes: Sequence[Note], longest: dict[str, int], metre: Metre) -> dict[str, list[Note]]:
    material: dict[str, list[Note]] = {}
    first = 0
    total = max((note.end_ticks for note in notes), default=metre.bar_ticks)
    n_written = max(1, -(-total // metre.bar_ticks))
    for letter, n_bars in longest.items():
        bars: list[Note] = []
        for bar in range(n_bars):
            source = (first + bar) % n_written
            bars += _bar(notes, source, metre.bar_ticks, bar)
        material[letter] = bars
        first += n_bars
    return material


def _bar(notes: Sequence[Note], bar: int, bar_ticks: int, to: int) -> list[Note]:
    start, end = bar * bar_ticks, (bar + 1) * bar_ticks
    found = [note for note in notes if start <= note.onset_ticks < end]
    return [
        replace(
            note.shifted((to - bar) * bar_ticks),
            duration_ticks=min(note.duration_ticks, end - note.onset_ticks),
        )
        for note in found
    ]


def weave(
    material: dict[str, list[Note]], layout: Layout, choices: Choices, seed: int
) -> list[Note]:
    """The material over the body, each return of a letter a little varied."""
    notes: list[Note] = []
    for index, section in enumerate(layout.sections):
        if section.kind != "body":
            continue
        rng = stream(seed, f"variation {index}")
        own = _part_of(material[section.letter], section, layout.metre)
        if section.nth:
            own = varied(own, choices, layout.metre, rng)
        notes += [note.shifted(layout.bar_start(section.first_bar)) for note in own]
    return without_overlaps(notes, layout.end_ticks)


def _part_of(bars: Sequence[Note], section: Section, metre: Metre) -> list[Note]:
    end = section.n_bars * metre.bar_ticks
    return [note for note in bars if note.onset_ticks < end]


def varied(
    notes: Sequence[Note], choices: Choices, metre: Metre, rng: np.random.Generator
) -> list[Note]:
    """A return with a neighbour tone in some of its longer notes; pitches stay in the scale."""
    classes = frozenset((tone + choices.key) % 12 for tone in SCALES[choices.mode])
    unit = metre.beat_ticks // (3 if metre.is_compound else 2)
    found: list[Note] = []
    for note in notes:
        if (
            note.duration_ticks >= 2 * unit
            and rng.random() < 0.25
            and note.duration_ticks % unit == 0
        ):
            step = 1 if rng.random() < 0.5 else -1
            neighbour = snapped(note.pitch + 2 * step, classes, towards=note.pitch + 5 * step)
            found.append(replace(note, duration_ticks=note.duration_ticks - unit))
            found.append(Note(note.end_ticks - unit, unit, neighbour))
        else:
            found.append(note)
    return found


def without_overlaps(notes: Sequence[Note], end_ticks: int) -> list[Note]:
    """One note at a time, none beyond the end."""
    ordered = sorted(note for note in notes if note.onset_ticks < end_ticks)
    found = []
    for note, following in pairwise([*ordered, Note(end_ticks, 1, 0)]):
        until = min(end_ticks, following.onset_ticks)
        if until > note.onset_ticks:
            found.append(
                replace(note, duration_ticks=min(note.duration_ticks, until - note.onset_ticks))
            )
    return found


def with_cadences(
    notes: Sequence[Note], layout: Layout, chords: Sequence[Chord], choices: Choices
) -> list[Note]:
    """Let each section rest on a tone of its last chord, and the piece itself on the tonic."""
    low, high = tessitura(choices.programs, choices.valence, choices.key)
    scale = frozenset((tone + choices.key) % 12 for tone in SCALES[choices.mode])
    found = list(notes)
    for section in layout.sections:
        last = section.first_bar + section.n_bars - 1
        if section.kind == "intro" or last >= layout.n_bars:
            continue
        is_final = last == layout.n_bars - 1
        start = layout.bar_start(last)
        rest_from = (
            start if is_final or section.kind == "coda" else start + _rest_offset(layout.metre)
        )
        before = [note for note in found if note.onset_ticks < rest_from]
        after = [note for note in found if note.onset_ticks >= layout.bar_end(last)]
        near = before[-1].pitch if before else (low + high) // 2
        tones = (chords[last].pitch_classes & scale) or chords[last].pitch_classes
        if is_final and choices.key in tones:
            tones = frozenset({choices.key})
        pitch = nearest_of(tones, near, low, high)
        length = layout.bar_end(last) - rest_from
        if not is_final:
            length -= layout.metre.beat_ticks // 4  # a breath
        found = [*before, Note(rest_from, max(6, length), pitch), *after]
    return without_overlaps(found, layout.end_ticks)


def _rest_offset(metre: Metre) -> int:
    """Where in a bar a phrase comes to rest: the beat at or before the middle."""
    return metre.n_beats // 2 * metre.beat_ticks

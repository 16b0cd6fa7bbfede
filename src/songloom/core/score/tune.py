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
from songloom.core.score.notes import TICKS_PER_QUARTER, Metre, Note
from songloom.core.score.scales import LENT_BY, SCALES, snapped

LONGEST_MATERIAL_BARS = 64
LEARNT = frozenset({"major", "minor", "dorian", "mixolydian"})  # by the melody model
SPAN = 28  # semitones that a tune may roam, narrowed where the instrument has fewer
WIDE = 22  # from here on a tune is written as it likes, and then put into its octave
LOWEST, HIGHEST = 45, 95
PICKUPS = {  # ticks before the first bar line, and the share of the training tunes that have them
    "2/4": {12: 0.7, 0: 0.3}, "3/4": {24: 0.7, 36: 0.13, 0: 0.17}, "6/8": {12: 0.75, 0: 0.25},
    "4/4": {24: 0.4, 12: 0.38, 0: 0.22}, "2/2": {24: 0.5, 12: 0.16, 0: 0.34},
    "9/8": {12: 0.4, 0: 0.6},
}  # fmt: skip
HOME, BELOW = 60, 5  # else it keeps to a range that begins a fourth below its tonic
N_CANDIDATES = 8  # tunes written side by side, of which one is kept
SHORTEST_CLOSE_S = 0.6  # of the last note of a piece
NATURAL_BPM = 112  # the beat at which tunes have as many notes as those that were learnt from


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
        pickup_ticks: int = ...,
        n_candidates: int = ...,
    ) -> list[Note]:
        """`n_bars` bars of a tune, from tick 0, where its pickup begins."""
        ...


def tessitura(programs: Sequence[int], valence: float) -> tuple[int, int]:
    """Where the first instrument sings, with room for the others below."""
    sings = instrument(programs[0])
    lowest = sings.lowest
    if not any(accompanies(program) for program in programs):
        lowest += 10
    middle = max(_middle(valence), lowest + SPAN // 2)
    high = max(lowest + 12, min(sings.highest, middle + SPAN // 2))
    return max(lowest, high - SPAN), high


def _middle(valence: float) -> int:
    """Glad tunes lie a little higher than sad ones."""
    return 71 + round(3 * valence)


def placed(notes: Sequence[Note], key: int, low: int, high: int) -> list[Note]:
    """A tune on C in another key, in the octave where most of it lies inside [low, high] and its
    middle nearest to theirs; what is still outside is folded inside."""
    if not notes:
        return []
    pitches = np.asarray([note.pitch for note in notes])

    def cost(shift: int) -> tuple[int, float]:
        there = pitches + shift
        outside = int(((there < low) | (there > high)).sum())
        return outside, abs(float(there.mean()) - (low + high) / 2)

    shift = min((key + 12 * octave for octave in range(-6, 6)), key=cost)
    return [replace(note, pitch=folded(note.pitch + shift, low, high)) for note in notes]


def write_material(
    choices: Choices, layout: Layout, model: Melodist, seed: int, attempt: int
) -> dict[str, list[Note]]:
    """For each letter of the form its bars, sounding in the piece's key and range.

    The letters are written as one tune, so that a second part answers the first. Its pickup stands
    before the bars of the first letter, at negative ticks.
    """
    longest: dict[str, int] = {}
    for section in layout.sections:
        if section.kind == "body":
            longest[section.letter] = max(longest.get(section.letter, 0), section.n_bars)
    low, high = tessitura(choices.programs, choices.valence)
    is_wide = high - low >= WIDE
    pickup_ticks = _pickup(choices.metre, stream(seed, f"pickup {attempt}"))
    scale = scale_of(choices.mode)
    written = model.compose(
        n_bars=min(sum(longest.values()), LONGEST_MATERIAL_BARS),
        metre=choices.metre,
        mode=LENT_BY.get(choices.mode, choices.mode),
        rng=stream(seed, f"tune {attempt}"),
        density=_density(choices),
        low=LOWEST if is_wide else HOME - BELOW,
        high=HIGHEST if is_wide else HOME - BELOW + high - low,
        scale=scale,
        pickup_ticks=pickup_ticks,
        n_candidates=N_CANDIDATES,
    )
    notes = placed(written, choices.key, low, high)
    if scale is not None:
        classes = frozenset((tone + choices.key) % 12 for tone in scale)
        notes = [replace(note, pitch=snapped(note.pitch, classes)) for note in notes]
    return _cut([note.shifted(-pickup_ticks) for note in notes], longest, layout.metre)


def _pickup(metre: str, rng: np.random.Generator) -> int:
    shares = PICKUPS.get(metre, {0: 1.0})
    return int(rng.choice(list(shares), p=list(shares.values())))


def scale_of(mode: str) -> frozenset[int] | None:
    """Pitch classes above the tonic that a tune keeps to; None where it may pass through others,
    for the model has learnt this mode with its accidentals."""
    return None if mode in LEARNT else frozenset(SCALES[mode])


def _density(choices: Choices) -> float:
    """More notes where there is energy, fewer where the beat is fast already."""
    faster = (NATURAL_BPM - choices.bpm) / NATURAL_BPM
    return float(np.clip(0.5 * choices.energy + faster, -0.9, 0.6))


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
        bars = [] if material else [note for note in notes if note.onset_ticks < 0]
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
        start = layout.bar_start(section.first_bar)
        own = [note.shifted(start) for note in own]
        first = min((note.onset_ticks for note in own), default=start)
        if any(note.onset_ticks >= first for note in notes):
            own = [note for note in own if note.onset_ticks >= start]  # no room for the pickup
        notes += [note for note in own if note.onset_ticks >= 0]
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
    """Let each section close on a tone of its last chord, and the piece itself on the tonic.

    Where a closing note begins, and how long it lasts, is left as it was written: the model has
    learnt how phrases end. Only the last note of all is held until the others end.
    """
    low, high = tessitura(choices.programs, choices.valence)
    scale = frozenset((tone + choices.key) % 12 for tone in SCALES[choices.mode])
    found = without_overlaps(notes, layout.end_ticks)
    for section in layout.sections:
        last = section.first_bar + section.n_bars - 1
        if section.kind == "intro" or last >= layout.n_bars:
            continue
        tones = (chords[last].pitch_classes & scale) or chords[last].pitch_classes
        if last == layout.n_bars - 1:
            home = frozenset({choices.key}) if choices.key in tones else tones
            return _ended(found, layout, home, low, high)
        start, end = layout.bar_start(last), layout.bar_end(last)
        of_last = [note for note in found if start <= note.onset_ticks < end]
        if of_last:  # its longest note closes a section: what follows that one leads on already
            closing = max(of_last, key=lambda note: (note.duration_ticks, note.onset_ticks))
            pitch = nearest_of(tones, closing.pitch, low, high)
            found[found.index(closing)] = replace(closing, pitch=pitch)
    return found


def _ended(
    notes: Sequence[Note], layout: Layout, tones: frozenset[int], low: int, high: int
) -> list[Note]:
    """The tune with a last note that has time to be heard, held to the end."""
    end, start = layout.end_ticks, layout.bar_start(layout.n_bars - 1)
    latest = end - round(SHORTEST_CLOSE_S * layout.quarter_bpm / 60 * TICKS_PER_QUARTER)
    onsets = [note.onset_ticks for note in notes if start <= note.onset_ticks <= latest]
    onset = max(onsets, default=start)
    before = [note for note in notes if note.onset_ticks < onset]
    near = before[-1].pitch if before else (low + high) // 2
    closing = Note(onset, end - onset, nearest_of(tones, near, low, high))
    return without_overlaps([*before, closing], end)

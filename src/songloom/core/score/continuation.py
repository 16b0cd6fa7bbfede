"""A piece goes on: its own notes stay, bars of a new section follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songloom.core.score.arrangement import Part, arranged
from songloom.core.score.choices import Choices
from songloom.core.score.chords import Chord, read_chord, tonic
from songloom.core.score.draws import stream
from songloom.core.score.form import Layout, Section
from songloom.core.score.harmony import fitted, harmonise
from songloom.core.score.piece import Score
from songloom.core.score.scales import HARMONY_OF
from songloom.core.score.tune import Melodist, weave, with_cadences, write_material
from songloom.errors import BadValue

LONGEST_S = 600.0


def continued(
    score: Score, n_bars: int, seed: int, model: Melodist, *, progression: Sequence[str]
) -> Score:
    """The piece with `n_bars` more; every note that was there stays.

    progression  chords that were given go round from where they stand; else the harmony follows
                 the new tune
    Raises BadValue where it would last longer than ten minutes.
    """
    layout = score.layout
    bar = layout.metre.bar_ticks
    first = layout.n_bars - 1 - (-layout.last_bar_ticks // bar)  # a long last bar rings out
    longer = replace(
        layout,
        n_bars=first + n_bars,
        last_bar_ticks=bar,
        sections=(*layout.sections, _section(layout, first, n_bars)),
    )
    whole = Score(score.choices, longer, (), ())
    if whole.seconds > LONGEST_S:
        raise BadValue(f"it would last {whole.seconds:.0f} s; allowed are {LONGEST_S:.0f} s")
    chords, parts = _more(score, n_bars, seed, model, progression=progression)
    held = score.chords[-1:] * (first - layout.n_bars)
    new = {part.name: part for part in parts}
    joined = tuple(_joined(part, new.get(part.name), first * bar) for part in score.parts)
    return replace(whole, chords=(*score.chords, *held, *chords), parts=joined)


def _section(layout: Layout, first: int, n_bars: int) -> Section:
    used = {section.letter for section in layout.sections}
    letter = next((letter for letter in "ABCDEFGH" if letter not in used), "H")
    return Section(letter, "body", first, n_bars, 0)


def _more(
    score: Score, n_bars: int, seed: int, model: Melodist, *, progression: Sequence[str]
) -> tuple[Sequence[Chord], list[Part]]:
    """Chords and parts of the new bars alone, from tick 0."""
    metre = score.layout.metre
    section = Section("A", "body", 0, n_bars, 0)
    layout = Layout(metre, score.layout.quarter_bpm, n_bars, metre.bar_ticks, (section,))
    choices: Choices = replace(score.choices, chords=(), is_loop=False)
    tune = weave(write_material(choices, layout, model, seed, 0), layout, choices, seed)
    if progression:
        chords = _round(score, progression, n_bars)
    else:
        chords = harmonise(tune, layout, choices, stream(seed, "more chords"))
        chords[-1] = tonic(HARMONY_OF.get(choices.mode, choices.mode), choices.key)
    tune = with_cadences(fitted(tune, layout, chords, choices), layout, chords, choices)
    role = None if choices.role in ("backing", "melody") else choices.role
    return chords, arranged(replace(choices, role=role), layout, chords, tune, seed)


def _round(score: Score, progression: Sequence[str], n_bars: int) -> list[Chord]:
    """The given chords from where the piece left off; as they sound, where they were transposed."""
    key, mode = score.choices.key, "minor" if score.choices.mode == "minor" else "major"
    given = [read_chord(name, key=key, mode=mode) for name in progression]
    if given[0].root != score.chords[0].root:
        given = list(score.chords)
    return [given[(score.layout.n_bars + bar) % len(given)] for bar in range(n_bars)]


def _joined(old: Part, new: Part | None, start: int) -> Part:
    if new is None:
        return old
    return replace(old, notes=(*old.notes, *(note.shifted(start) for note in new.notes)))

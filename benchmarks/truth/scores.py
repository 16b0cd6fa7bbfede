"""How right an answer is, by the definitions that music information retrieval goes by.

Beats and onsets: MIREX's F-measure. Keys: MIREX's weights. Chords: overlap of triads (MIREX "majmin").
They are written out here as mir_eval defines them (Raffel et al., "mir_eval: a transparent
implementation of common MIR metrics", 2014), but nothing is cut off at the start.
"""

from __future__ import annotations

from collections.abc import Sequence

BEAT_WITHIN_S = 0.07
ONSET_WITHIN_S = 0.05
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
Chord = tuple[float, float, str]  # from, to, "C", "Cm", … or "N"


def f_measure(found_s: Sequence[float], true_s: Sequence[float], within_s: float) -> float:
    """2 · hits / (found + true); each true place is hit by at most one of those found."""
    if not len(found_s) or not len(true_s):
        return float(len(found_s) == len(true_s))
    found, true = sorted(found_s), sorted(true_s)
    i = j = hits = 0
    while i < len(found) and j < len(true):
        if abs(found[i] - true[j]) <= within_s:
            hits, i, j = hits + 1, i + 1, j + 1
        elif found[i] < true[j]:
            i += 1
        else:
            j += 1
    return 2 * hits / (len(found) + len(true))


def tempo_is(found_bpm: float | None, true_bpm: float, within: float) -> bool:
    """The same tempo, within a share."""
    return found_bpm is not None and abs(found_bpm / true_bpm - 1) <= within


def tempo_is_in_some_octave(found_bpm: float | None, true_bpm: float, within: float) -> bool:
    """The same, half, double, a third or three times it."""
    return any(tempo_is(found_bpm, true_bpm * n, within) for n in (1, 0.5, 2, 1 / 3, 3))


def note_number(name: str) -> int:
    """0 for C … 11 for B, sharps or flats."""
    return NOTES.index(FLATS.get(name, name))


def key_score(found: tuple[str, str] | None, true: tuple[str, str]) -> float:
    """1 the key, 0.5 a fifth above it, 0.3 its relative, 0.2 its parallel, else 0."""
    if found is None:
        return 0.0
    up = (note_number(found[0]) - note_number(true[0])) % 12
    if found[1] == true[1]:
        return {0: 1.0, 7: 0.5}.get(up, 0.0)
    relative = 9 if true[1] == "major" else 3
    return {relative: 0.3, 0: 0.2}.get(up, 0.0)


def chord_overlap(found: Sequence[Chord], true: Sequence[Chord]) -> float:
    """Share of the annotated time in which both say the same triad, or both none."""
    total = sum(stop - start for start, stop, _ in true)
    agreed = sum(
        max(0.0, min(stop, f_stop) - max(start, f_start))
        for start, stop, name in true
        for f_start, f_stop, f_name in found
        if name == f_name
    )
    return agreed / total if total else 0.0

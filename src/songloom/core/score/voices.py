"""From chords to notes: voicings that move little, below the tune, and a bass below both."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from songloom.core.score.chords import Chord
from songloom.core.score.form import Layout
from songloom.core.score.instruments import Instrument
from songloom.core.score.notes import Note
from songloom.core.score.patterns import FIFTH, OCTAVE, WALK, Pulse, bass_line, strokes

CHORD_FLOOR, CHORD_MIDDLE, FREE_CAP = 45, 55, 69
BASS_LOW, BASS_HIGH = 33, 50
HIGHEST_BASS_ANYWHERE = 48


class Ceiling:
    """How high an accompaniment may go under a tune of one note at a time."""

    def __init__(self, tune: Sequence[Note]) -> None:
        self._tune = sorted(tune)
        self._onsets = [note.onset_ticks for note in self._tune]

    def over(self, start: int, end: int) -> int:
        """The highest pitch that stays below every note of the tune sounding in [start, end)."""
        first = max(0, bisect_right(self._onsets, start) - 1)
        near = self._tune[first : bisect_left(self._onsets, end)]
        return min((n.pitch for n in near if n.end_ticks > start), default=FREE_CAP + 1) - 1


def voicing(chord: Chord, cap: int, before: Sequence[int], player: Instrument) -> list[int]:
    """Up to four tones in close position under `cap`, near the voicing before it, lowest first."""
    tones = sorted(chord.pitch_classes, key=lambda tone: (tone - chord.root) % 12)
    if len(tones) > 3:
        tones = [tone for tone in tones if tone != chord.fifth or len(tones) == 3][:4]
    low = max(player.lowest, min(CHORD_FLOOR, cap - 12))
    middle = sum(before) / len(before) if before else min(CHORD_MIDDLE, cap - 4)
    best: list[int] = []
    best_cost = float("inf")
    for base in range(low, cap + 1):
        if base % 12 not in tones:
            continue
        pitches = _stacked(tones, base)
        if pitches[-1] > min(cap, player.highest):
            continue
        moved = abs(sum(pitches) / len(pitches) - middle) + 0.3 * abs(
            pitches[0] - min(CHORD_MIDDLE, cap) + 4
        )
        if moved < best_cost:
            best, best_cost = pitches, moved
    return best


def _stacked(tones: Sequence[int], base: int) -> list[int]:
    """Every tone once, each as close above the one before as it gets."""
    rest = sorted((tone - base) % 12 for tone in tones)
    return [base + step for step in rest]


def accompany(
    layout: Layout,
    chords: Sequence[Chord],
    tune: Sequence[Note],
    patterns: Sequence[str],
    pulse: Pulse,
    player: Instrument,
) -> list[Note]:
    """The chord part: `patterns` holds one name for each bar; the last bar is held."""
    notes: list[Note] = []
    before: list[int] = []
    ceiling = Ceiling(tune)
    for bar, chord in enumerate(chords):
        start, end = layout.bar_start(bar), layout.bar_end(bar)
        pitches = voicing(chord, ceiling.over(start, end), before, player)
        if not pitches:
            continue
        before = pitches
        if bar == layout.n_bars - 1:
            notes += [Note(start, end - start, pitch) for pitch in pitches]
            continue
        for hit in strokes(patterns[bar], pulse, bar):
            sounding = pitches if hit.voice < 0 else [pitches[hit.voice % len(pitches)]]
            notes += [
                Note(start + hit.offset_ticks, max(3, hit.duration_ticks), pitch, 80 + hit.accent)
                for pitch in sounding
            ]
    return _one_at_a_time(notes)


def _one_at_a_time(notes: Sequence[Note]) -> list[Note]:
    """The same pitch is struck again only after it was let go."""
    by_pitch: dict[int, list[Note]] = {}
    for note in sorted(notes):
        by_pitch.setdefault(note.pitch, []).append(note)
    found: list[Note] = []
    for same in by_pitch.values():
        for note, following in pairwise([*same, Note(1 << 40, 1, 0)]):
            length = min(note.duration_ticks, following.onset_ticks - note.onset_ticks)
            found.append(Note(note.onset_ticks, length, note.pitch, note.velocity))
    return sorted(found)


def bass(
    layout: Layout,
    chords: Sequence[Chord],
    tune: Sequence[Note],
    patterns: Sequence[str],
    pulse: Pulse,
    player: Instrument,
) -> list[Note]:
    """The lowest line: roots and fifths, walking where the style walks."""
    low = max(BASS_LOW if not player.is_bass else 28, player.lowest)
    high = max(BASS_HIGH if player.is_bass is False else 47, low + 11)
    notes: list[Note] = []
    ceiling = Ceiling(tune)
    for bar, chord in enumerate(chords):
        start, end = layout.bar_start(bar), layout.bar_end(bar)
        last = notes[-1].pitch if notes else low + 7
        if bar == layout.n_bars - 1:
            notes.append(Note(start, end - start, _near(chord.bass, last, low, high)))
            continue
        following = chords[bar + 1].bass
        for offset, length, tone in bass_line(patterns[bar], pulse, bar):
            pitch_class = {FIFTH: chord.fifth, WALK: _step_towards(chord, following, offset)}.get(
                tone, chord.bass
            )
            pitch = _near(pitch_class, last if offset else low + 6, low, high)
            if tone == OCTAVE and pitch + 12 <= HIGHEST_BASS_ANYWHERE:
                pitch += 12
            if pitch <= ceiling.over(start + offset, start + offset + length):
                notes.append(Note(start + offset, max(3, length), pitch))
            last = pitch
    return notes


def _near(pitch_class: int, last: int, low: int, high: int) -> int:
    found = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class]
    return min(found, key=lambda pitch: (abs(pitch - last), pitch)) if found else low


def _step_towards(chord: Chord, following: int, offset: int) -> int:
    """A walking bass: a chord tone first, then a step below or above the next root."""
    tones = sorted(chord.pitch_classes, key=lambda tone: (tone - chord.root) % 12)
    return tones[1] if offset < 36 else (following + 11) % 12 if len(tones) > 2 else following


def counter(
    layout: Layout, chords: Sequence[Chord], tune: Sequence[Note], player: Instrument, pulse: Pulse
) -> list[Note]:
    """A second line below the tune: chord tones, moving as little as it can. It comes in at each
    bar line and moves once more in every second bar, never longer there than from its beginning.

    Where its range leaves no room below the tune it doubles the tune.
    """
    notes: list[Note] = []
    last = player.lowest + 9
    ceiling = Ceiling(tune)
    for bar, chord in enumerate(chords):
        start, end = layout.bar_start(bar), layout.bar_end(bar)
        later = start + next((s for s in pulse.starts if 2 * s >= pulse.bar_ticks), 0)
        moves = bar % 2 == 1 and start < later < end and bar != layout.n_bars - 1
        cuts = [start, later, end] if moves else [start, end]
        for begin, until in pairwise(cuts):
            cap = min(ceiling.over(begin, until), player.highest, 74)
            room = [
                p
                for p in range(max(player.lowest, cap - 19), cap + 1)
                if p % 12 in chord.pitch_classes
            ]
            if room:
                last = min(
                    room,
                    key=lambda pitch: (
                        abs(pitch - last) + 2 * (notes[-1:] != [] and pitch == last),
                        -pitch,
                    ),
                )
                notes.append(Note(begin, until - begin, last))
            else:
                notes += [note for note in tune if begin <= note.onset_ticks < until]
    return notes

"""Random pieces whose tempo, beats, metre, key and chords are known because they are drawn here.

No progression is fixed: chords walk by how harmony moves, four or eight bars come back, and every
piece draws its own accompaniment, drums, instruments, tuning and carelessness.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from benchmarks.truth.notes import DRUMS, Note
from benchmarks.truth.patterns import PATTERNS, Feel
from benchmarks.truth.scores import NOTES, Chord

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
MOVES: dict[str, dict[int, dict[int, int]]] = {  # where a degree goes (0 = I), and how often; the diminished one is left out
    "major": {0: {3: 4, 4: 4, 5: 3, 1: 2, 2: 1}, 1: {4: 5, 3: 1}, 2: {5: 3, 3: 2}, 3: {4: 4, 0: 3, 1: 1}, 4: {0: 5, 5: 2, 3: 1}, 5: {3: 3, 1: 2, 4: 2}},
    "minor": {0: {3: 3, 4: 3, 5: 3, 6: 2, 2: 1}, 2: {5: 3, 6: 2, 3: 1}, 3: {4: 3, 0: 2, 6: 1}, 4: {0: 5, 5: 1}, 5: {2: 2, 6: 3, 4: 2, 3: 1}, 6: {0: 3, 2: 2, 5: 2}},
}  # fmt: skip
LEADS, PADS, BASSES = (
    (0, 4, 11, 22, 24, 40, 56, 65, 71, 73, 80),
    (0, 4, 16, 19, 24, 26, 48, 50, 89),
    (32, 33, 34, 36, 38, 43),
)
KICK, SNARE, STICK, HAT, OPEN_HAT, RIDE = 36, 38, 37, 42, 46, 51
STYLES = tuple(PATTERNS)


@dataclass
class Piece:
    """Notes, and the truth about them."""

    notes: list[Note] = field(default_factory=list)
    programs: dict[int, int] = field(default_factory=dict)
    cents: float = 0.0
    bpm: float = 120.0
    metre: int = 4
    tonic: int = 0
    mode: str = "major"
    style: str = ""
    drums: str = ""
    beats_s: list[float] = field(default_factory=list)
    downbeats_s: list[float] = field(default_factory=list)
    chords: list[Chord] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        return NOTES[self.tonic], self.mode


def piece(rng: np.random.Generator, *, seconds: float = 30.0) -> Piece:
    """One piece, about so long."""
    made = Piece(
        bpm=round(float(np.exp(rng.uniform(np.log(62), np.log(188)))), 2),
        metre=3 if rng.random() < 0.3 else 4,
        tonic=int(rng.integers(12)),
        mode=str(rng.choice(["major", "minor"])),
        style=str(rng.choice(STYLES)),
        cents=float(rng.choice([0, 0, 0, rng.uniform(-40, 40)])),
        programs={0: int(rng.choice(LEADS)), 1: int(rng.choice(PADS)), 2: int(rng.choice(BASSES))},
    )
    made.drums = str(
        rng.choice(
            ["none", "none", "rock", "four", "shuffle", "sparse"]
            if made.metre == 4
            else ["none", "waltz", "waltz", "sparse"]
        )
    )
    _Writer(made, rng).write(seconds)
    return made


def drum_piece(rng: np.random.Generator, *, seconds: float = 25.0) -> Piece:
    """Drums alone: kick and snare a beat apart, hats on halves or quarters of the beat."""
    made = Piece(bpm=round(float(np.exp(rng.uniform(np.log(62), np.log(188)))), 2), style="drums")
    made.metre = 3 if rng.random() < 0.15 else 4
    made.programs = {DRUMS: int(rng.choice([0, 0, 8, 16, 24, 25]))}
    writer = _Writer(made, rng)
    kicks = [i / 2 for i in range(1, 2 * made.metre) if rng.random() < 0.2]
    fine = 4 if made.bpm < 115 and rng.random() < 0.35 else 2
    start_s, bar_s = float(rng.uniform(0.05, 0.6)), made.metre * writer.beat_s
    for bar in range(max(6, round(seconds / bar_s))):
        at_s = start_s + bar * bar_s
        made.downbeats_s.append(at_s)
        made.beats_s += [at_s + i * writer.beat_s for i in range(made.metre)]
        writer.drum_kit(at_s, kicks, fine)
    return made


class _Writer:
    def __init__(self, made: Piece, rng: np.random.Generator) -> None:
        self.made, self.rng = made, rng
        self.beat_s = 60 / made.bpm
        self.careless_s = float(rng.choice([0, 0.004, 0.01]))
        self.swing = float(rng.choice([0.5, 0.5, 0.5, 0.6, 0.66]))
        self.base = made.tonic - (12 if made.tonic > 6 else 0)
        fast = made.bpm < 130
        self.riff = [
            i / (4 if fast else 2)
            for i in range(made.metre * (4 if fast else 2))
            if rng.random() < 0.4
        ] or [0.0]
        self.bass_riff = [0.0] + [
            i / (4 if fast else 2)
            for i in range(1, made.metre * (4 if fast else 2))
            if rng.random() < 0.35
        ]
        self.feel = Feel(self.swing, self.riff, [int(i) for i in rng.permutation(4)])
        self.fine = 4 if made.bpm < 120 and rng.random() < 0.4 else 2
        self.mix = {
            KICK: rng.integers(-30, 15),
            SNARE: rng.integers(-30, 15),
            HAT: rng.integers(-20, 50),
        }

    def write(self, seconds: float) -> None:
        made, rng = self.made, self.rng
        bar_s = made.metre * self.beat_s
        n_bars = max(8, round(seconds / bar_s))
        loop = self._loop(int(rng.choice([4, 4, 8])))
        pickup = int(rng.integers(1, made.metre)) if rng.random() < 0.25 else 0
        start_s = 0.2 + rng.uniform(0, 0.4)
        for i in range(pickup):
            at_s = start_s + i * self.beat_s
            made.beats_s.append(at_s)
            self._note(
                0, at_s, 0.9 * self.beat_s, 72 + self.base + SCALES[made.mode][4 - pickup + i], 85
            )
        start_s += pickup * self.beat_s
        for bar in range(n_bars):
            degrees = loop[bar % len(loop)] if bar < n_bars - 1 else [0]
            self._bar(start_s + bar * bar_s, degrees, is_last=bar == n_bars - 1)

    def _loop(self, n_bars: int) -> list[list[int]]:
        """The degrees of each bar: one, or two."""
        now = 0 if self.rng.random() < 0.8 else int(self.rng.choice(list(MOVES[self.made.mode])))
        bars = []
        for _ in range(n_bars):
            bar = [now]
            now = self._next(now)
            if self.made.metre == 4 and self.rng.random() < 0.2:
                bar.append(now)
                now = self._next(now)
            bars.append(bar)
        return bars

    def _next(self, degree: int) -> int:
        moves = MOVES[self.made.mode][degree]
        weights = np.array(list(moves.values()), np.float64)
        return int(self.rng.choice(list(moves), p=weights / weights.sum()))

    def _triad(self, degree: int) -> list[int]:
        """Steps above the tonic; a minor key has a major dominant."""
        scale = SCALES[self.made.mode]
        steps = [scale[(degree + k) % 7] + 12 * ((degree + k) // 7) for k in (0, 2, 4)]
        if self.made.mode == "minor" and degree == 4:
            steps[1] += 1
        return steps

    def _bar(self, start_s: float, degrees: list[int], *, is_last: bool) -> None:
        made, beat_s = self.made, self.beat_s
        made.downbeats_s.append(start_s)
        made.beats_s += [start_s + i * beat_s for i in range(made.metre)]
        share = made.metre // len(degrees)
        for part, degree in enumerate(degrees):
            at_s, steps = start_s + part * share * beat_s, self._triad(degree)
            stop_s = at_s + share * beat_s
            name = NOTES[(made.tonic + steps[0]) % 12] + ("m" if steps[1] - steps[0] == 3 else "")
            made.chords.append((at_s, stop_s, name))
            self._accompany(at_s, steps, share)
            self._bass(at_s, steps, share)
            if not is_last:
                self._melody(at_s, steps, share)
        if made.drums != "none":
            self._drum_bar(start_s)

    def _note(self, channel: int, at_s: float, length_s: float, pitch: int, velocity: int) -> None:
        late_s = self.careless_s * self.rng.standard_normal()
        velocity += int(self.mix.get(pitch, 0)) if channel == DRUMS else 0
        loud = int(np.clip(velocity + 4 * self.rng.standard_normal(), 20, 127))
        at_s = max(0.0, at_s + late_s)
        self.made.notes.append(Note(at_s, at_s + max(0.03, length_s), pitch, loud, channel))

    def _accompany(self, at_s: float, steps: list[int], n_beats: int) -> None:
        turn = int(self.rng.integers(3))  # an inversion
        chord = sorted(
            55 + (self.base + step + 5 - 12 * (i < turn)) % 12 for i, step in enumerate(steps)
        )
        if self.rng.random() < 0.15:  # a seventh of the scale
            scale = SCALES[self.made.mode]
            sevenths = [step for step in scale if (step - steps[0]) % 12 in (10, 11)]
            chord += [55 + (self.base + step + 5) % 12 for step in sevenths[:1]]
        strokes = PATTERNS[self.made.style](n_beats, self.feel, self.rng)
        for beat, length, loud, which in strokes:
            for pitch in chord if which is None else [chord[which % len(chord)]]:
                self._note(1, at_s + beat * self.beat_s, length * self.beat_s, pitch, loud)

    def _bass(self, at_s: float, steps: list[int], n_beats: int) -> None:
        root = 36 + (self.base + steps[0]) % 12
        fifth = 36 + (self.base + steps[2]) % 12
        style = self.made.style
        if style in ("riff", "3+3+2"):
            places = (
                self.bass_riff
                if style == "riff"
                else [i + at for i in range(0, n_beats, 2) for at in (0, 0.75, 1.5)]
            )
            for at in places:
                if at < n_beats:
                    self._note(
                        2,
                        at_s + at * self.beat_s,
                        0.3 * self.beat_s,
                        root if self.rng.random() < 0.8 else fifth,
                        92 if at == 0 else 84,
                    )
        elif style in ("held", "halves"):
            self._note(2, at_s, n_beats * 0.95 * self.beat_s, root, 88)
        elif style == "oom-pah":
            self._note(2, at_s, 0.8 * self.beat_s, root, 92)
            if n_beats == 4:
                self._note(2, at_s + 2 * self.beat_s, 0.8 * self.beat_s, fifth, 84)
        else:
            for i in range(n_beats):
                pitch = root if i == 0 or self.rng.random() < 0.6 else fifth
                self._note(
                    2, at_s + i * self.beat_s, 0.85 * self.beat_s, pitch, 92 if i == 0 else 82
                )

    def _melody(self, at_s: float, steps: list[int], n_beats: int) -> None:
        scale, beat = SCALES[self.made.mode], 0.0
        while beat < n_beats:
            length = float(
                self.rng.choice(
                    [0.25, 0.25, 0.5, 0.5, 0.75, 1, 1]
                    if self.fine == 4
                    else [0.5, 0.5, 1, 1, 1, 1.5, 2]
                )
            )
            on_beat = beat == int(beat)
            step = (
                int(self.rng.choice(steps if on_beat and self.rng.random() < 0.8 else scale)) % 12
            )
            where = int(beat) + self.swing if beat % 1 == 0.5 else beat
            if self.rng.random() < 0.9:
                length_s = min(length, n_beats - beat) * 0.93 * self.beat_s
                self._note(
                    0,
                    at_s + where * self.beat_s,
                    length_s,
                    72 + self.base + step,
                    88 if beat == 0 else 80,
                )
            beat += length

    def _drum_bar(self, start_s: float) -> None:
        made, rng, swing = self.made, self.rng, self.swing
        hits: list[tuple[float, int, int]] = []
        for i in range(made.metre):
            if made.drums == "sparse":
                hits += [(i, RIDE, 70)] + ([(i, KICK, 95)] if i == 0 else [])
                continue
            hits += [(i, HAT, 72), (i + swing, HAT, 55)]
            if self.fine == 4:
                hits += [(i + 0.25, HAT, 50), (i + 0.75, HAT, 50)]
            if made.drums == "four":
                hits += [(i, KICK, 100), (i + 0.5, OPEN_HAT, 70)] + (
                    [(i, SNARE, 90)] if i % 2 else []
                )
            elif made.drums == "waltz":
                hits += [(i, KICK, 98)] if i == 0 else [(i, STICK, 74)]
            else:
                hits += (
                    [(i, SNARE, 96)]
                    if i % 2
                    else ([(i, KICK, 100)] if i == 0 or rng.random() < 0.8 else [])
                )
                if rng.random() < 0.25:
                    hits.append((i + swing, KICK, 85))
        for beat, drum, loud in hits:
            self._note(DRUMS, start_s + beat * self.beat_s, 0.08, drum, loud)

    def drum_kit(self, start_s: float, kicks: list[float], fine: int) -> None:
        """One bar: kick on 1 (and 3), snare between them, `kicks` besides; `fine` hats a beat."""
        made, rng, beat_s = self.made, self.rng, self.beat_s
        for i in range(made.metre):
            is_back = bool(i % 2) if made.metre == 4 else i > 0
            self._note(DRUMS, start_s + i * beat_s, 0.08, SNARE if is_back else KICK, 96)
            for k in range(fine):
                at = k / fine if fine == 4 or k == 0 else self.swing
                self._note(
                    DRUMS, start_s + (i + at) * beat_s, 0.05, HAT, 74 - 14 * (k % 2) - 6 * (k > 0)
                )
        for beat in kicks:
            at = beat if beat == int(beat) else int(beat) + self.swing
            if rng.random() < 0.7:
                self._note(DRUMS, start_s + at * beat_s, 0.08, KICK, 84)

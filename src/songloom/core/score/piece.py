"""A whole piece: `compose(request, seed, model) -> Score`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from songloom.core.query.prompt_request import Request
from songloom.core.score.choices import Choices, choose
from songloom.core.score.chords import Chord
from songloom.core.score.draws import stream
from songloom.core.score.drums import drum_part
from songloom.core.score.dynamics import shaped, swung
from songloom.core.score.form import Layout, lay_out
from songloom.core.score.harmony import fitted, harmonise
from songloom.core.score.instruments import DRUM_CHANNEL, instrument, is_struck
from songloom.core.score.key_sense import heard_key
from songloom.core.score.midi import Heading, Track, midi_file
from songloom.core.score.notes import TICKS_PER_QUARTER, Note
from songloom.core.score.patterns import Pulse, pulse_of
from songloom.core.score.scales import is_minor, signature
from songloom.core.score.tune import Melodist, weave, with_cadences, write_material
from songloom.core.score.voices import accompany, bass, counter

MOST_ATTEMPTS = 4  # tunes written before one that is heard in another key is taken all the same
PANS = {"melody": 64, "counter": 84, "chords": 50, "bass": 64, "pad": 40, "rhythm": 90, "drums": 64}


@dataclass(frozen=True)
class Part:
    """One line of the score. Names: melody, counter, chords, bass, pad, rhythm, drums (+ number)."""

    name: str
    program: int
    channel: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Score:
    """Notes, and what was decided on the way to them."""

    choices: Choices
    layout: Layout
    chords: tuple[Chord, ...]
    parts: tuple[Part, ...]

    @property
    def seconds(self) -> float:
        """From the first tick to the end of the last note."""
        return self.layout.end_ticks / TICKS_PER_QUARTER * 60 / self.layout.quarter_bpm

    def midi_bytes(self, title: str = "") -> bytes:
        """The Standard MIDI File: same score and title, same bytes."""
        heading = Heading(
            title=title,
            quarter_bpm=self.layout.quarter_bpm,
            metre=self.layout.metre,
            sharps=signature(self.choices.key, self.choices.mode),
            is_minor=is_minor(self.choices.mode),
            markers=tuple(
                (self.layout.bar_start(section.first_bar), section.letter or section.kind)
                for section in self.layout.sections
            ),
            end_ticks=self.layout.end_ticks,
        )
        tracks = [
            Track(part.name, part.channel, part.program, part.notes, PANS[part.name.split(" ")[0]])
            for part in self.parts
        ]
        return midi_file(heading, tracks)

    def energies(self) -> list[tuple[float, float]]:
        """(bars, how loud and busy 0 … 1) of each section."""
        found = []
        for section in self.layout.sections:
            start = self.layout.bar_start(section.first_bar)
            end = self.layout.bar_end(section.first_bar + section.n_bars - 1)
            force = sum(
                note.velocity
                for part in self.parts
                for note in part.notes
                if start <= note.onset_ticks < end
            )
            found.append((float(section.n_bars), force / section.n_bars))
        most = max((force for _, force in found), default=0.0) or 1.0
        return [(bars, force / most) for bars, force in found]

    def document(self) -> dict[str, Any]:
        """What was chosen, as JSON for the lineage."""
        return self.choices.document() | {
            "bpm": self.layout.beat_bpm,
            "n_bars": self.layout.n_bars,
            "seconds": round(self.seconds, 3),
            "chords": [chord.name for chord in self.chords],
            "sections": [
                {"letter": s.letter, "kind": s.kind, "first_bar": s.first_bar, "n_bars": s.n_bars}
                for s in self.layout.sections
            ],
            "parts": [{"name": part.name, "program": part.program} for part in self.parts],
        }


def compose(request: Request, seed: int, model: Melodist) -> Score:
    """Write the piece that was asked for. The same request, seed and model give the same score.

    Up to MOST_ATTEMPTS tunes are written until the whole is heard in the key it was meant in.
    """
    choices = choose(request, seed)
    layout = lay_out(choices)
    score = None
    for attempt in range(MOST_ATTEMPTS):
        drafted = _draft(choices, layout, model, seed, attempt)
        score = score or drafted
        if _is_in_key(drafted):
            return drafted
    assert score is not None
    return score


def _is_in_key(score: Score) -> bool:
    key, mode = heard_key(
        n for part in score.parts if part.channel != DRUM_CHANNEL for n in part.notes
    )
    return key == score.choices.key and (mode == "minor") == is_minor(score.choices.mode)


def _draft(choices: Choices, layout: Layout, model: Melodist, seed: int, attempt: int) -> Score:
    material = write_material(choices, layout, model, seed, attempt)
    tune = weave(material, layout, choices, seed)
    chords = harmonise(tune, layout, choices)
    tune = with_cadences(fitted(tune, layout, chords, choices), layout, chords, choices)
    parts = _arranged(choices, layout, chords, tune, seed)
    return Score(choices, layout, tuple(chords), tuple(parts))


@dataclass(frozen=True)
class Cast:
    """Who plays what; None where nobody does."""

    tune: int
    chords: int | None
    bass: int | None
    counters: tuple[int, ...]
    pads: tuple[int, ...]
    struck: tuple[int, ...]


def cast(programs: Sequence[int]) -> Cast:
    """Give every instrument a part: the first leads, the best chord player accompanies, the deepest
    takes the bass, what is left plays second lines."""
    lead, rest = programs[0], list(programs[1:])
    struck = tuple(program for program in rest if is_struck(program))
    rest = [program for program in rest if program not in struck]
    chordal = [p for p in [*rest, lead] if instrument(p).chords >= 2]
    chords = max(chordal[:-1] or chordal, key=lambda p: instrument(p).chords) if chordal else None
    rest = [program for program in rest if program != chords]
    low = [p for p in rest if instrument(p).is_bass] or [
        p for p in rest if instrument(p).lowest <= 40
    ]
    if low:
        deepest: int | None = min(
            low, key=lambda p: (not instrument(p).is_bass, instrument(p).lowest)
        )
        rest = [program for program in rest if program != deepest]
    else:
        deepest = next(
            (p for p in (chords, lead) if p is not None and instrument(p).lowest <= 45), None
        )
    pads = tuple(p for p in rest if instrument(p).chords >= 2)
    counters = tuple(p for p in rest if p not in pads)
    if chords is None and not counters and not rest and len(programs) == 1:
        counters = (lead,)
    return Cast(lead, chords, deepest, counters, pads, struck)


def _arranged(
    choices: Choices, layout: Layout, chords: Sequence[Chord], tune: Sequence[Note], seed: int
) -> list[Part]:
    """Every part, tune first, in the order of the score."""
    players = cast(choices.programs)
    pulse = pulse_of(layout.metre)
    patterns = _pattern_of_bars(choices, layout)
    lines: list[tuple[str, int, Sequence[Note]]] = [("melody", players.tune, tune)]
    for number, program in enumerate(players.counters):
        name = "counter" if not number else f"counter {number + 1}"
        lines.append((name, program, counter(layout, chords, tune, instrument(program), pulse)))
    if players.chords is not None:
        player = instrument(players.chords)
        lines.append(
            ("chords", players.chords, accompany(layout, chords, tune, patterns, pulse, player))
        )
    for number, program in enumerate(players.pads):
        held = accompany(layout, chords, tune, ["pad"] * layout.n_bars, pulse, instrument(program))
        lines.append(("pad" if not number else f"pad {number + 1}", program, held))
    if players.bass is not None:
        low = bass(layout, chords, tune, patterns, pulse, instrument(players.bass))
        lines.append(("bass", players.bass, low))
    for number, program in enumerate(players.struck):
        lines.append(
            ("rhythm" if not number else f"rhythm {number + 1}", program, _strokes(layout, pulse))
        )
    if choices.drums:
        lines.append(("drums", 0, drum_part(choices.drums, layout, pulse)))
    return _performed(lines, layout, choices, seed)


def _pattern_of_bars(choices: Choices, layout: Layout) -> list[str]:
    """The accompaniment's pattern in each bar: the first for A, the next ones for what contrasts."""
    letters: list[str] = []
    found = [choices.patterns[0]] * layout.n_bars
    for section in layout.sections:
        if section.kind != "body":
            continue
        if section.letter not in letters:
            letters.append(section.letter)
        index = letters.index(section.letter) + (section.nth >= 2)
        pattern = choices.patterns[index % len(choices.patterns)]
        found[section.first_bar : section.first_bar + section.n_bars] = [pattern] * section.n_bars
    return found


def _strokes(layout: Layout, pulse: Pulse) -> list[Note]:
    return [
        Note(layout.bar_start(bar) + start, pulse.unit_ticks, 60, 84 if n == 0 else 72)
        for bar in range(layout.n_bars)
        for n, start in enumerate(pulse.starts if bar < layout.n_bars - 1 else (0,))
    ]


def _performed(
    lines: Sequence[tuple[str, int, Sequence[Note]]], layout: Layout, choices: Choices, seed: int
) -> list[Part]:
    parts = []
    channels = [channel for channel in range(16) if channel != DRUM_CHANNEL]
    for index, (name, program, notes) in enumerate(lines):
        played = shaped(name.split(" ")[0], notes, layout, choices, stream(seed, f"touch {name}"))
        if (
            choices.drums == "swing"
            and not layout.metre.is_compound
            and layout.metre.denominator == 4
        ):
            played = swung(played, layout.metre.beat_ticks)
        played = [note for note in played if note.onset_ticks < layout.end_ticks]
        played = [
            replace(
                note, duration_ticks=min(note.duration_ticks, layout.end_ticks - note.onset_ticks)
            )
            for note in played
        ]
        channel = DRUM_CHANNEL if name == "drums" else channels[index % len(channels)]
        if played:
            parts.append(Part(name, program, channel, tuple(sorted(played))))
    return parts

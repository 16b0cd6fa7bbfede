"""A whole piece: `compose(request, seed, model) -> Score`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from songloom.core.query.prompt_request import Request
from songloom.core.score.arrangement import PANS, Part, arranged
from songloom.core.score.choices import Choices, choose
from songloom.core.score.chords import Chord
from songloom.core.score.draws import stream
from songloom.core.score.form import Layout, lay_out
from songloom.core.score.harmony import fitted, harmonise
from songloom.core.score.instruments import DRUM_CHANNEL
from songloom.core.score.key_sense import clarity
from songloom.core.score.midi import Heading, Track, midi_file
from songloom.core.score.notes import TICKS_PER_QUARTER
from songloom.core.score.scales import is_minor, signature
from songloom.core.score.tune import Melodist, weave, with_cadences, write_material

MOST_ATTEMPTS, LONG_ATTEMPTS = 8, 3
LONG_BARS = 100
MIDDLE = 64  # between left and right
LOOP_ATTEMPTS = 3  # after which a style's own progression gives way
INSISTENCE = 0.2  # how much gladder each further attempt goes home
CLEAR_ENOUGH = 0.02  # by how much the key leads over the next one


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

    def midi_bytes(self, title: str = "Songloom") -> bytes:
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
            Track(
                part.name,
                part.channel,
                part.program,
                part.notes,
                PANS.get(part.name.split(" ")[0], MIDDLE),
            )
            for part in self.parts
        ]
        return midi_file(heading, tracks)

    def energies(self) -> list[float]:
        """How loud and busy each bar is, 0 … 1."""
        force = [0.0] * self.layout.n_bars
        for part in self.parts:
            for note in part.notes:
                bar = note.onset_ticks // self.layout.metre.bar_ticks
                force[min(bar, len(force) - 1)] += note.velocity
        most = max(force) or 1.0
        return [one / most for one in force]

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


def compose(
    request: Request, seed: int, model: Melodist, *, pause: Callable[[], None] = lambda: None
) -> Score:
    """Write the piece that was asked for. The same request, seed and model give the same score.

    Up to MOST_ATTEMPTS tunes are written, until the whole is clearly heard in its key; else the
    clearest is taken. `pause` is called before each and may end the work by raising.
    """
    choices = choose(request, seed)
    layout = lay_out(choices)
    best, best_clarity = None, float("-inf")
    for attempt in range(MOST_ATTEMPTS if layout.n_bars <= LONG_BARS else LONG_ATTEMPTS):
        pause()
        if choices.is_loop and attempt == LOOP_ATTEMPTS:
            choices = replace(choices, chords=(), is_loop=False)  # it leans to another key
        score = _draft(choices, layout, model, seed, attempt)
        heard = _clarity(score)
        if best is None or heard > best_clarity:
            best, best_clarity = score, heard
        if heard > CLEAR_ENOUGH:
            break
    assert best is not None
    return best


def _clarity(score: Score) -> float:
    notes = [note for part in score.parts if part.channel != DRUM_CHANNEL for note in part.notes]
    mode = "minor" if is_minor(score.choices.mode) else "major"
    return clarity(notes, score.choices.key, mode)


def _draft(choices: Choices, layout: Layout, model: Melodist, seed: int, attempt: int) -> Score:
    material = write_material(choices, layout, model, seed, attempt)
    tune = weave(material, layout, choices, seed)
    rng = stream(seed, f"chords {attempt}")
    chords = harmonise(tune, layout, choices, rng, homing=INSISTENCE * attempt)
    tune = with_cadences(fitted(tune, layout, chords, choices), layout, chords, choices)
    parts = arranged(choices, layout, chords, tune, seed)
    return Score(choices, layout, tuple(chords), tuple(parts))

"""A whole piece: `compose(request, seed, model) -> Score`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from songloom.core.query.prompt_request import Request
from songloom.core.score.arrangement import Part, arranged
from songloom.core.score.choices import Choices, choose
from songloom.core.score.chords import Chord
from songloom.core.score.form import Layout, lay_out
from songloom.core.score.harmony import fitted, harmonise
from songloom.core.score.instruments import DRUM_CHANNEL
from songloom.core.score.key_sense import heard_key
from songloom.core.score.midi import Heading, Track, midi_file
from songloom.core.score.notes import TICKS_PER_QUARTER
from songloom.core.score.scales import is_minor, signature
from songloom.core.score.tune import Melodist, weave, with_cadences, write_material

MOST_ATTEMPTS = 4  # tunes written before one that is heard in another key is taken all the same
PANS = {"melody": 64, "counter": 84, "chords": 50, "bass": 64, "pad": 40, "rhythm": 90, "drums": 64}


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
    parts = arranged(choices, layout, chords, tune, seed)
    return Score(choices, layout, tuple(chords), tuple(parts))

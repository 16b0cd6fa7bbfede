"""Who plays what: a tune and its chords become parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songloom.core.score.choices import Choices
from songloom.core.score.chords import Chord
from songloom.core.score.draws import stream
from songloom.core.score.drums import drum_part
from songloom.core.score.dynamics import shaped, swung
from songloom.core.score.form import Layout
from songloom.core.score.instruments import DRUM_CHANNEL, instrument
from songloom.core.score.notes import Note
from songloom.core.score.patterns import Pulse, pulse_of
from songloom.core.score.voices import accompany, bass, counter

PANS = {"melody": 64, "counter": 84, "chords": 50, "bass": 64, "pad": 40, "rhythm": 90, "drums": 64}


@dataclass(frozen=True)
class Part:
    """One line of the score: melody, counter, chords, bass, pad, rhythm or drums (+ number)."""

    name: str
    program: int
    channel: int
    notes: tuple[Note, ...]


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
    struck = tuple(program for program in rest if instrument(program).is_struck)
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


def arranged(
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
    return _performed(_wanted(lines, choices.role), layout, choices, seed)


def _wanted(
    lines: list[tuple[str, int, Sequence[Note]]], role: str | None
) -> list[tuple[str, int, Sequence[Note]]]:
    """A backing leaves the tune to whoever plays along, a melody stands alone."""
    kept = {"backing": lambda name: name != "melody", "melody": lambda name: name == "melody"}
    wanted = [line for line in lines if kept.get(role or "", bool)(line[0])]
    return wanted or lines


def _pattern_of_bars(choices: Choices, layout: Layout) -> list[str]:
    """The accompaniment of each bar: the first pattern for A, the next for what contrasts."""
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

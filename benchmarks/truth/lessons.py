"""What a listener for beats learns from: music whose beats are known, none of which it is judged by.

Drawn pieces and drum patterns on seeds of their own, pieces of our composer, Bach's chorales, and the
MIDI music of games, each played by some soundfont, faster or slower, higher or lower, with other
instruments, without its drums or its bass. Some are kept for choosing (`is_for_choosing`);
`real.PACKAGES`, by which `bench_accuracy.py` judges, is left out altogether.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from benchmarks.truth.made import on_kit
from benchmarks.truth.notes import DRUMS, Note, Score, midi_file, read
from benchmarks.truth.pieces import drum_piece, piece
from benchmarks.truth.real import on_grid
from benchmarks.truth.sounding import Audio, play

from songloom.core.features.heard import LONG, SHORT, WAVES, hear
from songloom.core.score.notes import TICKS_PER_QUARTER
from tests.songs import package

FONTS = ("fluidr3mono", "timgm6mb", "opl3")
STYLES = (
    "waltz", "jig", "reel", "march", "lullaby", "ballad", "hymn", "ragtime", "blues", "pop",
    "ambient", "lo-fi", "cinematic", "古风",
)  # fmt: skip
GAMES = ("simutrans-data", "freedoom", "freedm")
FAMILIES = {0: range(8), 3: range(24, 32), 4: range(32, 40), 5: range(40, 52), 7: range(56, 80)}
SEED = 500
VARIANTS = 4
EVERY = 6
LONGEST_S, STRETCH = 45.0, 1.3
MIDI_MODEL = Path(__file__).parents[2] / "src/songloom/assets/models/lstm/melody.safetensors"
JSB = Path(os.environ.get("JSB", "shared/data/jsb/Jsb16thSeparated.json"))


@dataclass
class Told:
    """Notes to be played, and where the beats and bars of them are.

    downbeats_s  None where the score does not say
    """

    notes: list[Note]
    programs: dict[int, int]
    beats_s: list[float]
    downbeats_s: list[float] | None
    cents: float = 0.0


Lesson = Callable[[np.random.Generator], tuple[Told, tuple[Audio, int]]]


def lessons(
    n_pieces: int, n_drums: int, n_composed: int, n_chorales: int, n_clicks: int
) -> dict[str, Lesson]:
    """By name, in an order in which every kind comes early."""
    kinds: list[list[tuple[str, Lesson]]] = [
        [(f"piece-{i}", drawn_piece) for i in numbers(n_pieces)],
        [(f"drums-{i}", drawn_drums) for i in numbers(n_drums)],
        [(f"composed-{i}", partial(composed, i)) for i in numbers(n_composed)],
        [(f"chorale-{i}", partial(chorale, i)) for i in range(n_chorales)],
        [(f"clicks-{i}", clicks) for i in range(n_clicks)],
        [
            (f"{name}-{n}", partial(game, score))
            for n in range(VARIANTS)
            for name, score in game_scores().items()
        ],
    ]
    placed = [
        ((at + 0.5) / len(kind), name, lesson)
        for kind in kinds
        for at, (name, lesson) in enumerate(kind)
    ]
    return {name: lesson for _, name, lesson in sorted(placed, key=lambda one: one[:2])}


def numbers(n: int) -> list[int]:
    """So many, and of as many more those that are kept for choosing."""
    return [*range(n), *range(-(-n // EVERY) * EVERY, 2 * n, EVERY)]


def is_for_choosing(name: str) -> bool:
    """Whether a lesson is kept out of the network's, to choose by and to weigh the signs of tempo and bars.

    Every sixth of what is drawn or composed; of the games every fifth score, with all its variants.
    """
    score, _, number = name.rpartition("-")
    if score.startswith("game"):
        return zlib.crc32(score.encode()) % 5 == 0
    return int(number) % EVERY == 0


def write(name: str, lesson: Lesson, folder: Path) -> None:
    """Hear one lesson and keep what the ear says of it; nothing to do where that is there."""
    path = folder / f"{name}.npz"
    if path.exists():
        return
    told, (audio, rate) = lesson(np.random.default_rng([SEED, zlib.crc32(name.encode())]))
    keep(path, told, audio, rate)


def keep(path: Path, told: Told, audio: Audio, rate: int) -> None:
    heard = hear([audio], rate, len(audio), gather={WAVES, SHORT, LONG})
    half = path.with_suffix(".half.npz")
    np.savez(
        half,
        level=heard.frames.level,
        frame_rate=heard.frames.frame_rate,
        notes=heard.pitch_classes[0].astype(np.float16),
        notes_frame_s=heard.pitch_frame_s,
        beats_s=[at_s for at_s in told.beats_s if at_s < heard.duration_s],
        downbeats_s=told.downbeats_s or [],
        has_bars=told.downbeats_s is not None,
    )
    half.rename(path)


def drawn_piece(rng: np.random.Generator) -> tuple[Told, tuple[Audio, int]]:
    made = piece(rng)
    silent = [channel for channel in (0, 1, 2, DRUMS) if rng.random() < 0.1]
    notes = [note for note in made.notes if note.channel not in silent] or made.notes
    told = Told(notes, made.programs, made.beats_s, made.downbeats_s, made.cents)
    return told, played(told, rng)


def clicks(rng: np.random.Generator) -> tuple[Told, tuple[Audio, int]]:
    """Nothing but short tones, in some noise: each is a beat."""
    rate, seconds = 44_100, 30.0
    bpm, loud = float(np.exp(rng.uniform(np.log(50), np.log(215)))), 10 ** rng.uniform(-5, -2)
    beats_s = np.arange(rng.uniform(0.05, 0.6), seconds - 0.1, 60 / bpm)
    at_s = np.arange(round(0.04 * rate)) / rate
    tone = np.sin(2 * np.pi * rng.uniform(300, 3_000) * at_s) * np.exp(-rng.uniform(40, 150) * at_s)
    audio = loud * rng.standard_normal(round(seconds * rate))
    for beat_s in beats_s:
        start = round(float(beat_s) * rate)
        audio[start : start + tone.size] += 0.6 * tone
    told = Told([], {}, beats_s.tolist(), None)
    return told, (np.asarray(audio[np.newaxis], dtype=np.float32), rate)


def drawn_drums(rng: np.random.Generator) -> tuple[Told, tuple[Audio, int]]:
    made = drum_piece(rng)
    told = Told(made.notes, made.programs, made.beats_s, made.downbeats_s)
    return told, on_kit(made, rng) if rng.random() < 0.5 else played(told, rng)


def composed(i: int, rng: np.random.Generator) -> tuple[Told, tuple[Audio, int]]:
    """A piece of ours, of which drums may be left out."""
    from songloom.core.query.prompt import parse
    from songloom.core.score.piece import compose

    style = STYLES[i % len(STYLES)]
    score = compose(
        parse(f"{style}, 30 s" if style.isascii() else f"{style}，30秒"), 7_000 + i, _melodist()
    )
    found = read(score.midi_bytes())
    metre, quarter_s = score.layout.metre, 60 / score.layout.quarter_bpm
    beat_s = metre.beat_ticks / TICKS_PER_QUARTER * quarter_s
    n_beats = round(score.layout.end_ticks / metre.beat_ticks)
    beats_s = [k * beat_s for k in range(n_beats)]
    told = Told(found.notes, found.programs, beats_s, beats_s[:: metre.n_beats])
    if metre.n_beats not in (2, 3, 4) or metre.n_beats == 2:
        told.downbeats_s = None
    told = varied(told, rng, within=0.35)
    return told, played(told, rng)


@cache
def _melodist():  # type: ignore[no-untyped-def]
    from songloom.core.score.neural.runtime import load

    return load(MIDI_MODEL)


def chorale(i: int, rng: np.random.Generator) -> tuple[Told, tuple[Audio, int]]:
    """Four voices in quarters and eighths; where its bars begin is not told."""
    rows = json.loads(JSB.read_text())["train"][i]
    step_s = 15 / rng.uniform(60, 120)
    start_s = rng.uniform(0.1, 0.5)
    programs = {voice: int(rng.choice([0, 6, 16, 19, 24, 48, 52, 73])) for voice in range(4)}
    notes: list[Note] = []
    for voice in range(4):
        held, since = -1, 0
        for k, row in enumerate([*rows, [-1] * 4]):
            pitch = row[voice]
            if pitch != held or k % 16 == 0:
                if held > 0:
                    notes.append(
                        Note(
                            start_s + since * step_s,
                            start_s + k * step_s,
                            held,
                            80 + int(rng.integers(-8, 9)),
                            voice,
                        )
                    )
                held, since = pitch, k
    told = Told(notes, programs, [start_s + k * step_s for k in range(0, len(rows), 4)], None)
    return told, played(told, rng)


@cache
def game_scores() -> dict[str, bytes]:
    """The MIDI files of GAMES, each once, by a name."""
    found: dict[str, bytes] = {}
    for name in GAMES:
        folder = package(name)
        for path in sorted(folder.rglob("*.mid")):
            found[f"game-{name}-{path.stem}"] = path.read_bytes()
        for path in sorted(folder.rglob("*.wad")):
            found |= {f"game-{path.stem}-{lump}": midi for lump, midi in lumps(path.read_bytes())}
    kept: dict[bytes, str] = {}
    for name, midi in found.items():
        kept.setdefault(midi, name)
    named = {name: midi for midi, name in kept.items()}
    return {name: midi for name, midi in named.items() if _is_usable(midi)}


def _is_usable(midi: bytes) -> bool:
    """Whether its notes stand on a grid of quarters that do not change much."""
    try:
        score = read(midi)
    except (ValueError, IndexError, ArithmeticError):
        return False
    tempi = {round(bpm, 1) for at_s, bpm in score.tempi if at_s < LONGEST_S}
    return len(score.notes) > 40 and on_grid(score) and max(tempi) < 1.3 * min(tempi)


def lumps(wad: bytes) -> Iterator[tuple[str, bytes]]:
    """Music inside a WAD (id Software's archive): name and MIDI file."""
    n, at = np.frombuffer(wad, "<i4", 2, 4)
    for i in range(n):
        start, size = np.frombuffer(wad, "<i4", 2, at + 16 * i)
        if wad[start : start + 4] == b"MThd":
            name = wad[at + 16 * i + 8 : at + 16 * i + 16].rstrip(b"\0").decode("ascii", "replace")
            yield name, wad[start : start + size]


def game(midi: bytes, rng: np.random.Generator) -> tuple[Told, tuple[Audio, int]]:
    """A stretch of a score, with what a MIDI file can be given besides."""
    score = read(midi)
    told = scored(score)
    last_s = max(note.start_s for note in told.notes)
    start_s = rng.uniform(0, max(0.0, last_s - LONGEST_S)) if rng.random() < 0.5 else 0.0
    told = varied(cut(told, start_s, start_s + LONGEST_S), rng, within=STRETCH - 1)
    return told, played(told, rng)


def scored(score: Score) -> Told:
    """Beats are quarters from the first tick on; bars where one metre of three or four is named."""
    quarter = score.ticks[0][1]
    ticks = np.array([tick for tick, _ in score.ticks], float) / quarter
    order = np.argsort(ticks, kind="stable")
    starts = np.array([note.start_s for note in score.notes])[order]
    ticks, first = np.unique(ticks[order], return_index=True)
    quarters = np.arange(0, np.floor(ticks[-1]) + 1)
    seconds = np.interp(quarters, ticks, starts[first])
    bpm = score.tempi[0][1]
    before = quarters < ticks[0]
    seconds[before] = starts[first][0] - (ticks[0] - quarters[before]) * 60 / bpm
    heard = quarters >= ticks[0] - 0.1
    metres = {tuple(metre) for _, *metre in score.metres}
    (n, of) = next(iter(metres)) if len(metres) == 1 else (0, 0)
    has_bars = (n, of) in ((3, 4), (4, 4))
    firsts = seconds[heard & (quarters % max(n, 1) == 0)] if has_bars else None
    return Told(
        list(score.notes),
        dict.fromkeys({note.channel for note in score.notes}, 0) | score.programs,
        seconds[heard].tolist(),
        None if firsts is None else firsts.tolist(),
    )


def cut(told: Told, start_s: float, stop_s: float) -> Told:
    """What begins in a stretch, moved to the start."""

    def inside(places: list[float]) -> list[float]:
        return [at_s - start_s for at_s in places if start_s - 0.05 <= at_s < stop_s]

    notes = [
        replace(note, start_s=note.start_s - start_s, stop_s=min(note.stop_s, stop_s) - start_s)
        for note in told.notes
        if start_s <= note.start_s < stop_s
    ]
    firsts = None if told.downbeats_s is None else inside(told.downbeats_s)
    return replace(told, notes=notes, beats_s=inside(told.beats_s), downbeats_s=firsts)


def varied(told: Told, rng: np.random.Generator, *, within: float) -> Told:
    """The same score faster or slower, higher or lower, by other instruments, without some."""
    slower = float(np.exp(rng.uniform(-1, 1) * np.log1p(within)))
    up = int(rng.integers(-4, 5))
    programs = dict(told.programs)
    for channel, program in programs.items():
        family = FAMILIES.get(program // 8)
        if channel != DRUMS and family is not None and rng.random() < 0.4:
            programs[channel] = int(rng.choice(family))
    channels = sorted({note.channel for note in told.notes})
    silent = {channel for channel in channels if rng.random() < (0.25 if channel == DRUMS else 0.1)}
    if len(silent) == len(channels):
        silent = set()
    notes = [
        Note(
            note.start_s * slower,
            note.stop_s * slower,
            note.pitch if note.channel == DRUMS else min(127, max(0, note.pitch + up)),
            note.velocity,
            note.channel,
        )
        for note in told.notes
        if note.channel not in silent
    ]
    firsts = None if told.downbeats_s is None else [at_s * slower for at_s in told.downbeats_s]
    beats_s = [at_s * slower for at_s in told.beats_s]
    return replace(told, notes=notes, programs=programs, beats_s=beats_s, downbeats_s=firsts)


def played(told: Told, rng: np.random.Generator) -> tuple[Audio, int]:
    """By some soundfont; what comes before the first note stays silent."""
    return play(midi_file(told.notes, told.programs, told.cents), str(rng.choice(FONTS)))

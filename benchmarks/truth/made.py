"""Signals with their truth, written once into a folder: pieces, drums, Debian's MIDI and grooves.

folder/manifest.json   {"items": [{"file", "group", "expect": {…}}]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from benchmarks.truth import accompanied, kit, real
from benchmarks.truth.notes import Note, midi_file, onsets_of
from benchmarks.truth.pieces import Piece, drum_piece, piece
from benchmarks.truth.sounding import FONTS, Audio, play

Item = dict[str, Any]
Sound = tuple[Audio, int]


def make(
    folder: Path, *, seed: int, n_pieces: int, n_drums: int, n_real: int, n_styles: int = 0
) -> list[Item]:
    """What `manifest.json` lists; made only where it is not there yet."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        folder.mkdir(parents=True, exist_ok=True)
        items = [*_drawn(folder, seed, n_pieces, n_drums), *_real(folder, n_real)]
        items += _accompanied(folder, seed, n_styles)
        manifest.write_text(json.dumps({"seed": seed, "items": items}))
    found: list[Item] = json.loads(manifest.read_text())["items"]
    return found


def _drawn(folder: Path, seed: int, n_pieces: int, n_drums: int) -> Iterator[Item]:
    for i in range(n_pieces):
        made = piece(np.random.default_rng([seed, i]))
        yield _write(
            folder, f"piece_{i:03d}", "piece", expected(made), partial(sound, made, FONTS[i % 2])
        )
    for i in range(n_drums):
        rng = np.random.default_rng([seed, i, 1])
        made = drum_piece(rng)
        yield _write(
            folder,
            f"drums_{i:03d}",
            "drums",
            expected(made),
            partial(on_kit, made, rng) if i % 2 == 0 else partial(sound, made, FONTS[0]),
        )


def sound(made: Piece, font: str) -> Sound:
    return play(midi_file(made.notes, made.programs, made.cents), font)


def on_kit(made: Piece, rng: np.random.Generator) -> Sound:
    return kit.play(made.notes, rng), 44_100


def expected(made: Piece) -> Item:
    """The truth of a piece; drums alone have no key, and nothing says where their bars begin."""
    truth: Item = {"bpm": made.bpm, "beats": made.beats_s, "onsets": onsets_of(made.notes)}
    if made.style == "drums":
        return truth
    tonal = {"key": made.key, "chords": made.chords, "tuning_cents": made.cents}
    return truth | tonal | {"downbeats": made.downbeats_s, "metre": made.metre}


def _real(folder: Path, n_real: int) -> Iterator[Item]:
    for i, truth in enumerate(real.scores()[:n_real]):
        end_s = real.LONGEST_S + 2
        notes = [Note(**asdict(n) | {"stop_s": min(n.stop_s, end_s)}) for n in truth.notes]
        programs = dict.fromkeys({n.channel for n in notes}, 0) | truth.score.programs
        said: Item = {
            "bpm": truth.bpm,
            "beats": truth.beats_s,
            "metre": truth.metre,
            "key": truth.key,
            "onsets": onsets_of(notes),
        }
        said["downbeats"] = truth.downbeats_s
        expect = {name: value for name, value in said.items() if value is not None}
        yield _write(
            folder,
            truth.name,
            "midi",
            expect,
            partial(play, midi_file(notes, programs), FONTS[i % 2]),
        )


def _accompanied(folder: Path, seed: int, n_styles: int) -> Iterator[Item]:
    """Some of the grooves, no two of a seed the same; bars and beats as the score counts them."""
    rng = np.random.default_rng([seed, 2])
    grooves = list(accompanied.grooves().items()) if n_styles else []
    for i in rng.permutation(len(grooves))[:n_styles]:
        groove, metre = grooves[i]
        bpm = int(rng.integers(accompanied.SLOWEST_BPM, accompanied.FASTEST_BPM + 1))
        score = accompanied.played_in(groove, bpm, rng)
        if score is None:
            continue
        last_s = max(note.start_s for note in score.notes)
        beats_s = np.arange(0, last_s + 0.05, 60 / bpm).tolist()
        programs = dict.fromkeys({n.channel for n in score.notes}, 0) | score.programs
        expect = {"bpm": bpm, "beats": beats_s, "downbeats": beats_s[::metre], "metre": metre}
        midi = midi_file(score.notes, programs)
        name = groove.split(":")[1].replace("&", "n")
        yield _write(folder, name, "styles of mma", expect, partial(play, midi, FONTS[i % 2]))


def _write(folder: Path, name: str, group: str, expect: Item, render: Callable[[], Sound]) -> Item:
    audio, rate = render()
    soundfile.write(folder / f"{name}.flac", audio.T, rate, subtype="PCM_16")
    return {"file": f"{name}.flac", "group": group, "expect": expect}

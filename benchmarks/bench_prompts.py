"""Prompts against the notes: `python benchmarks/bench_prompts.py [--corpus DIR] [--seeds N]`.

What each prompt of tests/core/query/asked_by_people.py asks for is compared with the slots that the rules read, then
with what stands in the MIDI file: key, metre, tempo, length, instruments, notes in scale, the
melody above the rest, the longest note. A random-note writer and a uniform model go through the
same measures and must fail them. With `--corpus DIR` (music21's corpus folder) a classifier tries
to tell composed from real tunes (`real_tunes.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import Request
from songloom.core.score.choices import choose
from songloom.core.score.key_sense import PROFILES
from songloom.core.score.neural.runtime import MelodyModel, UniformModel, load
from songloom.core.score.notes import Metre, Note
from songloom.core.score.piece import Score, compose
from songloom.core.score.scales import SCALES, is_minor

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.core.query.asked_by_people import MENDED, UNSEEN  # noqa: E402
from tests.core.score.midi_reader import HeardFile, HeardNote, read  # noqa: E402

MODEL = ROOT / "src/songloom/assets/models/transformer/melody.safetensors"
PLAIN = ("key", "mode", "metre", "seconds", "style", "drums", "role", "like", "chords")
BARS = {
    "key": 0.97, "strict": 0.88, "metre": 0.93, "tempo": 0.99, "length": 0.99,
    "instruments": 0.95, "in scale": 0.95, "above": 0.98, "longest": 0.98,
}  # fmt: skip
Truth = dict[str, Any]
Span = tuple[float, float, int]  # onset and end in quarters, MIDI pitch


# --- the slots ---------------------------------------------------------------------------------


def slots_right(truth: Truth, request: Request) -> dict[str, bool]:
    """Every slot that was asked for or that the rules read, and whether it is right."""
    found = request.document()
    judged: dict[str, bool] = {}
    for name in PLAIN:
        wanted, got = truth.get(name), found[name]
        if wanted is not None or (got is not None and name not in ("role", "style")):
            is_implied = name == "metre" and wanted is None
            is_close = name == "seconds" and got and wanted and abs(got / wanted - 1) <= 0.05
            judged[name] = is_implied or wanted == got or bool(is_close)
    if "bpm" in truth or found["bpm"] is not None:
        judged["bpm"] = is_tempo(truth.get("bpm"), found["bpm"])
    if "instruments" in truth or found["instruments"]:
        judged["instruments"] = set(truth.get("instruments", [])) == set(found["instruments"] or [])
    if "excluded" in truth:
        judged["excluded"] = set(truth["excluded"]) <= set(found["excluded"] or [])
    for name, side in (("glad", "valence"), ("wild", "energy")):
        if name in truth:
            judged[name] = found["mood"] is not None and found["mood"][side] * truth[name] > 0
    return judged


def is_tempo(wanted: Any, got: float | None) -> bool:
    if got is None or wanted is None:
        return False
    low, high = wanted if isinstance(wanted, list) else (wanted * 0.95, wanted * 1.05)
    return bool(low <= got <= high)


# --- the notes ---------------------------------------------------------------------------------


def heard_keys(notes: Iterable[Span]) -> list[tuple[int, str]]:
    """The best key by each of two published profiles, notes weighed by their length."""
    weight = np.zeros(12)
    for onset, end, pitch in notes:
        weight[pitch % 12] += end - onset
    best = []
    for profiles in PROFILES:
        likeness = {
            (tonic, mode): float(np.corrcoef(np.roll(profile, tonic), weight)[0, 1])
            for mode, profile in profiles.items()
            for tonic in range(12)
        }
        best.append(max(likeness, key=lambda key: likeness[key]))
    return best


def heard_bar(notes: list[Span], bar: float) -> bool:
    """Whether more of the notes start on the bar lines of this metre than anywhere else in them.

    Notes count by their length, as long ones stand on strong beats; a chord counts as one.
    """
    ticks = round(bar * 24)
    weight = np.zeros(ticks)
    for onset, end in {(onset, end) for onset, end, _ in notes}:
        weight[round(onset * 24) % ticks] += min(end - onset, bar)
    if not weight.any():
        return False
    return bool(weight[0] == weight.max() and weight[0] >= 2.0 * weight.mean())


def measures(truth: Truth, midi: bytes) -> dict[str, bool]:
    """What was asked for in this prompt and holds in the notes; what always has to hold."""
    heard = read(midi)
    metre = f"{heard.metre[0]}/{heard.metre[1]}"
    tracks = {track.name: spans(track.notes) for track in heard.tracks if track.notes}
    tonal = spans(heard.melodic)
    tune = tracks.get("melody", [])
    judged: dict[str, bool] = {}
    if "key" in truth and "mode" in truth:
        wanted = (truth["key"], "minor" if is_minor(truth["mode"]) else "major")
        keys = heard_keys(tonal)
        judged["key"] = wanted in keys
        judged["strict"] = all(key == wanted for key in keys)
        judged["in scale"] = in_scale(tune or tonal, truth["key"], truth["mode"]) >= 0.9
    if "metre" in truth and tune:
        judged["metre"] = metre == truth["metre"] and heard_bar(tonal, heard.bar)
    if "bpm" in truth:
        judged["tempo"] = is_tempo(truth["bpm"], heard.beat_bpm)
    if "seconds" in truth:
        judged["length"] = abs(heard.seconds / truth["seconds"] - 1) <= 0.05
    judged["instruments"] = plays_as_asked(truth, heard)
    if tune:
        judged["above"] = share_above(tune, tracks) >= 0.98
    judged["longest"] = max(end - onset for onset, end, _ in tonal) <= 2 * heard.bar + 1e-6
    return judged


def spans(notes: Iterable[HeardNote]) -> list[Span]:
    return [(note.onset, note.onset + note.length, note.pitch) for note in notes]


def in_scale(notes: list[Span], key: int, mode: str) -> float:
    scale = {(tone + key) % 12 for tone in SCALES[mode]} | (
        {(key + 11) % 12} if mode == "minor" else set()
    )
    return sum(pitch % 12 in scale for _, _, pitch in notes) / len(notes)


def plays_as_asked(truth: Truth, heard: HeardFile) -> bool:
    asked, unwanted = set(truth.get("instruments", [])), set(truth.get("excluded", []))
    is_right = asked <= heard.programs and not unwanted & heard.programs
    return is_right and ("drums" not in truth or heard.has_drums == truth["drums"])


def share_above(tune: list[Span], tracks: dict[str, Any]) -> float:
    """Share of the tune's notes with nothing above them at their onset."""
    others = [n for name, notes in tracks.items() if name not in ("melody", "drums") for n in notes]
    above = 0
    for onset, _, pitch in tune:
        top = max((p for start, end, p in others if start <= onset < end), default=0)
        above += pitch >= top
    return above / len(tune)


# --- writers that must fail --------------------------------------------------------------------


def random_notes(request: Request, seed: int) -> bytes:
    """Anything at any time, in the tempo and for the seconds asked: what no measure may let by."""
    from songloom.core.score.midi import Heading, Track, midi_file

    rng = np.random.default_rng(seed)
    choices = choose(request, seed)
    metre = Metre.of(choices.metre)
    bpm = choices.bpm * metre.beat_ticks / 24
    end = round(choices.seconds * bpm / 60 * 24)
    lines = []
    for channel, name in enumerate(("melody", "chords")):
        notes, at = [], 0
        while at < end:
            length = int(rng.integers(3, 60))
            notes.append(Note(at, min(length, end - at), int(rng.integers(40, 90))))
            at += length
        lines.append(Track(name, channel, int(rng.integers(0, 100)), notes))
    return midi_file(Heading("", bpm, metre, 0, False, (), end), lines)


def composed(model: MelodyModel) -> Callable[[Request, int], bytes]:
    return lambda request, seed: written(request, seed, model).midi_bytes()


def written(request: Request, seed: int, model: MelodyModel) -> Score:
    return compose(request, seed, model)


def judge(
    truths: list[Truth], write: Callable[[Request, int], bytes], n_seeds: int, *, is_told: bool
) -> dict[str, float]:
    right, asked = Counter[str](), Counter[str]()
    for truth in truths:
        for seed in range(1, n_seeds + 1):
            for name, holds in measures(truth, write(parse(truth["prompt"]), seed)).items():
                asked[name] += 1
                right[name] += holds
                if is_told and not holds:
                    print(f"  seed {seed} {name}: {truth['prompt']}")
    return {name: right[name] / asked[name] for name in BARS if asked[name]}


def print_slots(name: str, truths: list[Truth], *, is_told: bool) -> None:
    right = n = 0
    for truth in truths:
        request = parse(truth["prompt"])
        for slot, holds in slots_right(truth, request).items():
            n, right = n + 1, right + holds
            if is_told and not holds:
                got = request.document().get(slot, request.mood)
                print(f"  {slot} {truth.get(slot)!r} read as {got!r}: {truth['prompt']}")
    print(f"slots right, {name} ({len(truths)} prompts): {right} of {n} = {right / n:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="music21's corpus folder")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--told", action="store_true", help="say what does not hold")
    parser.add_argument("--slots", action="store_true", help="only the slots")
    chosen = parser.parse_args()
    sets = {"mended": MENDED, "unseen": UNSEEN}
    for name, truths in sets.items():
        print_slots(name, truths, is_told=chosen.told)
    if chosen.slots:
        return
    model = load(MODEL)
    truths = [truth for some in sets.values() for truth in some]
    rows = {
        "composed": judge(truths, composed(model), chosen.seeds, is_told=chosen.told),
        "uniform": judge(truths, composed(UniformModel()), 1, is_told=False),
        "random": judge(truths, random_notes, 1, is_told=False),
    }
    print(f"\n{len(truths)} prompts, {chosen.seeds} seed(s) each")
    print(f"{'':<14}" + "".join(f"{name:>13}" for name in ("bar", *rows)))
    for name, bar in BARS.items():
        print(
            f"{name:<14}{bar:13.2f}" + "".join(f"{row.get(name, 0):13.3f}" for row in rows.values())
        )
    if chosen.corpus:
        from benchmarks.real_tunes import print_real

        print_real(model, chosen.corpus)


if __name__ == "__main__":
    main()

"""How right analysis is on sounds whose truth is known: `python benchmarks/bench_accuracy.py`.

Pieces and drum patterns are drawn at random and played by two soundfonts and by kits of sines and
noise; Debian's free MIDI music and the grooves of its `mma` are played by both soundfonts. All are written once into FOLDER.
Of librosa, essentia, sonara and aubio those that are installed are asked the same.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections import defaultdict
from pathlib import Path
from statistics import mean
from tempfile import gettempdir
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.truth import scores
from benchmarks.truth.listeners import LISTENERS, Said, installed

Item = dict[str, Any]
Table = dict[tuple[str, str], dict[str, list[float]]]  # (group, measure) → listener → scores


def judged(said: Said, expect: Item) -> dict[str, float]:
    """Every measure for which there are a truth and an answer."""
    found: dict[str, float] = {}
    if "bpm" in expect:
        bpm, true = said.get("bpm"), expect["bpm"]
        found["tempo within 1 %"] = scores.tempo_is(bpm, true, 0.01)
        found["tempo within 4 %"] = scores.tempo_is(bpm, true, 0.04)
        found["tempo within 4 %, some octave"] = scores.tempo_is_in_some_octave(bpm, true, 0.04)
        found["beats F"] = scores.f_measure(
            said.get("beats_s") or [], expect["beats"], scores.BEAT_WITHIN_S
        )
    if "downbeats" in expect and "downbeats_s" in said:
        found["downbeats F"] = scores.f_measure(
            said["downbeats_s"] or [], expect["downbeats"], scores.BEAT_WITHIN_S
        )
        found["metre"] = said["metre"] == expect["metre"]
    if "onsets" in expect and "onsets_s" in said:
        found["onsets F"] = scores.f_measure(
            said["onsets_s"], expect["onsets"], scores.ONSET_WITHIN_S
        )
    if "key" in expect:
        key = expect["key"].split() if isinstance(expect["key"], str) else expect["key"]
        for name in [name for name in said if name.startswith("key")]:
            answer = tuple(said[name]) if said[name] else None
            found[name.replace("key", "key, MIREX", 1)] = scores.key_score(answer, tuple(key))
    if "chords" in expect and "chords" in said:
        found["chord overlap"] = scores.chord_overlap(said["chords"] or [], expect["chords"])
    if expect.get("tuning_cents") is not None and said.get("tuning_cents") is not None:
        found["tuning within 6 cents"] = abs(said["tuning_cents"] - expect["tuning_cents"]) <= 6
    return {name: float(value) for name, value in found.items()}


def asked(folder: Path, items: list[Item], names: list[str]) -> Table:
    """Every listener hears every file."""
    table: Table = defaultdict(lambda: defaultdict(list))
    for name in names:
        for item in items:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                said = LISTENERS[name](str(folder / item["file"]))
            for measure, score in judged(said, item["expect"]).items():
                table[item["group"], measure][name].append(score)
        print(f"{name} has heard {len(items)} files", file=sys.stderr)
    return table


def _grouped(items: list[Item]) -> list[list[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[item["group"]].append(item)
    return list(groups.values())


def print_table(table: Table, names: list[str]) -> None:
    print(f"| group | measure | n | {' | '.join(names)} |\n|---|---|---|{'---|' * len(names)}")
    for (group, measure), row in sorted(table.items()):
        n = max(len(values) for values in row.values())
        cells = [f"{mean(row[name]):.3f}" if row.get(name) else "–" for name in names]
        print(f"| {group} | {measure} | {n} | {' | '.join(cells)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where signals lie or are written")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--pieces", type=int, default=60)
    parser.add_argument("--drums", type=int, default=40)
    parser.add_argument("--midi", type=int, default=100)
    parser.add_argument("--styles", type=int, default=60)
    parser.add_argument("--only", nargs="*", help="listeners, all that are installed if not given")
    parser.add_argument("--most", type=int, default=1_000, help="of each group, evenly chosen")
    parser.add_argument("--groups", nargs="*", help="groups of the manifest, all if not given")
    given = parser.parse_args()
    folder = given.folder or Path(gettempdir()) / f"songloom-accuracy-{given.seed}"
    if (folder / "manifest.json").exists():
        items = json.loads((folder / "manifest.json").read_text())["items"]
    else:
        from benchmarks.truth.made import make

        items = make(
            folder,
            seed=given.seed,
            n_pieces=given.pieces,
            n_drums=given.drums,
            n_real=given.midi,
            n_styles=given.styles,
        )
    if given.groups:
        items = [item for item in items if item["group"] in given.groups]
    items = [item for group in _grouped(items) for item in group[:: -(-len(group) // given.most)]]
    names = given.only or installed()
    print_table(asked(folder, items, names), names)


if __name__ == "__main__":
    main()

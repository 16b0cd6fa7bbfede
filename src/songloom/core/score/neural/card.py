"""The model card: what lies in a weights file, where it came from, how good it was measured."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songloom.core.score.neural.corpus import Corpus
from songloom.core.score.neural.encoding import Line, bar_ticks
from songloom.core.score.neural.evaluate import (
    OrderCost,
    bits_per_note,
    character,
    escape_bits,
    model_bits,
    notes_of_line,
)
from songloom.core.score.neural.ngram import NGram
from songloom.core.score.neural.runtime import MelodyModel, UniformModel, load
from songloom.errors import BadValue

VERSION = "2"
LICENCE = "GPL-3.0-or-later"
ORIGIN = (
    "Trained from nothing on tunes in the public domain: Ryan's Mammoth Collection (1883), "
    "O'Neill's Music of Ireland (1903), Aird's Airs (1782-1803), Northumbrian Minstrelsy (1882) "
    "and colonial fife books, in the ABC transcriptions of music21's corpus. No tune of the Essen "
    "collection was read."
)
FEWEST_TUNES_CREDITED = 3
JUDGED = {"major": (6, 8), "minor": (4, 4)}


@dataclass(frozen=True)
class Score:
    """Bits per note on the test tunes; `order` is the share that pays for bars and pickup."""

    model: float
    order: float
    ngram: float
    uniform: float


def measure(model: MelodyModel, corpus: Corpus) -> Score:
    """Bits per note of the model and of both baselines on the corpus's test tunes."""
    lines = corpus.test
    cost = OrderCost(corpus.train)
    order = [cost.bits(line) for line in lines]
    ngram = NGram(corpus.train, order=3)
    return Score(
        model=bits_per_note(model_bits(model, lines) + order, lines),
        order=bits_per_note(order, lines),
        ngram=bits_per_note([ngram.bits(line) + escape_bits(line.steps) for line in lines], lines),
        uniform=bits_per_note(model_bits(UniformModel(), lines) + order, lines),
    )


def write_card(weights: Path, corpus: Corpus, *, kind: str, seed: int, epochs: int) -> Path:
    """Measure the weights and write `card.toml` beside them."""
    score = measure(load(weights), corpus)
    raw = weights.read_bytes()
    entries: list[tuple[str, Any]] = [
        ("name", "Songloom melody"),
        ("network", kind),
        ("version", VERSION),
        ("file", weights.name),
        ("licence", LICENCE),
        ("origin", ORIGIN),
        ("credits", credits_of(corpus.transcribers)),
        ("sha256", hashlib.sha256(raw).hexdigest()),
        ("size_bytes", len(raw)),
    ]
    training = [
        ("n_tunes", len(corpus.train)),
        ("n_notes", sum(line.n_notes for line in corpus.train)),
        ("n_settings_left_out", corpus.n_settings_left_out),
        ("seed", seed),
        ("epochs", epochs),
    ]
    measured = [
        ("n_tunes", len(corpus.test)),
        ("n_notes", sum(line.n_notes for line in corpus.test)),
        ("bits_per_note", round(score.model, 3)),
        ("bits_per_note_for_bars_and_pickup", round(score.order, 3)),
        ("bits_per_note_ngram", round(score.ngram, 3)),
        ("bits_per_note_uniform", round(score.uniform, 3)),
    ]
    parts = [_table(entries), "[training]\n" + _table(training), "[test]\n" + _table(measured)]
    parts += [_character(mode, metre, corpus.test) for mode, metre in JUDGED.items()]
    path = weights.with_name("card.toml")
    path.write_text("\n".join(parts), "utf-8")
    return path


def read_card(path: Path) -> dict[str, Any]:
    """The card beside a weights file; BadValue when the file is not the one it describes."""
    card = tomllib.loads(path.read_text("utf-8"))
    found = hashlib.sha256((path.parent / card["file"]).read_bytes()).hexdigest()
    if found != card["sha256"]:
        raise BadValue(f"{card['file']} has sha256 {found}; its card says {card['sha256']}")
    return card


def credits_of(transcribers: Counter[str]) -> list[str]:
    """Names of those who wrote down the tunes, most tunes first; each in one spelling."""
    names: dict[str, str] = {}
    for name, n in transcribers.most_common():
        letters = "".join(c for c in name.lower() if c.isalpha())
        is_known = any(known.startswith(letters) for known in names)  # also when cut short
        if letters and n >= FEWEST_TUNES_CREDITED and not is_known:
            names[letters] = name
    return list(names.values())


def _character(mode: str, metre: tuple[int, int], lines: Sequence[Line]) -> str:
    chosen = [line for line in lines if line.mode == mode]
    met = character([notes_of_line(line) for line in chosen], mode=mode, bar_ticks=bar_ticks(metre))
    rows = [
        ("n_tunes", len(chosen)),
        ("in_scale", round(met.in_scale, 3)),
        ("steps", [round(float(share), 4) for share in met.steps]),
    ]
    return f"[test.{mode}]\n" + _table(rows)


def _table(entries: Sequence[tuple[str, Any]]) -> str:
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in entries)

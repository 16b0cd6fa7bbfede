"""Lessons as a network sees them: stretches of levels with their targets, no two the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from benchmarks.truth.lessons import is_for_choosing
from numpy.typing import NDArray

from songloom.core.features.bands import N_MELS
from songloom.core.features.beat_ear import JOINED, RANGE_DB, SCALE_DB

Floats = NDArray[np.floating]
Lesson = dict[str, NDArray[np.generic]]
Example = tuple[Floats, Floats, Floats]  # levels, targets, and which targets are known

CROP = 1_024  # steps: 41 s
SHORTEST, FEWEST_BEATS = 200, 8
FIELDS = ("level", "frame_rate", "beats_s", "downbeats_s", "has_bars")
NEAR = 0.5  # the target of a frame beside a beat


def paths(folder: Path) -> list[Path]:
    """The lessons that were heard, whole ones alone."""
    return [path for path in sorted(folder.glob("*-*.npz")) if ".half" not in path.name]


def read(folder: Path) -> tuple[list[Lesson], list[Lesson]]:
    """What to learn from, and what to choose by."""
    learn: list[Lesson] = []
    choose: list[Lesson] = []
    for path in paths(folder):
        with np.load(path) as kept:
            one = {name: kept[name] for name in FIELDS}
        if len(one["level"]) >= SHORTEST and len(one["beats_s"]) >= FEWEST_BEATS:
            (choose if is_for_choosing(path.stem) else learn).append(one)
    return learn, choose


def example(one: Lesson, rng: np.random.Generator, *, varied: bool = True) -> Example:
    """A stretch of a lesson: (2 · CROP, N_MELS) levels, targets and mask (2 · CROP, 2)."""
    level, rate = one["level"].astype(np.float32), float(one["frame_rate"])
    if varied and rng.random() < 0.6:
        level, rate = faster(level, rate, float(np.exp(rng.uniform(-0.22, 0.22))))
    aims = targets(len(level), rate, one)
    mask = np.ones_like(aims)
    mask[:, 1] = float(one["has_bars"])
    db = np.maximum(level / 100 - level.max() / 100, -RANGE_DB)
    if varied:
        db = changed(db, rng)
    db = (db - db.mean(axis=0)) / SCALE_DB
    wanted = JOINED * CROP
    last = max(0, len(db) - wanted)
    start = min(int(rng.integers(0, last + 1)) + int(varied and rng.integers(0, 2)), last)
    found = []
    for values in (db, aims, mask):
        row = np.zeros((wanted, values.shape[1]), np.float32)
        part = values[start : start + wanted]
        row[: len(part)] = part
        found.append(row)
    return found[0], found[1], found[2]


def faster(level: Floats, rate: float, ratio: float) -> tuple[Floats, float]:
    """The same at another speed, and the frame rate by which its beats are where they were."""
    at = np.arange(0, len(level) - 1, ratio)
    low, part = at.astype(np.intp), (at % 1)[:, np.newaxis].astype(np.float32)
    return level[low] * (1 - part) + level[low + 1] * part, rate / ratio


def targets(n_frames: int, rate: float, one: Lesson) -> Floats:
    """(frames, 2) 1 on a beat (on the first of a bar), NEAR beside it."""
    found = np.zeros((n_frames, 2), np.float32)
    for column, name in enumerate(("beats_s", "downbeats_s")):
        at = np.rint(one[name].astype(np.float64) * rate).astype(np.intp)
        for off, value in ((-1, NEAR), (1, NEAR), (0, 1.0)):
            near = at + off
            found[near[(near >= 0) & (near < n_frames)], column] = value
    return found


def changed(db: Floats, rng: np.random.Generator) -> Floats:
    """Moved by a band, in noise, compressed, with a gap in the spectrum or tilted; mostly not all."""
    move = int(rng.integers(-1, 2))
    if move:
        db = np.roll(db, move, axis=1)
        db[:, 0 if move > 0 else -1] = db[:, move if move > 0 else -2]
    if rng.random() < 0.5:
        noise = rng.uniform(-70, -30) - np.linspace(0, rng.uniform(0, 30), N_MELS)
        db = np.maximum(db, noise + rng.standard_normal(db.shape) * 1.5)
    if rng.random() < 0.3:
        db = db * np.float32(rng.uniform(0.6, 1.0))
    if rng.random() < 0.3:
        low = int(rng.integers(0, N_MELS - 8))
        db[:, low : low + int(rng.integers(2, 9))] = -RANGE_DB
    if rng.random() < 0.3:
        db = np.maximum(db + np.linspace(-1, 1, N_MELS) * rng.uniform(-15, 15), -RANGE_DB - 10)
    return db.astype(np.float32)

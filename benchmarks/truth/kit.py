"""Drums made of sines and noise, no two kits alike; for patterns that no soundfont has touched."""

from __future__ import annotations

import numpy as np
from benchmarks.truth.notes import Note
from benchmarks.truth.pieces import KICK, SNARE
from numpy.typing import NDArray

Audio = NDArray[np.float32]


def play(notes: list[Note], rng: np.random.Generator, *, sample_rate: int = 44_100) -> Audio:
    """(1, samples) float32 with a peak of 0.7: the notes on a kit drawn here, maybe over a chord."""
    time_s = np.arange(round(0.15 * sample_rate)) / sample_rate
    hiss = rng.standard_normal(time_s.size)
    low_hz, drop_hz = rng.uniform(42, 75), rng.uniform(20, 120)
    turns = low_hz * time_s + drop_hz * (1 - np.exp(-40 * time_s)) / 40
    kick = np.sin(2 * np.pi * turns) * np.exp(-rng.uniform(15, 35) * time_s)
    snare = hiss * np.exp(-rng.uniform(18, 45) * time_s) * rng.uniform(0.3, 0.8)
    snare += rng.uniform(0, 0.5) * np.sin(2 * np.pi * 190 * time_s) * np.exp(-30 * time_s)
    hat = np.diff(hiss, prepend=0) * np.exp(-rng.uniform(60, 160) * time_s) * rng.uniform(0.08, 0.3)
    sound = np.zeros(round(max(note.stop_s for note in notes) * sample_rate) + sample_rate)
    for note in notes:
        hit = {KICK: kick, SNARE: snare}.get(note.pitch, hat)
        start = round(note.start_s * sample_rate)
        sound[start : start + hit.size] += hit * note.velocity / 127
    if rng.random() < 0.5:
        at_s = np.arange(sound.size) / sample_rate
        root_hz, level = rng.uniform(110, 260), rng.uniform(0.01, 0.05)
        sound += level * sum(np.sin(2 * np.pi * root_hz * r * at_s) for r in (1, 1.26, 1.498))
    return np.asarray(sound[np.newaxis] * 0.7 / np.abs(sound).max(), dtype=np.float32)

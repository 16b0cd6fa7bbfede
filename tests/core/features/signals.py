"""Sounds whose truth is known because they are made here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.chords import NOTES

Audio = NDArray[np.float32]


def stereo(mono: NDArray[np.floating]) -> Audio:
    """The same sound left and right."""
    return np.stack([mono, mono]).astype(np.float32)


def sine(
    tone_hz: float,
    duration_s: float,
    *,
    sample_rate: int = 44_100,
    level: float = 0.5,
    phase: float = 0.0,
) -> Audio:
    """(samples,) float32; `level` is the peak."""
    time_s = np.arange(round(duration_s * sample_rate)) / sample_rate
    return (level * np.sin(2 * np.pi * tone_hz * time_s + phase)).astype(np.float32)


def steps(
    levels: Sequence[tuple[float, float]], *, sample_rate: int = 48_000, tone_hz: float = 1_000.0
) -> Audio:
    """A stereo sine that passes through (dBFS, seconds) without a jump in phase."""
    gains = [np.full(round(s * sample_rate), 10 ** (db / 20)) for db, s in levels]
    gain = np.concatenate(gains)
    return stereo(gain * np.sin(2 * np.pi * tone_hz * np.arange(gain.size) / sample_rate))


def noise(
    duration_s: float, *, sample_rate: int = 44_100, level: float = 0.1, seed: int = 7
) -> Audio:
    """(samples,) float32 of white noise with this standard deviation."""
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(duration_s * sample_rate))).astype(np.float32)


def clicks(
    tempo_bpm: float,
    duration_s: float,
    *,
    sample_rate: int = 44_100,
    first_s: float = 0.1,
    strong_every: int = 1,
) -> Audio:
    """(samples,) float32: decaying tones; all but each `strong_every`-th are a third as loud."""
    sound = np.zeros(round(duration_s * sample_rate))
    time_s = np.arange(round(0.04 * sample_rate)) / sample_rate
    click = 0.6 * np.sin(2 * np.pi * 1_200 * time_s) * np.exp(-90 * time_s)
    for n, at_s in enumerate(np.arange(first_s, duration_s - 0.05, 60 / tempo_bpm)):
        start = round(at_s * sample_rate)
        sound[start : start + click.size] += click * (1 if n % strong_every == 0 else 1 / 3)
    return sound.astype(np.float32)


@cache
def tone(
    midi: float, duration_s: float, *, sample_rate: int = 22_050, n_partials: int = 6
) -> Audio:
    """(samples,) float32: one plucked note with partials that get softer, 440 Hz at 69."""
    time_s = np.arange(round(duration_s * sample_rate)) / sample_rate
    hz = 440 * 2 ** ((midi - 69) / 12)
    partials = [
        np.sin(2 * np.pi * n * hz * time_s) / n**1.5
        for n in range(1, n_partials + 1)
        if n * hz < sample_rate / 2
    ]
    shape = np.minimum(1, time_s / 0.01) * np.exp(-1.5 * time_s)
    return np.asarray(0.25 * shape * np.sum(partials, axis=0), dtype=np.float32)


MAJOR_SCALE, MINOR_SCALE = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)


def triad(tonic: int, degree: int, *, is_minor: bool) -> list[int]:
    """MIDI pitches of the triad on a degree (0 = I); the dominant of a minor key is major."""
    scale = MINOR_SCALE if is_minor else MAJOR_SCALE
    steps_up = [scale[(degree + k) % 7] + 12 * ((degree + k) // 7) for k in (0, 2, 4)]
    if is_minor and degree == 4:
        steps_up[1] += 1
    return [48 + tonic + step for step in steps_up]


def song(
    tonic: int,
    *,
    is_minor: bool = False,
    tempo_bpm: float = 100.0,
    n_bars: int = 8,
    cents: float = 0.0,
    sample_rate: int = 22_050,
) -> Audio:
    """(samples,) float32: I-IV-V-I with a bass, four chords a bar, in any key and tuning."""
    beat_s = 60 / tempo_bpm
    parts = []
    for bar in range(n_bars):
        chord = triad(tonic, (0, 3, 4, 0)[bar % 4], is_minor=is_minor)
        notes = [pitch + cents / 100 for pitch in [chord[0] - 12, *(p + 12 for p in chord)]]
        sounding = sum(tone(pitch, beat_s, sample_rate=sample_rate) for pitch in notes)
        parts += [np.asarray(sounding)] * 4
    return np.concatenate(parts).astype(np.float32)


def chords(
    names: Sequence[str], *, tempo_bpm: float = 100.0, metre: int = 4, sample_rate: int = 22_050
) -> Audio:
    """(samples,) float32: one chord a bar ("C", "Am", …), its root in the bass, struck each beat.

    The bass sounds on the first beat only.
    """
    beat_s = 60 / tempo_bpm
    parts = []
    for name in names:
        root = NOTES.index(name.removesuffix("m"))
        triad_notes = [60 + (root + step) % 12 for step in (0, 3 if name.endswith("m") else 4, 7)]
        for beat in range(metre):
            notes = [*triad_notes, 36 + root] if beat == 0 else triad_notes
            sounding = np.sum([tone(n, beat_s, sample_rate=sample_rate) for n in notes], axis=0)
            parts.append(sounding / 2)
    return np.concatenate(parts).astype(np.float32)


def drums(
    tempo_bpm: float, duration_s: float = 30.0, *, sample_rate: int = 22_050, swing: float = 0.5
) -> Audio:
    """(samples,) float32: bass drum on 1 and 3, snare on 2 and 4, hi-hat on every half beat."""
    rng = np.random.default_rng(5)
    time_s = np.arange(round(0.12 * sample_rate)) / sample_rate
    hiss = rng.standard_normal(time_s.size)
    kick = 0.8 * np.sin(2 * np.pi * 55 * time_s) * np.exp(-25 * time_s)
    snare = 0.3 * hiss * np.exp(-30 * time_s)
    hat = 0.08 * np.diff(hiss, prepend=0) * np.exp(-120 * time_s)
    sound = np.zeros(round(duration_s * sample_rate) + 2 * time_s.size)

    def place(hit: NDArray[np.floating], at_s: float) -> None:
        start = round(at_s * sample_rate)
        sound[start : start + hit.size] += hit

    beat_s = 60 / tempo_bpm
    for n, at_s in enumerate(np.arange(0.2, duration_s - beat_s, beat_s)):
        place(snare if n % 2 else kick, at_s)
        place(hat, at_s)
        place(hat, at_s + swing * beat_s)
    return sound.astype(np.float32)


def mixed(*sounds: Audio) -> Audio:
    """(samples,) the sum, as long as the shortest."""
    size = min(sound.size for sound in sounds)
    return np.asarray(np.sum([sound[:size] for sound in sounds], axis=0), dtype=np.float32)

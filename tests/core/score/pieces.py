"""Pieces for tests: from a prompt to what an independent reader hears in the MIDI."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import songloom
from songloom.core.query.prompt import parse
from songloom.core.score.neural.runtime import MelodyModel, load
from songloom.core.score.piece import Score, compose
from tests.core.score.midi_reader import HeardFile, read

MODEL = Path(songloom.__file__).parent / "assets" / "models" / "transformer" / "melody.safetensors"


@cache
def model() -> MelodyModel:
    return load(MODEL)


@cache
def score_of(prompt: str, seed: int = 1) -> Score:
    return compose(parse(prompt), seed, model())


@cache
def heard(prompt: str, seed: int = 1) -> HeardFile:
    return read(score_of(prompt, seed).midi_bytes())

"""Tunes that a child would learn, for trainings of seconds."""

from __future__ import annotations

from songloom.core.score.neural.corpus import Corpus
from songloom.core.score.neural.encoding import END, Line, Step


def tune(start: int) -> Line:
    """Up and down the scale, twice."""
    scale = [0, 2, 4, 5, 7, 9, 11, 12]
    steps = [Step(start + pitch, 12) for pitch in [*scale, *reversed(scale)] * 2]
    return Line((4, 4), "major", 4, 0, (*steps, Step(END)))


def corpus() -> Corpus:
    """Twenty of them, from as many notes: one batch."""
    lines = [tune(start) for start in range(8, 28)]
    return Corpus(train=lines, valid=[tune(13)], test=[tune(17)])

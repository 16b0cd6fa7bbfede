"""Verbs of the composer: ask, compose, keep or throw away, read and write files."""

from songloom.generate.services.asking import Asked, asked, chords_from, queue, request_from, start
from songloom.generate.services.bringing import bring_back
from songloom.generate.services.composing import compose, write_score
from songloom.generate.services.demo import demo
from songloom.generate.services.files import (
    Refusal,
    pieces_document,
    read_lines,
    start_lines,
    write_out,
    write_scores,
)
from songloom.generate.services.keeping import batch_of, discard, generation_of, keep, scores
from songloom.generate.services.leaving import sheet, write_loop, write_stems
from songloom.generate.services.performing import Performed, perform
from songloom.generate.services.repeating import Repeated, repeat
from songloom.generate.services.revising import compared, is_reproduced, made_by, revise
from songloom.generate.services.sources import terms
from songloom.generate.services.takes import Take, takes_of
from songloom.generate.titles import told_in_words

__all__ = [
    "Asked",
    "Performed",
    "Refusal",
    "Repeated",
    "Take",
    "asked",
    "batch_of",
    "bring_back",
    "chords_from",
    "compared",
    "compose",
    "demo",
    "discard",
    "generation_of",
    "is_reproduced",
    "keep",
    "made_by",
    "perform",
    "pieces_document",
    "queue",
    "read_lines",
    "repeat",
    "request_from",
    "revise",
    "scores",
    "sheet",
    "start",
    "start_lines",
    "takes_of",
    "terms",
    "told_in_words",
    "write_loop",
    "write_out",
    "write_score",
    "write_scores",
    "write_stems",
]

"""Verbs of the composer: ask, compose, keep or throw away, read and write files."""

from songloom.generate.services.asking import Asked, asked, queue, request_from, start
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
from songloom.generate.services.performing import Performed, perform

__all__ = [
    "Asked",
    "Performed",
    "Refusal",
    "asked",
    "batch_of",
    "compose",
    "demo",
    "discard",
    "generation_of",
    "keep",
    "perform",
    "pieces_document",
    "queue",
    "read_lines",
    "request_from",
    "scores",
    "start",
    "start_lines",
    "write_out",
    "write_score",
    "write_scores",
]

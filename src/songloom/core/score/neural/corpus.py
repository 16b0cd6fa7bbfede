"""The tunes: read from folders of ABC books, split by name, cleaned of held-out tunes.

Ryan's Mammoth, O'Neill's 1850, Aird's Airs and the folk books of music21's corpus; the Essen
collection may not be used commercially and is never read.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from songloom.core.score.abc import read_book
from songloom.core.score.neural.encoding import REST, Line, line_of
from songloom.core.score.tunes import Tune

FOLDERS = ("ryansMammoth", "oneills1850", "airdsAirs", "miscFolk")
SHINGLE_NOTES = 8
MOST_WORDS_OF_A_NAME = 4
MOST_SHARED = 0.15  # of a held-out tune's shingles; above it, both are settings of one tune


@dataclass
class Corpus:
    """Melodies by part, and who wrote them down."""

    train: list[Line] = field(default_factory=list)
    valid: list[Line] = field(default_factory=list)
    test: list[Line] = field(default_factory=list)
    transcribers: Counter[str] = field(default_factory=Counter)
    n_settings_left_out: int = 0
    n_doubles_left_out: int = 0


def read_corpus(folder: Path, split_path: Path) -> Corpus:
    """Read all books below `folder` (music21's corpus layout).

    The split is a JSON list of {src, x, split}; what it names is held out, and so is every
    tune that bears the title of one or shares more than MOST_SHARED of its eight-note figures.
    """
    named = {
        (entry["src"], entry["x"]): entry["split"]
        for entry in json.loads(split_path.read_text("utf-8"))
    }
    corpus = Corpus()
    rest: list[tuple[Tune, Line]] = []
    titles: set[str] = set()
    for source, tune in read_folders(folder):
        line = line_of(tune)
        if line is None:
            continue
        part = named.get((source, tune.number))
        if part is None:
            rest.append((tune, line))
        else:
            (corpus.valid if part == "valid" else corpus.test).append(line)
            titles.add(plain_title(tune.title))
    _keep_unseen(corpus, rest, titles)
    return corpus


def read_folders(folder: Path) -> list[tuple[str, Tune]]:
    """(path below the corpus, tune) for every book, in order of name."""
    found = []
    for name in FOLDERS:
        for path in sorted((folder / name).glob("*.abc")):
            raw = path.read_bytes()
            text = raw.decode("utf-8") if _is_utf8(raw) else raw.decode("latin-1")
            found += [(f"{name}/{path.name}", tune) for tune in read_book(text)]
    return found


def shingles(line: Line) -> frozenset[tuple[int, ...]]:
    """All runs of eight notes as intervals: the same in any key, octave, metre or note length."""
    pitches = [step.symbol for step in line.steps if step.symbol < REST]
    steps = [b - a for a, b in pairwise(pitches)]
    n = SHINGLE_NOTES - 1
    return frozenset(tuple(steps[i : i + n]) for i in range(len(steps) - n + 1))


def plain_title(title: str) -> str:
    """A title without article, dance, number and punctuation, to meet it again elsewhere."""
    words = re.findall(r"[a-z]+", title.lower().replace("'", ""))
    dances = {"the", "a", "reel", "jig", "hornpipe", "slipjig", "air", "of", "march"}
    return " ".join(sorted(set(words) - dances))


NOT_A_NAME = re.compile(
    r"<[^>]*>|\([^)]*\)|\S*[@:/]\S*|\S+\.(?:com|org|net|uk|edu|se|ca|nl)\b\S*|\S*\d\S*|[*\"]"
    r"|\b(?:trans\w*|contributed|corrected|collected|be|by|may|june|irtrad-l|abc\w*)\b",
    re.IGNORECASE,
)


def name_of(transcriber: str) -> str:
    """The name alone: no address, date or program; nothing when a remark stands there."""
    text = NOT_A_NAME.sub(" ", transcriber)
    name = re.sub(r"(?<=[a-z])\.(?= )|[,?]", "", " ".join(text.split())).strip(" .,-")
    return name if len(name.split()) <= MOST_WORDS_OF_A_NAME else ""


def _keep_unseen(corpus: Corpus, rest: list[tuple[Tune, Line]], titles: set[str]) -> None:
    held_out = [shingles(line) for line in (*corpus.valid, *corpus.test)]
    owners: dict[tuple[int, ...], list[int]] = {}
    for index, figures in enumerate(held_out):
        for figure in figures:
            owners.setdefault(figure, []).append(index)
    seen: set[tuple[object, ...]] = set()
    for tune, line in rest:
        figures = shingles(line)
        shared = Counter(index for figure in figures for index in owners.get(figure, ()))
        identity = (line.metre, line.steps)
        is_named = plain_title(tune.title) in titles - {""}
        if is_named or any(n > MOST_SHARED * len(held_out[index]) for index, n in shared.items()):
            corpus.n_settings_left_out += 1
        elif identity in seen:
            corpus.n_doubles_left_out += 1
        else:
            seen.add(identity)
            corpus.train.append(line)
            corpus.transcribers[name_of(tune.transcriber)] += 1


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

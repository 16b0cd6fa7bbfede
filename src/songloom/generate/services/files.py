"""Requests from a file and pieces into a folder: what the command line reads and writes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songloom.core.query.prompt import clean
from songloom.errors import BadPrompt, BadValue, RefusedInput
from songloom.generate.models import Generation
from songloom.generate.services.asking import Asked, asked, check_seed, queue
from songloom.generate.services.composing import write_score
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import File, User
from songloom.library.services.storing import at_hand, main_file, where

MOST_LINES = 1_000
LONGEST_NAME_BYTES = 250  # of 255, so that ".json" still fits


@dataclass(frozen=True)
class Line:
    """One line of a request file: `{"prompt", "seed", "file"}`."""

    prompt: str
    seed: int
    file: str


@dataclass(frozen=True)
class Refusal:
    """A line of a request file that gives no piece, counted from 1, and why."""

    line: int
    error: RefusedInput


def read_lines(text: str) -> tuple[list[Line], list[Refusal]]:
    """The lines of a request file: those that can be composed, and those that cannot, with why.

    Raises BadValue for a file with nothing in it, or with more lines than are read at once.
    """
    written = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not written:
        raise BadValue("the request file is empty; it holds one JSON object a line")
    if len(written) > MOST_LINES:
        raise BadValue(f"{len(written)} lines were given; at most {MOST_LINES} are read at once")
    found: dict[str, Line] = {}
    refused = []
    for number, text_of_line in written:
        try:
            line = _line(number, text_of_line)
            if line.file in found:
                raise BadValue(f"{line.file!r} is the file of an earlier line already")
            found[line.file] = line
        except RefusedInput as wrong:
            refused.append(Refusal(number, wrong))
    return list(found.values()), refused


def _line(number: int, line: str) -> Line:
    try:
        given = json.loads(line)
        prompt, seed = given["prompt"], int(given.get("seed", 0))
        file = str(given.get("file") or f"{number:03}.mid")
    except (
        json.JSONDecodeError,
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
        AttributeError,
        RecursionError,
    ) as wrong:
        raise BadValue('this is no object with "prompt", "seed" and "file"') from wrong
    if not isinstance(prompt, str):
        raise BadPrompt(f'"prompt" is {json.dumps(prompt)[:80]}, which is no text')
    check_seed(seed)
    clean(prompt)
    return Line(prompt, seed, _file_name(file))


def _file_name(file: str) -> str:
    name = Path(file).name
    if not name or name in (".", "..") or name != file or "\0" in name or _is_too_long(name):
        raise BadValue(f"{file[:80]!r} is no plain file name")
    return name if name.endswith((".mid", ".midi")) else f"{name}.mid"


def _is_too_long(name: str) -> bool:
    """Whether a name leaves no room for the endings that are put behind it."""
    return len(name.encode("utf-8", "replace")) > LONGEST_NAME_BYTES


def start_lines(lines: Sequence[Line], *, owner: User) -> tuple[list[Generation], Job]:
    """Queue one piece for each line, in order, as one job."""
    known: dict[str, Asked] = {}
    for line in lines:
        if line.prompt not in known:
            known[line.prompt] = asked(line.prompt, user=owner)
    return queue([(line.prompt, line.seed, known[line.prompt]) for line in lines], owner=owner)


def write_scores(generations: Sequence[Generation], names: Sequence[str], folder: Path) -> None:
    """Write the MIDI of each piece at once, before any of it sounds. The model is loaded once."""
    folder.mkdir(parents=True, exist_ok=True)
    for generation, name in zip(generations, names, strict=True):
        (folder / name).write_bytes(write_score(generation).midi_bytes())


def write_out(
    generations: Iterable[Generation], folder: Path, *, midi_names: Sequence[str] = ()
) -> dict[str, Any]:
    """Copy made pieces into a folder: 001.mid, 001.flac, 001.json …; returns `pieces_document`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [generation for generation in generations if generation.track is not None]
    document = pieces_document(made)
    for index, (generation, piece) in enumerate(zip(made, document["pieces"], strict=True)):
        midi = folder / (midi_names[index] if midi_names else f"{index + 1:03}.mid")
        midi.write_bytes(storage.read_bytes(generation.midi_sha256, "scores"))
        audio = midi.with_suffix(".flac")
        with at_hand(source_of(generation)) as sound:
            shutil.copyfile(sound, audio)
        piece |= {"midi": str(midi), "audio": str(audio)}
        about = piece | {
            "prompt": generation.prompt,
            "request": generation.request,
            "choices": generation.choices,
        }
        midi.with_suffix(".json").write_text(
            json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
    return document


def pieces_document(generations: Iterable[Generation]) -> dict[str, Any]:
    """`{"request", "pieces"}` of the contract for what is made; paths lie in the storage."""
    made = [generation for generation in generations if generation.track is not None]
    return {"request": made[0].request if made else None, "pieces": [_piece(one) for one in made]}


def source_of(generation: Generation) -> File:
    """The sound of a made piece."""
    assert generation.track is not None
    file = main_file(generation.track)
    assert file is not None
    return file


def _piece(generation: Generation) -> dict[str, Any]:
    assert generation.track is not None
    file = main_file(generation.track)
    return {
        "track": str(generation.track_id),
        "seed": generation.seed,
        "midi": storage.where(generation.midi_sha256, "scores"),
        "audio": where(file) if file else None,
        "title": generation.track.title,
        "midi_sha256": generation.midi_sha256,
    }

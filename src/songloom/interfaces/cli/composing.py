"""`songloom generate`: a sentence becomes a piece."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.failures import sentence
from songloom.interfaces.cli.language import _, spoken
from songloom.interfaces.cli.places import refuse_place
from songloom.interfaces.cli.verbs import Arguments, Document, Outcome, Verb, takes_no_wait
from songloom.interfaces.cli.working import finish, queued, succeeded

if TYPE_CHECKING:
    from songloom.generate.models import Generation
    from songloom.generate.services import Refusal
    from songloom.jobs.models import Job
    from songloom.library.models import Track


def verbs() -> list[Verb]:
    summary = lambda: _("Compose pieces from a sentence, in English or Chinese.")  # noqa: E731
    return [Verb("generate", summary, _arguments, generate, wrong=_wrong)]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", nargs="?", metavar=_("PROMPT"))
    parser.add_argument("--seconds", type=float, help=_("how long it lasts"))
    parser.add_argument("--seed", type=int, help=_("the same seed gives the same piece"))
    parser.add_argument("--count", type=int, default=1, help=_("so many pieces, seeds going up"))
    parser.add_argument("--like", metavar=_("TRACK"), help=_("take tempo, key and mode from it"))
    parser.add_argument("--out", type=Path, metavar=_("DIR"), help=_("also write files there"))
    parser.add_argument("--parse-only", action="store_true", help=_("only say what was understood"))
    parser.add_argument(
        "--request",
        type=Path,
        metavar=_("FILE"),
        help=_('a file of lines {"prompt", "seed", "file"}'),
    )
    takes_no_wait(parser)


def _wrong(given: Arguments) -> str | None:
    if given.prompt is None and given.request is None:
        return _("say in a sentence what to compose, or give --request FILE")
    if given.prompt is not None and given.request is not None:
        return _("a prompt and --request were both given; give one of them")
    return None


def generate(given: Arguments) -> Outcome:
    if given.out is not None:
        refuse_place(given.out)
    if given.request is not None:
        return _from_lines(given)
    if given.parse_only:
        return _parsed(given)
    from songloom.generate import services

    generations, job = services.start(
        given.prompt,
        owner=tracks.who(),
        seconds=given.seconds,
        seed=given.seed,
        like=_like(given),
        count=given.count,
    )
    return _made(given, generations, job)


def _like(given: Arguments) -> Track | None:
    return tracks.find(given.like) if given.like else None


def _parsed(given: Arguments) -> Outcome:
    from songloom.generate import services

    request = services.request_from(
        given.prompt,
        seconds=given.seconds,
        seed=given.seed,
        like=_like(given),
        user=tracks.who(),
    )
    return Outcome({"request": request}, _wishes(request))


def _wishes(request: Document) -> list[str]:
    return [f"{name}: {value}" for name, value in request.items() if value not in (None, [], {})]


def _from_lines(given: Arguments) -> Outcome:
    """Every line is tried. Done when one gave a piece; what was refused stands beside it."""
    from songloom.generate import services

    lines, refusals = services.read_lines(given.request.read_text(encoding="utf-8-sig"))
    refused = [_refusal(each) for each in refusals]
    if not lines:
        nothing: Document = (
            {"requests": []} if given.parse_only else {"request": None, "pieces": []}
        )
        outcome = Outcome(nothing, is_done=False)
    elif given.parse_only:
        who = tracks.who()
        requests = [services.request_from(line.prompt, user=who) for line in lines]
        wishes = [line for each in requests for line in _wishes(each)]
        outcome = Outcome({"requests": requests}, wishes)
    else:
        generations, job = services.start_lines(lines, owner=tracks.who())
        outcome = _made(given, generations, job, names=[line.file for line in lines])
    return _beside(outcome, refused)


def _refusal(refused: Refusal) -> Document:
    message = sentence(refused.error, spoken())
    return {"line": refused.line, "code": refused.error.code, "message": message}


def _beside(outcome: Outcome, refused: list[Document]) -> Outcome:
    """With refusals; where nothing was accepted the first of them is the command's error too."""
    document = outcome.document | {"refused": refused}
    if not outcome.is_done:
        document["error"] = {name: refused[0][name] for name in ("code", "message")}
    told = _("! line %(line)s: %(message)s")
    return replace(
        outcome, document=document, lines=[*outcome.lines, *(told % each for each in refused)]
    )


def _made(
    given: Arguments, generations: list[Generation], job: Job, *, names: list[str] | None = None
) -> Outcome:
    """Wait for the pieces; with some of them made it is done, with none the job's error is told."""
    from songloom.generate import services
    from songloom.generate.models import Generation

    if given.no_wait:
        return queued({"request": generations[0].request, "pieces": []}, [job])
    if names and given.out:
        services.write_scores(generations, names, given.out)
    ended = finish([job])
    known = Generation.objects.in_bulk([each.pk for each in generations])
    made = [known[each.pk] for each in generations if each.pk in known]
    kept = [index for index, each in enumerate(made) if each.track_id]
    if not kept:
        succeeded(next(each for each in ended if each.pk == job.pk))
    chosen = [made[index] for index in kept]
    midi_names = [names[index] for index in kept] if names else ()
    if given.out is None:
        document = services.pieces_document(chosen)
    else:
        document = services.write_out(chosen, given.out, midi_names=midi_names)
    lines = [_line(piece) for piece in document["pieces"]]
    return Outcome(document, [*lines, *_told(chosen)])


def _told(made: list[Generation]) -> list[str]:
    """What stands in for what was asked, and what was not understood, once for all takes."""
    told = (
        [*(f"! {words}" for words in each.request.get("changed", ())), *tracks.unclear(unclear)]
        for each in made
        for unclear in [each.request.get("not_understood", [])]
    )
    return list(dict.fromkeys(line for lines in told for line in lines))


def _line(piece: dict[str, Any]) -> str:
    return f"{piece['track']}  {piece['title']}  {piece['audio']}"

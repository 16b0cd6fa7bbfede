"""`songloom generate`: a sentence becomes a piece."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.core.query.prompt_request import MODELS
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

ROLES = ("full", "backing", "melody")


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
    parser.add_argument("--chords", metavar="TEXT|FILE", help=_("this progression, kept exactly"))
    parser.add_argument(
        "--role", choices=ROLES, help=_("what shall sound: all of it, the backing or the melody")
    )
    parser.add_argument("--model", choices=MODELS, help=_("which model writes the tune"))
    parser.add_argument("--variation", metavar=_("TRACK"), help=_("the same piece, turned"))
    parser.add_argument(
        "--continue", dest="continued", metavar=_("TRACK"), help=_("the piece and eight bars more")
    )
    takes_no_wait(parser)


def _wrong(given: Arguments) -> str | None:
    words = given.chords if given.prompt is None else given.prompt
    sources = (words, given.request, given.variation, given.continued)
    n_sources = sum(source is not None for source in sources)
    if given.prompt is None and given.chords is not None:
        given.prompt = f"{given.role or ''} {' '.join(given.chords.split())[:200]}".strip()
    if n_sources == 0:
        return _("say in a sentence what to compose, or give --request FILE")
    if n_sources > 1 and (given.variation or given.continued):
        return _("--variation and --continue stand alone: the piece has its words already")
    if n_sources > 1:
        return _("a prompt and --request were both given; give one of them")
    return None


def generate(given: Arguments) -> Outcome:
    if given.out is not None:
        refuse_place(given.out)
    if given.request is not None:
        return _from_lines(given)
    if given.variation or given.continued:
        return _take(given)
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
        request=_request(given),
    )
    return made(generations, job, no_wait=given.no_wait, out=given.out)


def _take(given: Arguments) -> Outcome:
    """Another piece out of one that is there: turned, or going on."""
    from songloom.generate import services

    kind = "variation" if given.variation else "continue"
    base = tracks.find(given.variation or given.continued)
    take, job = services.revise(base, [{"change": kind}], owner=tracks.who(), seed=given.seed)
    return made([take], job, no_wait=given.no_wait, out=given.out)


def _request(given: Arguments) -> dict[str, Any] | None:
    """The wishes with chords and role that were given beside the prompt; None without them."""
    from songloom.generate import services

    if given.chords is None and given.role is None and given.model is None:
        return None
    request = services.request_from(
        given.prompt,
        seconds=given.seconds,
        seed=given.seed,
        like=_like(given),
        user=tracks.who(),
    )
    if given.chords is not None:
        request["chords"] = services.chords_from(_text_of(given.chords))
    wishes = {"role": given.role, "model": given.model}
    return request | {name: wish for name, wish in wishes.items() if wish}


def _text_of(given: str) -> str:
    """The text itself, or what stands in the file of that name."""
    path = Path(given)
    is_file = len(given) < 255 and path.is_file()
    return path.read_text(encoding="utf-8-sig") if is_file else given


def _like(given: Arguments) -> Track | None:
    return tracks.find(given.like) if given.like else None


def _parsed(given: Arguments) -> Outcome:
    from songloom.generate import services

    request = _request(given) or services.request_from(
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
        names = [line.file for line in lines]
        outcome = made(generations, job, no_wait=given.no_wait, out=given.out, names=names)
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


def made(
    generations: list[Generation],
    job: Job,
    *,
    no_wait: bool,
    out: Path | None = None,
    names: list[str] | None = None,
) -> Outcome:
    """Wait for the pieces; with some of them made it is done, with none the job's error is told."""
    from songloom.generate import services
    from songloom.generate.models import Generation

    if no_wait:
        return queued({"request": generations[0].request, "pieces": []}, [job])
    if names and out:
        services.write_scores(generations, names, out)
    ended = finish([job])
    known = Generation.objects.in_bulk([each.pk for each in generations])
    there = [known[each.pk] for each in generations if each.pk in known]
    kept = [index for index, each in enumerate(there) if each.track_id]
    if not kept:
        succeeded(next(each for each in ended if each.pk == job.pk))
    chosen = [there[index] for index in kept]
    midi_names = [names[index] for index in kept] if names else ()
    if out is None:
        document = services.pieces_document(chosen)
    else:
        document = services.write_out(chosen, out, midi_names=midi_names)
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

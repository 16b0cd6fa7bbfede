"""From a prompt to a request, and from a request to work in the queue."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from songloom.core.query.prompt import clean, parse
from songloom.core.query.prompt_request import (
    LONGEST_S,
    SHORTEST_S,
    Request,
    Slot,
    from_document,
)
from songloom.errors import BadValue, Busy
from songloom.generate.models import Generation
from songloom.generate.services.likeness import liked, named_in, taking_after
from songloom.generate.services.takes import next_number
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.library.ids import uuid7
from songloom.library.models import Track, User

MOST_AT_ONCE = 50
MOST_WAITING = 1_000
MOST_CHORDS = 64
LARGEST_SEED = 2**63 - MOST_AT_ONCE - 1
Like = Track | UUID | str


@dataclass(frozen=True)
class Asked:
    """A request, and the track it takes after."""

    request: Request
    like: Track | None

    def slots(self) -> list[dict[str, str]]:
        """Where each wish came from, as JSON."""
        return [slot.document() for slot in self.request.slots]


def request_from(
    prompt: str,
    *,
    seconds: float | None = None,
    seed: int | None = None,
    like: Like | None = None,
    user: User | AnonymousUser,
) -> dict[str, Any]:
    """The `request` object of the contract for a prompt and what was set beside it.

    Raises BadPrompt, BadValue for seconds or seed out of range, NotFound for a track that this
    user may not hear.
    """
    check_seed(seed)
    return asked(prompt, seconds=seconds, like=like, user=user).request.document()


def asked(
    prompt: str,
    *,
    seconds: float | None = None,
    like: Like | None = None,
    user: User | AnonymousUser,
) -> Asked:
    """As `request_from`, with where each wish came from and the track it takes after."""
    request = parse(prompt)
    if seconds is not None:
        request = _lasting(request, seconds)
    track = liked(like, user) if like is not None else None
    if track is not None:
        request = request.having(like=str(track.pk))
    else:
        request, track = named_in(request, user)
    return Asked(taking_after(request, track) if track else request, track)


def chords_from(text: str) -> list[str]:
    """A progression as people write it, one chord a bar: `Am F | C G`, `C-G-Am-F`.

    Raises BadValue for a name that is no chord, for none and for more than MOST_CHORDS.
    """
    from songloom.core.score.chords import read_chord

    names = [name for name in re.split(r"[\s,;|、，。-]+", text) if name]
    for name in names:
        try:
            read_chord(name)
        except ValueError as wrong:
            raise BadValue(f"no chord is called {name[:40]!r}", field="chords") from wrong
    if not 1 <= len(names) <= MOST_CHORDS:
        raise BadValue(
            f"{len(names)} chords were given; allowed are 1 to {MOST_CHORDS}", field="chords"
        )
    return names


def _lasting(request: Request, seconds: float) -> Request:
    """The length that was set beats the one in the prompt."""
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise BadValue(
            f"{seconds:g} s was asked; a piece may last {SHORTEST_S:g} to {LONGEST_S:g} s",
            field="seconds",
        )
    others = tuple(slot for slot in request.slots if slot.name != "seconds")
    slot = Slot("seconds", "understood", f"{seconds:g} s")
    return request.having(seconds=float(seconds), slots=(*others, slot))


def check_seed(seed: int | None) -> None:
    """Raise BadValue for a seed that cannot be stored with those that follow it."""
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise BadValue(f"seed {seed} was asked; allowed are 0 to {LARGEST_SEED}", field="seed")


def start(
    prompt: str,
    *,
    owner: User,
    seconds: float | None = None,
    seed: int | None = None,
    like: Like | None = None,
    count: int = 1,
    request: Mapping[str, Any] | None = None,
    is_demo: bool = False,
) -> tuple[list[Generation], Job]:
    """Queue `count` pieces with seeds seed, seed + 1, …; without a seed one is drawn.

    request  wishes edited by hand; they replace what the prompt says
    Raises what `request_from` raises, BadValue for a count out of range, Busy when this user has
    too many pieces waiting.
    """
    check_seed(seed)
    if not 1 <= count <= MOST_AT_ONCE:
        raise BadValue(f"{count} pieces were asked; allowed are 1 to {MOST_AT_ONCE}", field="count")
    found = asked(prompt, seconds=seconds, like=like, user=owner)
    if request is not None:
        found = replace(found, request=_edited(found.request, request))
    first = secrets.randbelow(2**31) if seed is None else seed
    return queue([(prompt, first + n, found) for n in range(count)], owner=owner, is_demo=is_demo)


def _edited(request: Request, document: Mapping[str, Any]) -> Request:
    """Edited wishes; language, title and origins of the prompt stay."""
    edited = from_document(document)
    if edited.chords and edited.chords != request.chords:
        edited = edited.having(chords=tuple(chords_from(" ".join(edited.chords))))
    kept = tuple(
        slot
        for slot in request.slots
        if getattr(edited, slot.name, None) == getattr(request, slot.name, None)
    )
    return edited.having(language=request.language, title=request.title, slots=kept)


def check_room(owner: User, n: int) -> None:
    """Raise Busy where so many more pieces would wait too long."""
    waiting = Generation.objects.waiting().filter(owner=owner).count()
    if waiting + n > MOST_WAITING:
        raise Busy(f"{waiting} pieces are waiting already; at most {MOST_WAITING} may")


@transaction.atomic
def queue(
    wanted: list[tuple[str, int, Asked]], *, owner: User, is_demo: bool = False
) -> tuple[list[Generation], Job]:
    """Rows and one job for pieces given as (prompt, seed, what was asked)."""
    check_room(owner, len(wanted))
    batch = uuid7()
    generations = [
        Generation(
            batch=batch,
            position=position,
            owner=owner,
            prompt=clean(prompt),
            language=found.request.language,
            request=found.request.document(),
            slots=found.slots(),
            title=found.request.title or "",
            seed=seed,
            choices=_take(owner, clean(prompt), found.request, seed, position),
            like=found.like,
            is_demo=is_demo,
        )
        for position, (prompt, seed, found) in enumerate(wanted)
    ]
    Generation.objects.bulk_create(generations)
    ids = [str(generation.pk) for generation in generations]
    return generations, enqueue("generate.compose", {"generation_ids": ids}, owner=owner)


def _take(owner: User, prompt: str, request: Request, seed: int, position: int) -> dict[str, Any]:
    """Which take of its words this is, where they name its title; others draw one by the seed."""
    if not request.title:
        return {}
    wanted = request.document()

    def is_same(made: Generation) -> bool:
        return made.seed == seed and made.request == wanted and "changes" not in made.choices

    return {"take": next_number(owner, prompt, is_same, ahead=position)}

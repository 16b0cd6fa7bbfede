"""Takes that belong together: which one it is, what it changes, and in which piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from songloom.generate.models import Generation
from songloom.generate.titles import changes_in_words
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.library.models import User


@dataclass(frozen=True)
class Take:
    """One piece among those that came from the same words.

    number  counted from 1, thrown away ones included, so that no take ever changes its number
    base    the number of the take that this one changes; None for one composed from its words
    """

    generation: Generation
    number: int
    base: int | None = None

    @property
    def changes(self) -> list[Mapping[str, Any]]:
        """What was changed, as `core.score.revision.revised` takes it."""
        return list(self.generation.choices.get("changes") or [])

    def said(self, language: str) -> str:
        """What was changed, in words; nothing for a piece composed from its words."""
        return changes_in_words(self.changes, language)


def takes_of(generation: Generation) -> list[Take]:
    """Every take of the same words by the same user, oldest first."""
    made = _of_words(generation.owner, generation.prompt).select_related("track")
    numbers = {str(one.pk): _number(one, n) for n, one in enumerate(made, start=1)}
    return [
        Take(one, numbers[str(one.pk)], numbers.get(str(one.choices.get("changed_from"))))
        for one in made
    ]


def queue_take(
    base: Generation,
    changes: list[dict[str, Any]],
    *,
    owner: User,
    seed: int,
    midi_sha256: str = "",
    document: Mapping[str, Any] | None = None,
) -> tuple[Generation, Job]:
    """Queue a take of what `base` was composed from, changed so; the same again keeps its number.

    midi_sha256, document  its notes and what was chosen for them, where both are there already
    """
    history = {"changes": changes, "changed_from": str(base.pk)}

    def is_same(made: Generation) -> bool:
        return made.seed == seed and history.items() <= made.choices.items()

    with transaction.atomic():
        number = next_number(owner, base.prompt, is_same)
        take = Generation.objects.create(
            owner=owner,
            prompt=base.prompt,
            language=base.language,
            request=base.request,
            slots=base.slots,
            title=base.title,
            seed=seed,
            midi_sha256=midi_sha256,
            choices={**(document or {}), **history, "take": number},
        )
        return take, enqueue("generate.compose", {"generation_ids": [str(take.pk)]}, owner=owner)


def next_number(
    owner: User, prompt: str, is_same: Callable[[Generation], bool], *, ahead: int = 0
) -> int:
    """The number of the take that is asked for; the same wish again keeps its number.

    ahead  takes of the same words that are asked for with it, before it
    """
    made = list(_of_words(owner, prompt))
    for n, one in enumerate(made, start=1):
        if is_same(one):
            return _number(one, n)
    return len(made) + 1 + ahead


def _of_words(owner: User, prompt: str) -> Any:
    rows = Generation.objects.filter(owner=owner, prompt=prompt)
    return rows.order_by("created_at", "position", "id")


def _number(generation: Generation, place: int) -> int:
    return int(generation.choices.get("take") or place)

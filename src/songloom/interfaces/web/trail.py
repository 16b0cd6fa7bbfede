"""The edits of a song's tags, as its page lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songloom.curate import services as curate
from songloom.library.models import Track

SHOWN = 8
LONGEST = 80  # characters of a value; lyrics are long


@dataclass(frozen=True)
class Edit:
    """One change: of each field its values before and after, by whom, when."""

    pk: UUID
    said: list[tuple[str, str, str]]
    by: str
    at: datetime
    is_undone: bool


def edits_of(track: Track) -> list[Edit]:
    """The latest edits of a song's tags, the last one first."""
    return [
        Edit(
            change.pk,
            [
                (name, _short(change.before, name), _short(change.after, name))
                for name in dict.fromkeys([*change.after, *change.before])
            ],
            change.user.username if change.user else _("somebody"),
            change.created_at,
            change.undone_at is not None,
        )
        for change in curate.history(track)[:SHOWN]
    ]


def _short(values: Mapping[str, list[str]], name: str) -> str:
    text = ", ".join(str(value) for value in values.get(name, []))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

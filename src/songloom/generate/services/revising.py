"""Takes of a piece: one thing changed, every other note as it was; each is a track of its own."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from songloom.core.score.choices import readable
from songloom.errors import BadValue, NotFound
from songloom.generate.models import Generation
from songloom.generate.services.asking import check_room, check_seed
from songloom.generate.services.sources import melodist
from songloom.generate.services.takes import queue_take
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Track, User

if TYPE_CHECKING:
    from songloom.core.score.comparing import Difference
    from songloom.core.score.piece import Score


def made_by(track: Track, user: User) -> Generation:
    """What a track was composed from. Raises NotFound where it was not composed here by this user:
    what others asked for is theirs."""
    found = (
        Generation.objects.visible_to(user)
        .filter(track=track)
        .exclude(midi_sha256="")
        .order_by("created_at", "pk")
        .first()
    )
    if found is None or not storage.is_there(found.midi_sha256, "scores"):
        raise NotFound("This track was not composed here by you; it has no notes to be changed.")
    return found


def revise(
    track: Track, changes: Sequence[Mapping[str, Any]], *, owner: User, seed: int | None = None
) -> tuple[Generation, Job]:
    """Queue a take of a composed track; `changes` are those of `core.score.revision.revised`.

    They are tried at once, so that what the piece does not have is refused here.
    Raises NotFound, BadValue, Busy.
    """
    check_seed(seed)
    base = made_by(track, owner)
    drawn = secrets.randbelow(2**31) if seed is None else seed
    asked = [_known(base, change) for change in changes]
    _try(base, asked)
    check_room(owner, 1)
    return queue_take(base, asked, owner=owner, seed=drawn)


def _known(base: Generation, change: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(change, Mapping):
        raise BadValue("a change is an object with `change`", field="changes")
    known = {name: value for name, value in change.items() if name != "progression"}
    given = readable(tuple(base.request.get("chords") or ()))
    return known | ({"progression": given} if given and known.get("change") == "continue" else {})


def _try(base: Generation, changes: Sequence[Mapping[str, Any]]) -> None:
    from songloom.core.score.revision import tried

    score = score_of(base)
    if tried(score, changes).midi_bytes() == score.midi_bytes():
        raise BadValue("these changes leave every note as it is", field="changes")


def revised_score(base: Generation, take: Generation) -> Score:
    """The notes of a take, from the score on the shelf; one edited elsewhere lies there itself."""
    from songloom.core.score.revision import revised

    changes = take.choices["changes"]
    if changes[0]["change"] == "import":
        return score_of(take)
    return revised(score_of(base), changes, take.seed, melodist())


def score_of(base: Generation) -> Score:
    """The notes of a made piece, as they lie on the shelf. Raises NotFound where they are gone."""
    from songloom.core.score.rereading import reread

    if not base.midi_sha256 or not storage.is_there(base.midi_sha256, "scores"):
        raise NotFound("The notes of this piece are gone.")
    return reread(storage.read_bytes(base.midi_sha256, "scores"), base.choices)


def compared(before: Generation, after: Generation) -> list[Difference]:
    """What differs between two made pieces. Raises BadValue, NotFound."""
    from songloom.core.score.comparing import differences

    return differences(score_of(before), score_of(after))


def changed_from(generation: Generation) -> Generation | None:
    """The piece that a take was made from; None for one that was composed from its words."""
    wanted = generation.choices.get("changed_from")
    if wanted is None:
        return None
    found = Generation.objects.select_related("track").filter(pk=wanted).first()
    if found is None or not storage.is_there(found.midi_sha256, "scores"):
        raise NotFound("The piece that this take changes is gone.")
    return found


def is_reproduced(generation: Generation, score: Score) -> bool:
    """Whether writing a piece again gave the bytes on the shelf."""
    return hashlib.sha256(score.midi_bytes()).hexdigest() == generation.midi_sha256

"""Keep a piece or throw it away; look at what was made."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from songloom.errors import NotFound
from songloom.generate.models import Generation
from songloom.library.models import LineageNode, User
from songloom.library.services.bin import bin_track, restore_track


def generation_of(generation_id: UUID | str, user: User | AnonymousUser) -> Generation:
    """One of this user's generations. Raises NotFound."""
    try:
        wanted = UUID(str(generation_id))
    except ValueError:
        raise NotFound("There is no such generation.") from None
    found = (
        Generation.objects.visible_to(user)
        .select_related("track", "like")
        .filter(pk=wanted)
        .first()
    )
    if found is None:
        raise NotFound("There is no such generation.")
    return found


def batch_of(generation: Generation) -> list[Generation]:
    """The pieces that were asked for together, in order."""
    return list(
        Generation.objects.filter(batch=generation.batch)
        .select_related("track")
        .order_by("position")
    )


@transaction.atomic
def keep(generation: Generation) -> Generation:
    """The piece stays; a discarded one comes back from the bin."""
    if generation.track is not None:
        restore_track(generation.track)
    generation.state = Generation.State.KEPT
    generation.save(update_fields=["state"])
    return generation


@transaction.atomic
def discard(generation: Generation) -> Generation:
    """Put its track into the bin, unless the same piece was kept by another request."""
    generation.state = Generation.State.DISCARDED
    generation.save(update_fields=["state"])
    track = generation.track
    if track is not None:
        others = Generation.objects.filter(track=track).exclude(pk=generation.pk)
        if not others.exclude(state=Generation.State.DISCARDED).exists():
            bin_track(track)
    return generation


def scores() -> list[tuple[str, str]]:
    """(id, sha256 of its MIDI) of every piece that was written here, or performed from notes."""
    made = Generation.objects.exclude(midi_sha256="").values_list("pk", "midi_sha256")
    played = LineageNode.objects.filter(detail__performed="notes").values_list("pk", "detail")
    return [
        *((str(pk), sha256) for pk, sha256 in made),
        *((str(pk), detail["midi_sha256"]) for pk, detail in played),
    ]

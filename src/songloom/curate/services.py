"""Tag edits that can be looked at before and taken back after; what is there more than once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from songloom.curate.duplicates import duplicates
from songloom.curate.models import Change
from songloom.errors import Conflict, NotAllowed
from songloom.library.models import Track, User
from songloom.library.services.tagging import set_fields, tags_of
from songloom.library.turns import in_turn

__all__ = ["duplicates", "history", "preview", "set_tags", "undo"]

Fields = Mapping[str, list[str]]
Difference = dict[str, tuple[list[str], list[str]]]  # field → values before and after


class _Previewed(Exception):
    pass


def preview(track: Track, fields: Fields) -> Difference:
    """What an edit would change, without changing it. Raises what `set_tags` raises."""
    found: Difference = {}
    try:
        with transaction.atomic():
            found = _edited(track, fields)
            raise _Previewed
    except _Previewed:
        track.refresh_from_db()
    return found


def set_tags(track: Track, fields: Fields, *, user: User) -> Change | None:
    """Set tags and note what they were; None when nothing changes.

    fields  {field: [values]}; an empty list clears a field
    Raises BadValue, and NotAllowed for a track that is not the user's to change.
    """
    _check_allowed(track, user)
    with in_turn(f"track {track.pk}"):
        difference = _edited(track, fields)
        if not difference:
            return None
        return Change.objects.create(
            track=track,
            user=user,
            before={name: before for name, (before, _) in difference.items()},
            after={name: after for name, (_, after) in difference.items()},
        )


def undo(change: Change, *, user: User) -> Track:
    """Put back what an edit changed.

    Raises Conflict when it was undone already or a later edit touched the same fields, NotAllowed.
    """
    _check_allowed(change.track, user)
    with in_turn(f"track {change.track_id}"):
        locked = Change.objects.select_for_update().select_related("track").get(pk=change.pk)
        if locked.undone_at is not None:
            raise Conflict("this change was undone already")
        now = _values(locked.track)
        touched = sorted(f for f, after in locked.after.items() if now.get(f, []) != after)
        if touched:
            raise Conflict(f"changed again since then: {', '.join(touched)}")
        track = set_fields(_fresh(locked.track), locked.before)
        locked.undone_at = timezone.now()
        locked.save(update_fields=["undone_at"])
    return track


def history(track: Track) -> list[Change]:
    """The edits of a track, the latest first."""
    return list(Change.objects.filter(track=track).select_related("user"))


def _check_allowed(track: Track, user: User) -> None:
    if not Track.objects.changeable_by(user).filter(pk=track.pk).exists():
        raise NotAllowed("this track is not yours to change")


def _edited(track: Track, fields: Fields) -> Difference:
    before = _values(track)
    set_fields(track, fields)
    after = _values(track)
    names = [*before, *(name for name in after if name not in before)]
    pairs = {name: (before.get(name, []), after.get(name, [])) for name in names}
    return {name: (was, became) for name, (was, became) in pairs.items() if was != became}


def _values(track: Track) -> dict[str, list[str]]:
    fresh = _fresh(track)
    return tags_of(fresh) | ({"lyrics": [fresh.lyrics]} if fresh.lyrics else {})


def _fresh(track: Track) -> Track:
    """The track as the database has it: nothing prefetched earlier is believed."""
    return Track.objects.with_names().get(pk=track.pk)

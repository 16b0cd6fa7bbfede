"""Streams, the history of what was heard, and the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from songloom.errors import BadValue
from songloom.library.ids import clean_text
from songloom.library.models import Track, User
from songloom.library.turns import in_turn
from songloom.play.models import Play, PlayQueue
from songloom.play.planning import Plan, plan
from songloom.play.transcoding import Transcode

__all__ = [
    "Plan",
    "Transcode",
    "album_plays_of",
    "heard",
    "history",
    "last_heard",
    "load_queue",
    "now_playing",
    "plan",
    "plays_of",
    "record_play",
    "save_queue",
]

LONGEST_QUEUE = 10_000
STILL_PLAYING = timedelta(minutes=10)
FARTHEST_AHEAD = timedelta(minutes=5)  # of a client's clock


@dataclass(frozen=True)
class Heard:
    """How often one user heard a track, and when last."""

    n_plays: int
    last_at: datetime | None


def record_play(
    user: User,
    track: Track,
    *,
    at: datetime | None = None,
    is_submission: bool = True,
    client: str = "",
) -> Play:
    """Note that a track was heard, or (no submission) that it began. The same twice is one.

    at  when; a client's clock that runs ahead is set right
    """
    now = timezone.now()
    moment = now if at is None or at > now + FARTHEST_AHEAD else at
    with in_turn(f"plays {user.pk}"):
        play, _ = Play.objects.get_or_create(
            user=user,
            track=track,
            at=moment,
            is_submission=is_submission,
            defaults={"client": clean_text(client, 100)},
        )
        if not is_submission:
            Play.objects.filter(user=user, is_submission=False).exclude(pk=play.pk).delete()
    return play


def heard(user: User, track: Track, *, client: str = "") -> Play:
    """Note that a user has just heard a track."""
    return record_play(user, track, client=client)


def history(user: User | AnonymousUser) -> QuerySet[Play]:
    """What this user heard, newest first, as far as it can still be played."""
    if not user.is_authenticated:
        return Play.objects.none()
    return Play.objects.filter(
        user=user, is_submission=True, track__in=Track.objects.visible_to(user)
    ).select_related("track")


def last_heard(user: User | AnonymousUser) -> Track | None:
    """The track that this user heard last."""
    play = history(user).first()
    return play.track if play else None


def now_playing(user: User | AnonymousUser) -> QuerySet[Play]:
    """What everybody plays now, as far as this user may hear it; one for each listener."""
    return Play.objects.filter(
        is_submission=False,
        at__gt=timezone.now() - STILL_PLAYING,
        track__in=Track.objects.visible_to(user),
    ).select_related("track", "user", "playback")


def plays_of(user: User | AnonymousUser, track_ids: Iterable[UUID]) -> dict[UUID, Heard]:
    """How often this user heard each of these tracks; those never heard are left out."""
    if not user.is_authenticated:
        return {}
    rows = (
        Play.objects.filter(user=user, is_submission=True, track__in=list(track_ids))
        .values("track_id")
        .annotate(n_plays=Count("id"), last_at=Max("at"))
        .order_by()
    )
    return {row["track_id"]: Heard(row["n_plays"], row["last_at"]) for row in rows}


def album_plays_of(user: User | AnonymousUser, album_ids: Iterable[UUID]) -> dict[UUID, Heard]:
    """The same for albums: every song heard of one counts."""
    if not user.is_authenticated:
        return {}
    rows = (
        Play.objects.filter(user=user, is_submission=True, track__album__in=list(album_ids))
        .values("track__album")
        .annotate(n_plays=Count("id"), last_at=Max("at"))
        .order_by()
    )
    return {row["track__album"]: Heard(row["n_plays"], row["last_at"]) for row in rows}


def save_queue(
    user: User,
    track_ids: Sequence[UUID | str],
    *,
    current: UUID | str | None = None,
    current_index: int | None = None,
    position_ms: int = 0,
    client: str = "",
) -> PlayQueue:
    """Keep what a user has lined up; tracks that the user may not hear are left out.

    current_index  which place is the current one, where its track stands in several; 0 is first
    Raises BadValue for more than 10,000 tracks, a current one outside the queue, or a position
    before the beginning.
    """
    wanted = [str(track_id) for track_id in track_ids]
    if len(wanted) > LONGEST_QUEUE:
        raise BadValue(f"a queue of {len(wanted)} tracks; {LONGEST_QUEUE} are allowed")
    if position_ms < 0:
        raise BadValue(f"a position of {position_ms} ms; it starts at 0 ms")
    if current_index is not None:
        if not 0 <= current_index < len(wanted):
            raise BadValue(f"place {current_index} is not in a queue of {len(wanted)} tracks")
        current = wanted[current_index]
    if current is not None and str(current) not in wanted:
        raise BadValue("the current track is not in the queue")
    kept = _playable(user, wanted)
    here = str(current) if current is not None and str(current) in kept else ""
    place = wanted.index(here) if here and current_index is None else current_index
    there = set(kept)
    n_before = sum(one in there for one in wanted[:place])
    with in_turn(f"queue {user.pk}"):
        queue, _ = PlayQueue.objects.update_or_create(
            user=user,
            defaults={
                "track_ids": kept,
                "current": here,
                "current_index": n_before if here else None,
                "position_ms": position_ms if here else 0,
                "changed_by": clean_text(client, 100),
            },
        )
    return queue


def load_queue(user: User) -> tuple[PlayQueue, list[Track]] | None:
    """The queue and its tracks in order, without those that are no longer there.

    Its `current_index` counts among these; it is None where the current track is gone.
    """
    queue = PlayQueue.objects.filter(user=user).first()
    if queue is None:
        return None
    found = Track.objects.visible_to(user).with_names().in_bulk(list(set(queue.track_ids)))
    by_id = {str(pk): track for pk, track in found.items()}
    if queue.current and queue.current_index is None:  # kept before places were
        queue.current_index = queue.track_ids.index(queue.current)
    before = queue.track_ids[: queue.current_index or 0]
    is_there = queue.current in by_id
    queue.current_index = sum(one in by_id for one in before) if is_there else None
    queue.current = queue.current if is_there else ""
    return queue, [by_id[track_id] for track_id in queue.track_ids if track_id in by_id]


def _playable(user: User, wanted: list[str]) -> list[str]:
    ids = {one for one in wanted if _is_uuid(one)}
    visible = Track.objects.visible_to(user).filter(pk__in=ids)
    there = {str(pk) for pk in visible.values_list("pk", flat=True)}
    return [one for one in wanted if one in there]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

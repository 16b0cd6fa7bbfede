"""What a user keeps beside the music: bookmarks, shares, stations, messages."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from songloom.errors import BadValue, NotFound
from songloom.library.ids import clean_text
from songloom.library.models import Track, User
from songloom.play.models import Bookmark, Message, Share, Station

MOST_SHARED = 1_000  # tracks in one share
MOST_MESSAGES = 1_000
USUAL_SHARE = timedelta(days=365)


def set_bookmark(user: User, track: Track, position_ms: int, comment: str = "") -> Bookmark:
    """Keep a place in a track; one that was kept before moves. Raises BadValue before 0 ms."""
    if position_ms < 0:
        raise BadValue(f"a position of {position_ms} ms; it starts at 0 ms")
    kept = {"position_ms": position_ms, "comment": clean_text(comment, 500)}
    row, _is_new = Bookmark.objects.update_or_create(user=user, track=track, defaults=kept)
    return row


def bookmarks_of(user: User) -> QuerySet[Bookmark]:
    """A user's own, in tracks that may still be heard, newest first."""
    return Bookmark.objects.filter(user=user, track__in=Track.objects.visible_to(user))


def bookmarks_in(user: User, track_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Where a user's bookmarks lie in these tracks, in milliseconds."""
    rows = Bookmark.objects.filter(user=user, track__in=list(track_ids)).order_by()
    return dict(rows.values_list("track_id", "position_ms"))


def make_share(
    user: User,
    tracks: Sequence[Track],
    *,
    description: str = "",
    expires_at: datetime | None = None,
) -> Share:
    """A new secret address for these tracks, for a year if no end is named.

    Raises BadValue for none or too many.
    """
    if not 0 < len(tracks) <= MOST_SHARED:
        raise BadValue(f"a share of {len(tracks)} tracks; 1 to {MOST_SHARED} are allowed")
    return Share.objects.create(
        user=user,
        secret=secrets.token_urlsafe(16),
        track_ids=[str(track.pk) for track in tracks],
        description=clean_text(description, 500),
        expires_at=expires_at or usual_end(),
    )


def usual_end() -> datetime:
    """When a share ends whose maker names no end: none is open for ever."""
    return timezone.now() + USUAL_SHARE


def shared_tracks(share: Share) -> list[Track]:
    """What a share holds, in order, as far as its maker may hear it now."""
    visible = Track.objects.visible_to(share.user).with_sound()
    found = {str(pk): track for pk, track in visible.in_bulk(share.track_ids).items()}
    return [found[key] for key in share.track_ids if key in found]


def open_share(secret: str) -> Share:
    """The share behind an address, which counts as a visit. Raises NotFound when it is over."""
    now = timezone.now()
    alive = Share.objects.filter(expires_at__gt=now, user__is_active=True)
    share = alive.select_related("user").filter(secret=secret[:40]).first()
    if share is None:
        raise NotFound("this link is over, or was never one of ours")
    Share.objects.filter(pk=share.pk).update(n_visits=F("n_visits") + 1, visited_at=now)
    return share


def save_station(name: str, stream_url: str, home_url: str = "", pk: UUID | None = None) -> Station:
    """Keep a station, or change the one that is named.

    Raises BadValue for an address that is none of the web's, NotFound for an unknown station.
    """
    kept = {"name": clean_text(name, 200), "stream_url": web_address(stream_url)}
    kept["home_url"] = web_address(home_url) if home_url else ""
    if pk is None:
        return Station.objects.create(**kept)
    if not Station.objects.filter(pk=pk).exists():
        raise NotFound("there is no such station")
    Station.objects.filter(pk=pk).update(**kept)
    return Station.objects.get(pk=pk)


def web_address(text: str) -> str:
    """The address as it was given. Nothing is fetched here: players do that."""
    try:
        parts = urlsplit(text.strip())
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good or len(text) > 2_000:
        raise BadValue("an address of the web begins with http:// or https://")
    return text.strip()


def say(user: User, text: str) -> Message:
    """Write a line to everybody. Raises BadValue for none."""
    words = clean_text(text, 1_000)
    if not words:
        raise BadValue("a message needs words")
    said = Message.objects.create(user=user, text=words)
    oldest = Message.objects.order_by("-id").values_list("id", flat=True)[MOST_MESSAGES:].first()
    if oldest is not None:
        Message.objects.filter(id__lte=oldest).delete()
    return said

"""Signed links to one track: whoever holds one hears that track for a day, and nothing else."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from songloom.errors import NotFound
from songloom.library.models import Track, User

LASTS_S = 24 * 3600
SALT = "songloom.play"


def play_path(track: Track, maker: User) -> str:
    """The path of a link that plays this track as its maker would hear it."""
    return f"/play/{signing.dumps([track.pk.hex, maker.pk.hex], salt=SALT)}"


def track_behind(signed: str) -> Track:
    """The track that a link plays. Raises NotFound when it is over, forged, not allowed."""
    try:
        track_id, user_id = signing.loads(signed, salt=SALT, max_age=LASTS_S)
        maker = User.objects.filter(pk=UUID(user_id)).first()
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("this link is over, or was never one of ours") from None
    if maker is not None and (maker.is_active or maker.is_local):
        track = Track.objects.visible_to(maker).filter(pk=UUID(track_id)).first()
        if track is not None:
            return track
    raise NotFound("this link is over, or was never one of ours")

"""Which tracks a call is about: those its user may hear, in the music folder that it names."""

from __future__ import annotations

from songloom.interfaces.subsonic.protocol import Call
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.library.models import File, Track
from songloom.library.models.catalogue import TrackQuerySet
from songloom.library.services.browse import folders_of

MEDIA = ("song", "podcast")
LIBRARY = 0  # the music folder of uploads, imports and generated pieces


def heard_by(call: Call) -> TrackQuerySet:
    """The tracks that this user may hear and that can be heard: no entries without sound."""
    return Track.objects.visible_to(call.user).with_sound()


def tracks_of(call: Call) -> TrackQuerySet:
    """The tracks that this call may see, narrowed by `musicFolderId` where it is given."""
    tracks = heard_by(call)
    if not call.asked.text("musicFolderId"):
        return tracks
    number = call.asked.number("musicFolderId", LIBRARY, low=-1)
    files = File.objects.filter(folder__isnull=True)
    if number != LIBRARY:
        if not folders_of(call.user).filter(number=number).exists():
            raise Refusal.not_found()
        files = File.objects.filter(folder__number=number)
    return tracks.filter(pk__in=files.order_by().values("track"))


def media_or_refusal(call: Call) -> Track:
    """The song behind `mediaId`, which has to say that it is one. There are no podcasts."""
    call.asked.required("mediaId")
    if call.asked.one_of("mediaType", MEDIA) != "song":
        raise Refusal.not_found()
    return song_or_refusal(call, "mediaId")


def song_or_refusal(call: Call, name: str = "id") -> Track:
    """The track that the call names. One that is hidden is one that does not exist."""
    track = heard_by(call).filter(pk=call.asked.key(name)).first()
    if track is None:
        raise Refusal.not_found()
    return track

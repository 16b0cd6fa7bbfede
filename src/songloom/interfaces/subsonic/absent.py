"""What this server does not do: podcasts, video, the jukebox. Clients ask for it all the same.

Lists are empty and nothing is ever found in them; what would have to happen is refused.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import FORBIDDEN, Refusal

ACTIONS = ("get", "status", "set", "start", "stop", "skip", "add", "clear", "remove", "shuffle")
SILENT = {"currentIndex": 0, "playing": False, "volume": 0, "position": 0}


def none_of(call: Call, name: str = "id") -> None:
    """Whatever is named, it is not here."""
    call.asked.required(name)
    raise Refusal.not_found()


@method("getPodcasts")
def podcasts(call: Call) -> Element:
    if call.asked.text("id"):
        none_of(call)
    return {"podcasts": {"channel": []}}


@method("getNewestPodcasts")
def newest_podcasts(call: Call) -> Element:
    return {"newestPodcasts": {"episode": []}}


@method("refreshPodcasts")
def refresh_podcasts(call: Call) -> None:
    """There are none, so all of them are fresh."""


@method("createPodcastChannel")
def create_podcast(call: Call) -> None:
    call.asked.required("url")
    raise Refusal(FORBIDDEN, _("This server keeps no podcasts."))


for name in (
    *("getPodcastEpisode", "deletePodcastChannel", "deletePodcastEpisode"),
    *("downloadPodcastEpisode", "getVideoInfo", "getCaptions"),
):
    method(name)(none_of)


@method("getVideos")
def videos(call: Call) -> Element:
    return {"videos": {}}


@method("jukeboxControl")
def jukebox(call: Call) -> Element:
    """The server has no loudspeaker: its jukebox is empty and silent, and stays so."""
    action = call.asked.one_of("action", (*ACTIONS, "setGain"))
    if action == "status":
        return {"jukeboxStatus": SILENT}
    if action == "get":
        return {"jukeboxPlaylist": {**SILENT, "entry": []}}
    raise Refusal(FORBIDDEN, _("This server plays nothing itself."))

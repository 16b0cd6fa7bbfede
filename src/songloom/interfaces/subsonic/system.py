"""What this server is, which folders it has, whether it scans."""

from __future__ import annotations

from songloom.acquire.services import scan_later
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.protocol import PUBLIC, Call, method
from songloom.interfaces.subsonic.scope import LIBRARY, heard_by
from songloom.jobs.models import Job
from songloom.library.services.browse import folders_of

EXTENSIONS = {
    "apiKeyAuthentication": [1],
    "formPost": [1],
    "indexBasedQueue": [1],
    "playbackReport": [1],
    "songLyrics": [1, 2],
    "sonicSimilarity": [1],
    "topSongsByArtistId": [1],
    "transcodeOffset": [1],
    "transcoding": [1],
}


@method("ping")
def ping(call: Call) -> None:
    """Nothing but the frame."""


@method("getLicense")
def licence(call: Call) -> Element:
    """Free software needs no licence key; clients still ask."""
    return {"license": {"valid": True}}


def extensions() -> Element:
    """Answered without credentials: a client reads it to learn how to sign in."""
    listed = [{"name": name, "versions": versions} for name, versions in EXTENSIONS.items()]
    return {"openSubsonicExtensions": listed}


PUBLIC["getOpenSubsonicExtensions"] = extensions


@method("tokenInfo")
def token_info(call: Call) -> Element:
    return {"tokenInfo": {"username": call.user.username}}


@method("getMusicFolders")
def music_folders(call: Call) -> Element:
    managed = {"id": LIBRARY, "name": "Songloom"}
    linked = [{"id": folder.number, "name": folder.name} for folder in folders_of(call.user)]
    return {"musicFolders": {"musicFolder": [managed, *linked]}}


@method("getScanStatus")
def scan_status(call: Call) -> Element:
    is_scanning = Job.objects.unfinished().filter(kind="acquire.scan").exists()
    n_tracks = heard_by(call).count()
    return {"scanStatus": {"scanning": is_scanning, "count": n_tracks}}


@method("startScan")
def start_scan(call: Call) -> Element:
    """Anybody may ask for a scan; asking twice starts one."""
    scan_later(owner=call.user)
    return scan_status(call)

"""Every noun of the library in one import."""

from songloom.library.models.catalogue import (
    Album,
    Artist,
    CatalogueEntry,
    Cover,
    Credit,
    Genre,
    Track,
    TrackTag,
)
from songloom.library.models.features import Features, Fingerprint
from songloom.library.models.files import File, Folder, Rendition
from songloom.library.models.lineage import LineageEdge, LineageNode
from songloom.library.models.lists import Playlist, PlaylistEntry, Rating, Star
from songloom.library.models.preferences import Preference
from songloom.library.models.users import ApiKey, AppPassword, User

__all__ = [
    "Album",
    "ApiKey",
    "AppPassword",
    "Artist",
    "CatalogueEntry",
    "Cover",
    "Credit",
    "Features",
    "File",
    "Fingerprint",
    "Folder",
    "Genre",
    "LineageEdge",
    "LineageNode",
    "Playlist",
    "PlaylistEntry",
    "Preference",
    "Rating",
    "Rendition",
    "Star",
    "Track",
    "TrackTag",
    "User",
]

"""What stands around every page: navigation with counts, theme, shortcuts, the script's words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from songloom.interfaces.web.words import words
from songloom.jobs.models import Job
from songloom.library.models import Credit, Playlist, Track, User
from songloom.library.services import browse

SHEETS = tuple(
    f"songloom/css/{name}.css"
    for name in ("tokens", "base", "layout", "parts", "rows", "player", "pages", "making")
)
MOST_PINNED = 8
KEPT_S = 20
SHOWN = Q(kind__regex="^(acquire[.]|process[.]|learn[.]train|generate[.])")  # asked for by people


@dataclass(frozen=True)
class Item:
    """One place to go."""

    section: str
    label: str
    icon: str
    url: str
    count: int | None = None


class Frame:
    """Asked by the base template; a main part alone asks for little, so it costs no query."""

    sheets = SHEETS

    def __init__(self, request: HttpRequest, *, is_whole: bool) -> None:
        self.user = request.user
        self.is_whole = is_whole
        self.cookie_theme = request.COOKIES.get("theme", "")

    @property
    def theme(self) -> str:
        chosen = self.user.theme if isinstance(self.user, User) else self.cookie_theme
        return chosen if chosen in ("light", "dark") else "system"

    @property
    def letters(self) -> bool:
        return self.user.has_letter_keys if isinstance(self.user, User) else False

    @cached_property
    def counts(self) -> dict[str, int]:
        return counts(self.user)

    @property
    def library(self) -> list[Item]:
        n = self.counts
        return [
            Item("home", _("Home"), "home", reverse("web:home")),
            Item("songs", _("Songs"), "note", reverse("web:songs"), n["songs"]),
            Item("albums", _("Albums"), "disc", reverse("web:albums"), n["albums"]),
            Item("artists", _("Artists"), "person", reverse("web:artists"), n["artists"]),
            Item("playlists", _("Playlists"), "list", reverse("web:playlists"), n["playlists"]),
        ]

    @property
    def make(self) -> list[Item]:
        n_jobs = self.counts["activity"]
        return [
            Item("add", _("Add music"), "plus", reverse("web:add")),
            Item("compose", _("Compose"), "loom", reverse("web:compose")),
            Item("activity", _("Activity"), "pulse", reverse("web:activity"), n_jobs),
        ]

    @property
    def tabs(self) -> list[Item]:
        return [
            Item("home", _("Home"), "home", reverse("web:home")),
            Item("songs", _("Library"), "note", reverse("web:songs")),
            Item("search", _("Search"), "search", reverse("web:search")),
            Item("compose", _("Compose"), "loom", reverse("web:compose")),
            Item("activity", _("Activity"), "pulse", reverse("web:activity")),
        ]

    @property
    def places_of_phone(self) -> list[Item]:
        """What a narrow screen has no room for among its tabs."""
        return [
            Item("songs", _("Songs"), "note", reverse("web:songs")),
            Item("albums", _("Albums"), "disc", reverse("web:albums")),
            Item("artists", _("Artists"), "person", reverse("web:artists")),
            Item("playlists", _("Playlists"), "list", reverse("web:playlists")),
            Item("settings", _("Settings"), "sliders", reverse("web:settings")),
        ]

    @property
    def pinned(self) -> list[Playlist]:
        own = Playlist.objects.changeable_by(self.user).order_by("-updated_at")
        return list(own[:MOST_PINNED])

    @property
    def words(self) -> dict[str, str]:
        return words()

    @property
    def places(self) -> dict[str, str]:
        """Addresses that the script calls, so that it never builds one by itself."""
        nobody = "00000000-0000-0000-0000-000000000000"
        return {
            "home": reverse("web:home"),
            "search": reverse("web:search"),
            "compose": reverse("web:compose"),
            "add": reverse("web:add"),
            "upload": reverse("web:upload"),
            "state": reverse("web:activity_state"),
            "player": reverse("web:track_player", args=[nobody]),
            "played": reverse("web:track_played", args=[nobody]),
            "star": reverse("web:track_star", args=[nobody]),
            "track": reverse("web:track", args=[nobody]),
            "edit": reverse("web:edit", args=[nobody]),
            "menu": reverse("web:track_menu", args=[nobody]),
            "bin": reverse("web:bin_tracks"),
            "batch": reverse("web:batch"),
            "choose": reverse("web:playlist_choose"),
            "quick": reverse("web:search_quick"),
        }

    @property
    def shortcuts(self) -> list[tuple[str, list[tuple[list[str], str]]]]:
        return shortcuts()


def counts(user: User | AnonymousUser) -> dict[str, int]:
    """How much this user may see. What means a walk through the library is kept for seconds."""
    tracks = Track.objects.visible_to(user).order_by()
    n_songs = tracks.count()
    newest = tracks.order_by("-pk").values_list("pk", flat=True).first()
    name = f"counts:{user.pk}:{n_songs}:{newest}"
    found: dict[str, int] | None = cache.get(name)
    if found is None:
        found = _walked(tracks)
        cache.set(name, found, KEPT_S)
    return {
        "songs": n_songs,
        **found,
        "playlists": Playlist.objects.visible_to(user).count(),
        "activity": Job.objects.visible_to(user).unfinished().filter(SHOWN).count(),
    }


def _walked(tracks: QuerySet[Track]) -> dict[str, int]:
    """Albums and performing artists of these tracks; no row is loaded."""
    performed = Credit.objects.filter(role__in=browse.PRINCIPAL, track__in=tracks.values("pk"))
    return {
        "albums": tracks.exclude(album=None).values("album").distinct().count(),
        "artists": performed.order_by().values("artist").distinct().count(),
    }


def shortcuts() -> list[tuple[str, list[tuple[list[str], str]]]]:
    """Every key that does something, for the sheet under `?`."""
    return [
        (
            _("Everywhere"),
            [
                (["/"], _("Search")),
                (["C"], _("Compose")),
                (["U"], _("Add music")),
                (["?"], _("All shortcuts")),
                (["Esc"], _("Close, or go back to where you were")),
                (["Ctrl", "Z"], _("Undo what was just done")),
            ],
        ),
        (
            _("Player"),
            [
                (["K"], _("Play or pause")),
                (["J"], _("Back 10 seconds")),
                (["L"], _("On 10 seconds")),
                (["N"], _("Next song")),
                (["P"], _("Previous song")),
                (["["], _("Softer")),
                (["]"], _("Louder")),
            ],
        ),
        (
            _("In a list of songs"),
            [
                (["↑", "↓"], _("Move")),
                (["Enter"], _("Play")),
                (["Space"], _("Select")),
                (["Shift", "↑", "↓"], _("Extend the selection")),
                (["S"], _("Star")),
                (["Q"], _("Queue")),
                (["A"], _("Add to a playlist")),
                (["E"], _("Edit")),
                (["M"], _("Menu")),
                (["Delete"], _("Move to the bin")),
            ],
        ),
        (
            _("On a waveform"),
            [
                (["←", "→"], _("One beat")),
                (["Shift", "←", "→"], _("One bar")),
                (["Home", "End"], _("Start, end")),
            ],
        ),
    ]

"""Every page answers in both languages, with bounded queries; names are never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songloom.generate.models import Generation
from songloom.library.models import Folder, Playlist, Track, User
from songloom.library.services import playlists
from songloom.library.services.bin import bin_track
from tests.shelf import shelve
from tests.web.conftest import measured

PLAIN = (
    *("home", "songs", "albums", "artists", "playlists", "search", "add", "activity", "bin"),
    *(
        "duplicates",
        "compose",
        "settings_look",
        "settings_account",
        "settings_connect",
        "settings_keys",
    ),
    *(
        "settings_folders",
        "settings_analysis",
        "settings_users",
        "settings_learning",
        "settings_about",
    ),
)
OF_A_TRACK = ("track", "similar", "tags", "edit")
MOST_QUERIES = 40
NASTY = "<script>alert(1)</script>\"'&"


@pytest.fixture
def library(yun: User, song: Track) -> dict[str, str]:
    """One of everything; the address of each page by name."""
    shelve(yun, "Paper Boats", artist="Mira Okafor", album="Paper Boats")
    bin_track(shelve(yun, "Thrown away"))
    playlist = playlists.make_playlist(yun, "周日厨房", [song])
    Folder.objects.create(number=1, path="/music", path_key="k", name="Music 2", owner=yun)
    piece = Generation.objects.create(
        owner=yun,
        prompt="一首慢华尔兹",
        request=dict.fromkeys(REQUEST) | {"not_understood": ["像雨"], "changed": []},
        slots=[],
        seed=4071,
        track=song,
        title="雨后街",
    )
    assert song.album is not None
    found = {name: reverse(f"web:{name}") for name in PLAIN}
    found |= {name: reverse(f"web:{name}", args=[song.pk]) for name in OF_A_TRACK}
    return found | {
        "album": reverse("web:album", args=[song.album.pk]),
        "artist": reverse("web:artist", args=[song.artists.get().pk]),
        "playlist": reverse("web:playlist", args=[playlist.pk]),
        "take": reverse("web:take", args=[piece.pk]),
        "search for words": reverse("web:search") + "?q=qhc+tempo:90..130+-live+key:Zz",
        "compose from words": reverse("web:compose") + "?prompt=slow+waltz+in+D+minor+for+erhu",
        "compose like": reverse("web:compose") + f"?like={song.pk}",
    }


REQUEST = (
    *("key", "mode", "metre", "bpm", "seconds", "instruments", "excluded", "drums", "mood"),
    *("style", "form", "chords", "role", "like"),
)


def test_every_page_answers_in_english_and_chinese(
    client: Client, chinese: Client, library: dict[str, str]
) -> None:
    for name, address in library.items():
        english = client.get(address)
        assert english.status_code == 200, name
        assert '<html lang="en"' in english.content.decode(), name
        other = chinese.get(address)
        assert other.status_code == 200, name
        assert '<html lang="zh-Hans"' in other.content.decode(), name


def test_every_page_asks_the_database_a_bounded_number_of_times(
    client: Client, library: dict[str, str]
) -> None:
    counted = {}
    for name, address in library.items():
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counted[name] = len(asked)
    assert {name: n for name, n in counted.items() if n > MOST_QUERIES} == {}


@pytest.mark.parametrize("name", ["songs", "home", "search"])
def test_a_longer_list_costs_no_further_query(client: Client, yun: User, name: str) -> None:
    address = reverse(f"web:{name}") + ("?q=song" if name == "search" else "")

    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    for i in range(3):
        measured(shelve(yun, f"Song {i}", artist="A", album="B"))
    client.get(address)  # what is made once is made
    few = n_queries()
    for i in range(12):
        measured(shelve(yun, f"Song {i + 3}", artist=f"A{i}", album=f"B{i}"))
    client.get(address)
    assert n_queries() <= few + 1


class Strict(HTMLParser):
    """Collects what the content policy and the house forbid."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.wrong += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.wrong.append("inline script")
        if tag in ("button", "a") and tag == "button" and not (given.get("type") or True):
            self.wrong.append("button without a type")
        if tag == "img" and "alt" not in given:
            self.wrong.append("img without alt")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.headings += tag == "h1"


def test_pages_hold_no_inline_script_or_style_and_one_main_heading(
    client: Client, library: dict[str, str]
) -> None:
    for name, address in library.items():
        page = Strict()
        page.feed(client.get(address).content.decode())
        assert page.wrong == [], name
        assert page.headings == 1, name
        assert len(page.ids) == len(set(page.ids)), name


def test_every_page_carries_the_content_policy(client: Client, library: dict[str, str]) -> None:
    for name, address in library.items():
        policy = client.get(address)["Content-Security-Policy"]
        assert "unsafe-inline" not in policy, name
        assert "default-src 'self'" in policy, name
        assert "frame-ancestors 'none'" in policy, name


def test_the_main_part_alone_is_the_same_main_part(client: Client, library: dict[str, str]) -> None:
    def main_of(html: str) -> str:
        found = re.search(r"<main.*</main>", html, re.DOTALL)
        assert found
        without_tokens = re.sub(r'value="[A-Za-z0-9]{64}"', "", found[0])
        return re.sub(r'\s+|data-took="\d+"|\d+\s*ms', "", without_tokens)

    for name, address in library.items():
        whole = client.get(address).content.decode()
        part = client.get(address, headers={"X-Part": "main"}).content.decode()
        assert "<html" not in part, name
        assert main_of(part) == main_of(whole), name


def test_names_from_tags_are_text_wherever_they_stand(client: Client, yun: User) -> None:
    track = shelve(yun, NASTY, artist=NASTY, album=NASTY, genre=NASTY, lyrics=NASTY)
    measured(track)
    playlist = playlists.make_playlist(yun, NASTY, [track])
    addresses = [
        reverse("web:home"),
        reverse("web:songs"),
        reverse("web:track", args=[track.pk]),
        reverse("web:edit", args=[track.pk]),
        reverse("web:tags", args=[track.pk]),
        reverse("web:playlist", args=[playlist.pk]),
        reverse("web:search") + "?q=alert",
        reverse("web:search") + "?q=" + NASTY,
        reverse("web:compose") + "?prompt=" + NASTY,
    ]
    for address in addresses:
        assert "<script>alert" not in client.get(address).content.decode(), address


def test_nobody_is_led_to_the_door_and_back(db: None) -> None:
    for name in PLAIN:
        answer = Client().get(reverse(f"web:{name}"))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("web:sign_in") + "?next="), name


def test_a_visitor_sees_nothing_of_a_private_song(mo: User, yun: User) -> None:
    hidden = shelve(yun, "Secret", artist="Ghost", album="Dark", is_private=True)
    browser = Client()
    browser.force_login(mo)
    for name in OF_A_TRACK:
        assert browser.get(reverse(f"web:{name}", args=[hidden.pk])).status_code == 404
    assert "Secret" not in browser.get(reverse("web:songs")).content.decode()
    assert browser.get(reverse("web:album", args=[hidden.album_id])).status_code == 404
    assert not Track.objects.visible_to(AnonymousUser()).exists()


def pages_of(library: dict[str, str]) -> Iterator[str]:
    yield from library.values()


def test_reading_changes_nothing(client: Client, library: dict[str, str]) -> None:
    before = (Track.objects.count(), Playlist.objects.count(), Generation.objects.count())
    for address in pages_of(library):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        writes = [q["sql"] for q in asked if re.match(r"(INSERT|UPDATE|DELETE)", q["sql"])]
        assert [sql for sql in writes if "django_session" not in sql] == [], address
    assert (Track.objects.count(), Playlist.objects.count(), Generation.objects.count()) == before

"""The frame, errors in words, the cloth, the home."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from songloom import errors
from songloom.errors import Busy, DiskFull, NotFound, SongloomError, TooMany
from songloom.interfaces.web.answering import answering
from songloom.interfaces.web.cloth import brightness, woven
from songloom.interfaces.web.sentences import sentence
from songloom.library.models import Track, User
from songloom.play import services as play
from songloom.play.models import Play
from tests.shelf import shelve
from tests.web.conftest import measured

PART = {"X-Part": "main"}


def every_error(kind: type[SongloomError] = SongloomError) -> list[type[SongloomError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in every_error(below))]


def test_every_error_there_is_has_a_sentence_of_its_own() -> None:
    general = sentence("error")
    ours = [k for k in every_error() if k.__module__ == errors.__name__ and k.code != "error"]
    silent = {k.code for k in ours if sentence(k.code) == general}
    assert silent <= {"refused"}


def test_an_unknown_code_still_gets_words() -> None:
    assert sentence("never heard of") == sentence("error")


def raising(error: Exception) -> Any:
    def view(request: Any) -> Any:
        raise error

    return answering(view)


def ask(view: Any, user: User, accept: str = "text/html") -> Any:
    request = RequestFactory().get("/", headers={"Accept": accept})
    request.user = user
    return view(request)


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound("x"), 404), (DiskFull("120 MB are missing"), 507), (Busy("x"), 429)],
)
def test_an_error_is_a_page_in_words_with_its_code(
    yun: User, error: SongloomError, status: int
) -> None:
    answer = ask(raising(error), yun)
    assert answer.status_code == status
    page = answer.content.decode()
    assert sentence(error.code) in page.replace("&#x27;", "'")
    assert f'<code class="muted">{error.code}</code>' in page


def test_an_error_is_json_for_the_script(yun: User) -> None:
    answer = ask(raising(DiskFull("120 MB are missing")), yun, "application/json")
    told = json.loads(answer.content)["error"]
    assert (told["code"], told["detail"]) == ("disk_full", "120 MB are missing")


def test_what_may_be_tried_later_says_when(yun: User) -> None:
    answer = ask(raising(TooMany(5, 20, 7)), yun)
    assert answer["Retry-After"] == "7"


def test_an_error_that_is_not_ours_is_not_hidden(yun: User) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(raising(ZeroDivisionError()), yun)


def test_an_unknown_address_is_a_page_in_words(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is nothing here that you can see." in answer.content.decode()


def test_an_unknown_song_is_a_page_inside_the_frame(client: Client) -> None:
    answer = client.get(reverse("web:track", args=["00000000-0000-7000-8000-000000000000"]))
    assert answer.status_code == 404
    assert 'id="player"' in answer.content.decode(), "the music plays on"


def test_a_failure_on_our_side_says_that_nothing_was_lost(yun: User, monkeypatch: Any) -> None:
    def fails(*arguments: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(play, "last_heard", fails)
    shelve(yun, "Song")
    browser = Client(raise_request_exception=False)
    browser.force_login(yun)
    answer = browser.get("/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong on our side. Nothing was lost." in page
    assert "a bug" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize("name", ["home", "songs", "albums", "search", "settings_look"])
def test_the_main_part_alone_asks_less_of_the_database(
    client: Client, yun: User, name: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    shelve(yun, "Song")

    def n_queries(headers: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(f"web:{name}"), headers=headers)
        return len(asked)

    assert n_queries(PART) < n_queries({})


def test_a_page_is_never_kept_by_the_browser(client: Client) -> None:
    answer = client.get("/songs/")
    assert answer["Cache-Control"] == "no-store"
    assert "X-Part" in answer["Vary"]


def test_an_empty_library_shows_the_loom(client: Client, yun: User) -> None:
    page = client.get("/").content.decode()
    assert "The loom is ready." in page
    assert "data-loom" in page
    shelve(yun, "Made here", is_generated=True)
    assert "The loom is ready." in client.get("/").content.decode(), "its own pieces do not count"
    shelve(yun, "Brought")
    assert "Your cloth" in client.get("/").content.decode()


def test_home_shows_what_came_last_first(client: Client, yun: User) -> None:
    for i in range(8):
        shelve(yun, f"Song {i}")
    page = client.get("/").content.decode()
    recent = re.findall(r'class="tile"[^>]*data-title="([^"]*)"', page)
    assert recent == [f"Song {i}" for i in (7, 6, 5, 4, 3, 2)]


@pytest.mark.parametrize("page", ["home", "songs", "albums", "artists", "playlists"])
def test_a_phone_reaches_what_its_tabs_have_no_room_for(
    client: Client, song: Track, page: str
) -> None:
    shown = client.get(reverse(f"web:{page}")).content.decode()
    places = shown.partition('class="chips places"')[2].partition("</nav>")[0]
    for name in ("songs", "albums", "artists", "playlists", "settings"):
        assert f'href="{reverse(f"web:{name}")}"' in places


def test_home_says_what_is_close_to_the_song_heard_last(client: Client, yun: User) -> None:
    heard = shelve(yun, "Spring River")
    measured(heard)
    for i in range(3):
        measured(shelve(yun, f"Other {i}"), tempo_bpm=118.0 + i)
    play.heard(yun, heard)
    assert Play.objects.count() == 1
    page = client.get("/").content.decode()
    assert "Close to" in page
    assert "same key" in page


class TestCloth:
    """At most 300 threads in the order the songs came."""

    when = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)

    def row(self, i: int, key: str = "D", centroid: float | None = 1_000.0) -> tuple[Any, ...]:
        return (i, f"Song {i}", self.when + dt.timedelta(days=i), key, "minor", centroid, 90.0)

    @given(st.integers(1, 2_000), st.integers(1, 300))
    def test_every_song_is_in_exactly_one_thread(self, n: int, most: int) -> None:
        made = woven([self.row(i) for i in range(n)], most)
        assert len(made) == min(n, most)
        assert sum(thread["n"] for thread in made) == n
        sizes = {thread["n"] for thread in made}
        assert max(sizes) - min(sizes) <= 1, "nearly equal"

    def test_threads_are_in_the_order_the_songs_came(self) -> None:
        made = woven([self.row(i) for i in range(10)], 5)
        assert [thread["title"] for thread in made] == [f"Song {i}" for i in (0, 2, 4, 6, 8)]

    def test_a_thread_has_the_commonest_key_of_its_songs(self) -> None:
        (thread,) = woven([self.row(0, "A"), self.row(1, "D"), self.row(2, "D")], 1)
        assert (thread["key"], thread["mode"], thread["bpm"]) == ("D", "minor", 90)

    def test_what_was_not_measured_has_neither_colour_nor_light(self) -> None:
        row = (1, "x", self.when, None, None, None, None)
        (thread,) = woven([row])
        assert (thread["key"], thread["light"], thread["bpm"]) == ("", None, None)

    def test_no_songs_no_threads(self) -> None:
        assert woven([]) == []

    @given(st.floats(0.0, 30_000.0))
    def test_light_stays_within_its_scale(self, centroid_hz: float) -> None:
        assert 0.0 <= brightness(centroid_hz) <= 1.0

    def test_an_octave_is_always_the_same_step_of_light(self) -> None:
        steps = [brightness(hz * 2) - brightness(hz) for hz in (400.0, 800.0, 1_600.0)]
        assert max(steps) - min(steps) <= 0.002

    def test_the_page_gets_threads_of_what_one_may_see(
        self, client: Client, yun: User, mo: User
    ) -> None:
        cache.clear()
        measured(shelve(yun, "Open"))
        measured(shelve(yun, "Secret", is_private=True))
        browser = Client()
        browser.force_login(mo)
        own = client.get(reverse("web:threads")).json()["threads"]
        seen = browser.get(reverse("web:threads")).json()["threads"]
        assert [thread["title"] for thread in own] == ["Open", "Secret"]
        assert [thread["title"] for thread in seen] == ["Open"]

    def test_months_are_said_in_the_readers_language(
        self, client: Client, chinese: Client, yun: User
    ) -> None:
        cache.clear()
        shelve(yun, "Song")
        english = client.get(reverse("web:threads")).json()["threads"][0]["when"]
        other = chinese.get(reverse("web:threads")).json()["threads"][0]["when"]
        assert re.fullmatch(r"[A-Z]\w+ 20\d\d", english)
        assert re.fullmatch(r"20\d\d年\d+月", other)

"""In Chinese every word of every page is Chinese: no English label is left, spoken or seen."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from songloom.analyse import prints
from songloom.core.features.acoustid import encoded
from songloom.generate import services as generate
from songloom.jobs.models import Job
from songloom.library.models import Folder, Track, User
from songloom.library.services import people, playlists
from songloom.library.services.bin import bin_track
from tests.curate.test_duplicates import drawn
from tests.shelf import shelve
from tests.test_words import written
from tests.web.conftest import measured

SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-drop")
SILENT = ("script", "style", "code", "kbd")
SAME = re.compile(
    r"[\W\d_]*(BPM|LUFS|LU|dBTP|Hz|MIDI|FLAC|AI|API|Esc|Ctrl|Del|MB|Songloom)?[\W\d_]*"
)


class Words(HTMLParser):
    """Every text that is seen or spoken, as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        self.found |= {value for name, value in attributes if name in SPOKEN and value}
        if tag in ("input", "img", "meta", "link", "br", "hr", "use", "path", "rect", "circle"):
            self.inside.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            continue

    def handle_data(self, text: str) -> None:
        if not set(self.inside) & set(SILENT):
            self.found.add(" ".join(text.split()))


def english() -> set[str]:
    """What the pages say in English, where Chinese says it otherwise."""
    plain = {words.rpartition("\x04")[2]: chinese for words, chinese in written().items()}
    return {w for w, chinese in plain.items() if w != chinese and not SAME.fullmatch(w)}


@pytest.fixture
def pages(yun: User, mo: User, song: Track) -> list[str]:
    """A library in which something stands on every page."""
    measured(shelve(yun, "月白", artist="弦索社", album="十一月的布"))
    bin_track(shelve(yun, "扔掉的"))
    playlist = playlists.make_playlist(yun, "周日厨房", [song])
    Folder.objects.create(number=1, path="/music", path_key="k", name="音乐 2", owner=yun)
    people.make_api_key(yun, "脚本")
    people.make_app_password(yun, "手机")
    for state in (Job.State.RUNNING, Job.State.FAILED, Job.State.DONE, Job.State.CANCELLED):
        Job.objects.create(
            kind="acquire.url",
            owner=yun,
            root_id=song.pk,
            queue="interactive",
            state=state,
            error={"code": "dead_link", "message": ""} if state == Job.State.FAILED else None,
            finished_at=None if state == Job.State.RUNNING else song.created_at,
        )
    (piece,), _job = generate.start("一首慢华尔兹，二胡，像雨", owner=yun, seed=7)
    assert song.album is not None
    for title, items in (("一", 1), ("一，另一份", 1)):
        prints.write(shelve(yun, title), encoded(drawn(items)))
    names = (
        "duplicates",
        *("home", "songs", "albums", "artists", "playlists", "search", "add", "activity", "bin"),
        *("compose", "settings_look", "settings_account", "settings_connect", "settings_keys"),
        *("settings_folders", "settings_analysis", "settings_users", "settings_learning"),
        "settings_about",
    )
    return [
        *(reverse(f"web:{name}") for name in names),
        *(reverse(f"web:{name}", args=[song.pk]) for name in ("track", "tags", "edit", "similar")),
        reverse("web:album", args=[song.album.pk]),
        reverse("web:artist", args=[song.artists.get().pk]),
        reverse("web:playlist", args=[playlist.pk]),
        reverse("web:take", args=[piece.pk]),
        reverse("web:track_menu", args=[song.pk]),
        reverse("web:playlist_choose"),
        reverse("web:search") + "?q=yue 速度:60..200 -live 调:Zz",
        reverse("web:search") + "?q=没有这首歌",
        reverse("web:compose")
        + "?prompt=一首 D 小调的慢华尔兹，二胡和钢琴，不要鼓，像雨停以后的街",
        reverse("web:compose") + f"?like={song.pk}",
        "/no/such/page/",
    ]


def words_of(browser: Client, address: str) -> set[str]:
    page = Words()
    page.feed(browser.get(address).content.decode())
    return page.found


def test_no_english_word_is_left_on_a_chinese_page(chinese: Client, pages: list[str]) -> None:
    left = {address: words_of(chinese, address) & english() for address in pages}
    assert {address: words for address, words in left.items() if words} == {}


def test_the_doors_are_chinese_too(db: None) -> None:
    stranger = Client(headers={"Accept-Language": "zh-CN"})
    assert words_of(stranger, reverse("web:sign_in")) & english() == set()


def test_the_words_of_the_script_are_chinese(chinese: Client) -> None:
    import json

    page = chinese.get(reverse("web:songs")).content.decode()
    found = re.search(r'<script id="words" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    said = set(json.loads(found[1]).values())
    assert said & english() == set()


def test_the_english_pages_hold_those_words(client: Client, pages: list[str]) -> None:
    """The net has no hole: the same pages in English are full of them."""
    caught = [len(words_of(client, address) & english()) for address in pages]
    assert min(caught) >= 1
    assert sum(caught) > 500


def test_chinese_pages_have_no_english_punctuation_between_chinese(
    chinese: Client, pages: list[str]
) -> None:
    mixed = re.compile(r"[\u4e00-\u9fff][,;:!?][\u4e00-\u9fff]")
    for address in pages:
        assert [text for text in words_of(chinese, address) if mixed.search(text)] == [], address


@pytest.mark.parametrize("language", ["zh-CN", "zh", "zh-Hans", "zh-SG", "zh-TW"])
def test_whoever_reads_chinese_gets_chinese(yun: User, language: str) -> None:
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(yun)
    tag = "zh-Hans" if language != "zh-TW" else None
    page = browser.get(reverse("web:songs")).content.decode()
    found = re.search(r'<html lang="([^"]*)"', page)
    assert found
    assert tag is None or found[1] == tag


@pytest.mark.parametrize("language", ["en", "de", "fr-CH", "", "xx"])
def test_everybody_else_gets_english(yun: User, language: str) -> None:
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(yun)
    assert '<html lang="en"' in browser.get(reverse("web:songs")).content.decode()

"""The whole way in a real browser: from the first link to a piece made from a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.config.living import Up
from tests.e2e.browser import Troubles, browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]
PASSWORD = "warp and weft 7"
A_MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("browser") / "home with space"
    with Up(home, env={"SONGLOOM_DEMO": "0"}) as running:
        yield running


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest.fixture
def page(server: Up, troubles: Troubles) -> Iterator[Page]:
    with browser() as running:
        context = running.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        shown = context.new_page()
        shown.set_default_timeout(20_000)
        troubles.watch(shown)
        yield shown
        context.close()


def sound(page: Page) -> dict[str, Any]:
    """What the player's audio element does now."""
    found: dict[str, Any] = page.evaluate(
        "() => { const a = document.getElementById('audio');"
        " return {src: a.currentSrc, at: a.currentTime, paused: a.paused, length: a.duration}; }"
    )
    return found


def wait_for_sound(page: Page, part_of_src: str) -> None:
    """Until something is really heard: the clock of the audio runs."""
    page.wait_for_function(
        "part => { const a = document.getElementById('audio');"
        " return a.currentSrc.includes(part) && !a.paused && a.currentTime > 0.3; }",
        arg=part_of_src,
        timeout=A_MINUTE_MS,
    )


def create_administrator(page: Page, server: Up) -> None:
    page.goto(server.ready["setup_url"])
    page.get_by_label("Name").fill("yun")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the administrator").click()
    page.get_by_role("heading", name="The loom is ready.").wait_for()


def upload(page: Page, song: Path) -> None:
    page.locator("a.side-link", has_text="Add music").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose files").click()
    chooser.value.set_files(song)
    page.locator("[data-uploads] a").wait_for(timeout=A_MINUTE_MS)


def see_it_analysed(page: Page) -> str:
    page.locator("[data-uploads] a").click()
    page.locator("[data-page-track]").wait_for()
    page.locator(".families").wait_for(timeout=2 * A_MINUTE_MS)
    families = page.locator(".family h2").all_inner_texts()
    assert families == ["Frequency", "Tonality", "Loudness", "Phase", "Tempo"]
    page.locator(".plot-picture").first.wait_for()
    assert re.search(r"−\d+\.\d", page.locator(".big-facts").inner_text()), "loudness in LUFS"
    return page.url


def name_it(page: Page, title: str) -> None:
    page.locator("section", has=page.get_by_role("heading", name="Tags")).get_by_role(
        "link", name="Change"
    ).click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name=title, level=1).wait_for()


def trim_and_hear(page: Page) -> None:
    page.locator(".acts-line").get_by_role("link", name="Edit").click()
    page.get_by_role("button", name="Add a step").click()
    page.get_by_role("menuitem", name="Keep a part").click()
    page.locator("[data-parameter=start_s]").fill("10")
    page.locator("[data-parameter=start_s]").press("Tab")
    page.locator("[data-parameter=end_s]").fill("16")
    page.locator("[data-parameter=end_s]").press("Tab")
    page.get_by_role("button", name="Hear it").click()
    wait_for_sound(page, "/preview/")
    assert sound(page)["length"] == pytest.approx(6.0, abs=0.1)  # opus adds a frame or two
    assert "Preview" in page.locator("#now-title").inner_text()


def save_and_play_rendition(page: Page) -> None:
    page.get_by_role("button", name="Save a rendition").click()
    made = page.locator("[data-rendition]")
    made.wait_for(timeout=A_MINUTE_MS)
    assert "Keep a part 10 s–16 s" in made.inner_text()
    made.get_by_role("button", name="Play").click()
    wait_for_sound(page, "/renditions/")
    assert sound(page)["length"] == pytest.approx(6.0, abs=0.01)


def find_by_pinyin(page: Page, letters: str, title: str) -> None:
    page.keyboard.press("/")
    page.locator("#q").wait_for()
    page.keyboard.type(letters)
    row = page.locator(".row[data-track]", has_text=title[0])
    row.wait_for()
    assert row.get_attribute("data-title") == title
    assert row.locator("rt").count() > 0, "pinyin stands above what it matched"
    row.locator(".pic").click()
    wait_for_sound(page, "/tracks/")


def generate(page: Page, prompt: str) -> None:
    page.locator("body").press("Escape")
    page.locator("a.side-link", has_text="Compose").click()
    page.locator("#prompt").fill(prompt)
    page.locator("[data-slot=instruments]", has_text="piano").wait_for()
    page.locator(".compose-go").get_by_role("button", name="Compose").click()
    page.locator(".roll svg").wait_for(timeout=2 * A_MINUTE_MS)
    wait_for_sound(page, "/tracks/")  # it plays by itself when it is ready
    assert page.locator(".note-bar").count() > 20
    page.get_by_role("button", name="Keep this one").click()
    page.locator("[data-page-track]").wait_for()
    assert page.locator(".hero .tag-ai").is_visible()


def test_the_whole_way_in_a_real_browser(
    server: Up, page: Page, troubles: Troubles, real_song: Path
) -> None:
    create_administrator(page, server)
    upload(page, real_song)
    address = see_it_analysed(page)
    name_it(page, "青花瓷")
    trim_and_hear(page)
    save_and_play_rendition(page)
    find_by_pinyin(page, "qhc", "青花瓷")
    before = sound(page)["src"]
    page.locator("a.side-link", has_text="Albums").click()
    page.get_by_role("heading", name="Albums").wait_for()
    assert sound(page)["src"] == before, "the player plays on while pages change"
    assert not sound(page)["paused"]
    generate(page, "生成一首欢快的钢琴曲")
    page.goto(address)
    page.locator("[data-page-track]").wait_for()
    assert troubles == []

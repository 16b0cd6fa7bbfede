"""A server with a small real library, and browsers that look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.config.living import Up, run_songloom
from tests.e2e.browser import Troubles, browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "warp and weft 7"
CHINESE = {"elvish-theme": "青花瓷", "defeat": "平湖秋月", "revelation": "春江花月夜"}


@dataclass(frozen=True)
class Library:
    """A running server whose administrator is yun, and its songs by title."""

    up: Up
    tracks: dict[str, str]

    def sign_in(self, page: Page) -> None:
        page.goto(f"{self.up.url}/sign-in/")
        page.locator("input[name=name]").fill("yun")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("form.form button").click()
        page.locator("#main[data-section]").wait_for()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, real_songs: list[Path]) -> Iterator[Library]:
    """Three short real songs with Chinese titles and one made here, added by the command line."""
    home = tmp_path_factory.mktemp("pages") / "home"
    run_songloom(home, "user", "add", "yun", "--admin", "--password-stdin", given=PASSWORD)
    tracks: dict[str, str] = {}
    for path in real_songs:
        if path.stem in CHINESE and len(tracks) < len(CHINESE):
            done = run_songloom(home, "add", "--json", str(path))
            added = json.loads(done.stdout)["added"][0]
            title = CHINESE[path.stem]
            run_songloom(home, "tag", "set", added["id"], f"title={title}", "artist=弦索社")
            tracks[title] = added["id"]
    with Up(home, env={"SONGLOOM_DEMO": "0"}) as running:
        yield Library(running, tracks)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


def address(library: Library, page: str) -> str:
    track = next(iter(library.tracks.values()))
    return library.up.url + page.replace("TRACK", f"/tracks/{track}/")


@pytest.fixture
def context(chromium: Browser, library: Library, request: Any) -> Iterator[BrowserContext]:
    """A signed-in browser of the size, theme and language asked for."""
    wanted: Any = getattr(request, "param", (1440, 900, "light", "en-US"))
    width, height, theme, language = wanted
    made = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale=language,
    )
    made.set_default_timeout(20_000)
    first = made.new_page()
    library.sign_in(first)
    first.close()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, troubles: Troubles) -> Page:
    shown = context.new_page()
    troubles.watch(shown)
    return shown


def opened(page: Page, library: Library, where: str) -> None:
    page.goto(address(library, where))
    page.locator("#main").wait_for()
    page.wait_for_load_state("networkidle")

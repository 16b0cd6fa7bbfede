"""Django's tables in a real browser: the content policy stands, and nothing on them breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import Troubles
from tests.e2e.conftest import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]

LINKS = "nodes => [...new Set(nodes.map((node) => node.href))]"


@pytest.fixture
def page(chromium: Browser, library: Library, troubles: Troubles) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(60_000)
    shown = context.new_page()
    library.sign_in(shown)
    troubles.watch(shown)
    yield shown
    context.close()


def links(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).evaluate_all(LINKS)
    return found


def open_table(page: Page, address: str) -> None:
    """The list, its first row and, where one may add, the empty form."""
    page.goto(address)
    rows = links(page, "#result_list th a")
    adding = links(page, "#content .addlink")
    for form in (*rows[:1], *adding[:1]):
        page.goto(form)
        assert page.locator("#content form").count() >= 1
        assert page.locator("#content").bounding_box() is not None


def test_djangos_tables_work_under_the_content_policy(
    page: Page, library: Library, troubles: Troubles
) -> None:
    answer = page.goto(f"{library.up.url}/admin/")
    assert answer is not None
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    tables = links(page, "#content th a")
    assert len(tables) >= 15, "one for each model"
    for address in tables:
        open_table(page, address)
    assert troubles == []


def test_a_song_is_renamed_in_djangos_table(
    page: Page, library: Library, troubles: Troubles
) -> None:
    track = library.tracks["平湖秋月"]
    page.goto(f"{library.up.url}/admin/library/track/{track}/change/")
    page.locator("#id_comment, #id_title").first.wait_for()
    page.locator("#id_title").fill("平湖秋月 (古筝)")
    page.locator("input[name=_save]").click()
    page.locator(".messagelist .success").wait_for()
    page.goto(f"{library.up.url}/tracks/{track}/")
    page.get_by_role("heading", name="平湖秋月 (古筝)", level=1).wait_for()
    page.goto(f"{library.up.url}/admin/library/track/{track}/change/")
    page.locator("#id_title").fill("平湖秋月")
    page.locator("input[name=_save]").click()
    page.locator(".messagelist .success").wait_for()
    page.locator(".theme-toggle").click()
    assert page.locator("html").get_attribute("data-theme") in ("light", "dark")
    assert troubles == []


def test_a_missing_address_below_the_tables_is_a_page_without_trouble(
    page: Page, library: Library, troubles: Troubles
) -> None:
    answer = page.goto(f"{library.up.url}/admin/no/such/table/")
    assert answer is not None
    assert answer.status == 404
    assert page.get_by_role("heading", level=1).is_visible()
    assert troubles == []

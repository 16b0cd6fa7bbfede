"""The pages in a real browser: every width, both themes, both languages, keys alone, no trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import Troubles
from tests.e2e.conftest import Library, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]

PAGES = (
    *("/", "/songs/", "/albums/", "/artists/", "/playlists/", "/search/?q=yue", "/compose/"),
    *(
        "/songs/duplicates/",
        "/activity/",
        "/add/",
        "/bin/",
        "/settings/look/",
        "/settings/connect/",
        "/settings/keys/",
    ),
    *("/settings/users/", "/settings/analysis/", "/settings/learning/", "TRACK", "TRACKedit/"),
    *("TRACKtags/", "/batch/"),
)
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return [];
  return [...document.querySelectorAll('main *')]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map((node) => node.tagName + '.' + node.className);
}"""
NAMELESS = """() => {
  const named = (node) => node.getAttribute('aria-label') || node.textContent.trim()
    || node.getAttribute('title') || node.querySelector('img[alt]:not([alt=""])');
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const fields = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter((node) => shown(node) && !node.labels?.length && !node.getAttribute('aria-label'));
  const presses = [...document.querySelectorAll('button, a[href], [role=slider]')]
    .filter((node) => shown(node) && !named(node) && node.getAttribute('aria-hidden') !== 'true');
  return [...fields, ...presses].map((node) => node.outerHTML.slice(0, 120));
}"""
SMALL = """() => [...document.querySelectorAll('button, a.button, a.tab, a.chip')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .map((node) => [node.getBoundingClientRect(), node.outerHTML.slice(0, 100)])
  .filter(([box]) => box.width > 0 && (box.height < 24 || box.width < 24))
  .map(([, html]) => html)"""


@pytest.mark.parametrize(
    "context",
    [
        (1440, 900, "light", "en-US"),
        (1000, 800, "dark", "zh-CN"),
        (390, 844, "dark", "zh-CN"),
        (320, 700, "light", "en-US"),
    ],
    indirect=True,
    ids=["desk", "tablet", "phone", "narrow"],
)
def test_every_page_fits_its_width_and_names_all_that_can_be_pressed(
    page: Page, library: Library, troubles: Troubles
) -> None:
    for where in PAGES:
        opened(page, library, where)
        assert page.evaluate(TOO_WIDE) == [], where
        assert page.evaluate(NAMELESS) == [], where
        assert page.evaluate(SMALL) == [], where
    assert troubles == []


def test_text_at_200_percent_loses_nothing(page: Page, library: Library) -> None:
    for where in ("/", "/songs/", "/settings/connect/", "TRACK", "/compose/"):
        opened(page, library, where)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(TOO_WIDE) == [], where
        assert page.locator("h1").first.is_visible(), where


def playing(page: Page) -> str:
    """The title in the player, once it is really heard."""
    page.wait_for_function(
        "() => { const a = document.getElementById('audio');"
        " return !a.paused && a.currentTime > 0.2; }"
    )
    return page.locator("#now-title").inner_text()


def test_keys_alone_lead_through_a_list(page: Page, library: Library, troubles: Troubles) -> None:
    opened(page, library, "/songs/")
    rows = page.locator(".row[data-track]")
    page.keyboard.press("ArrowDown")
    assert rows.nth(0).evaluate("node => node === document.activeElement")
    page.keyboard.press("ArrowDown")
    assert rows.nth(1).evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    assert playing(page) == rows.nth(1).get_attribute("data-title")
    page.keyboard.press("s")
    page.wait_for_function("() => document.querySelector('#now-star').ariaPressed === 'true'")
    page.keyboard.press("s")
    page.keyboard.press("Space")
    assert rows.nth(1).get_attribute("aria-selected") == "true"
    page.keyboard.press("Shift+ArrowDown")
    assert page.locator("[data-selected]").inner_text() == "2 selected"
    page.keyboard.press("m")
    page.get_by_role("menuitem", name="Open the song").wait_for()
    page.keyboard.press("Escape")
    assert rows.nth(2).evaluate("node => node === document.activeElement"), "focus returns"
    assert troubles == []


def test_letters_are_keys_everywhere_but_not_while_one_types(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track] .pic").first.click()
    playing(page)
    page.keyboard.press("k")
    page.wait_for_function("() => document.getElementById('audio').paused")
    page.keyboard.press("?")
    assert page.locator("#shortcuts").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.locator("#q").wait_for()
    page.keyboard.type("kc?")
    assert page.locator("#q").input_value() == "kc?"
    assert page.evaluate("document.getElementById('audio').paused")
    page.keyboard.press("Escape")
    page.wait_for_url("**/songs/")


def test_the_player_plays_on_while_pages_and_languages_change(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track]", has_text="春江花月夜").locator(".pic").click()
    title = playing(page)
    page.evaluate("document.getElementById('audio').dataset.mark = 'the same element'")
    for link in ("Albums", "Playlists", "Settings"):
        page.locator("a.side-link", has_text=link).click()
        page.locator(f"#main[data-section={link.lower()}]").wait_for()
    page.get_by_role("button", name="简体中文").click()
    page.locator("h1", has_text="外观与语言").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("a.side-link", has_text="歌曲").is_visible()
    page.get_by_role("button", name="深色").click()
    page.locator("html[data-theme=dark]").wait_for()
    assert page.locator("#audio").get_attribute("data-mark") == "the same element"
    assert playing(page) == title
    page.get_by_role("button", name="跟随系统").click()
    page.locator("html[data-theme=system]").wait_for()
    page.get_by_role("button", name="English").click()
    page.locator("h1", has_text="Look and language").wait_for()
    assert troubles == []


def test_back_and_forward_lead_through_the_pages(page: Page, library: Library) -> None:
    opened(page, library, "/")
    for link in ("Songs", "Albums"):
        page.locator("a.side-link", has_text=link).first.click()
        page.locator("h1", has_text=link).wait_for()
    page.go_back()
    page.locator("h1", has_text="Songs").wait_for()
    assert page.title().startswith("Songs")
    page.go_forward()
    page.locator("h1", has_text="Albums").wait_for()
    assert page.locator("a.side-link[aria-current]").inner_text().startswith("Albums")


def test_the_bin_is_undone_by_a_key(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    n_rows = page.locator(".row[data-track]").count()
    row = page.locator(".row[data-track]", has_text="平湖秋月")
    row.focus()
    page.keyboard.press("Delete")
    page.locator(".toast", has_text="1 song moved to the bin").wait_for()
    assert page.locator(".row[data-track]").count() == n_rows - 1
    page.keyboard.press("Control+z")
    row.wait_for()
    assert page.locator(".row[data-track]").count() == n_rows
    opened(page, library, "/bin/")
    page.locator("h1", has_text="Bin").wait_for()  # other tests may have left songs of theirs here
    assert page.locator("main", has_text="平湖秋月").count() == 0


def test_chips_and_the_raw_query_edit_each_other(page: Page, library: Library) -> None:
    opened(page, library, "/search/?q=yue tempo:10..300")
    assert page.locator("[data-chips] .chip").count() == 3  # two, and the one that adds
    page.locator("[data-chips] a").last.click()
    page.wait_for_function("() => document.querySelector('#q').value === 'yue'")
    page.wait_for_function("() => document.querySelectorAll('[data-chips] .chip').length === 2")
    page.locator("#q").fill("yue -live")
    page.wait_for_function("() => document.querySelectorAll('[data-chips] .chip').length === 3")
    page.locator("#q").press("Home")
    page.locator("#q").press("ArrowLeft")
    assert page.evaluate("document.activeElement.matches('[data-chips] a')")
    page.keyboard.press("Delete")
    page.wait_for_function("() => document.querySelector('#q').value === 'yue'")


def test_a_playlist_is_made_from_a_row(page: Page, library: Library, troubles: Troubles) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track]").first.focus()
    page.keyboard.press("a")
    page.get_by_placeholder("New playlist").fill("周日厨房")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Added to “周日厨房”.").wait_for()
    page.locator("a.side-link", has_text="Playlists").first.click()
    page.locator(".tile", has_text="周日厨房").click()
    page.locator(".row[data-track]").wait_for()
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Name").fill("Sunday kitchen")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Sunday kitchen").wait_for()
    assert troubles == []


def test_the_queue_is_shown_moved_and_emptied(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.locator("[data-play-list]").click()
    first = playing(page)
    page.locator(".side-acts [data-do=queue]").click()
    rows = page.locator("#queue-list li")
    titles = rows.locator(".title").all_inner_texts()
    assert titles[0] == first
    rows.nth(1).get_by_role("button", name="Move down").click()
    moved = rows.locator(".title").all_inner_texts()
    assert moved == [titles[0], titles[2], titles[1]]
    page.locator("#queue [data-do=clear]").click()
    assert rows.count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#queue").is_hidden()


def test_the_song_in_the_player_is_told_to_media_keys(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track]", has_text="青花瓷").locator(".pic").click()
    playing(page)
    told = page.evaluate(
        "() => ({title: navigator.mediaSession.metadata.title,"
        " artist: navigator.mediaSession.metadata.artist,"
        " state: navigator.mediaSession.playbackState})"
    )
    assert told == {"title": "青花瓷", "artist": "弦索社", "state": "playing"}


def test_the_waveform_seeks_by_pointer_and_keys(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track]", has_text="春江花月夜").locator(".pic").click()
    playing(page)
    wave = page.locator("#now-wave")
    box = wave.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "() => { const a = document.getElementById('audio');"
        " return Math.abs(a.currentTime / a.duration - 0.5) < 0.1; }"
    )
    wave.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.getElementById('audio').currentTime < 3")
    assert " of " in str(wave.get_attribute("aria-valuetext"))


def test_dropping_something_else_gets_words(page: Page, library: Library) -> None:
    opened(page, library, "/add/")
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.items.add(new File(['<!doctype html><html>'], 'page.mp3'));
        const drop = new DragEvent('drop', {dataTransfer: data, bubbles: true});
        document.body.dispatchEvent(drop); }"""
    )
    page.locator(".uploads .wrong").wait_for()
    assert "This is a web page, not audio." in page.locator(".uploads").inner_text()
    assert page.locator(".uploads code").inner_text() == "web_page"


@pytest.mark.parametrize("context", [(390, 844, "dark", "zh-CN")], indirect=True)
def test_a_phone_opens_the_full_player_and_swipes_to_the_next(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track]").first.click()
    first = playing(page)
    page.locator("#now-cover").click()
    page.locator("#full[open]").wait_for()
    assert page.locator("#full-title").inner_text() == first
    art = page.locator("#full-art").bounding_box()
    assert art
    page.mouse.move(art["x"] + 250, art["y"] + 150)
    page.mouse.down()
    page.mouse.move(art["x"] + 60, art["y"] + 150, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "before => document.querySelector('#full-title').textContent !== before", arg=first
    )
    page.locator("[data-close-full]").click()
    assert page.locator("#full[open]").count() == 0


def test_the_queue_is_there_at_the_next_visit_and_gone_after_signing_out(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, "/songs/")
    page.locator("[data-play-list]").click()
    title = playing(page)
    page.reload()
    page.wait_for_function(
        "title => document.querySelector('#now-title').textContent === title", arg=title
    )
    assert page.evaluate("document.getElementById('audio').paused"), "it waits for a press"
    page.keyboard.press("k")
    assert playing(page) == title
    opened(page, library, "/settings/account/")
    page.get_by_role("button", name="Sign out").click()
    page.locator("input[name=password]").wait_for()
    assert page.evaluate("localStorage.getItem('songloom.queue')") is None
    assert troubles == []


def test_a_dropped_connection_says_so_and_can_be_tried_again(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.context.set_offline(True)
    page.locator("a.side-link", has_text="Albums").click()
    page.locator(".toast", has_text="The connection dropped.").wait_for()
    assert page.locator("h1", has_text="Songs").is_visible(), "what stood there still stands"
    page.context.set_offline(False)
    page.locator(".toast").get_by_role("button", name="Try again").click()
    page.locator("h1", has_text="Albums").wait_for()


def test_an_edit_is_undone_and_done_again_by_keys(page: Page, library: Library) -> None:
    opened(page, library, "TRACKedit/")
    for name in ("Keep a part", "Louder or softer"):
        page.get_by_role("button", name="Add a step").click()
        page.get_by_role("menuitem", name=name).click()
    steps = page.locator("[data-step]")
    assert steps.count() == 2
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    assert steps.count() == 1
    page.keyboard.press("Control+Shift+z")
    assert steps.count() == 2
    page.locator("[data-step='1']").get_by_role("button", name="Move up").click()
    assert steps.first.inner_text().split("\n")[1] == "Louder or softer"
    page.locator("[data-step='0']").get_by_role("checkbox").click()
    assert "off" in str(steps.first.get_attribute("class"))


def test_the_handles_of_a_trim_are_sliders_with_values(page: Page, library: Library) -> None:
    opened(page, library, "TRACKedit/")
    page.get_by_role("button", name="Add a step").click()
    page.get_by_role("menuitem", name="Keep a part").click()
    handle = page.locator("[data-handle=start_s]")
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "0:02.0"
    box = page.locator("[data-edit-wave]").bounding_box()
    end = page.locator("[data-handle=end_s]").bounding_box()
    assert box
    assert end
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, end["y"] + 40, steps=4)
    page.mouse.up()
    half = page.locator("[data-edit]").evaluate("node => Number(node.dataset.length) / 2")
    minutes, seconds = page.locator("[data-parameter=end_s]").input_value().split(":")
    assert int(minutes) * 60 + float(seconds) == pytest.approx(half, abs=1)


def test_a_song_page_listens_to_the_player(page: Page, library: Library) -> None:
    opened(page, library, "TRACK")
    button = page.locator(".acts-line [data-play-one]")
    assert "Play" in button.inner_text()
    button.click()
    playing(page)
    page.locator(".acts-line [data-play-word]", has_text="Playing").wait_for()
    wave = page.locator("[data-song-wave]").bounding_box()
    assert wave
    page.mouse.click(wave["x"] + wave["width"] * 0.4, wave["y"] + wave["height"] / 2)
    page.wait_for_function(
        "() => { const a = document.getElementById('audio');"
        " return Math.abs(a.currentTime / a.duration - 0.4) < 0.1; }"
    )
    button.click()
    page.locator(".acts-line [data-play-word]", has_text="Play").wait_for()
    assert page.evaluate("document.getElementById('audio').paused")


def test_the_cloth_tells_its_songs_by_keys(page: Page, library: Library) -> None:
    opened(page, library, "/")
    cloth = page.locator(".cloth-picture")
    page.locator(".cloth-picture canvas").wait_for()
    cloth.focus()
    page.keyboard.press("Home")
    first = page.locator("[data-here]").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-here]").inner_text() != first
    page.keyboard.press("Enter")
    assert playing(page) in library.tracks

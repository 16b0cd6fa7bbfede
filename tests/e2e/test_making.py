"""Making and changing in a real browser: times, previews, takes thrown away, tags undone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from songloom.core.audio.edits import EDITS
from tests.config.living import run_songloom
from tests.e2e.browser import Troubles
from tests.e2e.conftest import Library, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]
LONG = "春江花月夜"  # most of a minute


def test_time_boxes_take_minutes_and_seconds_and_say_what_the_result_will_last(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, f"/tracks/{library.tracks[LONG]}/edit/")
    fact = page.locator("[data-fact=duration]")
    size = page.locator("[data-fact=size]")
    whole = fact.inner_text()
    assert re.fullmatch(r"\d+:\d\d\.\d", whole)
    assert page.locator("[data-fact=length]").inner_text() == whole, "nothing is edited yet"
    assert re.fullmatch(r"≈ [\d.]+ [kM]B", size.inner_text())
    page.get_by_role("button", name="Add a step").click()
    page.get_by_role("menuitem", name="Keep a part").click()
    start, end = page.locator("[data-parameter=start_s]"), page.locator("[data-parameter=end_s]")
    start.fill("0:02.5")
    start.press("Tab")
    end.fill("12.75")
    assert fact.inner_text() == "0:10.3", "before anything is saved, while one types"
    end.press("Tab")
    assert (start.input_value(), end.input_value()) == ("0:02.5", "0:12.75")
    end.fill("soon")
    end.press("Tab")
    assert page.get_by_role("alert").inner_text() == "A time is written 1:23.5 or 83.5."
    assert end.get_attribute("aria-invalid") == "true"
    assert fact.inner_text() == "0:10.3", "what is no time changes nothing"
    page.get_by_label("Format").select_option("wav")
    assert re.fullmatch(r"≈ 1\.8 MB", size.inner_text())
    assert troubles == []


def test_a_preview_is_ten_seconds_from_where_the_line_stands(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, f"/tracks/{library.tracks[LONG]}/edit/")
    page.get_by_role("button", name="Add a step").click()
    page.get_by_role("menuitem", name="Louder or softer").click()
    page.locator("[data-edit-wave]").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Hear it").click()
    page.wait_for_function(
        "() => { const a = document.querySelector('#audio');"
        " return a.src.includes('/preview/') && a.currentTime > 0.2; }"
    )
    assert page.evaluate("document.querySelector('#audio').duration") == pytest.approx(10, abs=0.1)
    at = float(str(page.locator("[data-edit-wave]").get_attribute("aria-valuenow")))
    assert 15 <= at <= 26
    page.get_by_role("group", name="What to hear").get_by_role("button", name="Original").click()
    page.wait_for_function(
        "() => { const a = document.querySelector('#audio');"
        " return a.src.includes('/sound') && a.currentTime > 14; }"
    )
    assert troubles == []


def test_every_edit_is_offered_with_words_undone_and_heard_with_another_song(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, f"/tracks/{library.tracks[LONG]}/edit/")
    fact = page.locator("[data-fact=duration]")
    before = fact.inner_text()
    for name, kind in EDITS.items():
        page.get_by_role("button", name="Add a step").click()
        page.locator(f"[data-edit-name={name}]", has_text=kind.words.en).click()
        opened_step = page.locator(".step.open")
        assert opened_step.locator(".step-head b").inner_text() == kind.words.en
        assert opened_step.locator("[data-parameter]").count() == len(kind.parameters)
        page.get_by_role("button", name="Undo").click()
    assert page.locator("[data-step]").count() == 0
    assert fact.inner_text() == before
    page.get_by_role("button", name="Add a step").click()
    page.locator("[data-edit-name=join]").click()
    page.locator("[data-parameter=track]").fill("qhc")  # 青花瓷
    page.locator(".found-song").first.click()
    assert "青花瓷" in page.locator(".step .second").first.inner_text()
    assert fact.inner_text() != before
    page.get_by_role("button", name="Hear it").click()
    heard(page, "/preview/")
    assert troubles == []


def test_what_plays_follows_the_slider_while_it_moves(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, f"/tracks/{library.tracks[LONG]}/edit/")
    page.get_by_role("button", name="Add a step").click()
    page.locator("[data-edit-name=gain]").click()
    page.get_by_role("button", name="Hear it").click()
    heard(page, "/preview/")
    before = page.locator("#audio").get_attribute("src")
    slider = page.locator(".step.open input[type=range]")
    slider.evaluate("node => { node.value = -20; node.dispatchEvent(new Event('input')); }")
    page.wait_for_function(
        "before => { const a = document.querySelector('#audio');"
        " return !a.src.endsWith(before) && a.src.includes('/preview/') && !a.paused; }",
        arg=before,
    )
    assert page.locator("[data-changes] li").count() == 1, "a slider that moves is no change yet"
    assert troubles == []


def heard(page: Page, part: str) -> None:
    page.wait_for_function(
        "(part) => { const a = document.querySelector('#audio');"
        " return a.src.includes(part) && !a.paused && a.currentTime > 0.1; }",
        arg=part,
        timeout=60_000,
    )


def test_a_piece_that_is_thrown_away_falls_silent_and_leaves_the_queue(
    page: Page, library: Library, troubles: Troubles
) -> None:
    home = library.up.home
    done = run_songloom(home, "generate", "a calm tune for piano", "--seconds", "8", "--json")
    track = json.loads(done.stdout)["pieces"][0]["track"]
    opened(page, library, "/compose/")
    page.locator(f"[data-track='{track}'] a").click()
    page.locator(".roll svg").wait_for()
    page.locator(".roll-foot [data-play-one]").click()
    heard(page, track)
    page.get_by_role("button", name="Throw away").click()
    page.locator(".toast", has_text="is thrown away").wait_for()
    page.wait_for_function("() => document.querySelector('#audio').paused")
    assert page.locator("#audio").get_attribute("src") is None
    assert page.locator("#now-idle").is_visible()
    kept = page.evaluate("JSON.parse(localStorage.getItem('songloom.queue')).songs")
    assert kept == []
    assert troubles == []


def test_a_song_put_into_the_bin_gives_way_to_the_next(page: Page, library: Library) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track] .pic").first.click()
    first = str(page.locator(".row[data-track]").first.get_attribute("data-track"))
    second = str(page.locator(".row[data-track]").nth(1).get_attribute("data-track"))
    heard(page, first)
    page.locator(".row[data-track]").first.focus()
    page.keyboard.press("Delete")
    heard(page, second)
    page.keyboard.press("Control+z")
    page.locator(f".row[data-track='{first}']").wait_for()


def test_a_change_of_tags_is_undone_by_the_toast(page: Page, library: Library) -> None:
    opened(page, library, "TRACKtags/")
    before = page.get_by_label("Title").input_value()
    page.get_by_label("Title").fill("Something else")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Something else", level=1).wait_for()
    page.locator(".toast", has_text="The tags are changed.").get_by_role(
        "button", name="Undo"
    ).click()
    page.get_by_role("heading", name=before, level=1).wait_for()
    assert "undone" in page.locator(".tag-changes").inner_html()


def test_the_page_of_what_goes_on_follows_the_listening(page: Page, library: Library) -> None:
    state = {
        "jobs": [],
        "running": [],
        "counts": {},
        "analysis": {
            "n_all": 480,
            "n_left": 443,
            "heard": 37,
            "share": 37 / 480,
            "time_left_s": 700,
            "now": [
                {"id": next(iter(library.tracks.values())), "title": "青花瓷", "progress": 0.5}
            ],
            "waits": "",
        },
    }
    page.route("**/activity/state.json*", lambda route: route.fulfill(json=state))
    opened(page, library, "/activity/")
    card = page.locator("[data-listening]")
    card.locator("[data-heard]").wait_for()
    assert card.locator("[data-of]").inner_text() == "37 of 480 songs · about 12 min left"
    assert "50 %" in card.inner_text()
    state["analysis"] |= {"now": [], "waits": "Paused while someone is listening."}  # type: ignore[operator]
    card.locator("[data-waits]").wait_for()
    assert card.locator("[data-heard]").count() == 0

"""A song looked at, many songs edited, in a real browser: zoom, lanes, picture, presets, parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import Troubles
from tests.e2e.conftest import Library, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]
LONG = "春江花月夜"  # more than a minute
AT = "document.getElementById('audio').currentTime"


def test_a_song_is_looked_at_from_near_and_its_chords_and_highlight_play(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, f"/tracks/{library.tracks[LONG]}/")
    page.locator(".lane.chords .stretch").first.wait_for()
    whole = page.locator(".song-view [data-view-said]")
    assert whole.inner_text() == "the whole song"
    page.locator("[data-song-wave]").focus()
    with page.expect_response(lambda got: got.url.endswith("/peaks.json")) as near:
        page.keyboard.press("+")
    assert len(near.value.json()["roots"]) > 800
    assert whole.inner_text() == "0:00 – 1:00"
    assert page.locator("[data-strip]").is_visible()

    page.locator(".lane.chords").focus()
    page.keyboard.press("ArrowRight")
    chord = page.locator(".lane.chords .stretch[aria-selected=true]")
    label = str(chord.get_attribute("aria-label"))
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {AT} > 0.3")
    page.keyboard.press("-")
    assert whole.inner_text() == "the whole song"
    page.locator(".lane-twin summary").click()
    assert label.split(", ")[0] in page.locator(".lane-twin table").inner_text()

    page.locator("[data-highlight]").click()
    page.wait_for_function("() => !document.getElementById('audio').paused")
    page.locator(".sheet-of-sound").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.sheet-of-sound .on-light').naturalWidth")
    assert page.locator(".sheet-of-sound .on-dark").get_attribute("src") is None
    box = page.locator(".sheet-of-sound").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + 20)
    page.wait_for_function(
        "() => { const a = document.getElementById('audio');"
        " return Math.abs(a.currentTime / a.duration - 0.1) < 0.1; }"
    )
    assert troubles == []


def test_a_preset_is_kept_compared_and_a_step_dragged_and_parts_are_shown(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, f"/tracks/{library.tracks[LONG]}/edit/")
    page.locator("[data-add-step]").click()
    menu, player = page.locator("#edits").bounding_box(), page.locator("#player").bounding_box()
    assert menu
    assert player
    assert menu["y"] + menu["height"] <= player["y"], "the player stays in reach"
    page.locator("[data-edit-name=gain]").click()
    page.locator("[data-presets-button]").click()
    page.locator("[data-preset=speech]").click()
    steps = page.locator(".step b")
    assert steps.all_inner_texts() == [
        "High-pass",
        "Remove silence at both ends",
        "Set the loudness",
    ]

    grip, last = page.locator(".step-grip").first.bounding_box(), page.locator(".step").last
    below = last.bounding_box()
    assert grip
    assert below
    page.mouse.move(grip["x"] + 8, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, below["y"] + below["height"] - 4, steps=6)
    page.mouse.up()
    assert steps.all_inner_texts()[-1] == "High-pass"
    page.locator("[data-since-list] li", has_text="High-pass 80 Hz").wait_for()
    page.keyboard.press("Control+z")
    assert steps.all_inner_texts()[0] == "High-pass"

    page.locator("[data-presets-button]").click()
    page.locator("#presets [name=name]").fill("晨读")
    page.keyboard.press("Enter")
    page.locator("[data-preset='晨读']").wait_for()
    page.keyboard.press("Escape")

    page.locator("[data-split-box] summary").click()
    page.locator("[data-way=times]").click()
    page.locator("[name=times]").fill("0:10, 20.5")
    page.keyboard.press("Enter")
    page.locator(".part").nth(2).wait_for()
    page.locator(".part input[type=checkbox]").first.uncheck()
    assert page.locator("[data-make-parts]").inner_text() == "Make 2 songs"
    assert troubles == []


def test_selected_songs_are_edited_together_with_the_cost_said_first(
    page: Page, library: Library, troubles: Troubles
) -> None:
    opened(page, library, "/songs/")
    page.locator(".row[data-track]").first.focus()
    page.keyboard.press(" ")
    page.locator("[data-many=batch]").click()
    page.get_by_role("heading", name="Edit many songs").wait_for()
    page.locator("[data-cost-of=size]", has_text="MB").wait_for()
    assert page.locator("[data-cost-of=n]").inner_text() == "1"
    page.locator("[value=phone]").check()
    page.locator("[data-cost-of=size]", has_text="kB").wait_for()
    page.locator("[data-go-batch]").click()
    page.locator("[data-batch-said]", has_text="Done").wait_for(timeout=60_000)
    assert troubles == []

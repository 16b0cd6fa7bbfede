"""Debian's chromium under Playwright, for tests and for the pictures of the documentation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
)


def chromium() -> str:
    """Where it is. Away from CI a machine without it leaves these tests out; CI never does."""
    found = shutil.which("chromium")
    if found:
        return found
    if os.environ.get("CI"):
        raise AssertionError("chromium is missing: apt-get install chromium")
    pytest.skip("chromium is missing: apt-get install chromium")


_open: list[Browser] = []


@contextmanager
def browser() -> Iterator[Browser]:
    """A running chromium; within another one, the same: Playwright runs once in a process."""
    if _open:
        yield _open[0]
        return
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        _open.append(running)
        try:
            yield running
        finally:
            _open.clear()
            running.close()


class Troubles(list[str]):
    """Everything that goes wrong in a page: errors of scripts, of the policy, of the server."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("response", lambda got: self._got(got.status, got.url))

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.append(f"console: {text}")

    def _got(self, status: int, url: str) -> None:
        if status >= 500:
            self.append(f"{status}: {url}")

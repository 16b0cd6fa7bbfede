"""Where a server says that it answers, and to which names it does."""

from __future__ import annotations

import os

import pytest

from songloom.config.up import address, answer_to, bind
from songloom.errors import Conflict

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # uvicorn's
NAME = "SONGLOOM_ALLOWED_HOSTS"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("fd00::7", "http://[fd00::7]:80"),
        ("192.168.1.5", "http://192.168.1.5:80"),
        ("music.local", "http://music.local:80"),
    ],
)
def test_the_address_told_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert address(host, 80) == url


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("192.168.1.5", "localhost,127.0.0.1,[::1],192.168.1.5"),
        ("fd00::7", "localhost,127.0.0.1,[::1],[fd00::7]"),
        ("127.0.0.1", "localhost,127.0.0.1,[::1]"),
        ("0.0.0.0", None),  # nobody knows by which names it will be called
    ],
)
def test_bound_to_one_address_it_answers_to_that(
    monkeypatch: pytest.MonkeyPatch, host: str, named: str | None
) -> None:
    monkeypatch.setenv(NAME, "")
    monkeypatch.delenv(NAME)
    answer_to(host)
    assert os.environ.pop(NAME, None) == named


def test_hosts_that_somebody_named_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "music.example")
    answer_to("192.168.1.5")
    assert os.environ[NAME] == "music.example"


def test_a_port_of_its_own_is_bound_and_a_taken_one_is_a_conflict() -> None:
    first = bind("127.0.0.1", 0)
    try:
        first.listen()
        port = first.getsockname()[1]
        assert port > 0
        with pytest.raises(Conflict, match=rf"port {port} on 127\.0\.0\.1"):
            bind("127.0.0.1", port)
    finally:
        first.close()


@pytest.mark.parametrize("host", ["203.0.113.9", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_cannot_be_bound(host: str) -> None:
    with pytest.raises(Conflict, match="cannot be used"):
        bind(host, 0)

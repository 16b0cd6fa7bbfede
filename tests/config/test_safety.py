"""What a server refuses to start with."""

from __future__ import annotations

import secrets
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from songloom.config.safety import is_loopback, refuse_unsafe
from songloom.errors import BadValue


def settings_with(home: Path, **changes: Any) -> SimpleNamespace:
    safe = {
        "HOME": home,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": ["localhost"],
        "DEBUG": False,
        "RATE_LIMITS": True,
    }
    return SimpleNamespace(**(safe | changes))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::"])
def test_safe_settings_are_not_refused(home: Path, host: str) -> None:
    refuse_unsafe(settings_with(home), host=host)


@pytest.mark.parametrize("key", ["", "short", "a" * 31, "a" * 64, "abcabcabc" * 8])
def test_a_short_or_dull_key_is_refused_and_not_told(home: Path, key: str) -> None:
    with pytest.raises(BadValue, match="SECRET_KEY") as refused:
        refuse_unsafe(settings_with(home, SECRET_KEY=key), host="127.0.0.1")
    assert len(key) < 9 or key not in str(refused.value)


def test_any_host_is_no_host_list(home: Path) -> None:
    with pytest.raises(BadValue, match="ALLOWED_HOSTS"):
        refuse_unsafe(settings_with(home, ALLOWED_HOSTS=["a.example", "*"]), host="127.0.0.1")


@pytest.mark.parametrize("changes", [{"DEBUG": True}, {"RATE_LIMITS": False}])
def test_what_is_meant_for_one_machine_is_refused_on_a_network(
    home: Path, changes: dict[str, Any]
) -> None:
    refuse_unsafe(settings_with(home, **changes), host="127.0.0.1")
    for host in ("0.0.0.0", "192.168.1.5", "::", "music.example"):
        with pytest.raises(BadValue, match=host.replace(".", r"\.")):
            refuse_unsafe(settings_with(home, **changes), host=host)


def test_a_home_that_everybody_may_write_to_is_refused(home: Path) -> None:
    home.chmod(0o777)
    with pytest.raises(BadValue, match="777"):
        refuse_unsafe(settings_with(home), host="127.0.0.1")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected

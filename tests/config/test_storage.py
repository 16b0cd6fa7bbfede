"""The address of the storage is checked before anything is done with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from songloom.config import storage
from songloom.errors import BadValue


def test_no_address_is_the_home_and_a_good_one_stays_as_it_is() -> None:
    assert storage.checked("") == ""
    url = "s3://k:s@songs?endpoint=https://s3.example.org"
    assert storage.checked(url) == url


def test_a_bad_one_is_named_by_its_setting_without_the_secret() -> None:
    with pytest.raises(BadValue, match=r"^SONGLOOM_STORAGE_URL: ") as caught:
        storage.checked("s3://key:tell-nobody@songs?endpoint=nowhere")
    assert "tell-nobody" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "find_spec", lambda name: None)
    with pytest.raises(BadValue, match=r"pip install 'songloom\[s3\]'"):
        storage.checked("s3://songs")
    assert storage.checked("") == ""  # nobody needs it at home


def test_at_home_nothing_of_the_far_storage_is_loaded() -> None:
    """The idle server's memory is a bar, and `[s3]` is an extra."""
    look = (
        "import sys, django; django.setup(); import songloom.config.asgi\n"
        "from songloom.library import storage; storage.store().is_reachable()\n"
        "print([n for n in ('boto3', 'botocore', 'storages') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

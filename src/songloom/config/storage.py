"""Checks the address of the storage before anything is done with it."""

from __future__ import annotations

from importlib.util import find_spec

from songloom.errors import BadValue
from songloom.library.storage.address import parse

NEEDS = ("boto3", "storages")


def checked(url: str) -> str:
    """The address as it was given; empty is the home. Raises BadValue, never with the secret."""
    if not url:
        return ""
    try:
        parse(url)
    except BadValue as exc:
        raise BadValue(f"SONGLOOM_STORAGE_URL: {exc}") from None
    if missing := [name for name in NEEDS if find_spec(name) is None]:
        raise BadValue(
            f"SONGLOOM_STORAGE_URL needs {missing[0]}, which is not installed: "
            "pip install 'songloom[s3]'"
        )
    return url

"""A MongoDB database by its address: `mongodb://user:password@host:27017/database`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from songloom.errors import BadStoreAddress, MissingExtra, StoreAway

ANSWERS_WITHIN_MS = 5_000
USUAL = "songloom"  # the database where the address names none
SCHEMES = ("mongodb", "mongodb+srv")


@contextmanager
def database(uri: str) -> Iterator[Any]:
    """The database at an address, for the block; what fails in it is one of our errors.

    Raises BadStoreAddress, StoreAway, MissingExtra. No message holds the password.
    """
    pymongo = driver()
    if urlsplit(uri).scheme not in SCHEMES:
        raise BadStoreAddress("an address begins with mongodb:// or mongodb+srv://")
    try:
        client = pymongo.MongoClient(
            uri, serverSelectionTimeoutMS=ANSWERS_WITHIN_MS, connectTimeoutMS=ANSWERS_WITHIN_MS,
            appname="songloom", tz_aware=True,
        )  # fmt: skip
    except (pymongo.errors.PyMongoError, ValueError, TypeError) as exc:
        raise BadStoreAddress("this is no address that MongoDB's driver understands") from exc
    with client:
        try:
            client.admin.command("ping")
            yield client.get_default_database(USUAL)
        except pymongo.errors.OperationFailure as exc:
            raise BadStoreAddress(_refusal(exc)) from exc
        except pymongo.errors.PyMongoError as exc:
            raise StoreAway(f"no MongoDB server answers at {host_of(uri)}") from exc


def _refusal(exc: Any) -> str:
    if exc.code in (13, 18):  # Unauthorized, AuthenticationFailed
        return "the MongoDB server refuses this name or password"
    return f"the MongoDB server refuses this (code {exc.code})"


def driver() -> Any:
    try:
        import pymongo
        import pymongo.errors
    except ImportError:
        raise MissingExtra("MongoDB needs an extra: pip install 'songloom[mongo]'") from None
    return pymongo


def host_of(uri: str) -> str:
    """Where it leads, without who goes there: what messages and lineage may say."""
    return urlsplit(uri).netloc.rpartition("@")[2][:200] or "?"

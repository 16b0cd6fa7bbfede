"""What carries jobs to workers: the database, or a broker whose address is checked here."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from songloom.errors import BadValue

SCHEMES = ("amqp", "redis")
NEEDED = ("celery", "redis")


def checked(url: str) -> str:
    """The address of the broker, or "" for none. Raises BadValue for one that cannot be.

    The address may hold a password: no message repeats it.
    """
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise BadValue("SONGLOOM_BROKER_URL begins with amqp:// or redis://, or is empty")
    if not parts.hostname or not _is_port(url):
        raise BadValue("SONGLOOM_BROKER_URL names no host, or no port that can be")
    if parts.scheme == "redis" and not parts.path.strip("/").isdigit() and parts.path.strip("/"):
        raise BadValue("SONGLOOM_BROKER_URL: a Redis database is a number, as in redis://host/0")
    if any(find_spec(name) is None for name in NEEDED):
        raise BadValue("SONGLOOM_BROKER_URL needs the extra: pip install 'songloom[celery]'")
    return url


def _is_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def tasks(broker_url: str, queues: Sequence[str]) -> dict[str, Any]:
    """The TASKS of Django's settings."""
    backend = (
        "songloom.jobs.carrier.BrokerBackend" if broker_url else "django_tasks_db.DatabaseBackend"
    )
    return {"default": {"BACKEND": backend, "QUEUES": list(queues)}}

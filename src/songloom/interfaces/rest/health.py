"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from songloom.jobs import away
from songloom.jobs.broker import broker
from songloom.jobs.models import Worker
from songloom.library import storage

SEEN_WITHIN = timedelta(seconds=30)


def live(request: HttpRequest) -> JsonResponse:
    """This process answers. Nothing else is looked at."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> JsonResponse:
    """Database, storage, a worker seen within 30 s, the broker if one is set; 503 names what
    is missing."""
    checks = {"database": has_database(), "storage": has_storage()}
    checks["worker"] = checks["database"] and has_worker()
    if settings.BROKER_URL:
        checks["broker"] = checks["database"] and broker().is_there()
    is_ready = all(checks.values())
    return JsonResponse({"ok": is_ready, **checks}, status=200 if is_ready else 503)


def has_database() -> bool:
    """One that was missed is asked without waiting for it."""
    if not away.answers_again():
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except (DatabaseError, InterfaceError) as exc:
        away.missed(exc)
        return False


def has_storage() -> bool:
    return storage.store().is_reachable()


def has_worker() -> bool:
    try:
        return Worker.objects.filter(seen_at__gte=timezone.now() - SEEN_WITHIN).exists()
    except (DatabaseError, InterfaceError):
        return False

"""The ASGI application: a limit on bodies, static files, files that views name, Django inside."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songloom.config.settings")

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import InterfaceError, OperationalError, connection

django_application = get_asgi_application()

from songloom.config.serving import App, SendFiles  # noqa: E402
from songloom.config.static import ServeStatic  # noqa: E402
from songloom.errors import DatabaseAway  # noqa: E402
from songloom.interfaces.answers.bodies import LimitBodies  # noqa: E402
from songloom.jobs import away  # noqa: E402
from songloom.library.models import Folder  # noqa: E402


async def sendable() -> Iterable[Path]:
    """Folders that files may be sent from: the home's media and cache, and the linked folders.

    Raises DatabaseAway.
    """
    linked = await sync_to_async(_linked)()
    return [settings.MEDIA, settings.CACHE, *map(Path, linked)]


def _linked() -> list[str]:
    try:
        return list(Folder.objects.values_list("path", flat=True))
    except (OperationalError, InterfaceError) as exc:
        if away.missed(exc):
            raise DatabaseAway("The database does not answer right now.") from exc
        raise
    finally:
        if not connection.in_atomic_block:
            connection.close()  # outside of a request nobody else does


application: App = LimitBodies(
    ServeStatic(
        SendFiles(cast(App, django_application), sendable, by_nginx=settings.SENT_BY_NGINX)
    ),
    largest_bytes=int(settings.LARGEST_UPLOAD_MB * 1_000_000),
)

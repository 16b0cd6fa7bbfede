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

django_application = get_asgi_application()

from songloom.config.serving import App, SendFiles  # noqa: E402
from songloom.config.static import ServeStatic  # noqa: E402
from songloom.interfaces.answers.bodies import LimitBodies  # noqa: E402
from songloom.library.models import Folder  # noqa: E402


async def sendable() -> Iterable[Path]:
    """Folders that files may be sent from: the home's media and cache, and the linked folders."""
    linked = await sync_to_async(lambda: list(Folder.objects.values_list("path", flat=True)))()
    return [settings.MEDIA, settings.CACHE, *map(Path, linked)]


application: App = LimitBodies(
    ServeStatic(
        SendFiles(cast(App, django_application), sendable, by_nginx=settings.SENT_BY_NGINX)
    ),
    largest_bytes=int(settings.LARGEST_UPLOAD_MB * 1_000_000),
)

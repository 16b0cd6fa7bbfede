"""One server process: `python -m songloom.config.server FD READY_FD`, started by `songloom up`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import uvicorn

from songloom.config.lifeline import follow_parent

DRAIN_S = 20  # running answers get this long to end


class Server(uvicorn.Server):
    """Tells whoever started it when it answers."""

    def __init__(self, config: uvicorn.Config, ready_fd: int) -> None:
        super().__init__(config)
        self.ready_fd = ready_fd

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            os.write(self.ready_fd, b"ready\n")


def main() -> None:
    fd, ready_fd = map(int, sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # uvicorn raises them again when it has ended
    follow_parent()
    from django.conf import settings

    from songloom.config.asgi import application
    from songloom.config.databases import stay_connected

    stay_connected(settings.DATABASES["default"])

    config = uvicorn.Config(
        application,
        fd=fd,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.PUBLIC_URL),  # else nobody may say whom they speak for
        timeout_graceful_shutdown=DRAIN_S,
        timeout_keep_alive=15,
        ws="none",
    )
    Server(config, ready_fd).run()


if __name__ == "__main__":
    main()

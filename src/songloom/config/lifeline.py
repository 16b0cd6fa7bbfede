"""Children of `songloom up` end when it does, even by SIGKILL: their standard input closes."""

from __future__ import annotations

import os
import signal
import threading


def follow_parent() -> None:
    """Ask this process to stop as soon as the other end of its standard input is gone."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()

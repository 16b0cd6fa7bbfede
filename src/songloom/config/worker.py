"""One worker process: `python -m songloom.config.worker READY_FD`, started by `songloom up`."""

from __future__ import annotations

import os
import signal
import sys
import threading

from songloom.config.home import start_django
from songloom.config.lifeline import follow_parent

DRAIN_S = 20.0  # a running job gets this long to end, then it goes back to the queue


def main() -> None:
    (ready_fd,) = map(int, sys.argv[1:])
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    follow_parent()
    start_django()
    from songloom.analyse import services as analyse
    from songloom.jobs.worker import EmbeddedWorker

    worker = EmbeddedWorker(widths={"analysis": analyse.lanes})
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    if asked.is_set():
        return
    from songloom.library.keep.sweeping import sweep
    from songloom.search.services import start_indexing

    sweep()
    analyse.start_catching_up()
    start_indexing()
    os.write(ready_fd, b"ready\n")
    worker.run(drain_s=DRAIN_S)


if __name__ == "__main__":
    main()

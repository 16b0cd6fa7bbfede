"""`songloom worker`: worker processes without a server, on this host or another."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from songloom.config.aside import done_aside
from songloom.config.children import Group
from songloom.config.crew import add_workers
from songloom.config.home import home_folder, prepare_folders, start_django
from songloom.config.up import serve

Words = dict[str, str]


def work(
    *, home: str | None, queues: Sequence[str], concurrency: int, as_json: bool, words: Words
) -> int:
    """Blocks until Ctrl-C or SIGTERM; returns the exit status.

    queues       those whose jobs it takes; none means all
    concurrency  how many jobs of each queue run at a time
    words        what to tell people: `working` and `home`, each with its field
    Raises BadValue for settings that cannot be.
    """
    if home:
        os.environ["SONGLOOM_HOME"] = str(Path(home).expanduser().absolute())
    kept = home_folder()
    prepare_folders(kept)
    known = done_aside(prepare)
    chosen = [queue for queue in known["queues"] if not queues or queue in queues]
    group = Group.with_pipe()
    add_workers(group, chosen, concurrency, by_broker=known["by_broker"])
    return serve(group, lambda: _told(chosen, kept, as_json=as_json, words=words))


def prepare() -> dict[str, Any]:
    """Tables are there and the settings make sense."""
    start_django()
    from django.conf import settings

    from songloom.jobs.registry import QUEUES

    return {"queues": list(QUEUES), "by_broker": bool(settings.BROKER_URL)}


@contextmanager
def _told(queues: list[str], home: Path, *, as_json: bool, words: Words) -> Iterator[None]:
    if as_json:
        ready = {"queues": queues, "home": str(home), "pid": os.getpid()}
        print(json.dumps(ready, ensure_ascii=False), flush=True)
    else:
        print(words["working"] % {"queues": ", ".join(queues)})
        print(words["home"] % {"home": home}, flush=True)
    yield

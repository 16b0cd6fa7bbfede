"""`songloom.open(home)`: what a notebook needs before it can use the library."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from songloom.config.home import home_folder, start_django
from songloom.errors import Conflict

if TYPE_CHECKING:
    from songloom.interfaces.notebook import Library


def open_library(home: str | os.PathLike[str] | None, *, user: str | None) -> Library:
    """Prepare home and Django, once a process; then the library as this user sees it."""
    _choose(home)
    if _is_in_a_loop():
        # Cells of a notebook run inside an event loop, where Django refuses its database because
        # a query would stop the loop's other work. A notebook has none while a cell runs.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    start_django()
    from songloom.interfaces.notebook import Library

    return Library.of(user)


def _choose(home: str | os.PathLike[str] | None) -> None:
    """One process has one home: Django reads its settings once."""
    if home is None:
        return
    wanted = Path(home).expanduser().absolute()
    if "songloom.config.settings" in sys.modules and wanted.resolve() != home_folder().resolve():
        raise Conflict(f"this process has {home_folder()} open; restart Python to open {wanted}")
    os.environ["SONGLOOM_HOME"] = str(wanted)


def _is_in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True

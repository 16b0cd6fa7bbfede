"""`songloom <verb>`: hands the command line what only config knows, then lets it run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from songloom.config import language
from songloom.interfaces import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status."""
    return cli.run(
        sys.argv[1:] if argv is None else argv,
        language=language.wanted(),
        start=_start,
        up=_up,
        work=_work,
        move=_move,
    )


def _start() -> None:
    from songloom.config.home import start_django

    start_django()


def _up(**options: object) -> int:
    from songloom.config.up import up

    return up(**options)  # type: ignore[arg-type]


def _work(**options: object) -> int:
    from songloom.config.work import work

    return work(**options)  # type: ignore[arg-type]


def _move(source: str, target: str, progress: Callable[[str, int, int], None]) -> dict[str, object]:
    from songloom.config.moving import move_database

    return move_database(source, target, progress)


if __name__ == "__main__":
    sys.exit(main())

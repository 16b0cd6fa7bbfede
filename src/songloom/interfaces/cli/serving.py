"""`songloom up` and `songloom worker`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Verb

PORT = 4848
QUEUES = ("interactive", "generation", "analysis")  # as jobs has them, without importing Django


def verbs(up: Callable[..., int], work: Callable[..., int]) -> list[Verb]:
    """What serves is config's; the command line only reads the options."""
    return [_up(up), _worker(work)]


def _up(up: Callable[..., int]) -> Verb:
    def act(given: Arguments) -> int:
        return up(
            home=given.home,
            host=given.host,
            port=given.port,
            n_workers=given.workers,
            as_json=getattr(given, "json", False),
            words=words(),
        )

    return Verb("up", lambda: _("Start the server and its workers."), arguments, act, is_pure=True)


def words() -> dict[str, str]:
    """What the server tells people once it answers, and workers once they work."""
    return {
        "ready": _("Songloom is ready: %(url)s"),
        "setup": _("Create the first administrator (this link works once): %(url)s"),
        "working": _("Working on: %(queues)s"),
        "home": _("Everything lies in %(home)s. Ctrl-C stops it."),
    }


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", metavar=_("DIR"), help=_("where everything lies"))
    parser.add_argument(
        "--host", default="127.0.0.1", help=_("the address to listen on (0.0.0.0: all)")
    )
    parser.add_argument("--port", type=_port, default=PORT, help=_("0 takes any free one"))
    parser.add_argument(
        "--workers", type=_few, default=1, help=_("processes that run jobs (0: they run elsewhere)")
    )


def _worker(work: Callable[..., int]) -> Verb:
    def act(given: Arguments) -> int:
        return work(
            home=given.home,
            queues=given.queue or [],
            concurrency=given.concurrency,
            as_json=getattr(given, "json", False),
            words=words(),
        )

    return Verb(
        "worker",
        lambda: _("Run jobs without a server, on this machine or another."),
        _worker_arguments,
        act,
        is_pure=True,
    )


def _worker_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", metavar=_("DIR"), help=_("where everything lies"))
    parser.add_argument(
        "--queue",
        action="append",
        choices=QUEUES,
        help=_("only jobs of this queue; may be given again (default: all)"),
    )
    parser.add_argument(
        "--concurrency",
        type=_positive,
        default=1,
        help=_("how many jobs of each queue run at a time"),
    )


def _few(text: str) -> int:
    return _whole(text, 0, 64)


def _positive(text: str) -> int:
    return _whole(text, 1, 64)


def _port(text: str) -> int:
    return _whole(text, 0, 65_535)


def _whole(text: str, lowest: int, highest: int) -> int:
    if text.isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    words = _("%(value)s is no whole number from %(lowest)s to %(highest)s")
    told = words % {"value": text, "lowest": lowest, "highest": highest}
    raise argparse.ArgumentTypeError(told)

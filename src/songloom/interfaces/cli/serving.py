"""`songloom up`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Verb

PORT = 4848


def verb(up: Callable[..., int]) -> Verb:
    """The server itself is config's; the command line only reads its options."""

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
    """What the server tells people once it answers."""
    return {
        "ready": _("Songloom is ready: %(url)s"),
        "setup": _("Create the first administrator (this link works once): %(url)s"),
        "home": _("Everything lies in %(home)s. Ctrl-C stops it."),
    }


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", metavar=_("DIR"), help=_("where everything lies"))
    parser.add_argument(
        "--host", default="127.0.0.1", help=_("the address to listen on (0.0.0.0: all)")
    )
    parser.add_argument("--port", type=_port, default=PORT, help=_("0 takes any free one"))
    parser.add_argument("--workers", type=_positive, default=1, help=_("processes that run jobs"))


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

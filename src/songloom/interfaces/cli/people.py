"""`songloom user add` and `songloom key add`: people and the keys of their programs."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from songloom.errors import BadValue, NotFound
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, nested

if TYPE_CHECKING:
    from songloom.library.models import User

LONGEST_PASSWORD = 4_096


def verbs() -> list[Verb]:
    return [
        Verb("user", lambda: _("Add people who may sign in."), _user_arguments, add_user),
        Verb("key", lambda: _("Make keys for programs and players."), _key_arguments, add_key),
    ]


def _user_arguments(parser: argparse.ArgumentParser) -> None:
    nested(parser, {"add": (_("Add a user."), _add_user_arguments)})


def _add_user_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar=_("NAME"))
    parser.add_argument("--admin", action="store_true", help=_("may administer everything"))
    _takes_password(parser, _("read the password from standard input"))


def _key_arguments(parser: argparse.ArgumentParser) -> None:
    nested(parser, {"add": (_("Make a key for a user; it is shown once."), _add_key_arguments)})


def _add_key_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", metavar=_("NAME"))
    parser.add_argument("--name", default="", help=_("what the key is for"))
    parser.add_argument(
        "--app-password",
        action="store_true",
        help=_("a password for an OpenSubsonic player instead of an API key"),
    )
    _takes_password(parser, _("with --app-password: read it from standard input"))


def _takes_password(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--password-stdin", action="store_true", help=words)


def add_user(given: Arguments) -> Outcome:
    from songloom.library.services import people

    password = _piped() if given.password_stdin else _typed()
    user = people.add_user(given.name, password, is_admin=given.admin)
    document = {"id": str(user.pk), "name": user.username, "is_admin": user.is_admin}
    return Outcome(document, [_("Added %(name)s.") % {"name": user.username}])


def add_key(given: Arguments) -> Outcome:
    from songloom.library.services import people

    user = _named(given.user)
    if given.app_password:
        password = _piped() if given.password_stdin else ""
        key, row = people.make_app_password(user, given.name, password)
        return _key_outcome(key, str(row.pk), user, "app_password")
    if given.password_stdin:
        raise BadValue("an API key is made, never given; --password-stdin goes with --app-password")
    key, api_key = people.make_api_key(user, given.name)
    return _key_outcome(key, str(api_key.pk), user, "api_key")


def _key_outcome(key: str, pk: str, user: User, kind: str) -> Outcome:
    return Outcome({"key": key, "id": pk, "user": user.username, "kind": kind}, [key])


def _named(name: str) -> User:
    from songloom.library.models import User

    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise NotFound(f"there is no user called {name[:150]}")
    return user


def _piped() -> str:
    """All of standard input but one line end."""
    text = sys.stdin.read(LONGEST_PASSWORD + 1)
    return text.removesuffix("\n").removesuffix("\r")


def _typed() -> str:
    """Asked twice at a terminal, never shown."""
    if not sys.stdin.isatty():
        raise BadValue("without a terminal the password comes by --password-stdin")
    first = getpass.getpass(_("Password: "))
    if getpass.getpass(_("Once more: ")) != first:
        raise BadValue("the two passwords differ")
    return first

"""The numbers by which OpenSubsonic says no, and how our own errors map to them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from songloom.errors import NotAllowed, NotFound, SongloomError, Unauthenticated

GENERIC, MISSING, CLIENT_OLD, SERVER_OLD = 0, 10, 20, 30
WRONG_LOGIN, NO_SUCH_WAY, TWO_WAYS = 40, 42, 43
WRONG_KEY, FORBIDDEN, UNKNOWN = 44, 50, 70

NUMBERS: dict[type[SongloomError], int] = {
    NotFound: UNKNOWN,
    NotAllowed: FORBIDDEN,
    Unauthenticated: WRONG_LOGIN,
}


class Refusal(Exception):
    """An answer with status `failed`."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number

    @classmethod
    def missing(cls, name: str) -> Refusal:
        return cls(MISSING, _("The parameter “%(name)s” is missing.") % {"name": name})

    @classmethod
    def wrong(cls, name: str, value: str) -> Refusal:
        words = {"name": name, "value": value[:40]}
        return cls(GENERIC, _("The parameter “%(name)s” cannot be “%(value)s”.") % words)

    @classmethod
    def not_found(cls) -> Refusal:
        return cls(UNKNOWN, _("The requested data was not found."))

    @classmethod
    def of(cls, error: SongloomError) -> Refusal:
        numbers = (number for kind, number in NUMBERS.items() if isinstance(error, kind))
        return cls(next(numbers, GENERIC), str(error))

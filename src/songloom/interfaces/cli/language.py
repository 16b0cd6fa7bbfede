"""Words in the language of the terminal, before Django is there and without it."""

from __future__ import annotations

import argparse
import gettext
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).resolve().parents[2] / "locale"
FOLDERS = {"zh-hans": "zh_Hans"}

_spoken: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def speak(language: str) -> None:
    """From now on `_` gives this language; argparse's own words follow."""
    global _spoken, _language
    _language = language
    folder = FOLDERS.get(language, language)
    _spoken = gettext.translation("django", CATALOGUES, languages=[folder], fallback=True)
    for name, function in (("_", _), ("ngettext", ngettext)):
        setattr(argparse, name, function)


def _(message: str) -> str:
    return _spoken.gettext(message)


def spoken() -> str:
    """The code of the language that `_` gives."""
    return _language


def chosen(*, en: str, zh: str) -> str:
    """For words that come with both languages, as those of the edits do."""
    return zh if _language.startswith("zh") else en


def ngettext(one: str, many: str, n: Any) -> str:
    return _spoken.ngettext(one, many, n)


def words_of_argparse() -> list[str]:
    """What argparse itself says, listed so that the catalogue has it."""
    return [
        _("usage: "),
        _("positional arguments"),
        _("options"),
        _("show this help message and exit"),
        _("%(prog)s: error: %(message)s\n"),
        _("the following arguments are required: %s"),
        _("unrecognized arguments: %s"),
        _("expected one argument"),
        _("expected at least one argument"),
        _("invalid choice: %(value)r (choose from %(choices)s)"),
        _("invalid %(type)s value: %(value)r"),
        _("argument %(argument_name)s: %(message)s"),
        _("not allowed with argument %s"),
    ]

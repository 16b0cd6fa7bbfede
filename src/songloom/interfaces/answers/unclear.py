"""Says what a filter takes that was not understood, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from songloom.core.query.filters import MOST_FILTERS, kind_of, parse

SENTENCES = {
    "number": _("a number, as in %(name)s:90, %(name)s:90..120 or %(name)s:<100"),
    "span": _("a length of time, as in %(name)s:3m20s, %(name)s:2:30..4:00 or %(name)s:>5m"),
    "text": _("words, as in %(name)s:love"),
    "word": _("one of its words, as in format:flac, mode:major or mode:minor"),
    "switch": _("yes or no, as in %(name)s:yes"),
    "key": _("a key, as in %(name)s:Am, %(name)s:F# or %(name)s:8A"),
    "date": _("an age or a day, as in %(name)s:<30d, %(name)s:2024-05 or %(name)s:2023..2024"),
    "": _("there is no such condition"),
    "many": _("there are more than %(most)d conditions"),
}


def expected(part: str, say: Callable[[str], str] = gettext) -> str:
    """What stands in place of `part`, one of `not_understood`: a filter as it was written.

    say  gives a sentence in the language of the reader
    """
    kind = "many" if parse(part).filters else kind_of(part)
    name = part.lstrip("-").partition(":")[0]
    return say(SENTENCES[kind]) % {"name": name, "most": MOST_FILTERS}

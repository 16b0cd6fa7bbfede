"""What the pages say for an error code: one calm sentence, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from songloom.interfaces.answers.errors import by_code, by_status

STATUS = {"not_found": 404, "error": 500, "csrf_failed": 403, "malformed": 400}


def sentence(code: str) -> str:
    """The sentence for a code; an unknown code still gets words."""
    if code == "csrf_failed":
        return _("This page stood open for too long. Load it again, then retry.")
    return by_code(code) or by_status(STATUS.get(code, 500))[1]

"""Which language a terminal wants: English, or Chinese when LANG (and its kin) says so."""

from __future__ import annotations

import os


def wanted() -> str:
    """`en` or `zh-hans`, by the first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if given := os.environ.get(name, ""):
            return "zh-hans" if given.lower().startswith("zh") else "en"
    return "en"

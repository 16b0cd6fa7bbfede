"""Styles, one file each: its words in prompts, its title, its habits. A new file is a new style.

    words           what people call it, in English and Chinese; without words nobody can ask for it
    title           what a piece of it is called, by language: { en = "Waltz", zh = "圆舞曲" }
    fitting_metres  metres that it may be counted in; any where this is left out
    usual_metre     the metre that its name alone asks for

The habits (bpm, metres, palettes, patterns, drums, loops, is_minor) are those of
`core.score.styles.Style`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def tables() -> dict[str, dict[str, Any]]:
    """Every style by the name of its file, in order of the alphabet; `plain` is no style at all."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.toml"))
    }

"""What no rule and no word of the lexicon explained, in the writer's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from songloom.core.query.prompt_reading import HAN, TAKEN, Reading
from songloom.core.query.prompt_words import lexicon

CLAUSE = re.compile(rf"[^{TAKEN},.;:!?。、()\[\]{{}}|\n\"“”《》「」…~/+*=]+")


def left_over(reading: Reading) -> Iterator[str]:
    """Phrases without their empty first and last words; "like …" keeps its "like"."""
    for clause in CLAUSE.finditer(reading.low):
        tokens = [
            (
                clause.start() + token.start(),
                clause.start() + token.end(),
                token.lastgroup or "word",
            )
            for token in _token_pattern().finditer(clause[0])
        ]
        kept = [index for index, token in enumerate(tokens) if token[2] == "word"]
        if not kept:
            continue
        first = kept[0]
        while first and reading.low[slice(*tokens[first - 1][:2])] in ("like", "a", "an", "the"):
            first -= 1
        while first < kept[0] and reading.low[slice(*tokens[first][:2])] != "like":
            first += 1
        yield reading.shown[tokens[first][0] : tokens[kept[-1]][1]].strip()


@cache
def _token_pattern() -> re.Pattern[str]:
    filler = lexicon()["filler"]
    english = "|".join(sorted(map(re.escape, filler["en"]), key=len, reverse=True))
    chinese = "|".join(sorted(map(re.escape, filler["zh"]), key=len, reverse=True))
    latin = rf"(?:(?![{HAN}])[^\W_])+(?:['-](?:(?![{HAN}])[^\W_])+)*"
    return re.compile(
        rf"(?P<filler>(?<![^\W_])(?:{english})(?![^\W_'-])|{chinese})|(?P<word>{latin}|[{HAN}])"
    )

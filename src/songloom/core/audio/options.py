"""How an edit is spelt in one word, as on a command line: `--trim 10:40`, `--fade-in 0.5`.

trim 10:40       from second 10 to second 40; `10:` to the end, `:40` from the start
cut 1:10-2:40    with a dash each side is a time: seconds, minutes:seconds or h:mm:ss
fade-in 0.5      seconds          gain -3        decibels
loudness -16     LUFS             resample 22050 samples per second
channels 1                        trim-silence   with or without a threshold in dB
"""

from __future__ import annotations

import math
import re
from typing import Any

from songloom.errors import BadRecipe

SPANS = frozenset({"trim", "cut"})
NUMBERS = {
    "fade_in": "duration_s",
    "fade_out": "duration_s",
    "gain": "gain_db",
    "loudness": "target_lufs",
    "resample": "sample_rate",
    "channels": "channels",
    "trim_silence": "threshold_db",
}
DASHES = re.compile(r"\s*[-–—]\s*")
NEGATIVE = re.compile(r"(?:^|:)\s*[-–—−]\s*[\d.]")


def parse_option(name: str, text: str | float | bool | None = None) -> dict[str, Any]:
    """One edit of a recipe out of an option's name and text; ranges are checked by `recipe.read`.

    Raises BadRecipe for an unknown name, and for text that is no number or no two times.
    """
    edit = name.strip().lstrip("-").replace("-", "_")
    if edit not in SPANS and edit not in NUMBERS:
        raise BadRecipe(f"there is no edit “{name[:40]}”")
    if edit == "trim_silence" and (text is None or isinstance(text, bool) or not str(text).strip()):
        return {"edit": edit}
    said = str("" if text is None else text).strip()
    if edit in SPANS:
        start_s, end_s = _span(edit, said)
        return {"edit": edit, "start_s": start_s, "end_s": end_s}
    return {"edit": edit, NUMBERS[edit]: _number(edit, said)}


def _span(edit: str, said: str) -> tuple[float, float | None]:
    if NEGATIVE.search(said):
        raise BadRecipe(
            f"{edit}: “{said[:40]}” has a time below 0, and nothing lies before the start; "
            "write 0-2:40 for the first 2 minutes 40"
        )
    parts = DASHES.split(said) if DASHES.search(said) else said.split(":")
    if len(parts) != 2 or not any(parts):
        raise BadRecipe(
            f"{edit}: “{said[:40]}” is not two times; write 10:40 for seconds 10 to 40, "
            "or 1:10-2:40 for minutes and seconds"
        )
    start, end = parts
    return (_time_s(edit, start) if start else 0.0), (_time_s(edit, end) if end else None)


def _time_s(edit: str, said: str) -> float:
    """Seconds out of `75`, `1:15` or `0:01:15`."""
    parts = said.split(":")
    if len(parts) > 3:
        raise BadRecipe(f"{edit}: “{said[:40]}” is no time")
    seconds = 0.0
    for part in parts:
        number = _number(edit, part)
        if number < 0 or (len(parts) > 1 and part != parts[0] and number >= 60):
            raise BadRecipe(f"{edit}: “{said[:40]}” is no time")
        seconds = seconds * 60 + number
    return seconds


def _number(edit: str, said: str) -> float:
    try:
        number = float(said.replace("−", "-"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRecipe(f"{edit}: “{said[:40]}” is no number")
    return int(number) if edit in ("resample", "channels") and number == int(number) else number

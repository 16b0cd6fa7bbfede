"""What is said by measuring against something: "slower than a march", 比进行曲慢一点, "16 bars"."""

from __future__ import annotations

import re
from functools import cache

from songloom.core.query.prompt_numbers import NOT_IN_WORD
from songloom.core.query.prompt_reading import NUMBER, Reading, number
from songloom.core.query.prompt_request import LONGEST_S, SHORTEST_S
from songloom.core.query.prompt_words import lexicon

A_BIT, PLAINLY, MUCH = 0.88, 0.8, 0.68  # of the tempo that is named, where slower is asked
OPEN_BPM = 96.0  # counts bars where no tempo was asked
BARS = re.compile(
    rf"{NOT_IN_WORD}(?P<n>{NUMBER})[ -]?(?:(?:bars|measures)(?: long)?(?![a-z])"
    r"|(?:bar|measure)(?= (?:loop|piece|tune|melody|theme|intro|song|phrase)))"
    rf"|(?P<n2>{NUMBER})\s*(?:个)?小节"
)
OFTEN = r"(?:usual|normal|regular|typical|standard|ordinary|average)"


@cache
def _than() -> re.Pattern[str]:
    names = {word: name for name in paces() for word in _words_of(name)}
    english = "|".join(sorted((re.escape(w) for w in names if w.isascii()), key=len, reverse=True))
    chinese = "|".join(
        sorted((re.escape(w) for w in names if not w.isascii()), key=len, reverse=True)
    )
    return re.compile(
        r"(?:(?P<how>an? (?:little )?bit|a little|a touch|slightly|somewhat|much|a lot|far)\s+)?"
        r"(?P<way>slower|faster|quicker)\s+than\s+(?:an?|the|your|most|any)?\s*"
        rf"(?:{OFTEN}\s+)?(?P<name>{english})s?(?![a-z])"
        r"|比(?:一般|普通|平常|通常|寻常|正常)?(?:的)?"
        rf"(?P<name2>{chinese})(?:的速度)?"
        r"(?P<how2>稍微|稍|略微|略|更|要)?(?:再)?"
        r"(?P<way2>慢|快)(?P<how3>一点儿?|一些|些|点|得多|很多|多了)?"
    )


def paces() -> dict[str, float]:
    """Beats a minute of what a tempo may be compared with."""
    return {name: float(bpm) for name, bpm in lexicon()["paces"].items()}


def _words_of(name: str) -> list[str]:
    return list(lexicon()["styles"].get(name, {"words": [name, "走路", "步行"]})["words"])


def read_comparisons(reading: Reading) -> None:
    """`a bit slower than a march`, `比进行曲慢一点` → tempo; no march is asked for."""
    for match in reading.finds(_than()):
        word = match["name"] or match["name2"]
        named = next(name for name in paces() if word in _words_of(name))
        how = match["how"] or match["how2"] or match["how3"] or ""
        step = MUCH if how in ("much", "a lot", "far", "得多", "很多", "多了") else A_BIT
        step = step if how and how not in ("更", "要") else PLAINLY
        is_slower = (match["way"] or match["way2"]) in ("slower", "慢")
        bpm = round(paces()[named] * (step if is_slower else 1 / step))
        reading.wish("bpm", float(bpm), reading.take(*match.span()), "inferred")


def read_bars(reading: Reading) -> None:
    """`16 bars`, `十六小节`: their length in the tempo and metre that were read before."""
    for match in reading.finds(BARS):
        n_bars = number(match["n"] or match["n2"])
        if not n_bars:
            continue
        words = reading.take(*match.span())
        if "seconds" in reading.wishes:
            continue  # a length in seconds was said outright
        reading.wish("bpm", OPEN_BPM, words, "inferred")
        music_s = n_bars * _beats(reading.wishes.get("metre", "4/4")) * 60 / reading.wishes["bpm"]
        seconds = min(max(music_s + min(1.0, 0.025 * music_s), SHORTEST_S), LONGEST_S)
        reading.wish("seconds", round(seconds, 2), words, "inferred")


def _beats(metre: str) -> int:
    above, below = metre.split("/")
    return int(above) // 3 if below == "8" and above in ("6", "9", "12") else int(above)

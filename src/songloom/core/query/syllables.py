"""Pinyin as people type it: where a word divides into syllables, and what is easily confused."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES = frozenset(
    initial + final for initial, finals in FINALS.items() for final in finals.split()
)
LONGEST = 6  # letters: zhuang
MOST_DIVISIONS = 8
MOST_VARIANTS = 40
INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
# Characters that people read in the other of their two ways: 乐 重 行 长 还 都 …
READINGS = (
    "le yue", "chong zhong", "hang xing", "chang zhang", "hai huan", "dou du", "ceng zeng",
    "dan shan", "jie xie", "chou qiu", "shei shui", "jiao jue", "na nei", "bo bao", "lou lu",
    "che ju", "xue xie", "cang zang", "diao tiao", "dan tan", "jiang xiang", "la luo", "mei mo",
    "se shai", "su xiu", "he xia", "chao zhao", "chuan zhuan", "cheng deng", "qian xi", "bai bo",
    "piao pu", "cha zha", "e wu", "dai da", "liao le", "zhao zhe", "ga jia", "shi si", "fo fu",
)  # fmt: skip


@cache
def _read_otherwise() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in READINGS:
        one, other = pair.split()
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


def divisions(word: str) -> list[tuple[str, ...]]:
    """The ways in which a word is made of syllables, at most MOST_DIVISIONS; none for most words.

    `xian` is (xian,) and (xi, an). Longer syllables come first.
    """
    found: list[tuple[str, ...]] = []
    dead: set[int] = set()

    def divide(at: int, before: tuple[str, ...]) -> bool:
        if at == len(word):
            found.append(before)
            return True
        if at in dead or len(found) >= MOST_DIVISIONS:
            return False
        ends = range(min(len(word), at + LONGEST), at, -1)
        led = [divide(end, (*before, word[at:end])) for end in ends if word[at:end] in SYLLABLES]
        if not any(led):
            dead.add(at)
        return any(led)

    if len(word) <= 60:
        divide(0, ())
    return found


@cache
def confusable(syllable: str) -> tuple[str, ...]:
    """Other syllables that are heard or read for this one: zhi for zi, yin for ying, yue for le."""
    found: dict[str, None] = dict.fromkeys(_read_otherwise().get(syllable, ()))
    for start in dict.fromkeys((syllable, *_exchanged(syllable, INITIALS, at_end=False))):
        for other in (start, *_exchanged(start, ENDINGS, at_end=True)):
            if other in SYLLABLES:
                found[other] = None
    found.pop(syllable, None)
    return tuple(found)


def _exchanged(text: str, pairs: tuple[tuple[str, str], ...], *, at_end: bool) -> Iterator[str]:
    for pair in pairs:
        for here, there in (pair, pair[::-1]):
            if at_end and text.endswith(here):
                yield text.removesuffix(here) + there
            elif not at_end and text.startswith(here):
                yield there + text.removeprefix(here)


def variants(word: str) -> list[str]:
    """The word with one syllable, or two, taken for another that is easily confused with it."""
    found: dict[str, None] = {}
    for division in divisions(word):
        for changed in _changed(division, 0):
            found["".join(changed)] = None
    for division in divisions(word):
        for changed in _changed(division, 0):
            for again in _changed(changed, 1):
                if len(found) >= MOST_VARIANTS:
                    break
                found["".join(again)] = None
    found.pop(word, None)
    return list(found)[:MOST_VARIANTS]


def _changed(division: tuple[str, ...], first: int) -> Iterator[tuple[str, ...]]:
    for at in range(first, len(division)):
        for other in confusable(division[at]):
            yield (*division[:at], other, *division[at + 1 :])

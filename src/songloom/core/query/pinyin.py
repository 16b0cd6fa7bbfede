"""How Chinese is read: syllables without tones, with the readings that a dictionary misses."""

from __future__ import annotations

from itertools import groupby

from songloom.core.query.fold import is_han

Readings = tuple[str, ...]  # of one character, the likeliest first

MOST_READINGS = 4

# Family names that are read otherwise than the word. Source: 现代汉语词典, entries marked 姓.
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "乐": "yue", "翟": "zhai", "繁": "po", "召": "shao", "缪": "miao", "宓": "fu",
    "员": "yun", "秘": "bi", "折": "she", "黑": "he", "重": "chong", "洗": "xian", "覃": "qin",
    "种": "chong", "牟": "mu", "佴": "nai", "句": "gou", "隗": "wei", "祭": "zhai",
}  # fmt: skip
DOUBLE_SURNAMES = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "单于": ("chan", "yu"), "澹台": ("tan", "tai"),
    "长孙": ("zhang", "sun"), "令狐": ("ling", "hu"), "宇文": ("yu", "wen"),
    "皇甫": ("huang", "fu"),
}  # fmt: skip
# Words whose dictionary reading is not the spoken one.
WORDS = {"大夫": ("dai", "fu"), "重来": ("chong", "lai")}


def _reading(stretch: str) -> list[Readings]:
    """What the dictionary says, one entry a character."""
    from pypinyin import Style, pinyin

    listed = pinyin(stretch, style=Style.NORMAL, heteronym=True)
    if len(listed) != len(stretch):  # rare characters that it does not know stand together
        listed = [found for character in stretch for found in pinyin(character, Style.NORMAL)]
    return [tuple(each[:MOST_READINGS]) for each in listed]


def readings(stretch: str, *, is_name: bool = False) -> list[Readings]:
    """The readings of each character of a stretch of Simplified Chinese.

    A word of the dictionary has the reading of the word; a character that stands alone has all of
    its readings. With `is_name` the first character is also read as a family name. A character
    that has no reading (kana) has an empty tuple.
    """
    listed: list[Readings] = []
    for is_chinese, group in groupby(stretch, is_han):
        part = "".join(group)
        read = _reading(part) if is_chinese else [()] * len(part)
        listed.extend(tuple(dict.fromkeys(_spellings(each))) for each in read)
    for word, syllables in WORDS.items():
        _also(listed, stretch.find(word), syllables)
    if is_name:
        _also(listed, 0, DOUBLE_SURNAMES.get(stretch[:2]) or _surname(stretch[:1]))
    return listed


def _surname(character: str) -> Readings:
    return (SURNAMES[character],) if character in SURNAMES else ()


def _also(listed: list[Readings], start: int, syllables: Readings) -> None:
    """Put a reading of some characters first, keeping what stood there."""
    if start < 0:
        return
    for at, syllable in enumerate(syllables, start):
        listed[at] = (syllable, *(other for other in listed[at] if other != syllable))


def _spellings(each: Readings) -> list[str]:
    """ü is typed as v by most input methods and as u by most people abroad."""
    found = []
    for syllable in each:
        if not (syllable.isascii() and syllable.isalpha()):
            continue
        found.append(syllable)
        if "v" in syllable:
            found.append(syllable.replace("v", "u"))
    return found

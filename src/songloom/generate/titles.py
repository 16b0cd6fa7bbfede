"""Titles in the language of the prompt, from what a piece turned out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from songloom.core.score.piece import Score

ENGLISH_DANCES = {
    "waltz": "Waltz", "minuet": "Minuet", "mazurka": "Mazurka", "jig": "Jig", "reel": "Reel", "hornpipe": "Hornpipe",
    "polka": "Polka", "march": "March", "tango": "Tango", "bossa": "Bossa", "samba": "Samba", "lullaby": "Lullaby",
    "ballad": "Ballad", "nocturne": "Nocturne", "etude": "Etude", "prelude": "Prelude", "hymn": "Hymn",
    "blues": "Blues", "barcarolle": "Barcarolle", "tarantella": "Tarantella", "ragtime": "Rag", "symphony": "Symphony",
}  # fmt: skip
CHINESE_DANCES = {
    "waltz": "圆舞曲", "minuet": "小步舞曲", "mazurka": "玛祖卡", "jig": "吉格", "reel": "里尔舞", "polka": "波尔卡",
    "march": "进行曲", "tango": "探戈", "bossa": "波萨诺瓦", "samba": "桑巴", "lullaby": "摇篮曲", "ballad": "叙事曲",
    "nocturne": "夜曲", "etude": "练习曲", "prelude": "前奏曲", "hymn": "颂歌", "blues": "蓝调", "barcarolle": "船歌",
    "tarantella": "塔兰泰拉", "ragtime": "拉格泰姆", "symphony": "交响曲",
}  # fmt: skip
# (valence, energy) quarters: glad and lively, glad and still, sad and lively, sad and still
ENGLISH_FIRST = (
    ("Market", "Harvest", "Lantern", "Kite", "Sunday", "Harbour"),
    ("Morning", "Garden", "Linen", "Honey", "Willow", "Window"),
    ("Thunder", "Iron", "Ember", "Gale", "Ravine", "Nightfall"),
    ("Rain", "Winter", "Ash", "Hollow", "Moon", "Autumn"),
)
ENGLISH_SECOND = ("Thread", "Lane", "Letter", "Bridge", "Shore", "Road", "Weave", "Hour")
CHINESE_FIRST = (
    ("晴日", "春市", "花灯", "风筝", "丰年", "早集"),
    ("晨光", "小院", "柳岸", "茶烟", "檐下", "荷风"),
    ("惊雷", "烈风", "铁桥", "夜渡", "赤焰", "奔流"),
    ("雨巷", "冬夜", "秋水", "残月", "空山", "落灯"),
)
CHINESE_SECOND = ("织", "行", "谣", "书", "桥", "影", "曲", "别")


def title_for(score: Score, language: str, seed: int) -> str:
    """A title of two words (or two, three characters and one); a dance is called by its name."""
    from songloom.core.score.draws import pick, stream

    choices = score.choices
    mood = (
        0 if choices.valence > 0 or (choices.valence == 0 and choices.mode == "major") else 2
    ) + (choices.energy <= 0)
    rng = stream(seed, "title")
    if language == "zh":
        return pick(rng, CHINESE_FIRST[mood]) + CHINESE_DANCES.get(
            choices.style or "", pick(rng, CHINESE_SECOND)
        )
    first = pick(rng, ENGLISH_FIRST[mood])
    return f"{first} {ENGLISH_DANCES.get(choices.style or '', pick(rng, ENGLISH_SECOND))}"

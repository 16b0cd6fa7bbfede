"""The language of the search box: `晴天 tempo:90..120 key:Am -genre:live "quoted phrase"`.

Words are separated by spaces; `field:value` is a filter, `-` in front turns a word or a filter
round. Nothing is an error: what cannot be understood is named in `not_understood` and left out,
and a word with a colon that is no field is searched as words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from songloom.core.query import values
from songloom.core.query.fold import composed
from songloom.core.query.values import Range

LONGEST_QUERY = 1_000  # characters; the rest is left out
MOST_FILTERS = 24
PART = re.compile(r'(-?)([^\s:"]{1,30}):(?=\s|$)|(-?)(?:([^\s:"]{1,30}):)?("[^"]*"?|[^\s"]+)')
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"'})
COMPARISON = re.compile(r"(<=|>=|=<|=>|≤|≥|<|>|=)?(.*)", re.DOTALL)
SIGNS = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}

NUMBERS = {  # name in a query → (field, half of the width of a single value)
    "tempo": ("tempo_bpm", 0.5),
    "bpm": ("tempo_bpm", 0.5),
    "速度": ("tempo_bpm", 0.5),
    "loudness": ("loudness_lufs", 0.5),
    "lufs": ("loudness_lufs", 0.5),
    "响度": ("loudness_lufs", 0.5),
    "range": ("loudness_range_lu", 0.5),
    "peak": ("true_peak_dbtp", 0.05),
    "centroid": ("centroid_hz", 50.0),
    "brightness": ("centroid_hz", 50.0),
    "明亮": ("centroid_hz", 50.0),
    "width": ("stereo_width", 0.05),
    "correlation": ("stereo_correlation", 0.05),
    "tuning": ("tuning_cents", 0.5),
    "flatness": ("flatness", 0.005),
    "year": ("year", 0.0),
    "年份": ("year", 0.0),
    "年": ("year", 0.0),
    "rating": ("rating", 0.0),
    "评分": ("rating", 0.0),
    "stars": ("rating", 0.0),
    "channels": ("channels", 0.0),
    "声道": ("channels", 0.0),
    "rate": ("sample_rate", 0.0),
    "采样率": ("sample_rate", 0.0),
    "bitrate": ("bit_rate_kbps", 0.5),
    "码率": ("bit_rate_kbps", 0.5),
    "plays": ("plays", 0.0),
    "播放": ("plays", 0.0),
}
SPANS = {"duration": "duration_s", "length": "duration_s", "时长": "duration_s"}
TEXTS = {
    "artist": "artist",
    "歌手": "artist",
    "艺人": "artist",
    "艺术家": "artist",
    "album": "album",
    "专辑": "album",
    "title": "title",
    "标题": "title",
    "歌名": "title",
    "genre": "genre",
    "流派": "genre",
    "风格": "genre",
    "file": "file",
    "文件": "file",
    "composer": "composer",
    "作曲": "composer",
    "tag": "tag",
    "标签": "tag",
    "prompt": "prompt",
    "提示": "prompt",
}
WORDS = {"format": "format", "格式": "format", "mode": "mode", "调式": "mode"}
SWITCHES = {
    "ai": "is_generated",
    "generated": "is_generated",
    "starred": "is_starred",
    "收藏": "is_starred",
    "lyrics": "has_lyrics",
    "歌词": "has_lyrics",
    "lossless": "is_lossless",
    "无损": "is_lossless",
}
BARE = {"lossless": True, "无损": True, "lossy": False, "有损": False}  # words that are filters
KEYS = {"key": "key", "调": "key"}
DATES = {  # name in a query → (field of an age, field of a day)
    "added": ("age_days", "added_on"),
    "添加": ("age_days", "added_on"),
    "played": ("days_unplayed", "played_on"),
    "听过": ("days_unplayed", "played_on"),
}
MODES = {
    "major": "major",
    "maj": "major",
    "大调": "major",
    "minor": "minor",
    "min": "minor",
    "小调": "minor",
}


@dataclass(frozen=True)
class Filter:
    """One condition. Numbers, spans and ages have a range, other fields a text or a yes/no."""

    field: str
    is_negated: bool = False
    range: Range | None = None
    dates: tuple[str | None, str | None] | None = None  # ISO days, the last one not included
    text: str | None = None
    mode: str | None = None
    is_wanted: bool | None = None

    def document(self) -> dict[str, object]:
        """The filter for JSON: only what is said."""
        said: dict[str, object] = {"field": self.field}
        if self.range is not None:
            said |= {"from": self.range.low, "to": self.range.high}
            said |= {"without_ends": [self.range.is_low_open, self.range.is_high_open]}
        if self.dates is not None:
            said |= {"from": self.dates[0], "before": self.dates[1]}
        said |= {"is": self.is_wanted} if self.is_wanted is not None else {}
        said |= {"text": self.text} if self.text is not None else {}
        said |= {"mode": self.mode} if self.mode is not None else {}
        return said | ({"not": True} if self.is_negated else {})


@dataclass
class Query:
    """A query as it was understood."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """`parsed` of the search document."""
        return {
            "words": self.words,
            "phrases": self.phrases,
            "excluded": self.excluded,
            "filters": [each.document() for each in self.filters],
            "not_understood": self.not_understood,
        }


def parse(text: str) -> Query:
    """What a query says. Never raises."""
    query = Query()
    cleaned = "".join(each if each.isprintable() else " " for each in composed(text))
    cleaned = cleaned[:LONGEST_QUERY].translate(QUOTES)
    for matched in PART.finditer(cleaned):
        bare_sign, bare_name, sign, name, value = matched.groups()
        if bare_name is not None:
            _take_bare(query, bare_sign, bare_name)
        elif name is not None and (reader := _reader(name)) is not None:
            _take_filter(query, reader, name.casefold(), matched[0], is_negated=bool(sign))
        else:
            _take_word(query, sign, f"{name}:" if name else "", value)
    return query


def _take_bare(query: Query, sign: str, name: str) -> None:
    """`artist:` with nothing behind it, as while someone types."""
    if _reader(name) is not None:
        query.not_understood.append(f"{sign}{name}:")
    else:
        _take_word(query, sign, "", name)


def _take_word(query: Query, sign: str, before: str, value: str) -> None:
    if not before and value.casefold() in BARE and len(query.filters) < MOST_FILTERS:
        is_wanted = BARE[value.casefold()]
        query.filters.append(Filter("is_lossless", bool(sign), is_wanted=is_wanted))
        return
    word = (before + value.replace('"', " ")).strip()
    if not word.strip("-"):
        return
    if sign:
        query.excluded.append(word)
    elif value.startswith('"') and not before:
        query.phrases.append(word)
    else:
        query.words.extend(word.split())


Reader = Callable[[str, str, bool], Filter | None]


def _take_filter(query: Query, read: Reader, name: str, written: str, *, is_negated: bool) -> None:
    value = written.partition(":")[2].strip('"').strip()
    found = read(name, value, is_negated) if value else None
    if found is None or len(query.filters) >= MOST_FILTERS:
        query.not_understood.append(written)
    else:
        query.filters.append(found)


def kind_of(part: str) -> str:
    """What a filter takes, by its name: number, span, word, switch, key, date; "" for no field."""
    name = part.lstrip("-").partition(":")[0].casefold()
    return next((kind for kind, names in KINDS.items() if name in names), "")


def _reader(name: str) -> Reader | None:
    return READERS.get(name.casefold())


# --- one reader for each kind of field -------------------------------------------------------


def _split(value: str) -> tuple[str, str, str]:
    """(sign, first, second): `<3` is ("<", "3", ""), `1..2` is ("..", "1", "2")."""
    low, dots, high = value.replace("…", "..").partition("..")
    if dots:
        return "..", low.strip(), high.strip(". ")
    matched = COMPARISON.fullmatch(value)
    assert matched is not None  # the pattern matches everything
    sign = matched[1] or ""
    return SIGNS.get(sign, sign), matched[2].strip(), ""


def _range(value: str, read: Callable[[str], float | None], half_width: float) -> Range | None:
    sign, first, second = _split(value)
    if sign == "..":
        low, high = read(first), read(second)
        if (first and low is None) or (second and high is None) or not (first or second):
            return None
        if low is not None and high is not None and low > high:
            low, high = high, low
        return Range(low, high)
    single = read(first)
    if single is None:
        return None
    if sign.startswith("<"):
        return Range(None, single, is_high_open=sign == "<")
    if sign.startswith(">"):
        return Range(single, None, is_low_open=sign == ">")
    return Range(single - half_width, single + half_width)


def _number(name: str, value: str, is_negated: bool) -> Filter | None:
    target, half_width = NUMBERS[name]
    if target == "year" and (decade := re.fullmatch(r"(\d{3})0(s|年代)", value, re.ASCII)):
        first = int(decade[1]) * 10
        return Filter(target, is_negated, Range(first, first + 9))
    if target == "year" and (years := re.fullmatch(r"(\d{4})[-–](\d{4})", value, re.ASCII)):
        value = f"{years[1]}..{years[2]}"
    found = _range(value, values.number, half_width)
    return Filter(target, is_negated, found) if found else None


def _span(name: str, value: str, is_negated: bool) -> Filter | None:
    found = _range(value, values.span_s, 0.5)
    return Filter(SPANS[name], is_negated, found) if found else None


def _text(name: str, value: str, is_negated: bool) -> Filter | None:
    return Filter(TEXTS[name], is_negated, text=value)


def _word(name: str, value: str, is_negated: bool) -> Filter | None:
    word = value.casefold()
    if WORDS[name] == "mode":
        return Filter("mode", is_negated, text=MODES[word]) if word in MODES else None
    return Filter(WORDS[name], is_negated, text=word)


def _switch(name: str, value: str, is_negated: bool) -> Filter | None:
    answer = values.yes_or_no(value)
    return None if answer is None else Filter(SWITCHES[name], is_negated, is_wanted=answer)


def _key(name: str, value: str, is_negated: bool) -> Filter | None:
    found = values.key(value)
    return Filter("key", is_negated, text=found[0], mode=found[1]) if found else None


def _date(name: str, value: str, is_negated: bool) -> Filter | None:
    """Ages (`<30d`, `30d` is the same) or days (`2024-05`, `>2024-05-01`, `2023..2024`)."""
    age_field, day_field = DATES[name]
    sign, first, second = _split(value)
    if (age := values.age_days(first)) is not None and sign != "..":
        newer = not sign.startswith(">")
        return Filter(age_field, is_negated, Range(None, age) if newer else Range(age, None))
    begun, ended = values.days(first), values.days(second)
    if (
        sign == ".."
        and (begun or ended)
        and bool(first) == bool(begun)
        and bool(second) == bool(ended)
    ):
        return _dates(day_field, is_negated, begun and begun[0], ended and ended[1])
    if begun is None or sign == "..":
        return None
    ends = {
        "<": (None, _before(begun[0])),
        "<=": (None, begun[1]),
        ">": (_after(begun[1]), None),
        ">=": (begun[0], None),
    }.get(sign, begun)
    return _dates(day_field, is_negated, *ends)


def _before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 1))


def _after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def _dates(name: str, is_negated: bool, first: date | None, last: date | None) -> Filter:
    before = _after(last) if last else None
    return Filter(
        name,
        is_negated,
        dates=(first.isoformat() if first else None, before.isoformat() if before else None),
    )


KINDS: dict[str, Mapping[str, object]] = {
    "number": NUMBERS,
    "span": SPANS,
    "text": TEXTS,
    "word": WORDS,
    "switch": SWITCHES,
    "key": KEYS,
    "date": DATES,
}
READERS: dict[str, Reader] = {
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(SPANS, _span),
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(WORDS, _word),
    **dict.fromkeys(SWITCHES, _switch),
    **dict.fromkeys(KEYS, _key),
    **dict.fromkeys(DATES, _date),
}

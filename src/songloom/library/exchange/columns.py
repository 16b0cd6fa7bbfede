"""What a table says of a track: its columns in order, and the names that people give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from songloom.core.features import SCALARS
from songloom.errors import BadValue

Kind = Literal[
    "text", "names", "tags", "date", "id", "count", "flag", "seconds", "hertz", "number",
    "pitch", "mode", "lineage", "audio",
]  # fmt: skip
HEADERS = ("zh", "en")


@dataclass(frozen=True)
class Column:
    """One column.

    name     what programs call it: the key in JSON lines, and the English header
    kind     how its cells are read and written
    chinese  what the Chinese header calls it; empty: the same name as everywhere
    aliases  what else people call it, folded as `folded` does
    """

    name: str
    kind: Kind
    chinese: str = ""
    aliases: tuple[str, ...] = ()
    is_feature: bool = False

    def title(self, header: str) -> str:
        return self.chinese if header == "zh" and self.chinese else self.name


def _column(name: str, kind: Kind, chinese: str = "", aliases: str = "") -> Column:
    return Column(name, kind, chinese, tuple(aliases.split()), is_feature=name in SCALARS)


FIRST = (
    _column("dominant_hz", "hertz", "频率", "frequency freq dominantfrequency 主频 主频率 频率hz"),
    _column("duration_s", "seconds", "时长", "duration length time 长度 时间 歌曲时长"),
    _column(
        "artists",
        "names",
        "艺术家",
        "artist artistname singer performers band 歌手 演唱者 演唱 艺人 歌手名 表演者",
    ),
    _column("album", "text", "专辑名", "albumname albumtitle release 专辑 所属专辑 唱片"),
    _column(
        "date", "date", "发行日期", "releasedate released year 日期 年份 发行时间 发行年份 发布日期"
    ),
    _column(
        "title",
        "text",
        aliases="name track trackname tracktitle song songname songtitle "
        "标题 歌名 歌曲 歌曲名 曲名 名称 歌曲名称",
    ),
    _column("id", "id", aliases="trackid songloomid"),
    _column("genres", "names", aliases="genre style 流派 风格 曲风 类型"),
    _column("tags", "tags", "标签", "tag label labels keywords 关键词"),
)
MORE = (
    _column("albumartist", "names", aliases="albumartists albumartistname 专辑艺术家 专辑歌手"),
    _column("composer", "names", aliases="composers 作曲 作曲者 作曲家"),
    _column("lyricist", "names", aliases="lyricists 作词 作词者 词作者"),
    _column("conductor", "names", aliases="conductors 指挥"),
    _column("remixer", "names", aliases="remixers 混音"),
    _column("performer", "names", aliases="演奏 演奏者"),
    _column("tracknumber", "count", aliases="trackno track# 曲目 曲目号 音轨号"),
    _column("discnumber", "count", aliases="discno disc disc# 碟号"),
    _column("is_generated", "flag", aliases="generated ai"),
    _column("prompt", "text", aliases="提示词"),
)
WORDS: dict[str, Kind] = {
    "key": "pitch",
    "mode": "mode",
    "brightness": "text",
    "sample_rate": "count",
    "channels": "count",
}
CALLED = {
    "tempo_bpm": "tempo bpm 速度 节拍",
    "key": "调 调性 音调",
    "mode": "调式",
    "loudness_lufs": "loudness lufs 响度",
    "sample_rate": "samplerate samplingrate 采样率",
    "channels": "声道 声道数",
}


def _feature(name: str) -> Column:
    kind: Kind = WORDS.get(name, "hertz" if name.endswith("_hz") else "number")
    return _column(name, kind, aliases=CALLED.get(name, ""))


COLUMNS = (
    *FIRST,
    *MORE,
    *(_feature(name) for name in SCALARS if name not in ("dominant_hz", "duration_s")),
    _column("lineage", "lineage", aliases="来历 血缘"),
)
ONLY_READ = (  # what tables of others have; never written
    _column(
        "audio",
        "audio",
        aliases="audiofile file filename filepath path url uri link source location "
        "音频 音频文件 文件 文件名 路径 文件路径 链接 地址 网址 音频链接",
    ),
    _column("lyrics", "text", aliases="lyric 歌词"),
)
BY_NAME = {column.name: column for column in (*COLUMNS, *ONLY_READ)}
UNIT = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*\Z")
ENDING = re.compile(r"[_ ](ms|sec|secs|seconds|s|min|minutes|khz|hz|bpm|db|lufs)\Z")


def titles(header: str, columns: Sequence[Column] = COLUMNS) -> list[str]:
    """The header of a table. Raises BadValue for a language that there is none in."""
    if header not in HEADERS:
        raise BadValue(f"no header is called {header[:20]!r}; there are {', '.join(HEADERS)}")
    return [column.title(header) for column in columns]


def named(title: str) -> tuple[Column, str] | None:
    """The column that people mean by this title, and the unit that it names: `时长（分钟）`."""
    plain = unicodedata.normalize("NFKC", title).strip().casefold()
    unit = ""
    if matched := UNIT.search(plain):
        plain, unit = plain[: matched.start()], matched[1].strip()
    elif (matched := ENDING.search(plain)) and folded(plain) not in _known():
        plain, unit = plain[: matched.start()], matched[1]
    column = _known().get(folded(plain))
    return None if column is None else (column, unit)


def folded(title: str) -> str:
    """Case, width, spaces, dots, dashes and underscores make no other name."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\s_.:'\-\ufeff]+", "", plain)


def _known() -> dict[str, Column]:
    if not _by_folded:
        for column in BY_NAME.values():
            for name in (column.name, column.chinese, *column.aliases):
                if name:
                    _by_folded.setdefault(folded(name), column)
    return _by_folded


_by_folded: dict[str, Column] = {}

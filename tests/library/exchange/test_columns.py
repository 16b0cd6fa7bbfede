"""The columns of tables: their order, their names, what people call them."""

from __future__ import annotations

import pytest

from songloom.core.features import SCALARS
from songloom.core.features.analysis import analyse_file
from songloom.errors import BadValue
from songloom.library.exchange.columns import BY_NAME, COLUMNS, folded, named, titles
from tests.songs import song


def test_a_table_begins_as_the_course_does_and_goes_on_with_what_programs_know() -> None:
    assert titles("zh")[:8] == [
        *("频率", "时长", "艺术家", "专辑名", "发行日期", "title", "id", "genres"),
    ]
    assert titles("en")[:5] == ["dominant_hz", "duration_s", "artists", "album", "date"]
    assert titles("zh")[-1] == titles("en")[-1] == "lineage"
    assert len(set(titles("zh"))) == len(COLUMNS)


def test_a_header_in_another_language_is_refused() -> None:
    with pytest.raises(BadValue, match="no header is called 'fr'"):
        titles("fr")


@pytest.mark.real
def test_every_feature_that_fits_into_a_cell_is_a_column() -> None:
    measured = analyse_file(str(song("revelation"))).features
    scalar = {name for name, value in measured.items() if not isinstance(value, list)}
    scalar -= {"fingerprint"}  # a text of thousands of letters, which nobody reads
    assert scalar == set(SCALARS)
    assert scalar == {column.name for column in COLUMNS if column.is_feature}


def test_what_a_table_writes_it_reads() -> None:
    for column in COLUMNS:
        for header in ("zh", "en"):
            assert named(column.title(header)) == (column, "")


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [
        ("频率(Hz)", "dominant_hz", "hz"),
        ("频率（赫兹）", "dominant_hz", "赫兹"),
        ("时长（分钟）", "duration_s", "分钟"),
        ("Duration (ms)", "duration_s", "ms"),
        ("duration_ms", "duration_s", "ms"),
        ("Track Name", "title", ""),
        ("track_name", "title", ""),
        ("ARTIST", "artists", ""),
        ("歌手", "artists", ""),
        ("ＴＩＴＬＥ", "title", ""),
        ("\ufefftitle", "title", ""),
        ("Release-Date", "date", ""),
        ("发行时间", "date", ""),
        ("Tempo [BPM]", "tempo_bpm", "bpm"),
        ("文件路径", "audio", ""),
        ("URL", "audio", ""),
        ("歌词", "lyrics", ""),
        ("流派", "genres", ""),
    ],
)
def test_people_call_columns_by_many_names(title: str, name: str, unit: str) -> None:
    assert named(title) == (BY_NAME[name], unit)


@pytest.mark.parametrize("title", ["", "  ", "(s)", "colour", "列1", "\x00", "_ms"])
def test_other_names_are_nobodys(title: str) -> None:
    assert named(title) is None


def test_no_name_means_two_columns() -> None:
    claimed: dict[str, str] = {}
    for column in BY_NAME.values():
        for name in {folded(n) for n in (column.name, column.chinese, *column.aliases) if n}:
            assert claimed.setdefault(name, column.name) == column.name, name

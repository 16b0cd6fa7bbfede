"""Cells as people write them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadDate, BadNumber, BadValue, RefusedInput
from songloom.library.exchange.cells import value_of
from songloom.library.exchange.columns import BY_NAME
from songloom.library.exchange.spelling import cell

MINUTES = 3 * 60 + 42


def read(name: str, raw: Any, unit: str = "", *, comma: bool = False) -> Any:
    return value_of(BY_NAME[name], raw, unit, comma=comma)


@pytest.mark.parametrize(
    "text",
    [
        *("222", "222.0", "222s", "222 s", "222秒", "222 sec", "222 Seconds", "2.22e2", "２２２"),
        *("3:42", "03:42", "0:03:42", "3:42.0", "3：42", "3分42秒", "3分42", "3分钟42秒", "3m42s"),
        *("3m 42s", "3 min 42 sec", "PT3M42S", "3′42″", "3'42\"", "222000ms", "222000毫秒"),
        *("3.7min", "3.7 分钟", "0小时3分42秒"),
    ],
)
def test_one_length_of_time_in_many_spellings(text: str) -> None:
    assert read("duration_s", text) == pytest.approx(MINUTES, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("3.7", "min", 222),
        ("3.7", "分钟", 222),
        ("222000", "ms", 222),
        ("222s", "ms", 222),
        ("3:42", "min", 222),
        ("222", "", 222),
        ("1:02:03", "", 3_723),
        ("1h2m3s", "", 3_723),
        ("1小时零2分", "", 3_720),
        ("0.5", "h", 1_800),
    ],
)
def test_a_unit_of_the_header_is_for_cells_without_their_own(
    text: str, unit: str, seconds: float
) -> None:
    assert read("duration_s", text, unit) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "3:75",
        "1:99:00",
        "-3",
        "3分42分",
        "42秒3分",
        "3:4:5:6",
        "1e9",
        "3 lightyears",
        "1:2x",
    ],
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadNumber):
        read("duration_s", text)


@pytest.mark.parametrize(
    "text", ["440", "440 Hz", "440hz", "440赫兹", "0.44 kHz", "0.44千赫", "440.0"]
)
def test_one_frequency_in_many_spellings(text: str) -> None:
    assert read("dominant_hz", text) == pytest.approx(440)


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1,234.5", False, 1234.5),
        ("1.234,5", False, 1234.5),
        ("3,5", False, 3.5),
        ("1,234", False, 1234),
        ("1,234", True, 1.234),
        ("3,5", True, 3.5),
        (".5", False, 0.5),
        ("−7.25", False, -7.25),
        ("-7.25", False, -7.25),
        ("1e-05", False, 1e-5),
    ],
)
def test_points_and_commas(text: str, comma: bool, number: float) -> None:
    assert read("tuning_cents", text, comma=comma) == number


@pytest.mark.parametrize("name", ["dominant_hz", "duration_s", "date", "tempo_bpm", "key"])
@pytest.mark.parametrize("text", ["", "  ", "-", "—", "N/A", "nan", "NaN", "null", "未知", "None"])
def test_what_means_nothing_says_nothing(name: str, text: str) -> None:
    assert read(name, text) is None


@pytest.mark.parametrize("text", ["inf", "1e400", "9" * 400, "1.2.3", "12abc", "--1", "1e13"])
def test_numbers_have_an_end(text: str) -> None:
    with pytest.raises(BadNumber):
        read("flatness", text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2003", "2003"),
        ("2003年", "2003"),
        ("2003.0", "2003"),
        ("2003-07", "2003-07"),
        ("2003年7月", "2003-07"),
        ("07/2003", "2003-07"),
        ("July 2003", "2003-07"),
        *(
            (text, "2003-07-31")
            for text in (
                "2003-07-31",
                "2003/7/31",
                "2003.7.31",
                "2003年7月31日",
                "20030731",
                "２００３年７月３１日",
                "2003-07-31 00:00:00",
                "2003-07-31T10:00:00Z",
                "31.7.2003",
                "31/7/2003",
                "7/31/2003",
                "31 July 2003",
                "July 31, 2003",
                "Jul 31st, 2003",
                "31-Jul-2003",
                "二〇〇三年七月三十一日",
                "二零零三年七月三十一号",
            )
        ),
        ("二〇〇三年十二月", "2003-12"),
        ("二〇〇三年", "2003"),
        ("07/07/2003", "2003-07-07"),
    ],
)
def test_one_date_in_many_spellings(text: str, date: str) -> None:
    assert read("date", text) == date


@pytest.mark.parametrize(
    "text", ["yesterday", "2003-13", "2003-02-30", "7/8/2003", "31", "0000", "20o3", "13-13-2003"]
)
def test_what_is_no_date_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(BadDate, match="write 2003"):
        read("date", text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("周杰伦、费玉清", ["周杰伦", "费玉清"]),
        ("A; B；C|D", ["A", "B", "C", "D"]),
        ("AC/DC", ["AC/DC"]),
        ("Simon & Garfunkel", ["Simon & Garfunkel"]),
        (r"Semi\;colon; B", ["Semi;colon", "B"]),
        (r"back\slash", [r"back\slash"]),
        ("A;;A; ", ["A"]),
        ("'=A", ["=A"]),
    ],
)
def test_several_names_in_a_cell(text: str, names: list[str]) -> None:
    assert read("artists", text) == names


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("key", "C#", "C#"),
        ("key", "Db", "C#"),
        ("key", "Am", "A"),
        ("key", "8A", "A"),
        ("key", "0", "C"),
        ("key", "11", "B"),
        ("key", "-1", None),
        ("mode", "minor", "minor"),
        ("mode", "大调", "major"),
        ("mode", "1", "major"),
        ("mode", "0", "minor"),
        ("is_generated", "true", True),
        ("is_generated", "否", False),
        ("is_generated", "1", True),
        ("tracknumber", "3/12", 3),
        ("tracknumber", "3.0", 3),
        ("sample_rate", "44.1 kHz", 44_100),
        ("title", " 青花瓷\r\n ", "青花瓷"),
        ("title", "None", "None"),
        ("title", "e\u0301", "é"),
        ("id", "17", None),
        ("id", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", None),
        ("id", "01920000-0000-7000-8000-000000000001", "01920000-0000-7000-8000-000000000001"),
    ],
)
def test_words_keys_counts_and_ids(name: str, text: str, value: Any) -> None:
    assert read(name, text) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("key", "H"),
        ("mode", "dorian"),
        ("is_generated", "maybe"),
        ("lineage", "{"),
        ("lineage", "[" * 5_000),
        ("lineage", '{"kind": 1}'),
        ("title", {"a": 1}),
        ("title", True),
        ("lineage", '["x"]'),
        ("duration_s", [1]),
    ],
)
def test_what_is_no_value_here_is_refused(name: str, raw: Any) -> None:
    with pytest.raises(RefusedInput) as said:
        read(name, raw)
    assert isinstance(said.value, BadValue | BadNumber)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("duration_s", 222, 222.0),
        ("title", 1989, "1989"),
        ("artists", ["A", "B;C"], ["A", "B;C"]),
        ("is_generated", True, True),
        ("genres", [], None),
        ("date", 2003, "2003"),
        ("tempo_bpm", None, None),
        ("tracknumber", 3, 3),
        ("artists", ["", "A"], ["A"]),
    ],
)
def test_values_of_json_are_what_they_are(name: str, raw: Any, value: Any) -> None:
    assert read(name, raw) == value


@given(text=st.text(max_size=60), name=st.sampled_from(sorted(BY_NAME)), unit=st.text(max_size=3))
def test_whatever_is_written_is_a_value_or_refused(text: str, name: str, unit: str) -> None:
    with suppress(RefusedInput):  # and nothing else
        assert read(name, text, unit) != ""


@given(
    number=st.floats(-1e11, 1e11, allow_nan=False),
    name=st.sampled_from(["flatness", "tuning_cents"]),
)
def test_a_number_survives_its_cell_to_the_last_bit(number: float, name: str) -> None:
    assert read(name, cell(BY_NAME[name], number)) == number


@given(year=st.integers(1000, 2999), month=st.integers(1, 12), day=st.integers(1, 28))
def test_chinese_and_slashed_dates_are_the_same_day(year: int, month: int, day: int) -> None:
    iso = f"{year:04}-{month:02}-{day:02}"
    spellings = (iso, f"{year}年{month}月{day}日", f"{year}/{month}/{day}", f"{day}.{month}.{year}")
    assert {read("date", text) for text in spellings} == {iso}


@given(seconds=st.integers(1, 10 * 3600))
def test_a_clock_and_chinese_say_the_same_length(seconds: int) -> None:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    spellings = (
        f"{hours}:{minutes:02}:{rest:02}",
        f"{hours}小时{minutes}分{rest}秒",
        f"{seconds}s",
    )
    assert {read("duration_s", text) for text in spellings} == {float(seconds)}

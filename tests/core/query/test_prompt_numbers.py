"""Metre, tempo and length in all the ways that people write them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_numbers import closest
from songloom.core.query.prompt_reading import number
from songloom.core.query.prompt_request import METRES

# --- numbers in words ---------------------------------------------------------------------

NAMES = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
ONES, TEENS, DECADES = NAMES[:9], NAMES[9:19], NAMES[19:]
HAN = "零一二三四五六七八九"


def in_english(n: int) -> str:
    if n < 10:
        return ONES[n - 1]
    if n < 20:
        return TEENS[n - 10]
    tens, ones = divmod(n, 10)
    return DECADES[tens - 2] + (f"-{ONES[ones - 1]}" if ones else "")


def in_chinese(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    text = f"{HAN[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else HAN[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (HAN[ones] if ones else "")


@pytest.mark.parametrize("n", range(1, 100))
def test_english_number_words_have_their_value(n: int) -> None:
    assert number(in_english(n)) == n
    assert number(in_english(n).replace("-", " ")) == n


@pytest.mark.parametrize("n", range(1, 300))
def test_chinese_number_words_have_their_value(n: int) -> None:
    assert number(in_chinese(n)) == n


@given(st.integers(0, 99_999))
def test_digits_have_their_value(n: int) -> None:
    assert number(str(n)) == n


@pytest.mark.parametrize(
    ("text", "value"), [("两", 2), ("一百二", 102), ("a hundred", 100), ("2.5", 2.5), ("二〇", 20)]
)
def test_other_spellings_of_numbers(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "piano", "twenty piano", "1.2.3", "-5"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


# --- metre --------------------------------------------------------------------------------


@pytest.mark.parametrize("metre", METRES)
def test_every_metre_is_understood_as_written(metre: str) -> None:
    above, below = metre.split("/")
    for written in (
        metre,
        f"{above} / {below}",
        f"{metre} time",
        f"in {metre}",
        f"{metre}拍",
        f"{metre} 拍子",
    ):
        request = parse(written)
        assert request.metre == metre, written
        assert request.not_understood == (), written


@pytest.mark.parametrize(
    ("written", "metre"),
    [
        ("四分之三拍", "3/4"),
        ("四分之二拍", "2/4"),
        ("四分之四拍", "4/4"),
        ("八分之六拍", "6/8"),
        ("八分之九拍", "9/8"),
        ("八分之十二拍", "12/8"),
        ("二分之二拍", "2/2"),
        ("三四拍", "3/4"),
        ("四三拍", "3/4"),
        ("六八拍", "6/8"),
        ("八六拍", "6/8"),
        ("二四拍", "2/4"),
        ("四四拍", "4/4"),
        ("三拍子", "3/4"),
        ("二拍子", "2/4"),
        ("four-four time", "4/4"),
        ("six-eight time", "6/8"),
        ("three four time", "3/4"),
        ("common time", "4/4"),
        ("cut time", "2/2"),
        ("triple metre", "3/4"),
    ],
)
def test_metres_in_words(written: str, metre: str) -> None:
    request = parse(written)
    assert request.metre == metre
    assert request.seconds is None  # 四分之三拍 is no four minutes
    assert request.bpm is None
    assert request.not_understood == ()


@pytest.mark.parametrize(
    ("dance", "metre"),
    [
        ("waltz", "3/4"),
        ("圆舞曲", "3/4"),
        ("jig", "6/8"),
        ("polka", "2/4"),
        ("march", "4/4"),
        ("小步舞曲", "3/4"),
    ],
)
def test_dances_imply_their_metre(dance: str, metre: str) -> None:
    assert parse(dance).metre == metre


def test_four_minutes_in_four_four_are_both() -> None:
    for written in ("四分之四拍，四分钟", "四分钟，四分之四拍", "四分钟四分之四拍"):
        request = parse(written)
        assert (request.metre, request.seconds) == ("4/4", 240)


def test_the_closest_metre_is_the_one_whose_bar_lasts_most_nearly_as_long() -> None:
    assert closest("7/8", ["2/4", "4/4"]) == "4/4"
    assert closest("5/8", ["2/4", "4/4"]) == "2/4"
    assert closest("6/8", ["3/4", "6/8"]) == "3/4"  # of equals the first
    for metre in METRES:
        assert closest(metre, [metre, *METRES]) == metre


# --- tempo in numbers ---------------------------------------------------------------------

BPM_FORMS = (
    "{} bpm",
    "{}bpm",
    "BPM {}",
    "bpm = {}",
    "tempo {}",
    "tempo: {}",
    "a tempo of {}",
    "at {} beats per minute",
    "{} beats a minute",
    "♩={}",
    "♩ = {}",
    "♩. = {}",
    "每分钟{}拍",
    "每分钟 {} 拍",
    "一分钟{}拍",
    "速度{}",
    "速度为 {}",
    "{}拍",
    "{} 拍左右",
)


@pytest.mark.parametrize(("form", "bpm"), list(product(BPM_FORMS, (48, 96, 120, 200))))
def test_tempos_in_numbers(form: str, bpm: int) -> None:
    request = parse(form.format(bpm))
    assert request.bpm == bpm
    assert request.seconds is None
    assert request.metre is None
    assert request.not_understood == ()


def test_tempo_in_chinese_numerals() -> None:
    assert parse("每分钟八十拍").bpm == 80
    assert parse("每分钟一百二十拍").bpm == 120


def test_a_tempo_and_a_length_of_the_same_number_are_told_apart() -> None:
    for written in (
        "90 bpm 90 s",
        "90 s, 90 bpm",
        "tempo 90, 90 seconds",
        "90秒，90拍",
        "速度90，九十秒",
    ):
        request = parse(written)
        assert (request.bpm, request.seconds) == (90, 90), written


# --- length -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90 s", 90),
        ("90s", 90),
        ("90 sec", 90),
        ("90 seconds", 90),
        ("90-second", 90),
        ("ninety seconds", 90),
        ("one minute", 60),
        ("a minute", 60),
        ("about a minute", 60),
        ("1 min", 60),
        ("two minutes", 120),
        ("2-minute", 120),
        ("a two-minute piece", 120),
        ("1.5 minutes", 90),
        ("one and a half minutes", 90),
        ("a minute and a half", 90),
        ("two and a half minutes", 150),
        ("half a minute", 30),
        ("1:30", 90),
        ("2:05 minutes", 125),
        ("1 min 30 s", 90),
        ("1m30s", 90),
        ("a minute and 20 seconds", 80),
        ("60-90 seconds", 75),
        ("2 to 3 minutes", 150),
        ("一分钟", 60),
        ("一分半", 90),
        ("一分半钟", 90),
        ("一分钟半", 90),
        ("两分半", 150),
        ("两个半分钟", 150),
        ("两分钟", 120),
        ("二分钟", 120),
        ("半分钟", 30),
        ("30秒", 30),
        ("30 秒钟", 30),
        ("三十秒", 30),
        ("九十秒左右", 90),
        ("一分三十秒", 90),
        ("1分30秒", 90),
        ("1 分 30 秒", 90),
        ("三到四分钟", 210),
        ("十分钟", 600),
        ("四分钟", 240),
    ],
)
def test_lengths(written: str, seconds: float) -> None:
    request = parse(written)
    assert request.seconds == seconds
    assert (request.key, request.mode, request.bpm, request.metre) == (None, None, None, None)
    assert request.not_understood == ()


@given(st.integers(5, 600))
def test_every_whole_number_of_seconds_is_kept(seconds: int) -> None:
    for written in (f"{seconds} s", f"{seconds}秒", f"{seconds // 60}:{seconds % 60:02}"):
        assert parse(written).seconds == seconds


def test_ten_parts_happy_is_no_length() -> None:
    assert parse("十分欢快").seconds is None
    assert parse("十分欢快，十分钟").seconds == 600


def test_an_era_is_no_length() -> None:
    assert parse("80s synth pop").seconds is None
    assert parse("80s pop, 80s").seconds == 80


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("-5 seconds", "-5 seconds"),
        ("a calm waltz, −5 seconds", "−5 seconds"),
        ("a calm waltz of -90 s", "-90 s"),
        ("piano, minus 20 seconds", "minus 20 seconds"),
        ("钢琴，负五秒", "负五秒"),
        ("长度为-5秒的钢琴曲", "-5秒"),
        ("-2 minutes of harp", "-2 minutes"),
    ],
)
def test_a_length_below_nothing_is_not_read_as_its_opposite(prompt: str, words: str) -> None:
    request = parse(prompt)
    assert request.seconds is None
    assert words in request.not_understood
    assert any(words in sentence for sentence in request.changed)


@pytest.mark.parametrize("prompt", ["-90 bpm march", "每分钟-90拍，钢琴", "minus 90 bpm"])
def test_a_tempo_below_nothing_is_not_read_as_its_opposite(prompt: str) -> None:
    assert parse(prompt).bpm is None
    assert parse(prompt).not_understood


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("calm piano - 30 seconds", 30),
        ("华尔兹——30秒", 30),
        ("piano — 30 s", 30),
        ("a 30-second waltz", 30),
        ("5-10 seconds of piano", 7.5),
        ("exactly 47 seconds", 47),
        ("正好47秒", 47),
    ],
)
def test_a_dash_before_a_length_is_no_minus(prompt: str, seconds: float) -> None:
    assert (parse(prompt).seconds, parse(prompt).not_understood) == (seconds, ())

"""Numbers, times, sizes and languages as people read them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from songloom.interfaces.web.templatetags import weave
from songloom.library.models import Features


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0:00"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (246.0, "4:06"),
        (3723.0, "1:02:03"),
        (None, "–"),
    ],
)
def test_a_duration_is_minutes_and_seconds(seconds: float | None, text: str) -> None:
    assert weave.duration(seconds) == text


@given(st.floats(0, 1e6))
def test_a_duration_reads_back_within_half_a_second(seconds: float) -> None:
    parts = [int(part) for part in weave.duration(seconds).split(":")]
    total = sum(part * 60**place for place, part in enumerate(reversed(parts)))
    assert abs(total - seconds) <= 0.5


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(-16.23, 1, "−16.2"), (1840.4, 0, "1,840"), (0.7149, 2, "0.71"), (None, 1, "–"), ("", 1, "–")],
)
def test_a_number_has_a_true_minus_and_a_dash_for_nothing(
    value: object, places: int, text: str
) -> None:
    assert weave.decimals(value, places) == text


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (4_000_000, "4.0 MB"), (2_500_000_000, "2.5 GB")],
)
def test_a_size_is_decimal(n_bytes: int, text: str) -> None:
    assert weave.size(n_bytes) == text


def test_an_unknown_size_is_a_dash() -> None:
    assert weave.size(None) == "–"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Paper Boats", "en"),
        ("青花瓷", "zh"),
        ("Live 在北京", "zh"),
        ("さくら", "ja"),
        ("桜の花", "ja"),
        ("아리랑", "ko"),
        ("", "en"),
    ],
)
def test_a_name_gets_the_language_of_its_script(text: str, language: str) -> None:
    assert weave.script(text) == language


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (dt.timedelta(seconds=10), "just now"),
        (dt.timedelta(minutes=1), "1 minute ago"),
        (dt.timedelta(minutes=59), "59 minutes ago"),
        (dt.timedelta(hours=5), "5 hours ago"),
    ],
)
def test_how_long_ago_is_said_roughly(before: dt.timedelta, text: str) -> None:
    assert weave.ago(timezone.now() - before) == text


def test_long_ago_is_a_date_and_nothing_is_never() -> None:
    assert weave.ago(dt.datetime(2024, 3, 5, tzinfo=dt.UTC)) == "March 5, 2024"
    assert weave.ago(None) == "never"
    with override("zh-hans"):
        assert weave.ago(dt.datetime(2024, 3, 5, tzinfo=dt.UTC)) == "2024年3月5日"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7.0, "about 7 s"), (100.0, "about 2 min"), (10_800.0, "about 3 h"), (0.0, "about 1 s")],
)
def test_how_long_it_takes_is_said_roughly(seconds: float, text: str) -> None:
    assert weave.roughly(seconds) == text


@pytest.mark.parametrize(
    ("title", "letter"),
    [("cai cha deng", "C"), ("above", "A"), ("99 balloons", "#"), ("", "#"), ("夜", "#")],
)
def test_a_name_stands_under_its_letter(title: str, letter: str) -> None:
    assert weave.letter(title) == letter


@pytest.mark.parametrize(
    ("tonic", "mode", "text"),
    [
        ("A#", "major", "B♭ major"),
        ("F#", "major", "F♯ major"),
        ("C#", "minor", "C♯ minor"),
        ("D#", "minor", "E♭ minor"),
        ("A", "minor", "A minor"),
        ("", "", ""),
    ],
)
def test_a_key_is_spelt_as_it_is_written(tonic: str, mode: str, text: str) -> None:
    assert weave.keyname(Features(key=tonic, mode=mode)) == text


def test_pinyin_stands_beside_chinese_titles_only() -> None:
    assert weave.pinyin("采茶灯") == "cǎi chá dēng"
    assert weave.pinyin("Paper Boats") == ""


def test_an_icon_says_nothing_to_screen_readers() -> None:
    drawn = Template('{% load weave %}{% icon "play" %}').render(Context())
    assert 'aria-hidden="true"' in drawn
    assert "#play" in drawn


def test_an_icon_cannot_carry_markup() -> None:
    drawn = Template("{% load weave %}{% icon name %}").render(Context({"name": '"><script>'}))
    assert "<script>" not in drawn


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-hans", "zh-Hans")])
def test_the_page_names_its_language(language: str, tag: str) -> None:
    with override(language):
        assert weave.html_lang() == tag


def test_tags_have_names_and_free_ones_keep_their_own() -> None:
    assert weave.tag_name("albumartist") == "Album artists"
    assert weave.tag_name("weather") == "weather"


def test_rates_are_short() -> None:
    assert weave.khz(44_100) == "44.1"
    assert weave.khz(48_000) == "48"
    assert weave.kbit(192_400) == "192 kbit/s"
    assert weave.percent(0.914) == 91
    assert weave.count(98_312) == "98,312"

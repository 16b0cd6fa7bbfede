"""The language of the search box."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query import values
from songloom.core.query.filters import READERS, Filter, parse
from songloom.core.query.values import PITCHES, Range


def only(query: str) -> Filter:
    parsed = parse(query)
    assert parsed.not_understood == []
    assert parsed.words == parsed.phrases == parsed.excluded == []
    (found,) = parsed.filters
    return found


def test_the_whole_language_in_one_query() -> None:
    parsed = parse(
        "晴天 tempo:90..120 key:Am loudness:<-12 duration:>3m year:2003 artist:周杰伦 -genre:live "
        'rating:>=4 ai:no format:flac added:<30d "quoted phrase" -word'
    )
    assert parsed.words == ["晴天"]
    assert parsed.phrases == ["quoted phrase"]
    assert parsed.excluded == ["word"]
    assert parsed.not_understood == []
    assert parsed.filters == [
        Filter("tempo_bpm", range=Range(90, 120)),
        Filter("key", text="A", mode="minor"),
        Filter("loudness_lufs", range=Range(None, -12, is_high_open=True)),
        Filter("duration_s", range=Range(180, None, is_low_open=True)),
        Filter("year", range=Range(2003, 2003)),
        Filter("artist", text="周杰伦"),
        Filter("genre", is_negated=True, text="live"),
        Filter("rating", range=Range(4, None)),
        Filter("is_generated", is_wanted=False),
        Filter("format", text="flac"),
        Filter("age_days", range=Range(None, 30)),
    ]


@pytest.mark.parametrize(
    ("query", "is_wanted", "is_negated"),
    [
        ("lossless", True, False),
        ("Lossless", True, False),
        ("-lossless", True, True),
        ("无损", True, False),
        ("lossy", False, False),
        ("有损", False, False),
        ("lossless:yes", True, False),
        ("lossless:no", False, False),
    ],
)
def test_lossless_is_a_filter_by_itself(query: str, is_wanted: bool, is_negated: bool) -> None:
    assert only(query) == Filter("is_lossless", is_negated, is_wanted=is_wanted)


def test_lossless_in_quotes_is_a_word() -> None:
    assert parse('"lossless"').phrases == ["lossless"]
    assert parse("title:lossless").filters == [Filter("title", text="lossless")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tempo:120", Range(119.5, 120.5)),
        ("bpm:..90", Range(None, 90)),
        ("bpm:120..", Range(120, None)),
        ("tempo:120..90", Range(90, 120)),
        ("tempo:≥100", Range(100, None)),
        ("tempo：>100", Range(100, None, True)),
        ("TEMPO:<=100", Range(None, 100)),
        ("loudness:-14..-9.5", Range(-14, -9.5)),
        ("速度:90..100", Range(90, 100)),
        ("year:1990s", Range(1990, 1999)),
        ("year:1990年代", Range(1990, 1999)),
        ("year:2001-2003", Range(2001, 2003)),
        ("duration:3:20..4:00", Range(200, 240)),
        ("时长:<3分", Range(None, 180, False, True)),
        ("duration:1h", Range(3599.5, 3600.5)),
        ("length:>90", Range(90, None, True)),
    ],
)
def test_a_range(query: str, expected: Range) -> None:
    assert only(query).range == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200", 200),
        ("3m", 180),
        ("3m20s", 200),
        ("3:20", 200),
        ("1:02:03", 3723),
        ("1.5m", 90),
        ("2min", 120),
        ("1h30m", 5400),
        ("3分20秒", 200),
        ("1小时", 3600),
        ("", None),
        ("x", None),
        ("3x", None),
        ("3m20", None),
        ("-3", None),
        ("9" * 30, None),
        ("3:", None),
    ],
)
def test_a_length_of_time(text: str, expected: float | None) -> None:
    assert values.span_s(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Am", ("A", "minor")),
        ("C", ("C", None)),
        ("F#m", ("F#", "minor")),
        ("Bb", ("A#", None)),
        ("Bb major", ("A#", "major")),
        ("Cb", ("B", None)),
        ("E#", ("F", None)),
        ("a_minor", ("A", "minor")),
        ("AM", ("A", "major")),
        ("D小调", ("D", "minor")),
        ("8A", ("A", "minor")),
        ("8B", ("C", "major")),
        ("1a", ("G#", "minor")),
        ("H", None),
        ("13A", None),
        ("0A", None),
        ("", None),
        ("Amm", None),
    ],
)
def test_a_key(text: str, expected: tuple[str, str | None] | None) -> None:
    assert values.key(text) == expected


def test_the_camelot_wheel_goes_round_in_fifths_and_pairs_relatives() -> None:
    for hour in range(1, 13):
        minor, major = values.key(f"{hour}A"), values.key(f"{hour}B")
        after = values.key(f"{hour % 12 + 1}A")
        assert minor is not None
        assert major is not None
        assert after is not None
        root = PITCHES.index(minor[0])
        assert PITCHES.index(major[0]) == (root + 3) % 12
        assert PITCHES.index(after[0]) == (root + 7) % 12


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("added:2024", ("2024-01-01", "2025-01-01")),
        ("added:2024-02", ("2024-02-01", "2024-03-01")),
        ("added:2024-12", ("2024-12-01", "2025-01-01")),
        ("added:2024-02-29", ("2024-02-29", "2024-03-01")),
        ("added:2023..2024-05", ("2023-01-01", "2024-06-01")),
        ("added:>2024-05", ("2024-06-01", None)),
        ("added:>=2024-05", ("2024-05-01", None)),
        ("added:<2024-05-10", (None, "2024-05-10")),
        ("added:<=2024-05-10", (None, "2024-05-11")),
        ("added:..2024", (None, "2025-01-01")),
    ],
)
def test_dates_of_adding(query: str, expected: tuple[str | None, str | None]) -> None:
    assert only(query).dates == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("added:<30d", Range(None, 30)),
        ("added:2w", Range(None, 14)),
        ("added:>1y", Range(365, None)),
        ("added:<12h", Range(None, 0.5)),
        ("添加:<3天", Range(None, 3)),
    ],
)
def test_ages(query: str, expected: Range) -> None:
    assert only(query).range == expected


@pytest.mark.parametrize(
    "part",
    [
        "tempo:fast",
        "tempo:1..x",
        "tempo:",
        "tempo:..",
        "tempo:1e9",
        "tempo:inf",
        "tempo:nan",
        "tempo:<",
        "year:99999999999999999999",
        "key:H",
        "duration:soon",
        "added:yesterday",
        "added:2024-13",
        "added:2024-02-30",
        "added:..",
        "added:x..2024",
        "ai:perhaps",
        "mode:dorianish",
        'artist:""',
        "album:",
    ],
)
def test_what_is_not_understood_is_named_and_left_out(part: str) -> None:
    parsed = parse(f"before {part} after")
    assert parsed.not_understood == [part]
    assert parsed.words == ["before", "after"]
    assert parsed.filters == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Mission: Impossible", ["Mission", "Impossible"]),
        ("9:30", ["9:30"]),
        ("foo:bar", ["foo:bar"]),
        ("http://x.y/z", ["http://x.y/z"]),
        ("AC/DC - TNT", ["AC/DC", "TNT"]),
        ("--", []),
        ("-", []),
        ("", []),
    ],
)
def test_a_colon_or_a_dash_may_be_a_part_of_words(query: str, words: list[str]) -> None:
    parsed = parse(query)
    assert parsed.words == words
    assert parsed.filters == []
    assert parsed.not_understood == []


def test_values_in_quotes_keep_their_spaces() -> None:
    assert only('artist:"The Beatles"').text == "The Beatles"
    assert only("专辑:“七里 香”").text == "七里 香"
    assert only('-album:"Live at').is_negated


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_name_of_a_field_is_read_in_any_case(name: str) -> None:
    good = {"tempo_bpm": "90", "key": "Am", "is": "yes"}
    accepted = [
        value
        for value in (*good.values(), "2024", "minor")
        if parse(f"{name.upper()}:{value}").filters
    ]
    assert accepted


def test_a_very_long_query_is_cut_and_its_filters_are_counted() -> None:
    assert len(parse("a" * 100_000).words[0]) == 1_000
    parsed = parse("bpm:1 " * 60)
    assert len(parsed.filters) == 24
    assert len(parsed.not_understood) == 36


FIELDS = st.sampled_from([*sorted(READERS), "foo", "-tempo", ""])
SIGNS = st.sampled_from(["", "<", ">=", "..", "≤", '"', "-"])


@st.composite
def nearly_queries(draw: st.DrawFn) -> str:
    parts = draw(
        st.lists(st.tuples(FIELDS, SIGNS, st.text(max_size=12), st.text(max_size=6)), max_size=6)
    )
    return " ".join(f"{name}:{sign}{value}..{other}" for name, sign, value, other in parts)


@given(st.one_of(st.text(max_size=200), nearly_queries()))
def test_an_odd_query_is_never_an_error(text: str) -> None:
    document: dict[str, Any] = parse(text).document()
    read_back = json.loads(json.dumps(document, allow_nan=False))
    assert read_back == document
    for each in parse(text).filters:
        for end in (each.range.low, each.range.high) if each.range else ():
            assert end is None or abs(end) <= 1e9 + 60


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_every_day_can_be_asked_for(day: date) -> None:
    for sign in ("", "<", "<=", ">", ">="):
        assert only(f"added:{sign}{day.isoformat()}").dates is not None


@pytest.mark.parametrize("low", [None, 1.0])
@pytest.mark.parametrize("high", [None, 3.0])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_range_holds_what_lies_between_its_ends(
    low: float | None, high: float | None, is_open: bool
) -> None:
    range_ = Range(low, high, is_low_open=is_open, is_high_open=is_open)
    assert range_.holds(2.0)
    assert range_.holds(1.0) is not (low is not None and is_open)
    assert range_.holds(3.0) is not (high is not None and is_open)
    assert range_.holds(0.0) is (low is None)
    assert range_.holds(4.0) is (high is None)


def test_when_it_was_heard_is_an_age_or_a_day() -> None:
    assert parse("played:<2w 听过:2024").filters == [
        Filter("days_unplayed", range=Range(None, 14)),
        Filter("played_on", dates=("2024-01-01", "2025-01-01")),
    ]
    assert parse("plays:>=3").filters == [Filter("plays", range=Range(3, None))]

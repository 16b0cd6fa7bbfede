"""A filter that was not understood is answered with what it takes, in both languages."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from songloom.core.query.filters import KINDS, MOST_FILTERS, READERS, kind_of, parse
from songloom.interfaces.answers.unclear import SENTENCES, expected


@pytest.mark.parametrize(
    ("part", "english", "chinese"),
    [
        ("tempo:fast", "a number, as in tempo:90, tempo:90..120 or tempo:<100", "数字"),
        ("-时长:long", "a length of time, as in 时长:3m20s, 时长:2:30..4:00 or 时长:>5m", "时长"),
        ("key:H", "a key, as in key:Am, key:F# or key:8A", "调"),
        ("ai:perhaps", "yes or no, as in ai:yes", "是"),
        ("added:soon", "an age or a day, as in added:<30d", "天"),
        (
            "mode:blue",
            "one of its words, as in format:flac, mode:major or mode:minor",
            "mode:minor",
        ),
        ("artist:", "words, as in artist:love", "artist:love"),
    ],
)
def test_what_a_filter_takes_is_said(part: str, english: str, chinese: str) -> None:
    assert part in parse(part).not_understood
    with override("en"):
        assert expected(part).startswith(english)
    with override("zh-hans"):
        assert chinese in expected(part)
        assert "as in" not in expected(part)


def test_too_many_conditions_are_said_to_be_too_many() -> None:
    left_out = parse("year:2003 " * (MOST_FILTERS + 1)).not_understood
    with override("en"):
        assert {expected(part) for part in left_out} == {"there are more than 24 conditions"}


def test_every_field_is_of_a_kind_that_has_a_sentence() -> None:
    assert {kind_of(f"{name}:x") for name in READERS} == set(KINDS) <= set(SENTENCES)
    assert kind_of("nothing:x") == ""

"""Pinyin is divided and confused as people do it; the syllables are those of a dictionary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.pinyin import readings
from songloom.core.query.syllables import (
    MOST_DIVISIONS,
    MOST_VARIANTS,
    SYLLABLES,
    confusable,
    divisions,
    variants,
)

SOME = st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=8)


def test_common_characters_are_read_in_syllables_of_the_table() -> None:
    text = (
        "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以"
        "会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美"
        "总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知"
        "世什两次使身者被高已亲其进此话常与活正感"
    )
    unknown = {one for each in readings(text) for one in each if one not in SYLLABLES}
    assert unknown <= {
        "nu",
        "lu",
        "m",
        "n",
        "ng",
        "hm",
        "hng",
        "yo",
        "lo",
        "fiao",
        "dia",
        "eng",
        "nue",
        "lue",
        "o",
        "wong",
    }


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("xian", [("xian",), ("xi", "an")]),
        ("qinghuaci", [("qing", "hua", "ci"), ("qing", "hu", "a", "ci")]),
        ("nanan", [("nan", "an"), ("na", "nan")]),
        ("lvguang", [("lv", "guang"), ("lv", "gu", "ang")]),
        ("beatles", []),
        ("zh", []),
        ("", [()]),
    ],
)
def test_a_word_is_divided_into_syllables(word: str, expected: list[tuple[str, ...]]) -> None:
    assert divisions(word) == expected


@given(SOME)
def test_every_division_is_the_word_and_some_division_is_found(some: list[str]) -> None:
    word = "".join(some)
    found = divisions(word)
    assert 1 <= len(found) <= MOST_DIVISIONS
    assert all("".join(each) == word and set(each) <= SYLLABLES for each in found)


def test_a_very_long_word_is_not_divided() -> None:
    assert divisions("a" * 61) == []
    assert divisions("b" * 60) == []


@pytest.mark.parametrize(
    ("syllable", "other"),
    [
        ("zi", "zhi"), ("chi", "ci"), ("shi", "si"), ("nan", "lan"), ("fu", "hu"), ("ran", "lan"),
        ("xing", "xin"), ("ren", "reng"), ("wan", "wang"), ("zhang", "zan"), ("le", "yue"),
        ("chong", "zhong"), ("chang", "zhang"), ("xing", "hang"), ("shui", "shei"),
    ],
)  # fmt: skip
def test_what_is_confused_is_confused_both_ways(syllable: str, other: str) -> None:
    assert other in confusable(syllable)
    assert syllable in confusable(other)


@pytest.mark.parametrize("syllable", sorted(SYLLABLES)[::7])
def test_a_syllable_is_never_confused_with_itself_or_with_no_syllable(syllable: str) -> None:
    assert syllable not in confusable(syllable)
    assert set(confusable(syllable)) <= SYLLABLES


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qinhuaci", "qinghuaci"),
        ("zoujielun", "zhoujielun"),
        ("yinlehe", "yinyuehe"),
        ("zhongqing", "chongqing"),
        ("sangzou", "shanzhou"),  # two syllables
    ],
)
def test_variants_hold_what_was_meant(typed: str, meant: str) -> None:
    assert meant in variants(typed)


@given(SOME)
def test_variants_are_few_and_other_words(some: list[str]) -> None:
    word = "".join(some)
    found = variants(word)
    assert len(found) == len(set(found)) <= MOST_VARIANTS
    assert word not in found
    assert all(divisions(each) for each in found if len(each) <= 60)


def test_a_word_of_another_language_has_no_variants() -> None:
    assert variants("beatles") == variants("") == variants("青花瓷") == []

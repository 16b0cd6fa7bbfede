"""Names in the order that a reader expects, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.sorting import sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Wall", "wall"),
        ("A Day in the Life", "day in the life"),
        ("An Ending", "ending"),
        ("Études", "etudes"),
        ("“Heroes”", "heroes”"),
        ("采茶灯", "cai cha deng"),
        ("Live 在北京", "live zai bei jing"),
        ("青花瓷", "qing hua ci"),
        ("青花瓷".replace("青", "靑"), "qing hua ci"),
        ("The", "the"),
        ("A", "a"),
        ("...", "..."),
        ("ＡＢＣ", "abc"),
    ],
)
def test_a_name_stands_where_a_reader_looks_for_it(name: str, key: str) -> None:
    assert sort_key(name) == key


def test_chinese_and_english_stand_in_one_order() -> None:
    names = ["Clay and Copper", "春江花月夜", "Above the Treeline", "采茶灯", "出海", "Zebra"]
    assert sorted(names, key=sort_key) == [
        "Above the Treeline",
        "采茶灯",
        "出海",
        "春江花月夜",
        "Clay and Copper",
        "Zebra",
    ]


def test_traditional_and_simplified_stand_together() -> None:
    assert sort_key("長城") == sort_key("长城") == "chang cheng"


@given(st.text(max_size=400))
def test_any_text_has_a_place_of_bounded_length(name: str) -> None:
    key = sort_key(name)
    assert len(key) <= 300
    assert key == sort_key(name)


@given(st.text(alphabet="abcxyz ", min_size=1, max_size=30))
def test_case_makes_no_difference(name: str) -> None:
    assert sort_key(name) == sort_key(name.upper())

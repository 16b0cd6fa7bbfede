"""What changed from one recipe to another, as people read it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio.edits import EDITS
from songloom.core.audio.recipe import read
from songloom.interfaces.web import recipes
from songloom.library.models import Track, User
from tests.shelf import shelve

GAIN = {"edit": "gain", "gain_db": -3.0}
FADE = {"edit": "fade_in", "duration_s": 2.0}
TRIM = {"edit": "trim", "start_s": 1.0, "end_s": 3.0}
REVERSE = {"edit": "reverse"}
SIMPLE = [GAIN, FADE, TRIM, REVERSE, {"edit": "swap_channels"}, {"edit": "remove_dc"}]


def changed(before: list[Any], after: list[Any]) -> list[str]:
    return recipes.changed(read(before), read(after))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([], [], []),
        ([], [REVERSE], ["+ Reverse"]),
        ([REVERSE], [], ["− Reverse"]),
        ([GAIN], [{**GAIN, "gain_db": -6.5}], ["Louder or softer: Gain −3 → −6.5"]),
        ([TRIM], [{**TRIM, "start_s": 2, "end_s": 9}], ["Keep a part: Start 1 → 2, End 3 → 9"]),
        ([TRIM], [{**TRIM, "end_s": None}], ["Keep a part: End 3 → –"]),
        ([GAIN, FADE], [FADE, GAIN], ["Louder or softer −3 dB: moved"]),
        (
            [GAIN, FADE, REVERSE],
            [FADE, REVERSE],
            ["− Louder or softer −3 dB"],
        ),
        ([GAIN], [FADE], ["− Louder or softer −3 dB", "+ Fade in 2 s"]),
    ],
)
def test_each_change_is_a_line(before: list[Any], after: list[Any], lines: list[str]) -> None:
    found = changed(before, after)
    if lines and lines[0].endswith("moved"):
        assert len(found) == 1
        assert found[0].endswith(": moved")
    else:
        assert found == lines


@given(st.permutations(SIMPLE), st.integers(0, len(SIMPLE)))
def test_of_the_same_edits_in_another_order_nothing_comes_or_goes(
    order: list[dict[str, Any]], n: int
) -> None:
    """However they are put: what is told is moves alone, and none where nothing moved."""
    before, after = order[:n], sorted(order[:n], key=str)
    found = changed(before, after)
    assert all(line.endswith(": moved") for line in found)
    assert (found == []) == (before == after)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ([], [REVERSE], "+ 倒放"),
        ([GAIN], [{**GAIN, "gain_db": 0}], "增益: 增益 −3 → 0"),
        ([], [FADE], "+ 淡入 2 s"),
    ],
)
def test_in_chinese_the_lines_are_chinese(before: list[Any], after: list[Any], line: str) -> None:
    with override("zh-hans"):
        assert changed(before, after) == [line]


def test_a_matrix_that_changes_has_no_number_to_show_and_breaks_nothing() -> None:
    one = [{"edit": "mix", "matrix": [[0.5, 0.5]]}]
    other = [{"edit": "mix", "matrix": [[0.0, 1.0], [1.0, 0.0]]}]
    (line,) = changed(one, other)
    assert line.startswith(EDITS["mix"].words.en)


def test_only_songs_that_one_may_hear_are_named(yun: User, mo: User) -> None:
    shown, hidden = shelve(yun, "Shown"), shelve(yun, "Hidden")
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    named: list[Mapping[str, Any]] = [
        {"edits": [{"edit": "join", "track": str(shown.pk)}, GAIN]},
        {"edits": [{"edit": "join", "track": str(hidden.pk)}]},
        {"edits": []},
        {},
    ]
    assert set(recipes.others_of(named, mo)) == {str(shown.pk)}
    assert set(recipes.others_of(named, yun)) == {str(shown.pk), str(hidden.pk)}
    assert recipes.others_of(named, mo)[str(shown.pk)]["seconds"] == shown.duration_s
    assert recipes.others_of([], mo) == {}

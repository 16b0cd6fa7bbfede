"""Tracks of one album or artist stay together, also by way of a third."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.learning.groups import connected

memberships = st.lists(st.lists(st.integers(0, 8), max_size=3), max_size=30)


def test_a_shared_album_binds() -> None:
    assert connected([["one"], ["two"], ["one"]]).tolist() == [0, 1, 0]


def test_a_guest_binds_two_artists() -> None:
    """Ann alone, Bo alone, and a duet: all three could leak."""
    assert connected([["ann"], ["bo"], ["ann", "bo"], ["cy"]]).tolist() == [0, 0, 0, 1]


def test_a_long_chain_is_one_group() -> None:
    chain = [[i, i + 1] for i in range(500)]
    assert set(connected(chain).tolist()) == {0}


def test_who_belongs_nowhere_stands_alone() -> None:
    assert connected([[], [], []]).tolist() == [0, 1, 2]


def test_no_tracks_make_no_groups() -> None:
    assert connected([]).shape == (0,)


@given(memberships)
def test_tracks_with_a_common_member_always_agree(belonging: list[list[int]]) -> None:
    groups = connected(belonging)
    for i, one in enumerate(belonging):
        for j, other in enumerate(belonging):
            if set(one) & set(other):
                assert groups[i] == groups[j]


@given(memberships)
def test_tracks_of_different_groups_have_no_path_between_them(
    belonging: list[list[int]],
) -> None:
    """Checked by walking the graph in another way."""
    groups = connected(belonging)
    for start in range(len(belonging)):
        reached, members = {start}, set(belonging[start])
        while True:
            more = {i for i, these in enumerate(belonging) if members & set(these)}
            if more <= reached:
                break
            reached |= more
            members = members.union(*(belonging[i] for i in more))
        assert reached == set(np.flatnonzero(groups == groups[start]).tolist())


@given(memberships)
def test_groups_are_numbered_as_they_appear(belonging: list[list[int]]) -> None:
    numbers = connected(belonging).tolist()
    seen = list(dict.fromkeys(numbers))
    assert seen == list(range(len(seen)))

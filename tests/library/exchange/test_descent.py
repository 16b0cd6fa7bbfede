"""What a table says a track was made from becomes its graph; what is said badly harms nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songloom.library.exchange import ancestry
from songloom.library.exchange.descent import note
from songloom.library.models import LineageNode, Track, User
from songloom.library.services.tracing import graph
from tests.databases import examples
from tests.library.exchange.tables import entered

WAY = [
    {"kind": "url", "label": "https://example.org/a.ogg"},
    {"kind": "file", "label": "a.ogg", "detail": {"sha256": "00"}, "from": [0]},
    {"kind": "track", "from": [1]},
]


@pytest.fixture
def track(owner: User) -> Track:
    return Track.objects.create(title="Blue", owner=owner, has_audio=False, origin="imported")


def told(track: Track, owner: User) -> list[dict[str, Any]]:
    return ancestry.of([track], owner).get(track.pk, [])


def test_what_was_told_is_told_again(track: Track, owner: User) -> None:
    note([(track, WAY)])
    assert told(track, owner) == WAY
    kinds = [node["kind"] for node in graph(track, track.owner)["nodes"]]
    assert sorted(kinds) == ["file", "track", "url"]


def test_twice_is_once(track: Track, owner: User) -> None:
    note([(track, WAY), (track, WAY)])
    assert LineageNode.objects.count() == 3
    assert told(track, owner) == WAY


def test_a_parent_that_comes_later_in_the_table_is_the_same_track(owner: User) -> None:
    parent = "01920000-0000-7000-8000-000000000009"
    child = "01920000-0000-7000-8000-000000000001"
    lineage = [
        {"kind": "track", "label": "Original", "track": parent},
        {"kind": "track", "from": [0]},
    ]
    entered(owner, {"id": child, "title": "Cover", "lineage": json.dumps(lineage)})
    assert LineageNode.objects.get(label="Original").track is None
    entered(
        owner,
        {"id": parent, "title": "Original", "lineage": json.dumps(WAY)},
    )
    assert str(LineageNode.objects.get(label="Original").track_id) == parent
    told_of_child = told(Track.objects.get(pk=child), owner)
    assert [each["kind"] for each in told_of_child] == ["url", "file", "track", "track"]
    assert told_of_child[2]["track"] == parent


@pytest.mark.parametrize(
    "odd",
    [
        [{}],
        [{"kind": "spell"}, {"from": [0]}],
        [{"kind": "url", "label": 5}, {"from": [0]}],
        [{"kind": "url", "detail": []}, {"from": [0]}],
        [{"kind": "url", "label": "a"}, {"from": [7, -1, "0", None, True]}],
        [{"kind": "url", "label": "a", "from": [0]}, {"from": 0}],
        [{"kind": "track", "track": "nobody"}, {"from": [0]}],
        [{"kind": "track", "track": 7}, {"from": [0]}],
        [{"kind": "file", "label": "a\x00b", "detail": {"x": "\x00"}}, {"from": [0]}],
        [{"kind": "file", "label": "\ud800", "detail": {"x": "\ud800"}}, {"from": [0]}],
    ],
)
def test_what_is_told_badly_is_left_out(track: Track, owner: User, odd: list[Any]) -> None:
    note([(track, odd)])
    json.dumps(graph(track, track.owner)).encode()
    for node in LineageNode.objects.all():
        assert "\x00" not in node.label
        node.label.encode()
        assert "u0000" not in json.dumps(node.detail)


def test_a_story_without_end_is_cut(track: Track, owner: User) -> None:
    long = [{"kind": "prompt", "label": f"{n}", "from": [n - 1]} for n in range(500)]
    note([(track, [*long, {"kind": "track", "from": [10]}])])
    assert LineageNode.objects.count() == 201  # 200 ancestors and the track


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "label", "detail", "from", "track", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(story=st.lists(st.dictionaries(st.text(max_size=6), anything, max_size=4), min_size=1))
def test_no_story_at_all_fails(db: None, story: list[Any]) -> None:
    owner, _ = User.objects.get_or_create(username="any")
    track = Track.objects.create(title="x", owner=owner, origin="imported")
    note([(track, story)])
    ancestry.of([track], owner)

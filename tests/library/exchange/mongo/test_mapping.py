"""A library that lives in MongoDB in another shape is read by a file that says where things lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from songloom.errors import BadValue, NoSuchFile
from songloom.library.exchange import mongo
from songloom.library.exchange.mongo.mapping import inside, plain, read_mapping
from songloom.library.models import Track, User
from songloom.library.services.tagging import tags_of

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "mongodb-mapping.toml"
SONGS: list[dict[str, Any]] = [
    {
        "_id": "s1",
        "name": "青花瓷",
        "singers": [{"name": "周杰伦"}],
        "disc": {"title": "我很忙", "released": "2007年11月2日"},
        "length_ms": 238_000,
        "styles": ["流行", "中国风"],
        "bpm": 88,
    },
    {"_id": "s2", "name": "寓言", "singers": [{"name": "王菲"}], "length_ms": "soon"},
    {"_id": "s3", "name": "红豆", "singers": [{"name": "王菲"}], "disc": None},
]


def test_the_example_of_the_documentation_works(base: Any, admin: User) -> None:
    base["songs"].insert_many(SONGS)
    mapping = read_mapping(EXAMPLE)
    came = mongo.pull(base, admin, mapping=mapping)
    assert came.n_pulled == 2
    assert [(each["id"], each["column"]) for each in came.refused] == [("s2", "length_ms")]
    track = Track.objects.get(title="青花瓷")
    assert (track.duration_s, track.date, track.has_audio) == (238.0, "2007-11-02", False)
    assert tags_of(track)["artist"] == ["周杰伦"]
    assert set(tags_of(track)["genre"]) == {"流行", "中国风"}
    again = mongo.pull(base, admin, mapping=mapping)
    assert (again.n_pulled, Track.objects.count()) == (0, 2)
    base["songs"].update_one({"_id": "s1"}, {"$set": {"name": "青花瓷 (Live)"}})
    assert mongo.pull(base, admin, mapping=mapping).n_pulled == 1
    assert Track.objects.count() == 2


@pytest.mark.parametrize(
    "text",
    [
        "fields = 3",
        "[fields]",
        "[fields]\ntitle = 3",
        '[fields]\ncolour = "x"',
        '[fields]\naudio = "path"',
        "not toml",
        '[fields]\ntitle = "x"\n[units]\nduration_s = 5',
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(BadValue):
        read_mapping(path)


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("a", 1),
        ("b.c", 2),
        ("b.d.e", [3, 4]),
        ("b.x", None),
        ("a.b", None),
        ("", None),
        ("b.d.x", [None, None]),
    ],
)
def test_dots_lead_inwards(where: str, value: Any) -> None:
    document = {"a": 1, "b": {"c": 2, "d": [{"e": 3}, {"e": 4}, 5]}}
    assert inside(document, where) == value


def test_what_json_does_not_know_is_text() -> None:
    from datetime import UTC, datetime

    assert plain(datetime(2003, 7, 31, tzinfo=UTC)).startswith("2003-07-31")
    assert plain([1, None, float("nan")]) == [1, None]
    assert plain({"a": (1, b"x")}) == {"a": [1, "b'x'"]}

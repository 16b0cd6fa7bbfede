"""A cursor is taken only as a page wrote it: every forged one is refused, on every list."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from songloom.analyse import prints
from songloom.core.features.acoustid import encoded
from songloom.curate.models import Change
from songloom.generate.models import Generation
from songloom.interfaces.rest import urls  # noqa: F401  (mounts every router)
from songloom.interfaces.rest.api import api
from songloom.jobs import enqueue
from songloom.library.models import Features, Folder, Playlist, Rendition, Track, User
from songloom.search.services import SORTS
from tests.curate.test_duplicates import drawn
from tests.databases import examples
from tests.rest.conftest import Caller
from tests.shelf import shelve

JUNK: list[Any] = [
    True,
    False,
    float("inf"),
    float("-inf"),
    float("nan"),
    2**63,
    -(2**63) - 1,
    1.5e308,
    {},
    {"a": 1},
    [],
    [1],
    "\ud800",
    "\x00",
    "x" * 5_000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "20240101T000000Z",
    "2024-01-01",
    "{0}",
]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


def lists() -> list[str]:
    """Every address that takes a cursor, and the tracks in every order."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    taking = [
        path.removeprefix("/")
        for path, methods in paths.items()
        if any(p["name"] == "cursor" for p in methods.get("get", {}).get("parameters", []))
    ]
    orders = [
        f"tracks?sort={sign}{name}" for name in SORTS for sign in ("", "-")[: 1 + (name == "year")]
    ]
    return sorted([*taking, *orders])


def test_the_lists_are_those_of_the_contract() -> None:
    found = lists()
    assert {"bin", "folders", "generations", "jobs", "playlists", "tracks"} <= set(found)
    assert "tracks/{track_id}/changes" in found
    assert "tracks/{track_id}/renditions" in found


@pytest.fixture
def shelf(root: Caller, tmp_path: Path) -> Track:
    """Three of everything that is listed; returns the track that has changes and renditions."""
    owner = root.user
    assert owner is not None
    tracks = [shelve(owner, f"Song {i}", artist="Ada", album=f"Album {i}") for i in range(3)]
    for i, track in enumerate(tracks):
        Features.objects.update_or_create(
            track=track,
            defaults={"version": 1, "tempo_bpm": 90.0 + i, "key": "C", "loudness_lufs": -9.5 - i},
        )
        Track.objects.filter(pk=track.pk).update(year=1990 + i, date=str(1990 + i))
        one_more(owner, tracks[0], i, tmp_path)
    for track in tracks:  # and again, which makes three groups of duplicates
        again = shelve(owner, f"{track.title} again", artist="Ada")
        Track.objects.filter(pk=again.pk).update(year=2001, date="2001")
        for copy in (track, again):
            prints.write(copy, encoded(drawn(tracks.index(track))))
    return tracks[0]


def one_more(owner: User, track: Track, i: int, tmp_path: Path) -> None:
    Track.objects.filter(pk=shelve(owner, f"Gone {i}").pk).update(binned_at=timezone.now())
    Playlist.objects.create(owner=owner, name=f"List {i}")
    Folder.objects.create(
        number=90 + i, path=str(tmp_path / str(i)), path_key=f"{i}", name=f"F{i}", owner=owner
    )
    enqueue("search.rebuild", {}, owner=owner)
    Generation.objects.create(owner=owner, prompt="waltz", request={}, seed=i)
    Change.objects.create(track=track, user=owner, before={}, after={})
    Rendition.objects.create(
        track=track,
        owner=owner,
        recipe={},
        recipe_key=f"{i}",
        format="mp3",
        duration_s=1.0,
        sha256=f"{i}" * 64,
        size_bytes=1,
    )


def asked(root: Caller, address: str, track: Track, **query: Any) -> Any:
    path, _, given = address.format(track_id=track.pk).partition("?")
    name, _, value = given.partition("=")
    more = {name: value} if name else {}
    return root.send("GET", path, query_params={**more, **query})


def bare(cursor: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor))
    return found


def forged(content: Any) -> str:
    """Spelled as a page spells, but for half characters, which only an escape can write."""
    try:
        text = json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        text = json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).decode()


def assert_refused(response: Any, cursor: str) -> None:
    assert response.status_code == 422, (response.content[:300], base64.urlsafe_b64decode(cursor))
    error = json.loads(response.content)["error"]
    assert error["code"] == "bad_value"
    assert list(error["fields"]) == ["cursor"]


def changed(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The same with one value of another kind, one too many, one too few, one strange name."""
    made = [{**content, "more": 1}, {}, {name.upper(): v for name, v in content.items()}]
    for name, value in content.items():
        made += [{k: v for k, v in content.items() if k != name}]
        if not isinstance(value, list):
            made += [{**content, name: junk} for junk in [*JUNK, -1, None, "1"]]
            continue
        made += [{**content, name: [*value, None]}, {**content, name: value[:-1]}]
        for place, was in enumerate(value):
            bad = [junk for junk in JUNK if is_other(junk, was)]
            made += [{**content, name: [*value[:place], j, *value[place + 1 :]]} for j in bad]
    return made


def is_other(junk: Any, was: Any) -> bool:
    """Whether a column that holds `was` can never hold `junk`: a plain text can be any text."""
    is_text = isinstance(was, str) and not was.startswith(("0", "20"))
    fits = is_text and isinstance(junk, str) and len(junk) < 40 and junk not in ("\ud800", "\x00")
    return not fits and not (isinstance(was, float) and junk == 1.5e308)


@pytest.mark.parametrize("address", lists())
def test_what_a_page_would_not_write_is_refused(root: Caller, shelf: Track, address: str) -> None:
    first = json.loads(asked(root, address, shelf, limit=1).content)
    ours = first["next"]
    second = asked(root, address, shelf, limit=1, cursor=ours)
    assert second.status_code == 200
    assert json.loads(second.content)["items"] != first["items"]
    for content in changed(bare(ours)):
        cursor = forged(content)
        assert_refused(asked(root, address, shelf, cursor=cursor), cursor)


def test_an_offset_that_no_page_would_write_is_refused(root: Caller) -> None:
    """By relevance a cursor holds how many were shown before."""
    assert root.get("tracks", q="song", cursor=forged({"offset": 1}))["items"] == []
    for content in changed({"offset": 1}):
        cursor = forged(content)
        assert_refused(root.send("GET", f"tracks?q=song&cursor={cursor}"), cursor)


@hypothesis_settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(address=st.sampled_from(lists()), content=JSON, values=st.lists(JSON, max_size=3))
def test_any_json_is_refused_as_a_cursor(
    root: Caller, shelf: Track, address: str, content: Any, values: list[Any]
) -> None:
    for made in (content, {"after": values}, {"after": values, "total": 3}):
        cursor = forged(made)[:7_900]
        assert_refused(asked(root, address, shelf, cursor=cursor), "")


def test_another_spelling_of_a_cursor_is_none(root: Caller, shelf: Track) -> None:
    ours = json.loads(asked(root, "playlists", shelf, limit=1).content)["next"]
    loose = base64.urlsafe_b64encode(json.dumps(bare(ours), indent=1).encode()).decode()
    for cursor in (loose, ours + "====", f"!{ours}", ours + ours):
        assert asked(root, "playlists", shelf, cursor=cursor).status_code == 422


@pytest.mark.parametrize("title", ["Ж" * 300, "𠮷" * 300, "\x01~\\" * 100, '"\\' * 150])
@pytest.mark.parametrize("sort", ["title", "artist"])
def test_the_longest_names_lead_to_the_next_page(root: Caller, title: str, sort: str) -> None:
    """Six bytes a letter, twice in a cursor: it was longer than a cursor might be."""
    assert root.user is not None
    for _ in range(2):
        track = shelve(root.user, title)
        Track.objects.filter(pk=track.pk).update(sort_title=title, artist_text=(title * 2)[:500])
    first = root.get("tracks", limit=1, sort=sort)
    second = root.get("tracks", limit=1, sort=sort, cursor=first["next"])
    assert [page["items"][0]["id"] for page in (first, second)] == sorted(
        str(pk) for pk in Track.objects.values_list("pk", flat=True)
    )
    assert second["next"] is None

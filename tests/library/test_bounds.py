"""What people give is bounded as what files say is: by values of a tag, and by names."""

from __future__ import annotations

import pytest

from songloom.core.audio.tags import MOST_NAMES, MOST_VALUES
from songloom.curate import services as curate
from songloom.errors import BadValue
from songloom.library.exchange.entries import entry_of
from songloom.library.exchange.reading import Flaw, Record, cells_of
from songloom.library.models import Credit, Track, User
from songloom.library.services import tagging
from tests.library.exchange.tables import entered
from tests.shelf import shelve

pytestmark = pytest.mark.django_db
NAMES = ("artist", "albumartist", "composer", "lyricist", "genre", "tag", "mood", "lyrics")


@pytest.fixture
def owner() -> User:
    return User.objects.create(username="ming")


@pytest.fixture
def track(owner: User) -> Track:
    return shelve(owner, "Song")


def many(n: int) -> list[str]:
    return [f"w{i}" for i in range(n)]


@pytest.mark.parametrize("field", NAMES)
def test_one_value_too_many_is_refused_and_named(track: Track, owner: User, field: str) -> None:
    before = curate.preview(track, {"title": ["New"]})
    with pytest.raises(BadValue) as refused:
        curate.set_tags(track, {"title": ["New"], field: many(MOST_VALUES + 1)}, user=owner)
    assert refused.value.fields == {"field": field}
    assert curate.preview(track, {"title": ["New"]}) == before
    assert curate.history(track) == []


@pytest.mark.parametrize("n", [MOST_NAMES + 1, 3_000])
def test_too_many_names_are_refused(track: Track, owner: User, n: int) -> None:
    with pytest.raises(BadValue) as refused:
        curate.set_tags(track, {name: ["x"] for name in many(n)}, user=owner)
    assert refused.value.fields == {"field": "tags"}


def test_names_do_not_add_up_beyond_the_bound(track: Track, owner: User) -> None:
    curate.set_tags(track, {f"a{i}": ["x"] for i in range(MOST_NAMES)}, user=owner)
    with pytest.raises(BadValue):
        curate.set_tags(track, {"one_more": ["x"]}, user=owner)
    curate.set_tags(track, {"a0": [], "one_more": ["x"]}, user=owner)
    assert track.free_tags.values("field").distinct().count() == MOST_NAMES


def test_as_much_as_is_allowed_is_kept_and_taken_back(track: Track, owner: User) -> None:
    """Every role at once was more than one query could say."""
    wanted = {role: many(MOST_VALUES) for role in (*tagging.ROLES, "genre", "tag", "mood")}
    change = curate.set_tags(track, wanted, user=owner)
    assert change is not None
    fresh = tagging.tags_of(Track.objects.with_names().get(pk=track.pk))
    assert {name: sorted(fresh[name]) for name in wanted} == {
        name: sorted(values) for name, values in wanted.items()
    }
    curate.undo(change, user=owner)
    assert Credit.objects.filter(track=track).count() == 0


def test_the_same_free_tags_again_write_nothing(
    track: Track, django_assert_max_num_queries: object
) -> None:
    fields = {name: many(20) for name in many(20)}
    tagging.set_free_tags(track, fields)
    rows = set(track.free_tags.values_list("pk", flat=True))
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        tagging.set_free_tags(track, fields)
    assert set(track.free_tags.values_list("pk", flat=True)) == rows


@pytest.mark.parametrize(
    "column",
    ["artists", "genres", "tags", "composer"],
)
def test_a_row_of_a_table_with_too_many_is_told(column: str) -> None:
    (flaw,) = flaws_of(title="x", **{column: "; ".join(many(MOST_VALUES + 1))})
    assert (flaw.column, flaw.code) == (column, "bad_value")


def test_tags_of_many_names_in_one_cell_are_told() -> None:
    (flaw,) = flaws_of(title="x", tags="; ".join(f"{name}=x" for name in many(MOST_NAMES + 1)))
    assert (flaw.column, flaw.code) == ("tags", "bad_value")


def test_a_row_at_the_bound_is_taken(owner: User) -> None:
    made = entered(owner, {"title": "x", "artists": "; ".join(many(MOST_VALUES))})
    assert made.n_new == 1
    assert Credit.objects.filter(track__title="x").count() == MOST_VALUES


def flaws_of(**cells: str) -> list[Flaw]:
    found = entry_of(Record(2, cells_of(cells)))
    assert isinstance(found, list)
    return found


def test_names_are_one_line_and_comments_and_lyrics_have_lines(track: Track) -> None:
    tagging.set_fields(
        track,
        {
            "title": ["a\nb\tc"],
            "artist": ["d\x85e"],
            "album": ["\u202ef"],
            "genre": ["g\r\nh"],
            "mood": ["i\nj\x9b"],
            "comment": ["k\nl"],
            "lyrics": ["m\r\nn"],
        },
    )
    fresh = Track.objects.get(pk=track.pk)
    tags = tagging.tags_of(fresh)
    assert (tags["title"], tags["artist"], tags["album"]) == (["a b c"], ["d e"], ["f"])
    assert (tags["genre"], tags["mood"], tags["comment"]) == (["g h"], ["i j"], ["k\nl"])
    assert fresh.lyrics == "m\nn"

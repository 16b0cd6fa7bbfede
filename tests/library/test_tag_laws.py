"""Laws of tags: what is set reads back, twice is once, spelling does not make another thing."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from songloom.library.ids import clean_text, name_key
from songloom.library.models import Album, Artist, Genre, Track
from songloom.library.services import tagging
from tests.databases import examples
from tests.library.conftest import Keep

quiet = settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
words = st.text(min_size=1, max_size=40).map(lambda text: clean_text(text, 40)).filter(bool)
names = st.lists(words, min_size=1, max_size=4, unique_by=name_key)
dates = st.one_of(
    st.integers(1900, 2099).map(str),
    st.dates().map(lambda day: f"{day.year:04}-{day.month:02}"),
    st.dates().map(lambda day: day.isoformat()),
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "title": words.map(lambda word: [word]),
        "artist": names,
        "composer": names,
        "album": words.map(lambda word: [word]),
        "genre": names,
        "date": dates.map(lambda date: [date]),
        "tracknumber": st.integers(1, 999).map(lambda n: [str(n)]),
        "discnumber": st.integers(1, 99).map(lambda n: [str(n)]),
        "tag": names,
    },
)


def keys_of(field: str, values: list[str]) -> list[str]:
    """Credits keep their order; genres and free tags are sets."""
    keys = [name_key(value) for value in values]
    return sorted(keys) if field in ("genre", "tag") else keys


def set_and_read(track: Track, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    tagging.set_fields(track, wanted)
    return tagging.tags_of(Track.objects.get(pk=track.pk))


@quiet
@given(wanted=fields)
def test_what_is_set_reads_back(keep: Keep, wanted: dict[str, list[str]]) -> None:
    """A name that somebody else spelt first keeps that spelling: compare by what makes it one."""
    with transaction.atomic():
        track = keep(title="Before")
        read = set_and_read(track, wanted)
        for field, values in wanted.items():
            assert keys_of(field, read[field]) == keys_of(field, values), field
        transaction.set_rollback(True)


@quiet
@given(wanted=fields)
def test_setting_twice_is_setting_once(keep: Keep, wanted: dict[str, list[str]]) -> None:
    with transaction.atomic():
        track = keep(title="Before")
        once = set_and_read(track, wanted)
        counts = [model.objects.count() for model in (Artist, Album, Genre)]
        assert set_and_read(track, wanted) == once
        assert [model.objects.count() for model in (Artist, Album, Genre)] == counts
        transaction.set_rollback(True)


@quiet
@given(wanted=fields, other=fields)
def test_fields_do_not_disturb_each_other(
    keep: Keep, wanted: dict[str, list[str]], other: dict[str, list[str]]
) -> None:
    assume(not set(wanted) & set(other))
    with transaction.atomic():
        one, two = keep(b"one", title="T"), keep(b"two", title="T")
        set_and_read(one, wanted)
        one_way = set_and_read(one, other)
        set_and_read(two, other)
        other_way = set_and_read(two, wanted)
        assert one_way == other_way
        transaction.set_rollback(True)


@given(text=st.text(max_size=60))
def test_case_width_and_spaces_do_not_make_another_name(text: str) -> None:
    spaced = f"  {text}\u3000 "
    assert name_key(spaced) == name_key(text)
    assert name_key(unicodedata.normalize("NFKC", text).upper().lower()) == name_key(
        unicodedata.normalize("NFKC", text).upper().lower().casefold()
    )
    assert len(name_key(text)) == 40


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Björk", "BJÖRK"),
        ("Ｊａｙ", "jay"),
        ("Daft  Punk", "daft punk"),
        ("Straße", "STRASSE"),
        ("ﬁre", "FIRE"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Bjork", "Björk"), ("重来", "重來"), ("A", "B"), ("ab", "a b")]
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(parts=st.lists(words, min_size=2, max_size=2))
def test_parts_of_a_key_are_not_run_together(parts: list[str]) -> None:
    first, second = parts
    assert name_key(first, second) != name_key(first + second)


@given(text=st.text(max_size=200), longest=st.integers(0, 80))
def test_clean_text_fits_and_cleaning_again_changes_nothing(text: str, longest: int) -> None:
    clean = clean_text(text, longest)
    assert len(clean) <= longest
    assert clean_text(clean, longest) == clean
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in clean)
    clean.encode("utf-8")  # no lone surrogate


def test_a_renamed_artist_leaves_the_tracks_of_others_alone(keep: Keep) -> None:
    mine, other = keep(b"a", artist="X"), keep(b"b", artist="X")
    tagging.set_fields(mine, {"artist": ["Y"]})
    other.refresh_from_db()
    assert other.artist_text == "X"
    assert Artist.objects.count() == 2


def test_an_album_of_one_title_is_shared_when_its_artist_is_the_same(keep: Keep) -> None:
    first, second = keep(b"a", artist="X"), keep(b"b", artist="X")
    for track in (first, second):
        tagging.set_fields(track, {"album": ["Same"]})
        track.refresh_from_db()
    assert first.album == second.album

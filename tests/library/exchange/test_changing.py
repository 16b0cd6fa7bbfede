"""A row about a track that is there changes what differs, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.library.exchange.changing import change
from songloom.library.exchange.said import features_row, split_tag
from songloom.library.models import Features, Track, User
from songloom.library.services.tagging import set_fields, tags_of
from tests.library.conftest import Keep


@pytest.fixture
def track(keep: Keep) -> Track:
    made = keep(
        title="Blue",
        artist=["Ann", "Ben"],
        album="Colours",
        albumartist="Ann",
        genre=["Jazz", "Pop"],
        date="2003-07",
        tracknumber="3",
        composer="Cy",
    )
    return set_fields(made, {"tag": ["calm", "night"], "mood": ["mild"]})


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"title": "Blue"},
        {"artists": ["Ann", "Ben"]},
        {"genres": ["Pop", "Jazz"]},
        {"genres": ["POP", "jazz"]},
        {"tags": ["mood=mild", "night", "calm"]},
        {"date": "2003-07"},
        {"tracknumber": 3},
        {"album": "Colours", "albumartist": ["Ann"]},
        {"composer": ["Cy"]},
        {"duration_s": 99.0, "tempo_bpm": 90.0, "dominant_hz": 1.0},
        {"lineage": [{"kind": "track"}], "is_generated": True, "prompt": "x"},
    ],
)
def test_what_is_as_it_was_is_left_alone(track: Track, owner: User, said: dict[str, Any]) -> None:
    before = (tags_of(track), track.updated_at, track.duration_s, track.is_generated)
    assert not change(track.pk, said, owner)
    track = Track.objects.get(pk=track.pk)
    assert (tags_of(track), track.updated_at, track.duration_s, track.is_generated) == before


@pytest.mark.parametrize(
    ("said", "field", "values"),
    [
        ({"title": "Azure"}, "title", ["Azure"]),
        ({"artists": ["Ben", "Ann"]}, "artist", ["Ben", "Ann"]),
        ({"artists": ["Ann"]}, "artist", ["Ann"]),
        ({"genres": ["Jazz"]}, "genre", ["Jazz"]),
        ({"tags": ["calm"]}, "tag", ["calm"]),
        ({"date": "2003"}, "date", ["2003"]),
        ({"tracknumber": 4}, "tracknumber", ["4"]),
        ({"album": "Others"}, "album", ["Others"]),
        ({"composer": ["Di"]}, "composer", ["Di"]),
        ({"conductor": ["Ed"]}, "conductor", ["Ed"]),
    ],
)
def test_what_differs_is_changed_alone(
    track: Track, owner: User, said: dict[str, Any], field: str, values: list[str]
) -> None:
    before = tags_of(track)
    assert change(track.pk, said, owner)
    after = tags_of(Track.objects.get(pk=track.pk))
    assert after[field] == values
    others = {field, *(["mood"] if field == "tag" else [])}
    assert {k: v for k, v in after.items() if k not in others} == {
        k: v for k, v in before.items() if k not in others
    }
    assert not change(track.pk, said, owner)


def test_free_tags_of_which_a_row_does_not_speak_are_cleared_with_their_field(
    track: Track, owner: User
) -> None:
    assert change(track.pk, {"tags": ["calm"]}, owner)
    assert "mood" not in tags_of(Track.objects.get(pk=track.pk))


def test_an_entry_learns_and_corrects_how_it_would_sound(owner: User) -> None:
    entry = Track.objects.create(title="x", owner=owner, has_audio=False, origin="imported")
    assert change(entry.pk, {"tempo_bpm": 90.0, "duration_s": 200.0}, owner)
    assert change(entry.pk, {"key": "A"}, owner)
    said = Features.objects.get(track=entry)
    assert (said.tempo_bpm, said.key, said.version) == (90.0, "A", 0)
    assert not change(entry.pk, {"key": "A", "tempo_bpm": 90.0, "duration_s": 200.0}, owner)
    assert Track.objects.get(pk=entry.pk).duration_s == 200.0


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("安静", "tag", "安静"),
        ("mood=mild", "mood", "mild"),
        ("a=b=c", "a", "b=c"),
        ("=x", "tag", "=x"),
        ("two words=x", "tag", "two words=x"),
        ("mood=", "tag", "mood="),
    ],
)
def test_a_tag_has_a_field_where_it_says_so(text: str, field: str, value: str) -> None:
    assert split_tag(text) == (field, value)


def test_a_row_without_measures_says_nothing_of_sound() -> None:
    assert features_row({"title": "x", "duration_s": 5.0}) is None

"""Many files at once become what each would have become alone, at a constant price."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songloom.library.heard import Heard
from songloom.library.ids import name_key
from songloom.library.models import Album, Artist, Cover, File, Folder, LineageEdge, Track, User
from songloom.library.services.cataloguing import Linked, catalogue, name_all
from songloom.library.services.storing import store_file
from songloom.library.services.tracing import graph, trace_file
from tests.databases import examples

quiet = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
texts = st.text(max_size=12) | st.sampled_from(["周杰伦", "Ann", "ANN", "Ben", "a\0b", " ", "1"])
values = st.lists(texts, min_size=1, max_size=3)
tags = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ("title", "album", "artist", "albumartist", "composer", "genre", "lyrics"), values
        ),
        "date": st.sampled_from([["2003"], ["2003-7"], ["20030731"], ["nonsense"], [""]]),
        "tracknumber": st.sampled_from([["3"], ["03/12"], ["x"], ["99999999"]]),
        "discnumber": st.sampled_from([["1"], [""]]),
        "compilation": st.sampled_from([["1"], ["0"], ["true"]]),
        "musicbrainz_albumid": st.sampled_from([["5e3cf2a4-9d0e-4c2f-8a49-a6cc4e5b9a9b"]]),
        "musicbrainz_trackid": st.just(["b1a9c0e9-d987-4042-ae91-78d6a3267d69"]),
        "replaygain_track_gain": st.sampled_from([["-7.03 dB"], ["loud"]]),
        "mood": values,
    },
)
TRACK = ("title", "sort_title", "artist_text", "disc_number", "track_number", "date", "year",
         "has_audio", "duration_s", "format", "size_bytes", "lyrics", "musicbrainz_id",
         "replaygain_db", "replaygain_peak", "origin", "owner_id", "is_private", "binned_at",
         "is_generated", "prompt", "missing_at")  # fmt: skip
FILE = ("owner_id", "folder_id", "path", "place", "sha256", "parts_sha256", "sound_sha256",
        "is_believed", "original_name", "format", "codec", "sample_rate", "channels", "bit_rate",
        "bits", "duration_s", "size_bytes", "modified_ns", "start_s", "end_s", "is_truncated",
        "tags", "missing_at")  # fmt: skip


@pytest.fixture
def folder(owner: User, tmp_path: Path) -> Folder:
    return Folder.objects.create(
        number=1, path=str(tmp_path), path_key="k", name="music", owner=owner, is_private=True
    )


def heard_of(said: dict[str, list[str]], at: int = 0, **more: Any) -> Heard:
    found = {"parts_sha256": f"{at:064x}", "size_bytes": 1_000 + at, "format": "flac",
             "codec": "flac", "sample_rate": 44_100, "channels": 2, "duration_s": 12.5 + at,
             "bits": 16, "bit_rate": 700_000, "tags": said, "is_believed": True}  # fmt: skip
    return Heard.from_probe(Path(f"/music/{at}"), found | more, original_name=f"Song {at}.flac")


def enter(all_said: list[dict[str, list[str]]], folder: Folder, **more: Any) -> list[Track]:
    found = [
        Linked(heard_of(said, at), f"Song {at}.flac", 7, **more) for at, said in enumerate(all_said)
    ]
    name_all(found)
    with transaction.atomic():
        catalogue(found, folder)
    return [Track.objects.get(pk=linked.pk) for linked in found]


def seen(track: Track) -> dict[str, Any]:
    """Everything that a track is, by names instead of keys."""
    file, album = track.files.get(), track.album
    credited = track.credits.order_by("role", "position").select_related("artist")
    return {
        **{name: getattr(track, name) for name in TRACK},
        "file": {name: getattr(file, name) for name in FILE},
        "people": [(one.role, one.position, one.artist.name_key) for one in credited],
        "genres": sorted(genre.name_key for genre in track.genres.all()),
        "album": album
        and (album.album_key, album.sort_title, album.date, album.year, album.is_compilation,
             album.musicbrainz_id, album.artist and album.artist.name_key),
    }  # fmt: skip


@quiet
@given(said=tags)
def test_a_track_is_what_it_would_be_alone(folder: Folder, said: dict[str, list[str]]) -> None:
    with transaction.atomic():
        (made,) = enter([said], folder)
        many = seen(made), [name_key(a.name) for a in Artist.objects.order_by("name_key")]
        transaction.set_rollback(True)
    with transaction.atomic():
        track, is_new = store_file(
            heard_of(said),
            owner=folder.owner,
            origin=Track.Origin.SCANNED,
            folder=folder,
            path="Song 0.flac",
            modified_ns=7,
        )
        assert is_new
        track.refresh_from_db()
        assert many == (
            seen(track),
            [name_key(a.name) for a in Artist.objects.order_by("name_key")],
        )
        transaction.set_rollback(True)


def test_many_cost_as_many_statements_as_few(folder: Folder) -> None:
    def cost(n: int, first: int) -> int:
        said = [
            {"title": [f"Song {i}"], "artist": [f"Artist {i % 9}"], "album": [f"Album {i % 7}"],
             "genre": ["Jazz"]}
            for i in range(first, first + n)
        ]  # fmt: skip
        found = [Linked(heard_of(one, first + i), f"{first + i}", 7) for i, one in enumerate(said)]
        with CaptureQueriesContext(connection) as asked:
            name_all(found)
            with transaction.atomic():
                catalogue(found, folder)
        return len(asked)

    cost(63, 0)  # the names are there from now on
    assert cost(300, 1_000) == cost(20, 2_000) <= 15
    assert Track.objects.count() == File.objects.count() == 383
    assert (Artist.objects.count(), Album.objects.count()) == (9, 9 * 7)


def test_spellings_of_one_artist_are_one_and_a_credit_stands_once(folder: Folder) -> None:
    one, two = enter(
        [{"artist": ["Ann", "ANN", " ann "], "title": ["a"]}, {"artist": ["ann"], "title": ["b"]}],
        folder,
    )
    assert [credit.artist.name for credit in one.credits.all()] == ["Ann"]
    assert two.artist_text == "Ann"
    assert Artist.objects.count() == 1


def test_the_spelling_that_the_artist_has_is_kept(folder: Folder) -> None:
    (track,) = enter([{"albumartist": ["ANn"], "composer": ["ann"], "artist": ["ANN"]}], folder)
    assert track.artist_text == "ANN"
    assert [credit.artist.name for credit in track.credits.all()] == ["ANN"] * 3


def test_songs_of_an_album_share_it_and_its_picture(folder: Folder) -> None:
    cover = Cover.objects.create(sha256="c" * 64, width=8, height=8)
    said = {"album": ["我很忙"], "artist": ["周杰伦"]}
    bare = enter([said], folder)[0]
    assert bare.album is not None
    assert bare.album.cover is None
    found = [Linked(heard_of(said, at), f"n{at}", 7, cover.pk if at else None) for at in (5, 0, 6)]
    name_all(found)
    with transaction.atomic():
        catalogue(found, folder)
    album = Album.objects.get()
    assert (album.cover, album.tracks.count()) == (cover, 4)


def test_a_picture_that_an_album_has_stays(folder: Folder) -> None:
    old, new = (Cover.objects.create(sha256=c * 64, width=8, height=8) for c in "ab")
    said = {"album": ["Best"], "artist": ["Ann"]}
    enter([said], folder, cover_id=old.pk)
    found = [Linked(heard_of(said, 9), "other", 7, new.pk)]
    name_all(found)
    with transaction.atomic():
        catalogue(found, folder)
    assert Album.objects.get().cover == old
    assert set(Track.objects.values_list("cover", flat=True)) == {old.pk, new.pk}


def test_where_a_track_comes_from_is_drawn_as_for_one(folder: Folder) -> None:
    made = enter([{"title": ["a"]}, {"title": ["b"]}], folder)
    graphs = [graph(track, folder.owner) for track in made]
    assert [[node["kind"] for node in one["nodes"]] for one in graphs] == [["file", "track"]] * 2
    assert [one["nodes"][0]["label"] for one in graphs] == ["Song 0.flac", "Song 1.flac"]
    assert LineageEdge.objects.count() == 2
    for track in made:  # to note it again adds nothing
        trace_file(track, track.files.get())
    assert LineageEdge.objects.count() == 2


def test_the_same_bytes_under_the_same_name_are_one_node(folder: Folder) -> None:
    heard = heard_of({"title": ["a"]})
    found = [Linked(heard, path, 7) for path in ("one/Song 0.flac", "two/Song 0.flac")]
    name_all(found)
    with transaction.atomic():
        catalogue(found, folder)
    nodes = [graph(track, folder.owner)["nodes"] for track in Track.objects.all()]
    assert nodes[0][0]["id"] == nodes[1][0]["id"]
    assert nodes[0][1]["id"] != nodes[1][1]["id"]


def test_a_nameless_song_is_called_by_its_file(folder: Folder) -> None:
    (track,) = enter([{"title": ["\0 "]}], folder)
    assert track.title == "Song 0"
    nameless = Linked(Heard.from_probe(Path("/x"), heard_found(), original_name="\x01"), "x", 7)
    assert nameless.title == "ab" * 6
    assert isinstance(nameless.pk, UUID)


def heard_found() -> dict[str, Any]:
    return {"parts_sha256": "ab" * 32, "size_bytes": 1, "format": "mp3", "codec": "mp3float",
            "sample_rate": 44_100, "channels": 2, "duration_s": 1.0}  # fmt: skip


def test_nothing_makes_nothing(folder: Folder) -> None:
    assert enter([], folder) == []
    assert not Track.objects.exists()

"""Entries go into the library: made, known again, changed where they differ, never doubled."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.core.features import FEATURES_VERSION
from songloom.jobs.models import Job
from songloom.library.exchange.entering import enter, merged
from songloom.library.models import Album, Artist, CatalogueEntry, Features, Genre, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tagging import set_fields, tags_of
from tests.library.conftest import Keep
from tests.library.exchange.tables import entered, entry, rows

SONG: dict[str, Any] = {
    "title": "千里之外",
    "artists": "周杰伦; 费玉清",
    "album": "依然范特西",
    "date": "2006-09-05",
    "genres": "流行; R&B",
    "tags": "安静; mood=mild",
    "duration": "3:42",
    "频率": "440 Hz",
    "composer": "周杰伦",
    "tracknumber": "3",
    "tempo": "90",
    "key": "Am",
    "lyrics": "屋檐如悬崖",
}


def test_a_row_becomes_an_entry_with_all_it_says(owner: User) -> None:
    came = entered(owner, SONG)
    assert (came.n_new, came.n_changed, came.flaws) == (1, 0, [])
    track = Track.objects.with_names().get()
    assert not track.has_audio
    assert (track.duration_s, track.date, track.year) == (222.0, "2006-09-05", 2006)
    assert track.artist_text == "周杰伦 · 费玉清"
    assert (track.origin, track.owner, track.track_number) == ("imported", owner, 3)
    assert track.lyrics == "屋檐如悬崖"
    assert tags_of(track) == {
        "title": ["千里之外"],
        "artist": ["周杰伦", "费玉清"],
        "composer": ["周杰伦"],
        "album": ["依然范特西"],
        "genre": ["R&B", "流行"],
        "date": ["2006-09-05"],
        "tracknumber": ["3"],
        "tag": ["安静"],
        "mood": ["mild"],
    }
    assert track.album is not None
    assert track.album.artist is not None
    assert track.album.artist.name == "周杰伦"
    said = Features.objects.get(track=track)
    assert (said.version, said.tempo_bpm, said.key, said.dominant_hz) == (0, 90, "A", 440)


def test_the_same_rows_again_change_nothing(owner: User) -> None:
    table = [SONG, {"title": "Blue"}, {"专辑名": "我很忙", "频率": "440"}]
    entered(owner, *table)
    before = [(t.pk, t.updated_at) for t in Track.objects.order_by("pk")]
    came = entered(owner, *table)
    assert (came.n_new, came.n_changed) == (0, 0)
    assert [(t.pk, t.updated_at) for t in Track.objects.order_by("pk")] == before
    assert [is_new for _, _, is_new in came.tracks] == [False] * 3


def test_what_differs_is_changed_and_what_is_not_said_stays(owner: User) -> None:
    entered(owner, SONG)
    came = entered(
        owner,
        {"title": "千里之外", "artists": "周杰伦; 费玉清", "date": "2006", "tags": "mood=wild"},
    )
    assert (came.n_new, came.n_changed) == (0, 1)
    track = Track.objects.get()
    assert (track.date, track.duration_s) == ("2006", 222.0)
    assert [tag.value for tag in track.free_tags.all()] == ["wild"]
    assert {genre.name for genre in track.genres.all()} == {"流行", "R&B"}


def test_the_sound_that_a_table_says_can_be_corrected(owner: User) -> None:
    entered(owner, SONG)
    came = entered(owner, {**SONG, "tempo": "91", "duration": "3:43"})
    assert came.n_changed == 1
    said = Features.objects.get()
    assert (said.tempo_bpm, said.values["dominant_hz"]) == (91, 440)
    assert Track.objects.get().duration_s == 223


def test_names_are_shared_with_what_is_there(owner: User, keep: Keep) -> None:
    track = keep(title="Other", artist="周杰伦", album="依然范特西", genre="流行")
    entered(owner, {**SONG, "artists": "周杰伦"})
    assert Artist.objects.filter(name="周杰伦").count() == 1
    assert Album.objects.count() == 1
    assert Genre.objects.filter(name="流行").count() == 1
    assert Track.objects.exclude(pk=track.pk).get().album_id == track.album_id


def test_a_row_about_a_song_with_sound_changes_its_tags_and_not_its_measures(
    owner: User, keep: Keep
) -> None:
    track = keep(title="千里之外", artist=["周杰伦", "费玉清"], album="依然范特西")
    Features.objects.create(track=track, version=FEATURES_VERSION, values={"tempo_bpm": 100.0})
    came = entered(owner, SONG)
    assert (came.n_new, came.n_changed) == (0, 1)
    track.refresh_from_db()
    assert (track.date, track.duration_s, track.has_audio) == ("2006-09-05", 12.5, True)
    assert Features.objects.get().values == {"tempo_bpm": 100.0}


def test_an_id_decides_whatever_the_name_says(owner: User, keep: Keep) -> None:
    track = keep(title="Old name")
    came = entered(owner, {"id": str(track.pk), "title": "New name"})
    assert (came.n_new, came.n_changed) == (0, 1)
    track.refresh_from_db()
    assert track.title == "New name"


def test_an_id_that_is_not_here_is_kept(owner: User) -> None:
    ours = "01920000-0000-7000-8000-000000000001"
    entered(owner, {"id": ours, "title": "x"}, {"id": ours[:-1] + "2", "title": "x"})
    assert [str(pk) for pk in Track.objects.order_by("pk").values_list("pk", flat=True)] == [
        ours,
        ours[:-1] + "2",
    ]
    assert not CatalogueEntry.objects.exists()


def test_a_song_of_somebody_else_is_not_changed_and_a_hidden_one_not_betrayed(
    owner: User, stranger: User, admin: User, keep: Keep
) -> None:
    shown, hidden = keep(b"1", title="Shown"), keep(b"2", title="Hidden")
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    came = entered(
        stranger,
        {"id": str(shown.pk), "title": "Mine now"},
        {"id": str(hidden.pk), "title": "Mine too"},
    )
    assert [(f.line, f.column, f.code) for f in came.flaws] == [(2, "id", "not_allowed")]
    assert came.n_new == 1
    assert Track.objects.get(title="Mine too").pk != hidden.pk
    assert set(Track.objects.filter(owner=owner).values_list("title", flat=True)) == {
        "Shown",
        "Hidden",
    }
    assert entered(admin, {"id": str(hidden.pk), "title": "Known"}).n_changed == 1


def test_the_names_of_others_are_not_ones_own(owner: User, stranger: User) -> None:
    entered(owner, SONG)
    assert entered(stranger, SONG).n_new == 1
    assert Track.objects.count() == 2


def test_a_row_brings_a_track_back_out_of_the_bin(owner: User) -> None:
    entered(owner, SONG)
    bin_track(Track.objects.get())
    assert entered(owner, SONG).n_changed == 1
    assert Track.objects.get().binned_at is None


def test_two_rows_of_one_track_are_one(owner: User) -> None:
    came = entered(owner, {"title": "x", "date": "2003"}, {"title": "x", "genres": "jazz"})
    assert came.n_new == 1
    track = Track.objects.get()
    assert (track.date, [g.name for g in track.genres.all()]) == ("2003", ["jazz"])
    (one,) = merged([entry(2, title="x", audio="a"), entry(3, title="x")])
    assert (one.line, one.audio) == (3, "a")


def test_an_upload_that_is_private_by_setting_makes_private_entries(
    owner: User, stranger: User, settings: Any
) -> None:
    settings.UPLOADS_PRIVATE = True
    entered(owner, SONG)
    assert rows(stranger) == []
    assert len(rows(owner)) == 1


def test_whatever_the_number_of_batches_one_job_makes_them_findable(owner: User) -> None:
    for batch in range(3):
        entered(owner, *({"title": f"Song {batch} {n}"} for n in range(30)))
    (job,) = Job.objects.all()
    assert (job.kind, job.arguments) == ("search.index_new", {})


def test_a_large_batch_costs_hardly_more_queries_than_a_small_one(owner: User) -> None:
    def cost(n: int) -> int:
        batch = [
            entry(line, **{**SONG, "title": f"{n} {line}", "artists": f"Artist {line}"})
            for line in range(n)
        ]
        with CaptureQueriesContext(connection) as made:
            enter(batch, owner)
        return len(made)

    cost(1)
    assert cost(100) <= cost(2) + 15  # SQLite of old takes 999 values in one insert


@pytest.mark.parametrize("title", ["x" * 400, "\u202e", "a\tb", "🎵" * 200])
def test_odd_titles_are_cut_or_kept_and_known_again(owner: User, title: str) -> None:
    entered(owner, {"title": title})
    assert entered(owner, {"title": title}).n_new == 0
    assert Track.objects.count() == 1


def test_a_name_changed_here_is_found_by_its_earlier_row(owner: User) -> None:
    entered(owner, SONG)
    set_fields(Track.objects.get(), {"title": ["Another"]})
    assert entered(owner, SONG).n_new == 0

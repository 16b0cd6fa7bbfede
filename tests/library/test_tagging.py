"""Tags become names; names are shared; what a person sets is kept to the letter."""

from __future__ import annotations

import pytest

from songloom.errors import BadValue
from songloom.jobs.models import Job
from songloom.library.models import Album, Artist, Genre, Track
from songloom.library.services import tagging
from tests.library.conftest import Keep


def test_many_artists_keep_their_order_and_roles(keep: Keep) -> None:
    track = keep(artist=["周杰伦", "费玉清"], composer=["周杰伦"], albumartist=["周杰伦"])
    credits = [(c.artist.name, c.role) for c in track.credits.all()]
    assert credits.count(("周杰伦", "artist")) == 1
    assert [name for name, role in credits if role == "artist"] == ["周杰伦", "费玉清"]
    assert ("周杰伦", "composer") in credits
    assert track.artist_text == "周杰伦 · 费玉清"
    assert Artist.objects.count() == 2


def test_two_spellings_of_one_name_are_one_artist_and_one_album(keep: Keep) -> None:
    keep(b"a", artist="Daft Punk", album="Discovery")
    keep(b"b", artist="DAFT  PUNK", album="discovery")
    assert Artist.objects.count() == Album.objects.count() == 1


def test_albums_of_one_title_by_two_artists_are_two(keep: Keep) -> None:
    keep(b"a", artist="A", album="Greatest Hits")
    keep(b"b", artist="B", album="Greatest Hits")
    assert Album.objects.count() == 2


def test_a_compilation_is_one_album_with_many_artists(keep: Keep) -> None:
    keep(b"a", artist="A", album="Hits", compilation="1")
    keep(b"b", artist="B", album="Hits", compilation="1")
    album = Album.objects.get()
    assert album.is_compilation
    assert album.artist is None


def test_genres_are_shared_and_empty_ones_left_out(keep: Keep) -> None:
    keep(b"a", genre=["Pop", " "])
    keep(b"b", genre=["pop", "Rock"])
    assert sorted(Genre.objects.values_list("name", flat=True)) == ["Pop", "Rock"]


@pytest.mark.parametrize(("written", "number"), [("3", 3), ("3/12", 3), ("03", 3), ("A1", None)])
def test_track_numbers_are_read_as_files_write_them(
    keep: Keep, written: str, number: int | None
) -> None:
    assert keep(tracknumber=written).track_number == number


def test_replay_gain_is_read_with_its_unit(keep: Keep) -> None:
    track = keep(replaygain_track_gain="-7.03 dB", replaygain_track_peak="0.988")
    assert track.replaygain_db == pytest.approx(-7.03)
    assert track.replaygain_peak == pytest.approx(0.988)


def test_what_a_person_sets_reads_back(keep: Keep) -> None:
    track = keep(artist="X", title="old")
    wanted = {
        "title": ["新名"],
        "artist": ["甲", "乙"],
        "album": ["丙"],
        "genre": ["民谣"],
        "date": ["2003-07"],
        "tracknumber": ["4"],
        "discnumber": ["2"],
        "tag": ["安静", "夜"],
        "mood": ["calm"],
    }
    tagging.set_fields(track, wanted)
    track.refresh_from_db()
    assert tagging.tags_of(track) == wanted


def test_setting_tags_asks_for_a_new_index_entry(keep: Keep) -> None:
    from songloom.pipeline import PIPELINE

    track = keep()
    Job.objects.all().delete()
    tagging.set_fields(track, {"title": ["other"]})
    assert sorted(Job.objects.values_list("kind", flat=True)) == sorted(PIPELINE["tags.changed"])


def test_an_empty_list_clears_a_field_and_leaves_the_others(keep: Keep) -> None:
    track = keep(artist="X", album="Y", genre="Z", date="2001")
    tagging.set_fields(track, {"genre": [], "date": [""], "album": []})
    track.refresh_from_db()
    assert track.genres.count() == 0
    assert (track.date, track.year, track.album) == ("", None, None)
    assert track.artist_text == "X"


def test_tags_and_tag_are_the_same_free_field(keep: Keep) -> None:
    track = keep()
    tagging.set_fields(track, {"tags": ["live"]})
    assert tagging.tags_of(track)["tag"] == ["live"]


def test_free_tags_are_replaced_not_added(keep: Keep) -> None:
    track = keep()
    tagging.set_free_tags(track, {"tag": ["a", "b"]})
    tagging.set_free_tags(track, {"tag": ["B", "c"]})
    assert tagging.tags_of(track)["tag"] == ["b", "c"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": [""]}, "needs a title"),
        ({"title": ["\x00\x01"]}, "needs a title"),
        ({"date": ["yesterday"]}, "not a date: yesterday"),
        ({"no such field!": ["x"]}, "not a tag name"),
    ],
)
def test_a_refused_value_changes_nothing(
    keep: Keep, fields: dict[str, list[str]], said: str
) -> None:
    track = keep(title="kept", date="2001", artist="A")
    with pytest.raises(BadValue, match=said):
        tagging.set_fields(track, {"artist": ["B"], **fields})
    track.refresh_from_db()
    assert (track.title, track.date) == ("kept", "2001")
    assert [c.artist.name for c in track.credits.all()] == ["A"]


def test_a_date_that_is_none_names_its_field(keep: Keep) -> None:
    with pytest.raises(BadValue) as refused:
        tagging.set_fields(keep(), {"date": ["去年"]})
    assert refused.value.fields == {"field": "date"}


# --- a new artist, and the album ----------------------------------------------------------

RELEASE = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"


def _album(track: Track) -> Album:
    track.refresh_from_db()
    assert track.album is not None
    return track.album


@pytest.mark.parametrize(
    "marks",
    [
        {"compilation": "1"},
        {"musicbrainz_albumid": RELEASE},
        {"albumartist": "Various Artists"},
        {"albumartist": "DJ", "compilation": "1"},
    ],
)
def test_a_new_artist_of_one_track_leaves_it_in_its_compilation(
    keep: Keep, marks: dict[str, str]
) -> None:
    one = keep(b"a", artist="A", album="Hits", **marks)
    two = keep(b"b", artist="B", album="Hits", **marks)
    album = _album(one)
    tagging.set_fields(one, {"artist": ["Anna"]})
    assert _album(one) == _album(two) == album
    assert (one.artist_text, Album.objects.count()) == ("Anna", 1)


@pytest.mark.parametrize("marks", [{"compilation": "1"}, {"musicbrainz_albumid": RELEASE}, {}])
def test_a_form_that_repeats_all_fields_moves_nothing(keep: Keep, marks: dict[str, str]) -> None:
    """As the tags page sends them when only the genre was changed."""
    track = keep(b"a", artist="A", album="Hits", **marks)
    before = _album(track)
    form = {"title": ["a"], "artist": ["A"], "album": ["Hits"], "albumartist": [], "genre": ["Pop"]}
    tagging.set_fields(track, form)
    assert _album(track) == before
    assert (before.is_compilation, before.musicbrainz_id) == (
        "compilation" in marks,
        marks.get("musicbrainz_albumid", ""),
    )


def test_a_guest_on_one_track_does_not_split_an_album(keep: Keep) -> None:
    one, two = (keep(content, artist="A", album="Songs") for content in (b"a", b"b"))
    tagging.set_fields(one, {"artist": ["Guest"]})
    assert _album(one) == _album(two)
    assert _album(one).artist is not None
    assert str(_album(one).artist) == "A"


def test_an_artist_put_right_on_every_track_is_put_right_on_the_album(keep: Keep) -> None:
    tracks = [keep(content, artist="Beatels", album="Help!") for content in (b"a", b"b", b"c")]
    album = _album(tracks[0])
    for track in tracks:
        tagging.set_fields(track, {"artist": ["Beatles"]})
    assert {_album(track) for track in tracks} == {album}
    assert str(_album(tracks[0]).artist) == "Beatles"
    assert _album(keep(b"d", artist="Beatles", album="Help!")) == album


def test_an_album_that_is_there_under_the_right_artist_takes_the_tracks_in(keep: Keep) -> None:
    right = _album(keep(b"r", artist="Beatles", album="Help!"))
    tracks = [keep(content, artist="Beatels", album="Help!") for content in (b"a", b"b")]
    for track in tracks:
        tagging.set_fields(track, {"artist": ["Beatles"]})
    assert {_album(track) for track in tracks} == {right}


def test_another_album_or_album_artist_still_moves_a_track(keep: Keep) -> None:
    track = keep(b"a", artist="A", album="Hits", compilation="1")
    old = _album(track)
    tagging.set_fields(track, {"albumartist": ["A"]})
    assert (_album(track) == old, str(_album(track).artist)) == (False, "A")
    tagging.set_fields(track, {"album": ["Songs"]})
    assert _album(track).title == "Songs"
    tagging.set_fields(track, {"album": []})
    track.refresh_from_db()
    assert track.album is None


def test_a_track_can_join_and_leave_a_compilation(keep: Keep) -> None:
    one = keep(b"a", artist="A", album="Hits")
    tagging.set_fields(one, {"compilation": ["1"]})
    assert _album(one).is_compilation
    assert tagging.tags_of(one)["compilation"] == ["1"]
    tagging.set_fields(one, {"compilation": ["0"]})
    assert not _album(one).is_compilation
    assert str(_album(one).artist) == "A"

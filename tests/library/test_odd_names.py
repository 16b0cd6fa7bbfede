"""Names from the whole world, and worse: what a person writes is what everybody reads."""

from __future__ import annotations

import json
import string
import unicodedata

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from songloom.errors import BadValue
from songloom.library.dates import partial_date
from songloom.library.ids import clean_text, name_key
from songloom.library.models import Album, Artist, Credit, Genre, Track, TrackTag
from songloom.library.services import documents, tagging
from tests.databases import examples
from tests.library.conftest import Keep

FEW = settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = [
    "周杰伦",
    "חוה אלברשטיין",  # right to left
    "فيروز",
    "Sigur Rós",
    "Мумий Тролль",
    "ＤＪ　ＫＲＵＳＨ",  # full width
    "👩‍👩‍👧‍👦 Family 🎸",  # joined by zero-width joiners
    "🇮🇸",
    "a\u0308\u0323o\u0302",  # marks in another order than NFC has
    "ﬁne ﬂowers",
    "o'Brien; DROP TABLE library_track;--",
    '<script>alert("1")</script>',
    "%s {0} $1 \\n",
    "\u202egnitirw desrever\u202c",
    "İstanbul",
    "ΣΊΣΥΦΟΣ",
    "𝕭𝖔𝖑𝖉",
    "नुसरत",
    "한글 로큰롤",
    "𠮷野家",  # outside the basic plane
    "NULL",
    "0",
    "-1",
]


def _reread(track: Track) -> dict[str, list[str]]:
    return tagging.tags_of(Track.objects.with_names().get(pk=track.pk))


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_name_reads_back_in_every_field(keep: Keep, name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    fields = ("title", "artist", "albumartist", "composer", "album", "genre", "tag", "mood")
    track = tagging.set_fields(keep(), {field: [name] for field in fields})
    assert _reread(track) == {field: [composed] for field in fields}
    assert track.artist_text == composed


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_name_is_one_artist_however_it_is_typed(keep: Keep, name: str) -> None:
    spellings = [
        name,
        unicodedata.normalize("NFD", name),
        unicodedata.normalize("NFC", name),
        f"  {name}\t",
    ]
    for i, spelling in enumerate(spellings):
        keep(bytes([i]), artist=spelling, album=spelling, genre=spelling)
    assert [model.objects.count() for model in (Artist, Album, Genre)] == [1, 1, 1]


def test_a_document_with_odd_names_is_json_in_utf_8(keep: Keep) -> None:
    track = tagging.set_fields(keep(), {"title": NAMES[:1], "artist": NAMES, "tag": NAMES})
    track = Track.objects.with_names().get(pk=track.pk)
    text = json.dumps(
        documents.show_document(track, track.owner), ensure_ascii=False, allow_nan=False
    )
    text.encode()
    artists = json.loads(text)["artists"]
    assert [artist["name"] for artist in artists] == [
        unicodedata.normalize("NFC", name) for name in NAMES
    ]


@FEW
@given(
    title=st.text(min_size=1, max_size=40),
    artists=st.lists(st.text(max_size=30), max_size=4),
    free=st.lists(st.text(max_size=30), max_size=4),
)
def test_whatever_is_set_reads_back_cleaned_and_setting_it_again_changes_nothing(
    keep: Keep, title: str, artists: list[str], free: list[str]
) -> None:
    with transaction.atomic():
        track = Track.objects.first() or keep()
        wanted = {"title": [title], "artist": artists, "tag": free}
        try:
            tagging.set_fields(track, wanted)
        except BadValue:
            assert clean_text(title, 300) == ""
        else:
            once = _reread(track)
            assert once["title"] == [clean_text(title, 300)]
            keys = [name_key(clean) for name in artists if (clean := clean_text(name, 300))]
            assert [name_key(name) for name in once.get("artist", [])] == list(dict.fromkeys(keys))
            tagging.set_fields(track, once)
            assert _reread(track) == once
        transaction.set_rollback(True)


@given(st.text(alphabet=st.characters(), max_size=30))
@example("e\x00\u0301")  # what a control held apart composes once it is gone
@example("\x07\u1100\u0085\u1161")
@example("A\ud800\u030a")
def test_clean_text_is_composed_whatever_stood_between_the_parts(text: str) -> None:
    clean = clean_text(text, 30)
    assert unicodedata.is_normalized("NFC", clean)
    assert clean_text(clean, 30) == clean
    assert clean == clean.strip()


@given(st.text(max_size=40), st.integers(0, 12))
def test_cutting_text_only_ever_shortens_it(text: str, longest: int) -> None:
    whole, cut = clean_text(text, 1_000), clean_text(text, longest)
    assert len(cut) <= longest
    assert whole.startswith(cut)


@given(st.text(alphabet=string.ascii_letters + " àéîöŁßΣσςЖж", max_size=20))
def test_a_name_is_the_same_in_capitals_in_small_letters_and_with_wide_spaces(name: str) -> None:
    key = name_key(name)
    assert name_key(name.upper()) == name_key(name.lower()) == key
    assert name_key(name.replace(" ", "\u3000  ")) == key
    assert name_key(unicodedata.normalize("NFD", name)) == key


@pytest.mark.parametrize("n", [299, 300, 301, 5_000])
def test_names_of_any_length_are_cut_to_what_the_columns_hold(keep: Keep, n: int) -> None:
    long = "长" * n
    track = keep(title=long, artist=long, album=long, genre=long)
    assert track.title == "长" * min(n, 300)
    track.refresh_from_db()
    for model in (Track, Artist, Album, Genre):
        for row in model.objects.all():
            for field in row._meta.get_fields():
                longest = getattr(field, "max_length", None)
                value = getattr(row, field.name, None) if longest else None
                if isinstance(value, str) and longest is not None:
                    assert len(value) <= longest, f"{model.__name__}.{field.name}"
    assert _reread(track)["artist"] == ["长" * min(n, 300)]


def test_a_hundred_artists_of_one_track_keep_their_order_and_fit_into_one_line(keep: Keep) -> None:
    names = [f"Singer {i:03}" for i in range(100)]
    track = keep(artist=names)
    assert _reread(track)["artist"] == names
    assert len(track.artist_text) == 500
    assert track.artist_text.startswith("Singer 000 · Singer 001 · ")


def test_names_that_are_nothing_but_controls_are_no_names(keep: Keep) -> None:
    track = keep(artist=["\x00", "\u0085", "  ", ""], genre=["\x07"], album="\x1b")
    assert _reread(track).keys() == {"title"}
    assert not Artist.objects.exists()
    assert not Genre.objects.exists()
    assert not Album.objects.exists()


def test_a_line_break_stays_in_lyrics_and_controls_do_not(keep: Keep) -> None:
    track = tagging.set_fields(keep(), {"lyrics": ["one\ntwo\x00\x1b[31m\n\tthree"]})
    assert track.lyrics == "one\ntwo[31m\n\tthree"


@pytest.mark.parametrize("written", ["００００", "0000", "٠٠٠٠", "0000-07-31", "００００年7月"])
def test_the_year_nought_is_no_year_in_any_digits(written: str) -> None:
    assert partial_date(written) is None


@pytest.mark.parametrize("written", ["２００３", "２００３年７月", "٢٠٠٣"])
def test_digits_of_other_scripts_are_read_and_written_as_usual_ones(written: str) -> None:
    read = partial_date(written)
    assert read is not None
    assert read.isascii()
    assert read.startswith("2003")


@pytest.mark.parametrize(
    ("written", "number"),
    [("７", 7), ("٣/١٢", 3), ("99999", 99_999), ("100000", 10_000), ("-3", None), ("³", None)],
)
def test_track_numbers_in_any_digits_are_bounded_and_never_negative(
    keep: Keep, written: str, number: int | None
) -> None:
    assert keep(tracknumber=written, discnumber=written).track_number == number


@pytest.mark.parametrize(
    ("written", "heard_db"),
    [("+3.5 dB", 3.5), ("-7", -7.0), ("nan", None), ("inf dB", None), ("1e400", 1.0), ("", None)],
)
def test_replay_gain_is_a_finite_number_or_nothing(
    keep: Keep, written: str, heard_db: float | None
) -> None:
    assert keep(replaygain_track_gain=written).replaygain_db == heard_db


@pytest.mark.parametrize(
    "bad",
    [
        {"no such field!": ["x"]},
        {"x" * 41: ["x"]},
        {"a b": ["x"]},
        {"": ["x"]},
        {"title": []},
        {"title": ["\u200b\x00"[1:]]},
        {"date": ["2003-02-30"]},
        {"date": ["soon\u202e"]},
    ],
)
def test_a_refused_set_changes_no_row_at_all(keep: Keep, bad: dict[str, list[str]]) -> None:
    track = keep(title="kept", artist="A", album="B", genre="C", date="2001")
    tagging.set_free_tags(track, {"tag": ["quiet"]})
    before = (_reread(track), _rows())
    good = {"artist": ["new"], "genre": ["new"], "album": ["new"], "tag": ["new"]}
    for fields in ({**good, **bad}, {**bad, **good}):
        with pytest.raises(BadValue):
            tagging.set_fields(Track.objects.get(pk=track.pk), fields)
        assert (_reread(track), _rows()) == before


def _rows() -> list[int]:
    return [m.objects.count() for m in (Track, Artist, Album, Genre, Credit, TrackTag)]


def test_no_odd_name_is_ever_a_part_of_a_statement(keep: Keep) -> None:
    """The tables are there after every name; the names are there as they were written."""
    tables = set(connection.introspection.table_names())
    for i, name in enumerate(("'; DROP TABLE library_genre; --", '"', "`", "\\", "%", "_")):
        keep(bytes([i]), artist=name, genre=name)
        assert Artist.objects.filter(name=name).count() == 1
        assert Genre.objects.filter(name__iexact=name).count() == 1
    assert set(connection.introspection.table_names()) == tables

"""What a student does in a notebook, without a word of Django."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songloom.core.features import SCALARS
from songloom.errors import BadValue, NoAudio, NoSuchFile, NotFound
from songloom.interfaces.notebook import Library
from songloom.interfaces.notebook.library import Failed
from songloom.library.models import Track, User
from tests.notebook.conftest import Shelved
from tests.shelf import person, wav_bytes

FIVE = ["频率", "时长", "艺术家", "专辑名", "发行日期"]


def test_the_table_begins_with_the_five_columns_of_the_course(
    library: Library, shelved: Shelved
) -> None:
    shelved("青花瓷", artist="周杰伦", album="我很忙", date="2007-11", genre="流行")
    table = library.to_dataframe()
    assert list(table.columns[:8]) == [*FIVE, "title", "id", "genres"]
    (row,) = table.to_dict("records")
    assert [row[name] for name in FIVE[2:]] == ["周杰伦", "我很忙", "2007-11"]
    assert row["频率"] == SCALARS.index("dominant_hz") + 1  # as the shelf measured it
    assert row["时长"] == 1.0  # second of sound


def test_the_header_can_be_english(library: Library, shelved: Shelved) -> None:
    shelved("Blue", artist="Ann")
    table = library.to_dataframe(header="en")
    assert list(table.columns[:5]) == ["dominant_hz", "duration_s", "artists", "album", "date"]
    with pytest.raises(BadValue, match="no header is called"):
        library.to_dataframe(header="fr")


def test_an_empty_library_is_an_empty_table_with_every_column(library: Library) -> None:
    table = library.to_dataframe()
    assert len(table) == 0
    assert list(table.columns[:5]) == FIVE
    assert len(library.features()) == 0
    assert "tempo_bpm" in library.features().columns


@pytest.mark.searches
def test_a_query_narrows_both_tables(library: Library, shelved: Shelved) -> None:
    from songloom.search.indexing import index_tracks

    jazz, other = shelved("Blue", genre="Jazz"), shelved("Red", genre="Rock")
    index_tracks([jazz.pk, other.pk])
    assert list(library.to_dataframe("genre:jazz")["title"]) == ["Blue"]
    assert list(library.features("genre:jazz").index) == [str(jazz.pk)]


def test_features_are_numbers_alone_and_say_what_is_missing(
    library: Library, shelved: Shelved
) -> None:
    track = shelved("Blue", bright=2.0)
    table = library.features()
    assert list(table.index) == [str(track.pk)]
    assert {str(kind) for kind in table.dtypes} == {"float64"}
    assert not {"key", "mode"} & set(table.columns)
    assert table.loc[str(track.pk), "chroma_C#"] == 2.0
    assert np.isnan(table.loc[str(track.pk), "octave_phase_correlation_1"])


def test_one_sees_what_one_may_hear(shelved: Shelved) -> None:
    other = person("otto")
    shelved("Hers", is_private=True)
    shelved("Shared")
    assert list(Library(other).to_dataframe()["title"]) == ["Shared"]
    assert len(Library(other)) == 1
    assert len(Library(other).features()) == 1


def test_several_names_share_a_cell_and_missing_is_missing(
    library: Library, shelved: Shelved
) -> None:
    shelved("千里之外", artist=["周杰伦", "费玉清"])
    table = library.to_dataframe()
    assert table.loc[0, "艺术家"] == "周杰伦; 费玉清"
    assert table["专辑名"].isna().all()


def test_tags_are_set_by_the_names_of_columns(library: Library, shelved: Shelved) -> None:
    track = shelved("Blue")
    library.tag(str(track.pk), 标签=["安静", "夜"], genres="jazz")
    table = library.to_dataframe().set_index("title")
    assert set(table.loc["Blue", "标签"].split("; ")) == {"安静", "夜"}
    assert table.loc["Blue", "genres"] == "jazz"
    library.tag(str(track.pk), 标签=[])
    assert library.to_dataframe()["标签"].isna().all()


@pytest.mark.django_db(transaction=True)
def test_training_says_how_well_a_column_is_heard(library: Library, shelved: Shelved) -> None:
    for place in range(24):
        is_calm = place % 2
        shelved(
            f"Song {place}",
            bright=5.0 + is_calm + place / 1_000,
            artist=f"Artist {place}",
            tags={"tag": ["ignored"]},
        )
    ids = list(library.to_dataframe()["id"])
    for place, track in enumerate(ids):
        library.tag(track, 标签="安静" if place % 2 else "热闹")
    table = library.train("标签").set_index("tag")
    assert set(table.index) == {"安静", "热闹"}
    assert set(table["field"]) == {"tag"}
    assert (table["score"] > table["baseline"] + 0.3).all()  # two heaps far apart
    assert list(library.train("安静")["tag"]) == ["安静"]
    with pytest.raises(BadValue, match="no song has a tag"):
        library.train("mood")


@pytest.mark.django_db(transaction=True)
def test_a_tag_with_too_few_songs_says_how_many_are_needed(
    library: Library, shelved: Shelved
) -> None:
    library.tag(str(shelved("Blue").pk), 标签="安静")
    (row,) = library.train("标签").to_dict("records")
    assert "more song" in row["refused"]
    assert np.isnan(row["score"])


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
def test_a_file_is_added_once_and_measured(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(wav_bytes(3.0, 440.0))
    (track,) = library.add(path)
    assert library.add(str(path)) == [track]
    assert library.features().loc[track, "dominant_hz"] == pytest.approx(440, rel=0.01)
    assert library.audio(track).read_bytes() == path.read_bytes()
    assert repr(library) == "<Library: 1 tracks>"


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_says_why(library: Library, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("these are words")
    with pytest.raises(Failed) as said:
        library.add(text)
    assert said.value.code == "not_audio"
    with pytest.raises(NoSuchFile):
        library.add(tmp_path / "nowhere.ogg")


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
def test_a_sentence_becomes_a_piece_that_can_be_heard(library: Library) -> None:
    piece = library.generate("生成一首欢快的钢琴曲", seconds=8, seed=5)
    assert piece.midi.read_bytes().startswith(b"MThd")
    assert piece.audio.read_bytes().startswith(b"fLaC")
    assert piece.seed == 5
    shown = piece._repr_html_()
    assert "<audio controls" in shown
    assert piece.title in shown
    table = library.to_dataframe().set_index("id")
    assert bool(table.loc[piece.id, "is_generated"])
    assert library.audio(piece.id).read_bytes() == piece.audio.read_bytes()


def test_an_entry_has_no_sound_and_a_wrong_id_no_track(library: Library, mei: User) -> None:
    entry = Track.objects.create(
        title="A name", owner=mei, has_audio=False, origin=Track.Origin.IMPORTED
    )
    with pytest.raises(NoAudio):
        library.audio(str(entry.pk))
    for wrong in ("nonsense", "01920000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            library.audio(wrong)


def test_an_unknown_user_is_told(db: None) -> None:
    with pytest.raises(NotFound, match="no user called nobody"):
        Library.of("nobody")
    assert Library.of(None).user.is_local  # while there is nobody else

"""What a notebook makes of a student's own melody, and where a track comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from songloom.errors import NotFound
from songloom.interfaces.notebook import Library
from tests.shelf import wav_bytes


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "student.weights.h5"
    path.write_bytes(b"numbers")
    return path


@pytest.mark.django_db(transaction=True)
def test_a_students_melody_can_be_heard_and_is_measured(library: Library, weights: Path) -> None:
    notes = [(0.0, 4.0, 69), (4.0, 4.0, 69)]  # A4: 440 Hz
    piece = library.perform(notes, title="我的旋律", model=str(weights), program=73)
    assert piece.midi.read_bytes().startswith(b"MThd")
    assert piece.audio.read_bytes().startswith(b"fLaC")
    assert "我的旋律" in piece._repr_html_()
    assert "seed" not in piece._repr_html_()
    row = library.to_dataframe().set_index("id").loc[piece.id]
    assert bool(row["is_generated"])
    # A flute's strongest partial is its first or second.
    assert min(abs(row["频率"] - 440), abs(row["频率"] - 880)) < 10


@pytest.mark.django_db(transaction=True)
def test_its_lineage_reads_from_the_model_to_the_track(library: Library, weights: Path) -> None:
    piece = library.perform([(0.0, 1.0, 60)], title="一个音", model=weights)
    table = library.lineage(piece.id)
    assert list(table.columns) == ["kind", "label", "made_from", "detail"]
    by_kind = table.set_index("kind")
    assert by_kind.loc["score", "made_from"] == "student.weights.h5"
    assert by_kind.loc["track", "label"] == "一个音"
    assert by_kind.loc["score", "label"] in by_kind.loc["track", "made_from"]


@pytest.mark.django_db(transaction=True)
def test_the_lineage_of_a_file_is_the_file(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(wav_bytes())
    (track,) = library.add(path)
    table = library.lineage(track)
    assert list(table["kind"]) == ["file", "track"]
    assert list(table["made_from"]) == ["", "tone.wav"]


def test_there_is_no_lineage_of_what_one_may_not_hear(library: Library) -> None:
    with pytest.raises(NotFound):
        library.lineage("01920000-0000-7000-8000-000000000000")

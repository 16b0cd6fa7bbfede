"""`songloom csv export|import` and `add --link`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from songloom.library.models import Track
from songloom.library.services.people import command_line_user
from tests.cli.conftest import Songloom
from tests.cli.shapes import misfits
from tests.shelf import shelve, wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)
FLAW = {"line": int, "column": str, "code": str, "message": str}
IMPORTED = {"imported": int, "updated": int, "refused": [FLAW]}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "songs.csv"
    path.write_bytes("标题;艺术家;时长;外观\n青花瓷;周杰伦;3:58;蓝\n坏;谁;很长;\n".encode("gbk"))
    return path


def test_the_document_is_that_of_the_contract(songloom: Songloom, table: Path) -> None:
    said = songloom("csv", "import", str(table), "--json")
    assert misfits(said.document, IMPORTED) == []
    assert said.status == 0
    assert (said.document["imported"], said.document["updated"]) == (1, 0)
    (flaw,) = said.document["refused"]
    assert (flaw["line"], flaw["column"], flaw["code"]) == (3, "时长", "bad_number")


def test_people_are_told_line_by_line(songloom: Songloom, table: Path) -> None:
    said = songloom("csv", "import", str(table))
    assert "! line 3, 时长: '很长' is no length of time" in said.out
    assert "columns that are not known: 外观" in said.out
    assert "1 imported, 0 updated, 1 rows refused" in said.out
    chinese = songloom("csv", "import", str(table), language="zh-hans")
    assert "第 3 行" in chinese.out


def test_a_second_time_changes_nothing_and_is_no_failure(songloom: Songloom, table: Path) -> None:
    songloom("csv", "import", str(table))
    said = songloom("csv", "import", str(table), "--json")
    assert (said.status, said.document["imported"], said.document["updated"]) == (0, 0, 0)
    assert Track.objects.count() == 1


def test_strict_takes_all_or_nothing(songloom: Songloom, table: Path) -> None:
    said = songloom("csv", "import", "--strict", str(table), "--json")
    assert (said.status, said.document["imported"]) == (1, 0)
    assert len(said.document["refused"]) == 1
    assert not Track.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"colour\nblue\n", "bad_table"), (b"\x89PNG\r\n\x1a\n", "bad_table")],
)
def test_what_is_no_table_is_refused_by_its_code(
    songloom: Songloom, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    said = songloom("csv", "import", str(path), "--json")
    assert (said.status, said.code) == (1, code)


def test_a_file_that_is_not_there_is_told(songloom: Songloom, tmp_path: Path) -> None:
    assert songloom("csv", "import", str(tmp_path / "none.csv"), "--json").code == "no_such_file"


def test_what_goes_out_comes_in(songloom: Songloom, tmp_path: Path) -> None:
    shelve(command_line_user(), "青花瓷", artist="周杰伦", album="我很忙", date="2007")
    shelve(command_line_user(), "Blue", artist="Ann")
    path = tmp_path / "all.csv"
    said = songloom("csv", "export", str(path), "--json")
    assert (said.status, said.document) == (0, {"exported": 2, "path": str(path)})
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:5] == ["频率", "时长", "艺术家", "专辑名", "发行日期"]
    assert rows[0][1:6] == ["1.0", "周杰伦", "我很忙", "2007", "青花瓷"]
    again = songloom("csv", "import", str(path), "--json")
    assert again.document == {"imported": 0, "updated": 0, "refused": []}


def test_an_export_can_be_narrowed_and_spoken_in_english(
    songloom: Songloom, tmp_path: Path
) -> None:
    shelve(command_line_user(), "Blue", date="2003")
    shelve(command_line_user(), "Red", date="2004")
    path = tmp_path / "some.tsv"
    said = songloom("csv", "export", str(path), "year:2003", "--header", "en", "--json")
    assert said.document["exported"] == 1
    assert path.read_text().startswith("dominant_hz\tduration_s\tartists\talbum\tdate\ttitle\t")


@pytest.mark.parametrize("name", ["x.xls", "x", "x.CSV.exe"])
def test_a_name_without_a_known_ending_is_refused(
    songloom: Songloom, tmp_path: Path, name: str
) -> None:
    assert songloom("csv", "export", str(tmp_path / name), "--json").code == "bad_value"
    assert (
        songloom("csv", "export", str(tmp_path / "no" / "x.csv"), "--json").code == "storage_away"
    )


def test_an_entry_says_that_it_has_no_sound(songloom: Songloom, table: Path) -> None:
    songloom("csv", "import", str(table))
    said = songloom("search", "青花瓷")
    assert "[no audio]" in said.out
    assert "3:58" in said.out
    assert "[无音频]" in songloom("search", "青花瓷", language="zh-hans").out
    document = songloom("search", "qhc", "--json").document["tracks"][0]
    assert (document["has_audio"], document["format"], document["duration_s"]) == (False, None, 238)


def test_a_file_is_linked_to_an_entry_by_hand(
    songloom: Songloom, table: Path, tmp_path: Path
) -> None:
    songloom("csv", "import", str(table))
    entry = Track.objects.get()
    sound = tmp_path / "recording 7.wav"
    sound.write_bytes(wav_bytes(1.0, 446.0))
    said = songloom("add", str(sound), "--link", str(entry.pk), "--json")
    assert [track["id"] for track in said.document["added"]] == [str(entry.pk)]
    entry.refresh_from_db()
    assert (entry.has_audio, entry.title) == (True, "青花瓷")
    again = songloom("add", str(sound), "--link", str(entry.pk), "--json")
    assert again.document["refused"][0]["code"] == "conflict"


def test_a_link_goes_with_one_file(songloom: Songloom, tmp_path: Path) -> None:
    said = songloom("add", "a", "b", "--link", "01920000", "--json")
    assert (said.status, said.code) == (1, "bad_value")
    assert songloom("add", "a", "--link", "01920000", "--json").code == "not_found"


def test_an_entry_cannot_be_edited_or_heard(songloom: Songloom, table: Path) -> None:
    songloom("csv", "import", str(table))
    track = str(Track.objects.get().pk)
    assert songloom("edit", track, "--gain", "-3", "--json").code == "no_audio"
    assert songloom("show", track, "--json").document["has_audio"] is False


def test_no_wait_queues(songloom: Songloom, table: Path) -> None:
    said = songloom("csv", "import", str(table), "--no-wait", "--json")
    assert said.document["jobs"][0]["kind"] == "acquire.table"
    assert not Track.objects.exists()

"""`songloom analyse` over folders: tables, documents, what stops it and what goes on."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from songloom.core.audio.probe import read_own_tags
from songloom.core.features import FEATURES_VERSION, SCALARS, analyse_file
from songloom.interfaces.cli import listening
from songloom.library.exchange.columns import COLUMNS, named
from songloom.library.exchange.reading import Record, opened
from tests.cli.conftest import Songloom
from tests.core.audio.sounds import tone, write_wav
from tests.songs import songs


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    music = tmp_path / "music"
    (music / "second").mkdir(parents=True)
    write_wav(music / "a.wav", tone(440.0, 0.5))
    write_wav(music / "second" / "b.wav", tone(880.0, 0.5))
    (music / "=bad.mp3").write_text("no sound at all")
    (music / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    return music


NAMES = ["=bad.mp3", "a.wav", "second/b.wav"]


def test_a_folder_is_the_document_of_its_files_in_the_order_of_names(
    songloom: Songloom, folder: Path
) -> None:
    said = songloom("analyse", str(folder), "--json")
    files = said.document["files"]
    assert said.status == 0
    assert [file["path"] for file in files] == [str(folder / name) for name in NAMES]
    assert [file["error"] and file["error"]["code"] for file in files] == ["not_audio", None, None]
    assert files[1]["features"] == analyse_file(str(folder / "a.wav")).features
    assert {file["features_version"] for file in files} == {FEATURES_VERSION}
    again = songloom("analyse", str(folder), "--format", "json", "--jobs", "1")
    assert json.loads(again.out) == said.document


def test_a_table_has_the_columns_of_the_exchange_format(songloom: Songloom, folder: Path) -> None:
    said = songloom("analyse", str(folder), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    head = list(rows[0])
    assert head[:4] == ["path", "频率", "时长", "艺术家"]
    assert head[-1] == "错误"
    ours = {column.title("zh") for column in COLUMNS}
    assert set(head) - {"path", "错误"} <= ours
    assert {name for title in head if (found := named(title)) for name in [found[0].name]} >= set(
        SCALARS
    )
    assert [row["path"] for row in rows] == [str(folder / name) for name in NAMES]
    assert [bool(row["错误"]) for row in rows] == [True, False, False]
    assert [float(row["频率"]) for row in rows[1:]] == pytest.approx([440, 880], abs=0.5)
    assert [float(row["时长"]) for row in rows[1:]] == [0.5, 0.5]
    english = songloom("analyse", str(folder), "--format", "csv", "--header", "en").out
    assert english.startswith("path,dominant_hz,duration_s,artists,")
    assert english.splitlines()[0].endswith(",error")


def test_a_table_can_be_read_back_as_one_of_a_library(songloom: Songloom, folder: Path) -> None:
    for ending in ("csv", "parquet"):
        out = folder.parent / f"out.{ending}"
        assert songloom("analyse", str(folder), "--out", str(out)).status == 0
        found = [record for record in opened(out).records if isinstance(record, Record)]
        assert len(found) == 3
        assert {head.column.name for head, _ in found[1].cells} >= {
            "audio",
            "dominant_hz",
            "duration_s",
        }


def test_a_file_appears_when_all_is_written_and_says_what_was_refused(
    songloom: Songloom, folder: Path
) -> None:
    out = folder.parent / "out.json"
    said = songloom("analyse", str(folder), str(folder / "gone.wav"), "--out", str(out), "--json")
    assert said.document == {
        "path": str(out),
        "n_files": 4,
        "n_known": 0,
        "refused": [
            {"path": str(folder / "=bad.mp3"), "code": "not_audio",
             "message": said.document["refused"][0]["message"]},
            {"path": str(folder / "gone.wav"), "code": "no_such_file",
             "message": "cannot be opened: no such file"},
        ],
    }  # fmt: skip
    assert len(json.loads(out.read_text())["files"]) == 4
    assert sorted(path.name for path in folder.parent.iterdir()) == ["music", "out.json"]
    again = songloom("analyse", str(folder), "--out", str(out), "--json").document
    assert (again["n_files"], again["n_known"]) == (3, 3)
    afresh = songloom("analyse", str(folder), "--out", str(out), "--afresh", "--json").document
    assert afresh["n_known"] == 0


def test_people_read_lines_in_their_language(songloom: Songloom, folder: Path) -> None:
    said = songloom("analyse", str(folder))
    assert f"{folder}/=bad.mp3: no decoder" in said.out
    assert "dominant_hz" in said.out
    out = str(folder.parent / "out.csv")
    assert "2 files measured" in songloom("analyse", str(folder), "--out", out).out
    assert (
        "已测量 2 个文件" in songloom("analyse", str(folder), "--out", out, language="zh-hans").out
    )


@pytest.mark.parametrize(
    "words",
    [
        "--jobs 0",
        "--jobs 1000",
        "--format xml",
        "--format parquet",
        "--format csv --json",
        "--format csv --out a.json",
        "--out a.mp3",
    ],
)
def test_what_makes_no_sense_is_wrong_usage(songloom: Songloom, words: str) -> None:
    assert songloom("analyse", "music", *words.split()).status == 2


def test_nothing_to_measure_and_nowhere_to_write_are_failures(
    songloom: Songloom, tmp_path: Path
) -> None:
    said = songloom("analyse", str(tmp_path), "--json")
    assert (said.status, said.document) == (1, {"files": []})
    assert "no audio file" in said.err
    said = songloom("analyse", str(tmp_path), "--out", str(tmp_path / "none" / "a.csv"), "--json")
    assert (said.status, said.code) == (1, "bad_value")


def test_where_nothing_can_be_remembered_it_measures_all_the_same(
    songloom: Songloom, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent / "file").write_text("")
    monkeypatch.setenv("HOME", str(folder.parent / "file"))
    assert listening._place() is None
    assert songloom("analyse", str(folder / "second"), "--format", "csv").status == 0


def test_a_ctrl_c_leaves_no_file_and_the_same_command_goes_on(tmp_path: Path) -> None:
    for n in range(40):
        write_wav(tmp_path / f"{n:02}.wav", tone(440.0, 8.0))
    out = tmp_path / "out.csv"
    argv = [
        sys.executable,
        "-m",
        "songloom",
        "analyse",
        str(tmp_path),
        "--jobs",
        "1",
        "--out",
        str(out),
    ]
    known = os.environ | {"SONGLOOM_LANGUAGE": "en"}
    running = subprocess.Popen(
        argv, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=known
    )
    ledger = Path(os.environ["HOME"]) / ".cache" / "songloom" / "analysed.sqlite3"
    ends_s = time.monotonic() + 60
    while not (ledger.exists() and ledger.stat().st_size > 8_192) and time.monotonic() < ends_s:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    told, said = running.communicate(timeout=60)
    assert (running.returncode, out.exists()) == (130, False), (told, said)
    assert "of 40 files are measured and kept" in said
    assert not list(tmp_path.glob(".*"))


@pytest.fixture(scope="module")
def shortest() -> list[Path]:
    """Asked for before the home is another one: the cache of songs lies in it."""
    found = sorted(songs("supertux-data", "asc-music"), key=lambda path: path.stat().st_size)
    return found[:2]


@pytest.mark.real
def test_real_songs_become_a_table_with_what_their_tags_say(
    songloom: Songloom, shortest: list[Path]
) -> None:
    argv = [str(path) for path in shortest]
    said = songloom("analyse", *argv, "--format", "csv", "--header", "en")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["path"] for row in rows] == argv
    for path, row in zip(argv, rows, strict=True):
        assert row["error"] == ""
        assert row["artists"] == "; ".join(read_own_tags(path).get("artist", []))
        assert float(row["duration_s"]) > 1
        assert -70 < float(row["loudness_lufs"]) < 0

"""Many files in limited children: what is kept, what is tried again, and who stops it."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from songloom.core.features import FEATURES_VERSION, analyse_file, ledger, many
from songloom.core.features.ledger import MISSING, Asked, Ledger
from songloom.core.features.many import measure_all
from songloom.core.sandbox import shared
from songloom.errors import BeyondLimits, TooLong
from tests.core.audio.sounds import tone, write_wav

Rows = dict[str, dict[str, Any]]


def ask(book: Ledger, *paths: Path) -> None:
    for path in paths:
        size = path.stat().st_size if path.exists() else MISSING
        modified_ns = path.stat().st_mtime_ns if path.exists() else 0
        book.want(path.name, str(path), size, modified_ns)


def measured(book: Ledger, n_jobs: int = 2) -> tuple[list[str], Rows]:
    """What was measured just now, and all rows."""
    told: list[str] = []
    measure_all(book, n_jobs, lambda asked, row: told.append(asked.shown), lambda name: None)
    return sorted(told), dict(book.rows())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for n in range(3):
        write_wav(tmp_path / f"{n}.wav", tone(440.0 + 110 * n, 0.5))
    (tmp_path / "words.wav").write_text("no sound at all")
    return tmp_path


def test_a_child_says_what_analyse_file_says(folder: Path) -> None:
    with Ledger(None) as book:
        ask(book, folder / "0.wav")
        _, rows = measured(book)
    found = analyse_file(str(folder / "0.wav"))
    assert rows["0.wav"]["features"] == json.loads(json.dumps(found.features))
    assert (rows["0.wav"]["reasons"], rows["0.wav"]["error"]) == (found.reasons, None)


def test_what_is_kept_is_not_measured_again_unless_it_changed(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "deep" / "ledger.sqlite3"
    paths = sorted(folder.glob("*.wav"))
    with Ledger(place) as book:
        ask(book, *paths)
        told, first = measured(book)
        assert told == ["0.wav", "1.wav", "2.wav", "words.wav"]
        assert book.counts() == (4, 0)
    write_wav(folder / "1.wav", tone(2_000.0, 0.6))
    with Ledger(place) as book:
        ask(book, *paths)
        assert book.counts() == (4, 1)
        told, second = measured(book)
        assert told == ["1.wav"]
        assert list(second) == ["0.wav", "1.wav", "2.wav", "words.wav"]
        assert second["1.wav"]["features"]["dominant_hz"] == pytest.approx(2_000, abs=0.5)
        assert {name: row for name, row in second.items() if name != "1.wav"} == {
            name: row for name, row in first.items() if name != "1.wav"
        }
        book.forget()
        assert book.counts() == (4, 4)


def test_another_version_of_the_features_measures_anew(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "ledger.sqlite3"
    with Ledger(place) as book:
        ask(book, folder / "words.wav")
        measured(book)
    monkeypatch.setattr(ledger, "FEATURES_VERSION", FEATURES_VERSION + 1)
    with Ledger(place) as book:
        ask(book, folder / "words.wav")
        assert book.counts() == (1, 1)


def test_a_bad_file_is_a_row_and_a_missing_one_is_tried_again(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "ledger.sqlite3"
    gone = folder / "gone.wav"
    for wanted in (["gone.wav", "words.wav"], ["gone.wav"]):
        with Ledger(place) as book:
            ask(book, gone, folder / "words.wav")
            told, rows = measured(book)
        assert told == wanted
    assert {name: row["error"]["code"] for name, row in rows.items()} == {
        "gone.wav": "no_such_file",
        "words.wav": "not_audio",
    }


def test_a_ledger_that_is_none_is_begun_anew(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "ledger.sqlite3"
    place.write_text("this is no database, and long enough to be seen as none of them " * 20)
    with Ledger(place) as book:
        ask(book, folder / "words.wav")
        measured(book)
    assert sqlite3.connect(place).execute("SELECT count(*) FROM measured").fetchone() == (1,)


def test_a_name_of_any_bytes_is_known_again(tmp_path: Path) -> None:
    with Ledger(None) as book:
        book.want("\udcff.wav", "/nowhere/\udcff.wav", MISSING, 0)
        _, rows = measured(book)
    assert list(rows) == ["\udcff.wav"]


def test_a_stop_ends_the_children_and_keeps_what_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C does: it is heard by whoever waits for the threads."""
    pool = shared()
    reached = threading.Event()

    def hangs(target: str, kwargs: dict[str, str], **options: Any) -> Any:
        if kwargs["path"].endswith("0.wav"):
            return called("songloom.core.features.many:in_child", kwargs, **options)
        reached.set()
        return called("tests.core.sandbox_targets:doze", {"seconds": 60}, **options)

    called = pool.call
    monkeypatch.setattr(pool, "call", hangs)
    monkeypatch.setattr(many, "LOOK_UP_S", 0.01)
    joined = threading.Thread.join

    def interrupted(self: threading.Thread, timeout: float | None = None) -> None:
        if timeout is not None and reached.is_set():
            raise KeyboardInterrupt
        joined(self, timeout)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with Ledger(None) as book:
        ask(book, *sorted(folder.glob("?.wav")))
        with pytest.raises(KeyboardInterrupt):
            measure_all(book, 1, lambda asked, row: None, lambda name: None)
        assert list(dict(book.rows())) == ["0.wav"]
        assert book.counts() == (3, 2)


def test_a_fault_of_ours_ends_all_and_is_raised(folder: Path) -> None:
    def broken(asked: Asked, row: Any) -> None:
        raise ZeroDivisionError

    with Ledger(None) as book:
        ask(book, folder / "words.wav")
        with pytest.raises(ZeroDivisionError):
            measure_all(book, 2, broken, lambda name: None)


def test_a_file_without_an_end_and_a_silent_decoder_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = many._Watch(threading.Event())
    watch.hears(many.LONGEST_S)
    assert not watch.is_over()
    with pytest.raises(TooLong):
        watch.hears(many.LONGEST_S + 1)
    watch = many._Watch(threading.Event())
    monkeypatch.setattr(many, "SILENT_S", -1.0)
    with pytest.raises(BeyondLimits, match="said nothing"):
        watch.is_over()


def test_memory_holds_a_page_however_many_files_there_are() -> None:
    """What 20,000 more files add is less than 20 bytes each: they are on the disk."""
    import tracemalloc

    with Ledger(None) as book:
        tracemalloc.start()
        for n in range(20_000):
            book.want(f"music/{n}.ogg", f"/somewhere/music/{n}.ogg", n, n)
        book.counts()
        book.take()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert held < 400_000

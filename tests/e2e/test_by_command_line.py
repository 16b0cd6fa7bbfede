"""The whole way by the command line alone, on real songs, with and without a server beside it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.config.living import SONGLOOM, Up, children_of, environment, run_songloom, until
from tests.songs import song

pytestmark = [pytest.mark.slow, pytest.mark.real]

TRACK = {
    "id", "title", "artists", "album", "genres", "date", "duration_s", "format", "size_bytes",
    "is_generated", "has_audio", "created_at",
}  # fmt: skip


class Library:
    """One home, spoken to in verbs and JSON."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def say(self, *arguments: str, status: int = 0, given: str = "", **env: str) -> dict[str, Any]:
        done = run_songloom(self.home, *arguments, "--json", given=given, env=env, timeout_s=400)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def add(self, *sources: str | Path) -> list[str]:
        return [track["id"] for track in self.say("add", *map(str, sources))["added"]]

    def jobs(self) -> list[tuple[str, str]]:
        """(kind, state) of every job, read beside all processes: asking costs them nothing."""
        try:
            with closing(sqlite3.connect(f"file:{self.home}/db.sqlite3?mode=ro", uri=True)) as db:
                return db.execute("SELECT kind, state FROM jobs_job").fetchall()
        except sqlite3.OperationalError:  # not there yet
            return []

    def is_running(self, kind: str) -> bool:
        return (kind, "running") in self.jobs()

    def is_done(self) -> bool:
        states = {state for _kind, state in self.jobs()}
        return states == {"done"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that one verb has prepared: making its tables is most of a first start."""
    library = Library(tmp_path_factory.mktemp("empty") / "home")
    library.say("search")
    return library.home


@pytest.fixture
def library(tmp_path: Path, empty: Path) -> Library:
    return Library(Path(shutil.copytree(empty, tmp_path / "my home")))


@pytest.fixture
def new(tmp_path: Path) -> Library:
    """One that nothing has prepared."""
    return Library(tmp_path / "my home")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, str]:
    """A library with one analysed real song, for tests that change nothing of it."""
    library = Library(tmp_path_factory.mktemp("filled") / "home")
    (track,) = library.add(song("revelation"))
    return library, track


def test_the_whole_way_from_a_file_to_a_new_piece(new: Library, tmp_path: Path) -> None:
    added = new.say("add", str(song("revelation")))
    (track,) = added["added"]
    assert set(track) == TRACK
    assert (track["format"], track["is_generated"], track["has_audio"]) == ("ogg", False, True)

    shown = new.say("show", track["id"])
    assert shown["features"]["duration_s"] == pytest.approx(track["duration_s"], abs=0.01)
    assert shown["features"]["tempo_bpm"] is None or 30 <= shown["features"]["tempo_bpm"] <= 300
    assert {node["kind"] for node in shown["lineage"]["nodes"]} >= {"file", "track"}

    new.say("tag", "set", track["id"], "title=青花瓷", "artist=周杰伦")
    found = new.say("search", "qhc")
    assert [each["id"] for each in found["tracks"]] == [track["id"]]

    edited = new.say(
        "edit", track["id"], "--trim", "5:15", "--fade-in", "0.5", "--fade-out", "2",
        "--format", "flac", "--out", str(tmp_path / "cut.flac"), "--save-as-track",
    )  # fmt: skip
    assert edited["track"] == track["id"]
    assert edited["rendition"]["duration_s"] == pytest.approx(10.0, abs=0.001)
    assert (tmp_path / "cut.flac").stat().st_size > 10_000
    saved = edited["saved_track"]["id"]
    assert saved != track["id"]
    family = new.say("show", saved)["lineage"]
    assert {node["kind"] for node in family["nodes"]} >= {"file", "track", "recipe"}

    made = new.say(
        "generate", "a sad slow piano piece", "--seconds", "8", "--seed", "5", "--like", track["id"]
    )
    (piece,) = made["pieces"]
    assert new.say("show", piece["track"])["is_generated"] is True
    assert made["request"]["like"] == track["id"]

    similar = new.say("similar", track["id"])
    assert {each["id"] for each in similar["tracks"]} == {saved, piece["track"]}
    distances = [each["distance"] for each in similar["tracks"]]
    assert distances == sorted(distances)
    assert new.say("verify", "--deep")["ok"] is True


def test_the_same_file_twice_is_one_track(filled: tuple[Library, str]) -> None:
    library, track = filled
    again = library.say("add", str(song("revelation")))
    assert (again["added"], [each["id"] for each in again["existing"]]) == ([], [track])


def test_one_bad_file_never_stops_a_folder(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.ogg").write_bytes(song("victory").read_bytes())
    (folder / "empty.mp3").write_bytes(b"")
    (folder / "lie.mp3").write_text("<html>not audio</html>")
    (folder / "half.ogg").write_bytes(song("defeat").read_bytes()[:200])
    said = library.say("add", str(folder), str(tmp_path / "nowhere.mp3"))
    assert len(said["added"]) == 1
    sources = {Path(each["source"]).name: each["code"] for each in said["refused"]}
    assert set(sources) == {"empty.mp3", "lie.mp3", "half.ogg", "nowhere.mp3"}
    assert sources["nowhere.mp3"] == "no_such_file"
    assert library.say("verify")["ok"] is True


@pytest.mark.parametrize(
    "source", ["nowhere.mp3", "http://127.0.0.1:1/x.mp3", "ftp://example.org/x.mp3"]
)
def test_nothing_accepted_is_status_1_with_the_reason(library: Library, source: str) -> None:
    said = library.say("add", source, status=1)
    assert said["added"] == []
    (refusal,) = said["refused"]
    assert refusal["source"] == source
    assert refusal["code"] in ("no_such_file", "forbidden_address", "bad_url")


def test_a_folder_is_linked_scanned_renamed_and_let_go(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "linked music"
    folder.mkdir()
    original = folder / "first.ogg"
    original.write_bytes(song("victory").read_bytes())
    library.say("folder", "add", str(folder))
    (track,) = library.say("scan")["added"]
    original.rename(folder / "renamed.ogg")
    again = library.say("scan")
    assert (again["added"], again["n_missing"]) == ([], 0)
    assert library.say("show", track["id"])["files"][0]["is_linked"] is True
    (folder / "renamed.ogg").unlink()
    assert library.say("scan")["n_missing"] == 1
    assert library.say("show", track["id"])["id"] == track["id"]  # missing is not deleted
    library.say("folder", "remove", str(folder))
    assert library.say("folder", "list")["folders"] == []


def test_two_verbs_at_once_prepare_one_home_and_lose_nothing(new: Library) -> None:
    names = ("victory", "defeat", "victory2", "defeat2")
    said: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda name=name: said.append(new.say("add", str(song(name)))))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(each["added"]) for each in said) == [1, 1, 1, 1]
    assert new.say("search")["total"] == 4
    assert new.is_done()
    assert new.say("verify", "--deep")["ok"] is True


def test_with_a_worker_running_a_verb_queues_and_waits(library: Library) -> None:
    with Up(library.home) as up:
        (track,) = library.add(song("victory"))
        shown = library.say("show", track)
        assert shown["features"]["features_version"] >= 1
        (worker,) = children_of(up.process.pid, "config.worker")
        assert worker


def test_no_wait_returns_at_once_and_the_work_is_done_later(library: Library) -> None:
    said = library.say("add", str(song("victory")), "--no-wait")
    assert said["added"] == []
    assert [job["state"] for job in said["jobs"]] == ["queued"]
    assert library.say("search")["total"] == 0
    with Up(library.home):
        until(lambda: library.say("search")["total"] == 1, within_s=60)


def test_a_worker_killed_half_way_loses_nothing(library: Library) -> None:
    """SIGKILL in mid-job, twice: every job is taken up again, nothing is doubled or half."""
    names = ("love_theme", "wisphunt", "underground", "battle-epic")
    with Up(library.home) as up:
        for name in names:
            library.say("add", str(song(name)), "--no-wait")
        for _ in range(2):
            until(lambda: "running" in {state for _kind, state in library.jobs()}, within_s=60)
            for worker in children_of(up.process.pid, "config.worker"):
                os.kill(worker, signal.SIGKILL)
            time.sleep(0.3)
        until(library.is_done, within_s=240)
        found = library.say("search")
        assert found["total"] == len(names)
        assert all(library.say("show", track["id"])["features"] for track in found["tracks"])
    assert library.say("verify", "--deep")["ok"] is True


def test_a_command_killed_half_way_is_taken_up_by_the_next(library: Library) -> None:
    command = [*SONGLOOM, "add", str(song("loyalists")), "--json"]
    process = subprocess.Popen(
        command, env=environment(library.home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    until(lambda: library.is_running("analyse.extract"), within_s=120)
    process.kill()
    process.communicate()
    with Up(library.home):
        until(library.is_done, within_s=240)
    assert library.say("search")["total"] == 1
    assert library.say("verify", "--deep")["ok"] is True


def test_ctrl_c_cancels_what_is_left(library: Library) -> None:
    command = [*SONGLOOM, "add", str(song("loyalists")), "--json"]
    process = subprocess.Popen(
        command, env=environment(library.home), stdout=subprocess.PIPE, text=True
    )
    until(lambda: library.is_running("analyse.extract"), within_s=120)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out)["error"]["code"] == "cancelled"
    assert not {state for _kind, state in library.jobs()} & {"queued", "running"}
    assert library.say("search")["total"] == 1  # what was stored stays


def test_the_same_seed_gives_the_same_notes(library: Library, tmp_path: Path) -> None:
    once, twice = (
        library.say(
            "generate",
            "欢快的钢琴曲",
            "--seconds",
            "8",
            "--seed",
            "7",
            "--count",
            "2",
            "--out",
            str(tmp_path / n),
        )
        for n in ("a", "b")
    )
    hashes = [piece["midi_sha256"] for piece in once["pieces"]]
    assert [piece["midi_sha256"] for piece in twice["pieces"]] == hashes
    assert len(set(hashes)) == 2
    assert [piece["seed"] for piece in once["pieces"]] == [7, 8]
    written = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert written == ["001.flac", "001.json", "001.mid", "002.flac", "002.json", "002.mid"]
    assert (tmp_path / "a" / "001.mid").read_bytes() == (tmp_path / "b" / "001.mid").read_bytes()


def test_requests_from_a_file_name_their_midi(library: Library, tmp_path: Path) -> None:
    lines = [
        {"prompt": "a calm waltz", "seed": 1, "file": "waltz.mid"},
        {"prompt": "悲伤的二胡独奏", "seed": 2, "file": "二胡.mid"},
    ]
    asked = tmp_path / "asked.jsonl"
    asked.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    said = library.say("generate", "--request", str(asked), "--out", str(tmp_path / "out"))
    assert len(said["pieces"]) == 2
    assert (tmp_path / "out" / "waltz.mid").read_bytes()[:4] == b"MThd"
    assert (tmp_path / "out" / "二胡.mid").read_bytes()[:4] == b"MThd"


def test_what_was_understood_can_be_asked_alone(filled: tuple[Library, str]) -> None:
    library, _ = filled
    said = library.say(
        "generate", "a sad waltz in D minor at 90 bpm for violin, 45 seconds", "--parse-only"
    )
    assert set(said) == {"request"}
    request = said["request"]
    assert (request["key"], request["mode"], request["metre"]) == (2, "minor", "3/4")
    assert (request["bpm"], request["seconds"], request["instruments"]) == (90, 45, [40])
    assert request["drums"] is None


@pytest.mark.parametrize("prompt", ["", "   ", "a" * 10_000, "\x00\x07", "\n\n"])
def test_an_odd_prompt_is_refused_in_words(filled: tuple[Library, str], prompt: str) -> None:
    library, _ = filled
    if "\x00" in prompt:
        prompt = "\x07\x08"  # no argument of a program can hold a NUL
    said = library.say("generate", prompt, status=1)
    assert said["error"]["code"] == "bad_prompt"


def test_a_signed_link_plays_without_signing_in(library: Library) -> None:
    import httpx

    (track,) = library.add(song("victory"))
    with Up(library.home) as up:
        url = library.say("play-url", track)["url"]
        assert url.startswith(up.url)
        answer = httpx.get(url, headers={"range": "bytes=0-99"}, timeout=30)
        assert (answer.status_code, answer.content) == (206, song("victory").read_bytes()[:100])
        assert httpx.get(url[:-3] + "xyz", timeout=30).status_code in (403, 404)


def test_training_says_how_many_examples_are_missing(filled: tuple[Library, str]) -> None:
    library, track = filled
    library.say("tag", "set", track, "tag=calm")
    said = library.say("train")
    assert all(row["refused"] for row in said["tags"])


def test_messages_and_errors_are_chinese_where_lang_says_so(filled: tuple[Library, str]) -> None:
    library, _ = filled
    said = library.say("show", "0123456789abcdef", status=1, LANG="zh_CN.UTF-8")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said["error"]["message"])

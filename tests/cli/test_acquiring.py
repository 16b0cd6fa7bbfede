"""Bringing music in from the command line: files, folders, addresses, linked folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from songloom.jobs.models import Job
from songloom.library.models import Folder, Track
from tests.cli.conftest import Songloom
from tests.shelf import wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "周杰伦 - 晴天.wav"
    path.write_bytes(wav_bytes(1.5, 440.0))
    return path


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    folder = tmp_path / "linked"
    folder.mkdir()
    for name, tone_hz in (("a", 300.0), ("b", 500.0)):
        (folder / f"{name}.wav").write_bytes(wav_bytes(1.0, tone_hz))
    return folder


def test_a_file_becomes_a_track_that_is_measured_and_found(songloom: Songloom, sound: Path) -> None:
    said = songloom("add", str(sound), "--json")
    assert said.status == 0
    (track,) = said.document["added"]
    assert said.document | {"added": []} == {
        "added": [],
        "existing": [],
        "refused": [],
        "n_missing": 0,
    }
    shown = songloom("show", track["id"], "--json").document
    assert shown["features"]["duration_s"] == pytest.approx(1.5, abs=1e-3)
    assert shown["features"]["dominant_hz"] == pytest.approx(440.0, abs=6.0)  # one bin
    assert songloom("search", "qingtian", "--json").document["total"] == 1
    assert sound.exists()  # copied, not moved


def test_the_same_bytes_again_are_known(songloom: Songloom, sound: Path, tmp_path: Path) -> None:
    (track,) = songloom("add", str(sound), "--json").document["added"]
    twin = tmp_path / "another name.wav"
    shutil.copy(sound, twin)
    said = songloom("add", str(twin), "--json")
    assert (said.status, said.document["added"]) == (0, [])
    assert [each["id"] for each in said.document["existing"]] == [track["id"]]


def test_refusals_stand_beside_what_was_added(
    songloom: Songloom, sound: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("these are words, not sound")
    empty = tmp_path / "empty.wav"
    empty.touch()
    said = songloom("add", str(text), str(sound), str(empty), "/nowhere.ogg", "--json")
    assert said.status == 0
    assert len(said.document["added"]) == 1
    refused = {each["source"]: each["code"] for each in said.document["refused"]}
    assert refused[str(empty)] == "empty_file"
    assert refused["/nowhere.ogg"] == "no_such_file"
    assert refused[str(text)] == "not_audio"
    assert all(each["message"] for each in said.document["refused"])


def test_nothing_accepted_is_status_1(songloom: Songloom) -> None:
    said = songloom("add", "/nowhere.ogg", "--json")
    assert said.status == 1
    assert said.document["added"] == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/song.mp3", "forbidden_address"),
        ("http://[::1]:8000/", "forbidden_address"),
        ("http://2130706433/", "forbidden_address"),
        ("http://169.254.169.254/latest/meta-data", "forbidden_address"),
        ("file:///etc/passwd", "bad_url"),
        ("gopher://example.org/", "bad_url"),
    ],
)
def test_an_address_within_the_own_network_is_refused(
    songloom: Songloom, url: str, code: str
) -> None:
    said = songloom("add", url, "--json")
    assert (said.status, said.document["refused"][0]["source"]) == (1, url)
    assert said.document["refused"][0]["code"] in (code, "bad_url")
    assert not Track.objects.exists()


def test_a_folder_is_copied_with_its_bad_files_named_by_path(
    songloom: Songloom, linked: Path
) -> None:
    (linked / "broken.mp3").write_text("<html></html>")
    said = songloom("add", str(linked), "--json")
    assert len(said.document["added"]) == 2
    assert [each["source"] for each in said.document["refused"]] == [str(linked / "broken.mp3")]


def test_the_same_source_twice_on_a_line_is_asked_once(songloom: Songloom, sound: Path) -> None:
    said = songloom("add", str(sound), str(sound), "--json")
    assert (len(said.document["added"]), said.document["existing"]) == (1, [])


def test_no_wait_queues_and_returns(songloom: Songloom, sound: Path) -> None:
    said = songloom("add", str(sound), "/nowhere", "--no-wait", "--json")
    assert said.status == 0
    assert [job["kind"] for job in said.document["jobs"]] == ["acquire.add"]
    assert Job.objects.get().state == Job.State.QUEUED
    assert not Track.objects.exists()
    assert songloom("add", "/nowhere", "--no-wait", "--json").status == 1


def test_people_read_a_line_for_each_source_and_a_sum(songloom: Songloom, sound: Path) -> None:
    lines = songloom("add", str(sound), "/nowhere").out.splitlines()
    assert [line[0] for line in lines[:2]] == ["+", "!"]
    assert lines[-1] == "1 added, 0 known, 1 refused, 0 missing"


def test_a_linked_folder_is_scanned_in_place(songloom: Songloom, linked: Path) -> None:
    folder = songloom("folder", "add", str(linked), "--name", "Mine", "--json").document["folder"]
    assert (folder["path"], folder["name"]) == (str(linked), "Mine")
    assert songloom("folder", "list", "--json").document["folders"] == [folder]
    said = songloom("scan", "--json")
    assert (said.status, len(said.document["added"])) == (0, 2)
    again = songloom("scan", "--json").document
    assert (again["added"], len(again["existing"])) == ([], 2)
    assert sorted(path.name for path in linked.iterdir()) == ["a.wav", "b.wav"]  # nothing written


def test_a_renamed_file_keeps_its_track_and_a_lost_one_is_missing(
    songloom: Songloom, linked: Path
) -> None:
    songloom("folder", "add", str(linked))
    before = {track["id"] for track in songloom("scan", "--json").document["added"]}
    (linked / "a.wav").rename(linked / "z.wav")
    (linked / "b.wav").unlink()
    said = songloom("scan", "--json").document
    assert (said["added"], said["n_missing"]) == ([], 1)
    found = songloom("search", "--json").document["tracks"]
    assert {track["id"] for track in found} == before


@pytest.mark.parametrize("how", ["path", "name", "id"])
def test_a_folder_is_let_go_by_path_name_or_id(songloom: Songloom, linked: Path, how: str) -> None:
    folder = songloom("folder", "add", str(linked), "--json").document["folder"]
    songloom("scan")
    said = songloom("folder", "remove", folder[how], "--json")
    assert said.document == {"removed": folder["id"], "n_tracks": 2}
    assert not Folder.objects.exists()
    assert len(list(linked.iterdir())) == 2  # its files stay


def test_a_folder_that_is_not_there_is_no_such_file(songloom: Songloom) -> None:
    assert songloom("folder", "add", "/nowhere", "--json").code == "no_such_file"
    assert songloom("folder", "remove", "/nowhere", "--json").code == "not_found"


def test_a_folder_that_vanishes_is_told_and_nothing_is_lost(
    songloom: Songloom, linked: Path, tmp_path: Path
) -> None:
    songloom("folder", "add", str(linked))
    songloom("scan")
    linked.rename(tmp_path / "away")
    said = songloom("scan", "--json")
    assert (said.status, said.code) == (1, "storage_away")
    assert songloom("search", "--json").document["total"] == 2
    (tmp_path / "away").rename(linked)
    assert songloom("scan", "--json").document["n_missing"] == 0


def test_a_scan_of_no_folder_is_done_at_once(songloom: Songloom) -> None:
    said = songloom("scan", "--json")
    assert (said.status, said.document["added"]) == (0, [])

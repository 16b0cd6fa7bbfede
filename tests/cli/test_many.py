"""Presets, batches and parts from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from songloom.library.models import Rendition, Track
from tests.cli.conftest import Songloom
from tests.shelf import wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tracks(songloom: Songloom, tmp_path: Path) -> list[str]:
    for name, hz in (("Tone A", 440.0), ("Tone B", 550.0)):
        (tmp_path / f"{name}.wav").write_bytes(wav_bytes(4.0, hz))
    added = songloom("add", str(tmp_path), "--json").document["added"]
    return [str(one["id"]) for one in added]


def test_a_preset_is_listed_saved_used_and_removed(songloom: Songloom, tracks: list[str]) -> None:
    assert "speech" in songloom("preset", "list").out
    kept = songloom("preset", "save", "mine", "--trim", "1:3", "--gain", "-3", "--format", "wav")
    assert kept.status == 0
    listed = songloom("preset", "list", "--json").document["presets"]
    assert next(one for one in listed if one["name"] == "mine")["format"] == "wav"
    said = songloom("edit", tracks[0], "--preset", "mine", "--fade-in", "0.5", "--json").document
    assert [one["edit"] for one in said["recipe"]["edits"]] == ["trim", "gain", "fade_in"]
    assert said["rendition"]["format"] == "wav"
    songloom("preset", "save", "other", "--trim", "1:3", "--gain", "-6", "--reverse")
    told = songloom("preset", "diff", "mine", "other").out.splitlines()
    assert told == ["gain: gain_db -3.0 → -6.0", "+ reverse"]
    assert songloom("preset", "remove", "mine").status == 0
    assert songloom("preset", "remove", "mine").status == 1
    assert songloom("edit", tracks[0], "--preset", "mine").status == 1


def test_a_recipe_over_a_search_says_its_cost_first(songloom: Songloom, tracks: list[str]) -> None:
    only = songloom("edit", "--where", "Tone", "--gain", "-3", "--estimate", "--json")
    assert only.document["estimate"]["n_tracks"] == 2
    assert not Rendition.objects.exists()
    said = songloom("edit", "--where", "Tone", "--gain", "-3", "--format", "wav", "--json")
    assert said.status == 0
    assert said.document["made"]["n_made"] == 2
    assert "2 tracks, 0:08 of sound: about" in said.err
    assert Rendition.objects.count() == 2


@pytest.mark.parametrize(
    "argv",
    [("edit",), ("edit", "x", "--where", "y"), ("edit", "--where", "y", "--out", "z.wav")],
)
def test_one_track_or_a_search_and_not_both(songloom: Songloom, argv: tuple[str, ...]) -> None:
    assert songloom(*argv).status == 2


def test_a_search_that_finds_nothing_is_said(songloom: Songloom, tracks: list[str]) -> None:
    said = songloom("edit", "--where", "nowhere", "--gain", "-3", "--json")
    assert (said.status, said.document["error"]["code"]) == (1, "not_found")


def test_a_track_is_split_into_tracks(songloom: Songloom, tracks: list[str]) -> None:
    said = songloom("split", tracks[0], "--at", "0:01,2.25", "--format", "wav", "--json").document
    assert [one["title"] for one in said["tracks"]] == ["Tone A 1", "Tone A 2", "Tone A 3"]
    lasts = [one["duration_s"] for one in said["tracks"]]
    assert lasts == [pytest.approx(1.0), pytest.approx(1.25), pytest.approx(1.75)]
    assert Track.objects.count() == 5


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_by_a_cue_sheet_in_either_encoding(
    songloom: Songloom, tracks: list[str], tmp_path: Path, encoding: str
) -> None:
    sheet = tmp_path / "a.cue"
    lines = 'TRACK 01 AUDIO\nTITLE "序曲"\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nTITLE "尾声"\n'
    sheet.write_bytes(f"{lines}INDEX 01 00:02:37\n".encode(encoding))
    said = songloom("split", tracks[0], "--cue", str(sheet), "--json").document
    assert [one["title"] for one in said["tracks"]] == ["序曲", "尾声"]


def test_by_labels_into_renditions(songloom: Songloom, tracks: list[str], tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("0.5\t1.0\tone\n2\t3\ttwo\n")
    argv = ("split", tracks[0], "--labels", str(labels), "--renditions", "--gain", "-3", "--json")
    said = songloom(*argv).document
    assert (said["tracks"], len(said["renditions"])) == ([], 2)
    assert said["parts"][1]["title"] == "two"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (("--cue", "/nowhere.cue"), "no_such_file"),
        (("--at", "soon"), "bad_recipe"),
        (("--at", "99"), "bad_value"),
        (("--silences",), "bad_value"),
        (("--silences", "loud"), "bad_value"),
    ],
)
def test_a_split_that_cannot_be_is_refused(
    songloom: Songloom, tracks: list[str], how: tuple[str, ...], code: str
) -> None:
    said = songloom("split", tracks[0], *how, "--json")
    assert (said.status, said.document["error"]["code"]) == (1, code)

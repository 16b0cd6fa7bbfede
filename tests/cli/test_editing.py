"""Editing from the command line: order, places, formats, refusals."""

from __future__ import annotations

import hashlib
import wave
from pathlib import Path

import pytest

from songloom.core.audio.edits import EDITS
from songloom.library.models import Rendition, Track
from tests.cli.conftest import Songloom
from tests.shelf import wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 6.0


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "Tone.wav"
    path.write_bytes(wav_bytes(SECONDS, 440.0))
    return path


@pytest.fixture
def track(songloom: Songloom, sound: Path) -> str:
    added: list[dict[str, str]] = songloom("add", str(sound), "--json").document["added"]
    return str(added[0]["id"])


def lasts_s(path: str | Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_of_the_core_can_be_spelt_here(songloom: Songloom, name: str) -> None:
    """As the help shows it, up to the point where there is no such track."""
    text = EDITS[name].example.replace("TRACK", "0192f0c1-2222-7000-8000-000000000001")
    option = f"--{name.replace('_', '-')}"
    said = songloom("edit", "0123456789ab", option, *([text] if text else []), "--json")
    assert (said.status, said.document["error"]["code"]) == (1, "not_found")


def test_a_rendition_is_what_the_document_says(
    songloom: Songloom, track: str, tmp_path: Path
) -> None:
    said = songloom(
        "edit",
        track,
        "--trim",
        "1:4",
        "--format",
        "wav",
        "--out",
        str(tmp_path / "cut.wav"),
        "--json",
    )
    assert said.status == 0
    assert set(said.document) == {"track", "rendition", "saved_track", "recipe"}
    assert (said.document["track"], said.document["saved_track"]) == (track, None)
    rendition = said.document["rendition"]
    assert set(rendition) == {"id", "path", "format", "duration_s", "sha256"}
    assert rendition["path"] == str(tmp_path / "cut.wav")
    assert lasts_s(rendition["path"]) == pytest.approx(3.0, abs=1e-3)
    assert hashlib.sha256(Path(rendition["path"]).read_bytes()).hexdigest() == rendition["sha256"]


@pytest.mark.parametrize(
    ("edits", "left_s"),
    [
        (["--trim", "1:5", "--cut", "1:2"], 3.0),
        (["--cut", "1:2", "--trim", "1:5"], 4.0),  # times count on the sound as it then stands
        (["--trim", "1:5", "--trim", "1:2"], 1.0),
        (["--trim", "2:"], 4.0),
        ([], SECONDS),
    ],
)
def test_edits_apply_in_the_order_given(
    songloom: Songloom, track: str, edits: list[str], left_s: float
) -> None:
    said = songloom("edit", track, *edits, "--format", "wav", "--json")
    assert said.document["rendition"]["duration_s"] == pytest.approx(left_s, abs=1e-3)
    names = [edit["edit"] for edit in said.document["recipe"]["edits"]]
    assert names == [word.removeprefix("--") for word in edits if word.startswith("--")]


def test_a_negative_number_is_a_value_and_not_an_option(songloom: Songloom, track: str) -> None:
    said = songloom("edit", track, "--gain", "-3", "--loudness", "-16", "--trim-silence", "--json")
    values = said.document["recipe"]["edits"]
    assert (values[0]["gain_db"], values[1]["target_lufs"]) == (-3.0, -16.0)
    assert values[2]["edit"] == "trim_silence"


@pytest.mark.parametrize(
    ("out", "more", "format_name"),
    [
        ("cut.mp3", [], "mp3"),
        ("cut.opus", [], "opus"),
        ("cut.wav", ["--format", "ogg"], "ogg"),  # what is asked for wins over the ending
        ("cut", [], "flac"),
        ("cut.txt", [], "flac"),
    ],
)
def test_the_ending_of_a_file_chooses_the_format(
    songloom: Songloom, track: str, tmp_path: Path, out: str, more: list[str], format_name: str
) -> None:
    said = songloom("edit", track, "--trim", "0:2", "--out", str(tmp_path / out), *more, "--json")
    assert said.document["rendition"]["format"] == format_name
    assert (tmp_path / out).stat().st_size > 100


def test_into_a_folder_it_is_named_after_the_track(
    songloom: Songloom, track: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    songloom("tag", "set", track, "title=a/b: 晴天?")
    said = songloom("edit", track, "--format", "flac", "--out", f"{folder}/", "--json")
    (written,) = folder.iterdir()
    assert said.document["rendition"]["path"] == str(written)
    assert written.suffix == ".flac"
    assert "晴天" in written.name


def test_a_file_is_brought_into_the_library_first(songloom: Songloom, sound: Path) -> None:
    before = sound.read_bytes()
    said = songloom("edit", str(sound), "--trim", "0:1", "--json")
    assert said.document["track"] == str(Track.objects.get().pk)
    assert sound.read_bytes() == before


def test_saved_as_a_track_it_can_be_found_and_says_where_it_came_from(
    songloom: Songloom, track: str
) -> None:
    said = songloom("edit", track, "--trim", "0:2", "--save-as-track", "--json").document
    saved = said["saved_track"]
    assert saved["id"] != track
    assert saved["duration_s"] == pytest.approx(2.0, abs=0.01)
    lineage = songloom("show", saved["id"], "--json").document["lineage"]
    assert {"recipe", "track"} <= {node["kind"] for node in lineage["nodes"]}
    assert songloom("search", "tone", "--json").document["total"] == 2


def test_the_same_edit_again_is_the_same_rendition(songloom: Songloom, track: str) -> None:
    once = songloom("edit", track, "--trim", "0:2", "--json").document["rendition"]
    again = songloom("edit", track, "--trim", "0:2", "--json").document["rendition"]
    assert once == again
    assert Rendition.objects.count() == 1


@pytest.mark.parametrize(
    "edits",
    [
        ["--trim", "40:10"],
        ["--trim", "x"],
        ["--trim", "5"],
        ["--cut", "0:6"],
        ["--fade-in", "-1"],
        ["--gain", "1000"],
        ["--gain", "nan"],
        ["--resample", "12"],
        ["--channels", "0"],
        ["--loudness", "0:1"],
    ],
)
def test_a_value_outside_its_range_is_refused_with_a_sentence(
    songloom: Songloom, track: str, edits: list[str]
) -> None:
    said = songloom("edit", track, *edits, "--json")
    assert (said.status, said.code) == (1, "bad_recipe")
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("more", [["--format", "exe"], ["--format", "mp3", "--bitrate", "9999"]])
def test_an_unknown_format_or_bit_rate_is_refused_before_anything_is_added(
    songloom: Songloom, sound: Path, more: list[str]
) -> None:
    said = songloom("edit", str(sound), "--trim", "0:1", *more, "--json")
    assert (said.status, said.code) == (1, "bad_value")
    assert not Track.objects.exists()


def test_the_original_is_never_written_over(
    songloom: Songloom, sound: Path, settings: object
) -> None:
    assert (
        songloom("edit", str(sound), "--trim", "0:1", "--out", str(sound), "--json").code
        == "bad_value"
    )
    inside = Path(settings.HOME) / "media" / "x.wav"  # type: ignore[attr-defined]
    assert songloom("edit", str(sound), "--out", str(inside), "--json").code == "bad_value"
    assert not Track.objects.exists()


def test_a_folder_that_is_not_there_is_told_before_the_work(songloom: Songloom, track: str) -> None:
    assert songloom("edit", track, "--out", "/nowhere/x.mp3", "--json").code == "no_such_file"


@pytest.mark.parametrize("source", ["0123456789ab", "/nowhere.wav"])
def test_neither_track_nor_file_is_not_found(songloom: Songloom, source: str) -> None:
    assert songloom("edit", source, "--trim", "0:1", "--json").code == "not_found"


def test_no_wait_says_the_job_and_the_recipe(songloom: Songloom, track: str) -> None:
    said = songloom("edit", track, "--trim", "0:1", "--no-wait", "--json").document
    assert (said["rendition"], said["recipe"]["edits"][0]["end_s"]) == (None, 1.0)
    assert [job["kind"] for job in said["jobs"]] == ["process.render"]


def test_a_file_in_a_linked_folder_is_never_written_over(
    songloom: Songloom, track: str, tmp_path: Path
) -> None:
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "theirs.mp3").write_bytes(b"theirs")
    songloom("folder", "add", str(linked))
    for out in (linked / "theirs.mp3", linked / "new.mp3", linked):
        said = songloom("edit", track, "--trim", "0:1", "--out", str(out), "--json")
        assert (said.status, said.code) == (1, "bad_value")
    assert songloom("generate", "a waltz", "--out", str(linked), "--json").code == "bad_value"
    assert [path.name for path in linked.iterdir()] == ["theirs.mp3"]
    assert (linked / "theirs.mp3").read_bytes() == b"theirs"


def test_a_rendition_does_not_take_the_place_of_the_file_that_is_edited(
    songloom: Songloom, sound: Path
) -> None:
    before = sound.read_bytes()
    form = sound.suffix.removeprefix(".")
    said = songloom(
        "edit", str(sound), "--trim", "0:1", "--format", form, "--out", str(sound.parent)
    )
    assert sound.read_bytes() == before
    assert said.status in (0, 1)

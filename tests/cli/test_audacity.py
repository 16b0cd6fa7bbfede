"""`songloom audacity`: a zip out, labels and sounds back in, and a pipe that may not be there."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from songloom.analyse import services as analyse
from songloom.core.audio import audacity, decode, splitting
from songloom.core.audio.splitting import Label
from songloom.errors import NotFound, RefusedInput, TryLater
from songloom.interfaces.cli.audacity_pipe import Pipe
from songloom.library.models import Features, Rendition, Track
from songloom.library.services.tracing import graph
from tests.cli.conftest import Songloom
from tests.core.audio.sounds import noise, write
from tests.shelf import wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def track(songloom: Songloom, tmp_path: Path) -> str:
    path = tmp_path / "Tone.wav"
    path.write_bytes(wav_bytes(4.0, 440.0))
    return str(songloom("add", str(path), "--json").document["added"][0]["id"])


@pytest.fixture
def archive(songloom: Songloom, track: str, tmp_path: Path) -> Path:
    Features.objects.filter(track_id=track).delete()
    analyse.measure(Track.objects.get(pk=track))
    found = Features.objects.get(track_id=track)
    found.values |= {"beats_s": [0.5, 1.0], "chords": [[0.0, 2.0, "C"]]}
    found.save()
    out = tmp_path / "out.zip"
    assert songloom("audacity", "export", track, "--out", str(out)).status == 0
    return out


def changed(archive: Path, target: Path, files: dict[str, bytes]) -> Path:
    """The zip as somebody hands it back: with these files instead, or added."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name not in files:
                new.writestr(name, old.read(name))
        for name, content in files.items():
            new.writestr(name, content)
    return target


def test_the_zip_holds_the_sound_the_labels_and_what_it_is(
    archive: Path, track: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as found:
        names = set(found.namelist())
        manifest = json.loads(found.read("songloom.json"))
        (tmp_path / "sound.wav").write_bytes(found.read("sound.wav"))
        beats = splitting.labels(found.read("labels/beats.txt"))
    assert {"sound.wav", "songloom.json", "labels/beats.txt", "labels/chords.txt"} <= names
    assert manifest["track"] == track
    assert beats == [Label(0.5, 0.5, "1"), Label(1.0, 1.0, "2")]
    with decode.opened(str(tmp_path / "sound.wav")) as sound:
        assert (sound.sample_rate, sound.bits) == (audacity.SAMPLE_RATE, 24)
        assert sum(block.shape[1] for block in sound.blocks()) == 4 * audacity.SAMPLE_RATE


def test_into_a_folder_it_is_named_after_the_track(
    songloom: Songloom, track: str, tmp_path: Path
) -> None:
    said = songloom("audacity", "export", track, "--out", str(tmp_path), "--json").document
    assert said["path"] == str(tmp_path / "Tone.zip")
    assert zipfile.is_zipfile(said["path"])


@pytest.mark.parametrize(("use", "lasts_s"), [("cut", 3.0), ("keep", 1.0)])
def test_labels_become_cuts_or_what_is_kept(
    songloom: Songloom, track: str, tmp_path: Path, use: str, lasts_s: float
) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("0.5\t1.0\tone\n2\t2.5\ttwo\n3\t3\ta place\n")
    argv = ("audacity", "import", str(labels), "--track", track, "--as", use, "--json")
    said = songloom(*argv).document
    made = Rendition.objects.get(pk=said["renditions"][0])
    assert made.duration_s == pytest.approx(lasts_s, abs=1e-3)
    assert "cut" in {one["edit"] for one in said["edits"]}


def test_labels_become_tracks(songloom: Songloom, track: str, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("1.1\t1.1\tverse\n3\t3\tend\n")
    argv = ("audacity", "import", str(labels), "--track", track, "--as", "split", "--json")
    said = songloom(*argv).document
    titles = {Track.objects.get(pk=pk).title for pk in said["saved_tracks"]}
    assert titles == {"Tone 1", "verse", "end"}


def test_a_zip_with_new_labels_knows_its_track(
    songloom: Songloom, archive: Path, track: str, tmp_path: Path
) -> None:
    back = changed(archive, tmp_path / "back.zip", {"mine.txt": b"1\t2\tout\n"})
    said = songloom("audacity", "import", str(back), "--json").document
    assert said["track"] == track
    assert Rendition.objects.get().duration_s == pytest.approx(3.0, abs=1e-3)


def test_labels_that_were_moved_where_they_lay_are_taken_too(
    songloom: Songloom, archive: Path, tmp_path: Path
) -> None:
    back = changed(archive, tmp_path / "back.zip", {"labels/chords.txt": b"0.5\t1\tC\n"})
    said = songloom("audacity", "import", str(back), "--json").document
    assert said["edits"] == [{"edit": "cut", "start_s": 0.5, "end_s": 1.0}]


def test_a_zip_with_an_edited_sound_is_a_rendition_with_its_lineage(
    songloom: Songloom, archive: Path, track: str, tmp_path: Path
) -> None:
    edited = write(tmp_path / "edited.wav", noise(96_000), 48_000, bits=24)
    back = changed(archive, tmp_path / "back.zip", {"edited.wav": edited.read_bytes()})
    said = songloom("audacity", "import", str(back), "--save-as-track", "--json").document
    made = Rendition.objects.get(pk=said["renditions"][0])
    assert made.duration_s == pytest.approx(2.0)
    assert made.recipe["edited_in"] == "Audacity"
    saved = Track.objects.get(pk=said["saved_tracks"][0])
    labels = {node["label"] for node in graph(saved, saved.owner)["nodes"]}
    assert {"Tone", "edited in Audacity"} <= labels


def test_a_wav_alone_needs_to_say_of_which_track(
    songloom: Songloom, track: str, tmp_path: Path
) -> None:
    edited = write(tmp_path / "edited.wav", noise(48_000), 48_000)
    alone = songloom("audacity", "import", str(edited), "--json")
    assert (alone.status, alone.document["error"]["code"]) == (1, "bad_value")
    said = songloom("audacity", "import", str(edited), "--track", track, "--json")
    assert said.document["renditions"] == [str(Rendition.objects.get().pk)]


def test_a_zip_in_which_nothing_changed_is_said_to_be_that(
    songloom: Songloom, archive: Path
) -> None:
    said = songloom("audacity", "import", str(archive), "--json")
    assert (said.status, said.document["error"]["code"]) == (1, "bad_value")
    assert "nothing in this zip was changed" in said.document["error"]["message"]


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("songloom.json", "{}")
        made.writestr("a.wav", bytes(20_000_000))


def outside(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../../songloom.json", "{}")


def crowded(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for n in range(51):
            made.writestr(f"{n}.txt", "")


def foreign(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.wav", b"RIFF")


def broken(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 and no more")


@pytest.mark.parametrize("make", [bomb, outside, crowded, foreign, broken])
def test_a_hostile_zip_is_refused_in_a_sentence(
    songloom: Songloom, tmp_path: Path, make: object
) -> None:
    path = tmp_path / "x.zip"
    assert callable(make)
    make(path)
    said = songloom("audacity", "import", str(path), "--json")
    assert (said.status, said.document["error"]["code"]) == (1, "bad_value")
    assert said.document["error"]["message"]


def test_without_an_audacity_it_is_said_how_to_have_one(
    songloom: Songloom, track: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Pipe.__init__, "__defaults__", (tmp_path,))
    said = songloom("audacity", "open", track, "--json")
    assert (said.status, said.document["error"]["code"]) == (1, "not_found")
    assert "mod-script-pipe" in said.document["error"]["message"]


# ------------------------------------------------------------------ the pipe itself


class Answering(threading.Thread):
    """What sits at the other ends of the pipes: says what it is told to say for each command."""

    def __init__(self, folder: Path, answers: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.to, self.back = (
            folder / f"audacity_script_pipe.{way}.{os.getuid()}" for way in ("to", "from")
        )
        for path in (self.to, self.back):
            os.mkfifo(path)
        self.answers = answers
        self.heard: list[str] = []

    def run(self) -> None:
        with self.to.open() as commands, self.back.open("wb", buffering=0) as back:
            for answer in self.answers:
                self.heard.append(commands.readline())
                for piece in (answer[:5], answer[5:]):  # in two pieces, as pipes do
                    back.write(piece)
            commands.readline()


def test_an_answer_may_come_in_pieces_and_be_a_refusal(tmp_path: Path) -> None:
    answers = [b"[]\nBatchCommand finished: OK\n\n", b"what?\nBatchCommand finished: Failed!\n\n"]
    other = Answering(tmp_path, answers)
    other.start()
    with closing(Pipe(tmp_path, answer_s=10.0)) as pipe:
        assert pipe.say("GetInfo:").startswith("[]")
        with pytest.raises(RefusedInput, match="Audacity refuses Explode"):
            pipe.say("Explode: Now=1")
    other.join(10)
    assert other.heard == ["GetInfo:\n", "Explode: Now=1\n"]


def test_an_audacity_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    other = Answering(tmp_path, [b""])
    other.start()
    with (
        closing(Pipe(tmp_path, answer_s=0.5)) as pipe,
        pytest.raises(TryLater, match="has not answered"),
    ):
        pipe.say("Help:")
    other.join(10)


def test_pipes_that_somebody_left_behind_are_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Answering(tmp_path, [])
    with pytest.raises(NotFound, match="start it again"):
        Pipe(tmp_path, answer_s=0.2)

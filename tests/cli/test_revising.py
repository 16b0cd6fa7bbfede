"""`songloom regenerate` and what `generate` makes of chords and of other pieces."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile as sf

from songloom.errors import BadValue
from songloom.interfaces.cli.revising import changes_of
from songloom.interfaces.cli.verbs import Arguments
from tests.cli.conftest import Songloom

OPTIONS = dict.fromkeys(
    ("part", "bars", "section", "mute", "instrument", "transpose", "chord", "midi")
)


def given(**options: object) -> Arguments:
    return Arguments(**(OPTIONS | options))


def test_options_are_changes_in_their_order() -> None:
    assert changes_of(given()) == []
    assert changes_of(given(part="bass", bars="5-8")) == [
        {"change": "again", "part": "bass", "section": None, "bars": [5, 8]}
    ]
    assert changes_of(given(bars="3"))[0]["bars"] == [3, 3]
    assert changes_of(given(section=2))[0]["section"] == 2
    found = changes_of(given(mute="bass", instrument="melody=73", transpose=-2, chord="3=F#m"))
    assert found == [
        {"change": "mute", "part": "bass"},
        {"change": "instrument", "part": "melody", "program": 73},
        {"change": "transpose", "semitones": -2},
        {"change": "chord", "bar": 3, "chord": "F#m"},
    ]


@pytest.mark.parametrize(
    "wrong", [{"bars": "five"}, {"bars": "5-"}, {"instrument": "flute"}, {"chord": "F"}]
)
def test_what_is_written_otherwise_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        changes_of(given(**wrong))


@pytest.mark.django_db(transaction=True)
def test_a_piece_is_written_again_changed_turned_and_continued(
    songloom: Songloom, tmp_path: Path
) -> None:
    said = songloom(
        "generate", "--chords", "C Am F G", "--role", "backing", "--seconds", "8", "--seed", "3",
        "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.document["request"]["chords"] == ["C", "Am", "F", "G"]
    assert said.document["request"]["role"] == "backing"
    assert "model" not in said.document["request"]
    (piece,) = said.document["pieces"]
    track = piece["track"]

    again = songloom("regenerate", track, "--json")
    assert again.document == {
        "track": track, "midi_sha256": piece["midi_sha256"], "is_same": True,
        "has_same_sound": True,
    }  # fmt: skip

    made = set()
    for words in (
        ("regenerate", track, "--part", "chords", "--bars", "1-2", "--seed", "4"),
        ("generate", "--variation", track, "--seed", "4"),
        ("generate", "--continue", track, "--seed", "4", "--out", str(tmp_path)),
    ):
        said = songloom(*words, "--json")
        assert said.status == 0, said.err
        made.add(said.document["pieces"][0]["midi_sha256"])
    assert len(made | {piece["midi_sha256"]}) == 4
    assert (tmp_path / "001.mid").read_bytes()[:4] == b"MThd"
    said = songloom("regenerate", track, "--midi", str(tmp_path / "001.mid"), "--json")
    assert said.status == 0, said.err
    assert said.document["pieces"][0]["midi_sha256"] != piece["midi_sha256"]
    left_behind(songloom, track, tmp_path)
    told = songloom("show", said.document["pieces"][0]["track"], "--json").document
    assert told["title"].endswith(": edited elsewhere")
    for wrong, status in (("nothing.mid", 1), (__file__, 1)):
        assert songloom("regenerate", track, "--midi", wrong).status == status
    assert songloom("regenerate", track, "--midi", "x.mid", "--mute", "bass").status == 2


def left_behind(songloom: Songloom, track: str, folder: Path) -> None:
    """The parts, some bars and the lead sheet of a piece, as files."""
    parts, loop, sheet = folder / "parts", folder / "loop.flac", folder / "tune.abc"
    said = songloom(
        "regenerate", track, "--stems", str(parts), "--loop", str(loop), "--bars", "1-2",
        "--abc", str(sheet), "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.document["written"] == [str(p) for p in (*sorted(parts.iterdir()), loop, sheet)]
    stems = [sf.read(path)[0] for path in sorted(parts.iterdir())]
    assert len({len(stem) for stem in stems}) == 1
    nodes = songloom("show", track, "--json").document["lineage"]["nodes"]
    choices = [node["detail"].get("choices", {}) for node in nodes]
    (score,) = [one for one in choices if "bpm" in one and "changed_from" not in one]
    beats = 2 * int(score["metre"][0])
    assert abs(len(sf.read(loop)[0]) - beats * 60 / score["bpm"] * 44_100) <= 1, "to the sample"
    assert sheet.read_text().startswith("X:1\n")
    for wrong in (["--loop", str(loop), "--bars", "90-91"], ["--abc", str(folder / "no" / "x")]):
        assert songloom("regenerate", track, *wrong).status == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("regenerate 01234567 --part melody", 1),
        ("regenerate", 2),
        ("regenerate 01234567 --bars 1-2 --section 1", 2),
        ("generate --chords C-H", 1),
        ("generate calm --role loud", 2),
        ("generate calm --variation 01234567", 2),
        ("generate --variation 01234567 --continue 01234567", 2),
        ("generate --continue 01234567", 1),
        ("generate", 2),
    ],
)
def test_what_cannot_be_is_said_with_its_status(
    songloom: Songloom, words: str, status: int
) -> None:
    assert songloom(*words.split(), "--json").status == status


@pytest.mark.django_db(transaction=True)
def test_chords_may_stand_in_a_file(songloom: Songloom, tmp_path: Path) -> None:
    file = tmp_path / "chords.txt"
    file.write_text("| Dm | Bb |\n| F | C |\n")
    said = songloom("generate", "pop", "--chords", str(file), "--parse-only", "--json")
    assert said.document["request"]["chords"] == ["Dm", "Bb", "F", "C"]

"""What the command line reads and writes: request files, and pieces in a folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import soundfile

from songloom.errors import BadValue
from songloom.generate import services
from songloom.generate.models import Generation
from songloom.jobs.services import finish
from songloom.library.models import User
from tests.core.score.midi_reader import read
from tests.generate.conftest import Composed

LINES = """
{"prompt": "piano, 6 s", "seed": 3, "file": "a.mid"}

{"prompt": "慢华尔兹，6秒", "seed": 4, "file": "慢.mid"}
{"prompt": "flute, 6 s"}
"""


def test_lines_are_read_with_defaults_for_what_they_leave_out() -> None:
    lines, _ = services.read_lines(LINES)
    assert [(line.prompt, line.seed, line.file) for line in lines] == [
        ("piano, 6 s", 3, "a.mid"),
        ("慢华尔兹，6秒", 4, "慢.mid"),
        ("flute, 6 s", 0, "005.mid"),
    ]


def test_a_name_without_an_ending_gets_one() -> None:
    (line,), _ = services.read_lines('{"prompt": "piano", "seed": 1, "file": "tune"}')
    assert line.file == "tune.mid"


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_with_nothing_in_it_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        services.read_lines(text)


def test_a_file_of_too_many_lines_is_refused_whole() -> None:
    with pytest.raises(BadValue, match="1000"):
        services.read_lines('{"prompt": "x"}\n' * 1_001)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "bad_value"),
        ("[1, 2]", "bad_value"),
        ('"piano"', "bad_value"),
        ('{"seed": 1}', "bad_value"),
        ('{"prompt"', "bad_value"),
        ('{"prompt": "x", "seed": "many"}', "bad_value"),
        ('{"prompt": "x", "seed": -1}', "bad_value"),
        ('{"prompt": "x", "seed": 1e999}', "bad_value"),
        ('{"prompt": "x", "seed": []}', "bad_value"),
        ('{"prompt": "x", "file": "../x.mid"}', "bad_value"),
        ('{"prompt": "x", "file": "/etc/x"}', "bad_value"),
        ('{"prompt": "x", "file": "a/b.mid"}', "bad_value"),
        ('{"prompt": "x", "file": ".."}', "bad_value"),
        ('{"prompt": "x", "file": "' + "n" * 300 + '"}', "bad_value"),
        ("[" * 100_000, "bad_value"),
        ('{"prompt": null}', "bad_prompt"),
        ('{"prompt": ["piano"]}', "bad_prompt"),
        ('{"prompt": "  ", "seed": 1, "file": "x.mid"}', "bad_prompt"),
        ('{"prompt": "' + "x" * 10_000 + '"}', "bad_prompt"),
    ],
)
def test_a_line_that_is_no_request_is_refused_and_the_others_go_on(text: str, code: str) -> None:
    lines, refused = services.read_lines(f'{{"prompt": "piano"}}\n{text}\n{{"prompt": "harp"}}')
    assert [(line.prompt, line.file) for line in lines] == [
        ("piano", "001.mid"),
        ("harp", "003.mid"),
    ]
    assert [(each.line, each.error.code) for each in refused] == [(2, code)]


def test_a_second_line_never_writes_over_the_file_of_the_first() -> None:
    twice = '{"prompt": "piano", "file": "a.mid"}\n{"prompt": "harp", "file": "a"}'
    lines, (refused,) = services.read_lines(twice)
    assert [line.prompt for line in lines] == ["piano"]
    assert (refused.line, refused.error.code) == (2, "bad_value")
    assert "a.mid" in str(refused.error)


def test_only_a_line_feed_ends_a_line() -> None:
    """JSON may hold U+2028 and U+0085 as they are, in a prompt that somebody pasted."""
    (line,), _ = services.read_lines(
        '{"prompt": "slow\u2028piano\x85", "seed": 1, "file": "x.mid"}'
    )
    assert line.prompt == "slow\u2028piano\x85"


@pytest.mark.django_db(transaction=True)
def test_a_request_file_gives_one_midi_for_each_line_by_its_name(mei: User, tmp_path: Path) -> None:
    lines, _ = services.read_lines(LINES)
    generations, job = services.start_lines(lines, owner=mei)
    names = [line.file for line in lines]
    services.write_scores(generations, names, tmp_path / "out")
    written = {name: (tmp_path / "out" / name).read_bytes() for name in names}
    assert read(written["慢.mid"]).metre == (3, 4)
    finish([job])
    made = services.batch_of(generations[0])
    document = services.write_out(made, tmp_path / "out", midi_names=names)
    assert [Path(piece["midi"]).name for piece in document["pieces"]] == names
    for name, piece in zip(names, document["pieces"], strict=True):
        assert (tmp_path / "out" / name).read_bytes() == written[
            name
        ]  # the job wrote the same notes
        assert hashlib.sha256(written[name]).hexdigest() == piece["midi_sha256"]


@pytest.mark.stores
def test_pieces_in_a_folder_are_numbered_midi_flac_and_json(
    composed: Composed, tmp_path: Path
) -> None:
    generations = composed("piano, 6 s", seed=30, count=2)
    document = services.write_out(generations, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "001.flac",
        "001.json",
        "001.mid",
        "002.flac",
        "002.json",
        "002.mid",
    ]
    assert set(document) == {"request", "pieces"}
    assert document["request"]["instruments"] == [0]
    for index, piece in enumerate(document["pieces"]):
        assert set(piece) == {"track", "seed", "midi", "audio", "title", "midi_sha256"}
        assert piece["seed"] == 30 + index
        assert hashlib.sha256(Path(piece["midi"]).read_bytes()).hexdigest() == piece["midi_sha256"]
        assert soundfile.info(piece["audio"]).duration == pytest.approx(6, rel=0.05)
        about = json.loads(Path(piece["midi"]).with_suffix(".json").read_text("utf-8"))
        assert about["title"] == piece["title"]
        assert about["prompt"] == "piano, 6 s"
        assert about["choices"]["key"] in range(12)


def test_without_a_folder_paths_lead_into_the_storage(composed: Composed) -> None:
    document = services.pieces_document(composed("piano, 6 s", seed=1))
    (piece,) = document["pieces"]
    assert Path(piece["midi"]).read_bytes()[:4] == b"MThd"
    assert Path(piece["audio"]).read_bytes()[:4] == b"fLaC"


def test_what_is_not_made_yet_is_no_piece(mei: User) -> None:
    generations, _ = services.start("piano", owner=mei, count=2)
    assert services.pieces_document(generations) == {"request": None, "pieces": []}
    assert Generation.objects.count() == 2

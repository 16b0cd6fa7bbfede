"""Composing, learning and links from the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings

from songloom.core.score.midi_reading import read_tracks
from songloom.library.models import Track
from songloom.library.services.people import local_owner
from tests.cli.conftest import Songloom
from tests.shelf import person, shelve

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = ("--seconds", "6", "--seed", "3")
REQUEST = {
    "key", "mode", "metre", "bpm", "seconds", "instruments", "excluded", "drums", "mood", "style",
    "form", "chords", "role", "like", "not_understood", "changed",
}  # fmt: skip


def test_a_sentence_becomes_a_track_with_its_files(songloom: Songloom, tmp_path: Path) -> None:
    said = songloom("generate", "欢快的钢琴曲", *SHORT, "--out", str(tmp_path / "out"), "--json")
    assert said.status == 0
    assert set(said.document) == {"request", "pieces"}
    (piece,) = said.document["pieces"]
    assert set(piece) == {"track", "seed", "midi", "audio", "title", "midi_sha256"}
    midi = Path(piece["midi"])
    assert midi == tmp_path / "out" / "001.mid"
    assert hashlib.sha256(midi.read_bytes()).hexdigest() == piece["midi_sha256"]
    assert Path(piece["audio"]).read_bytes()[:4] == b"fLaC"
    about = json.loads((tmp_path / "out" / "001.json").read_text())
    assert about["prompt"] == "欢快的钢琴曲"
    track = Track.objects.get(pk=piece["track"])
    assert (track.is_generated, track.title) == (True, piece["title"])
    assert track.duration_s == pytest.approx(6.0, abs=4.0)  # whole bars, and the last note rings


def test_people_are_told_what_stands_in_and_what_was_not_understood(songloom: Songloom) -> None:
    said = songloom("generate", "no such thing, a tune for erhu", *SHORT)
    assert said.status == 0
    made, *told = said.out.splitlines()
    assert "/media/audio/" in made
    (document,) = (
        json.loads(line)
        for line in songloom(
            "generate", "no such thing, a tune for erhu", "--parse-only", "--json"
        ).out.splitlines()
    )
    request = document["request"]
    assert request["changed"]
    assert request["not_understood"]
    assert told == [
        *(f"! {words}" for words in request["changed"]),
        f"! not understood: {', '.join(request['not_understood'])}",
    ]


def test_without_out_the_files_lie_in_the_home(songloom: Songloom) -> None:
    (piece,) = songloom("generate", "a calm waltz", *SHORT, "--json").document["pieces"]
    for name in ("midi", "audio"):
        assert Path(piece[name]).is_relative_to(settings.HOME)
        assert Path(piece[name]).is_file()


def test_seeds_go_up_with_the_count(songloom: Songloom) -> None:
    said = songloom(
        "generate", "a calm waltz", "--seconds", "6", "--seed", "8", "--count", "2", "--json"
    )
    assert [piece["seed"] for piece in said.document["pieces"]] == [8, 9]
    assert len({piece["midi_sha256"] for piece in said.document["pieces"]}) == 2


def test_parse_only_gives_the_request_alone_and_composes_nothing(songloom: Songloom) -> None:
    said = songloom(
        "generate", "a sad waltz in D minor, no drums", "--seconds", "20", "--parse-only", "--json"
    )
    assert set(said.document) == {"request"}
    request = said.document["request"]
    assert set(request) >= REQUEST
    assert (request["key"], request["mode"], request["metre"]) == (2, "minor", "3/4")
    assert (request["seconds"], request["drums"], request["bpm"]) == (20, False, None)
    assert not Track.objects.exists()


def test_people_read_the_wishes_that_were_understood(songloom: Songloom) -> None:
    lines = songloom("generate", "a waltz in D minor", "--parse-only").out.splitlines()
    assert "key: 2" in lines
    assert not any("None" in line for line in lines)


def test_a_file_of_requests_names_each_midi(songloom: Songloom, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    rows = [{"prompt": "calm piano, 6 seconds", "seed": 1, "file": "one.mid"}]
    asked.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    said = songloom("generate", "--request", str(asked), "--out", str(tmp_path / "out"), "--json")
    assert [Path(piece["midi"]).name for piece in said.document["pieces"]] == ["one.mid"]
    assert read_tracks((tmp_path / "out" / "one.mid").read_bytes())
    parsed = songloom("generate", "--request", str(asked), "--parse-only", "--json").document
    assert [request["seconds"] for request in parsed["requests"]] == [6]


def _asked(folder: Path, *prompts: str) -> Path:
    path = folder / "asked.jsonl"
    rows = [
        {"prompt": prompt, "seed": n, "file": f"{n}.mid"} for n, prompt in enumerate(prompts, 1)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_line_with_a_blank_prompt_refuses_itself_and_the_others_are_composed(
    songloom: Songloom, tmp_path: Path
) -> None:
    asked = _asked(tmp_path, "piano, 6 seconds", "   ", "harp, 6 seconds")
    said = songloom("generate", "--request", str(asked), "--out", str(tmp_path / "out"), "--json")
    assert said.status == 0
    assert [Path(piece["midi"]).name for piece in said.document["pieces"]] == ["1.mid", "3.mid"]
    (refused,) = said.document["refused"]
    assert (refused["line"], refused["code"]) == (2, "bad_prompt")
    assert "empty" in refused["message"]
    assert "error" not in said.document


def test_people_are_told_which_line_was_refused(songloom: Songloom, tmp_path: Path) -> None:
    asked = _asked(tmp_path, "in D", " ")
    said = songloom("generate", "--request", str(asked), "--parse-only")
    assert (said.status, said.out.splitlines()[0]) == (0, "key: 2")
    assert said.out.splitlines()[-1].startswith("! line 2: ")
    chinese = songloom("generate", "--request", str(asked), "--parse-only", language="zh-hans")
    assert chinese.out.splitlines()[-1].startswith("! 第 2 行")


@pytest.mark.parametrize("only_parsed", [(), ("--parse-only",)])
def test_a_file_of_blank_prompts_alone_is_refused_with_each_line(
    songloom: Songloom, tmp_path: Path, only_parsed: tuple[str, ...]
) -> None:
    asked = _asked(tmp_path, "", "\t")
    said = songloom("generate", "--request", str(asked), *only_parsed, "--json")
    assert (said.status, said.code) == (1, "bad_prompt")
    assert [each["line"] for each in said.document["refused"]] == [1, 2]
    assert not Track.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        '{"seed": 1}',
        '{"prompt": "x", "file": "../up.mid"}',
        "[1]",
        '{"prompt": "x", "seed": "y"}',
    ],
)
def test_a_file_that_is_no_request_is_refused(
    songloom: Songloom, tmp_path: Path, text: str
) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(text)
    said = songloom("generate", "--request", str(asked), "--json")
    assert (said.status, said.code) == (1, "bad_value")


@pytest.mark.parametrize("argv", [(), ("calm", "--request", "/x"), ("--seconds", "9")])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_prompt_or_two_are_wrong_usage(
    songloom: Songloom, argv: tuple[str, ...], language: str
) -> None:
    said = songloom("generate", *argv, "--json", language=language)
    assert (said.status, said.code) == (2, "usage")
    assert "--request" in said.document["error"]["message"]
    shown = songloom("generate", *argv, language=language)
    assert (shown.status, shown.out) == (2, "")
    assert "songloom generate" in shown.err.splitlines()[0]


def test_a_file_of_requests_that_is_not_there_is_an_error(songloom: Songloom) -> None:
    assert songloom("generate", "--request", "/nowhere.jsonl", "--json").status == 1


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("",), "bad_prompt"),
        (("x" * 10_000,), "bad_prompt"),
        (("\x01\x02",), "bad_prompt"),
        (("calm", "--seconds", "0"), "bad_value"),
        (("calm", "--seconds", "100000"), "bad_value"),
        (("calm", "--seed", "-1"), "bad_value"),
        (("calm", "--count", "0"), "bad_value"),
        (("calm", "--like", "0123456789ab"), "not_found"),
    ],
)
def test_an_odd_wish_is_refused_in_words(
    songloom: Songloom, argv: tuple[str, ...], code: str
) -> None:
    said = songloom("generate", *argv, "--json")
    assert (said.status, said.code) == (1, code)
    assert not Track.objects.exists()


def test_like_a_track_takes_what_was_measured(songloom: Songloom) -> None:
    from songloom.library.models import Features

    track = shelve(local_owner(), "Model")
    Features.objects.update_or_create(
        track=track,
        defaults={
            "version": 1,
            "values": {"tempo_bpm": 96.0, "key": "E", "mode": "minor"},
            "reasons": {},
        },
    )
    Features.objects.filter(track=track).update(tempo_bpm=96.0, key="E", mode="minor")
    said = songloom("generate", "a calm piece", "--like", str(track.pk), "--parse-only", "--json")
    request = said.document["request"]
    assert (request["like"], request["key"], request["mode"]) == (str(track.pk), 4, "minor")
    assert request["bpm"] == pytest.approx(96.0, abs=1.0)


def test_no_wait_returns_the_job(songloom: Songloom) -> None:
    said = songloom("generate", "a calm waltz", *SHORT, "--no-wait", "--json").document
    assert (said["pieces"], [job["kind"] for job in said["jobs"]]) == ([], ["generate.compose"])


def test_a_tag_with_too_few_songs_is_refused_with_how_many_it_needs(songloom: Songloom) -> None:
    shelve(local_owner(), "Lonely", genre="Folk")
    said = songloom("train", "--json")
    assert said.status == 0
    for row in said.document["tags"]:
        assert set(row) >= {
            "tag", "n_examples", "metric", "score", "score_std", "baseline", "model", "refused",
        }  # fmt: skip
        assert any(letter.isdigit() for letter in row["refused"])


def test_without_any_tag_there_is_nothing_to_learn(songloom: Songloom) -> None:
    assert songloom("train", "--json").document == {"tags": []}
    assert songloom("train").out.strip() == "No track has a tag to learn from yet."


def test_training_can_be_left_to_a_worker(songloom: Songloom) -> None:
    assert [job["kind"] for job in songloom("train", "--no-wait", "--json").document["jobs"]] == [
        "learn.train"
    ]


def test_a_link_names_the_address_that_answers(
    songloom: Songloom, settings: object, tmp_path: Path
) -> None:
    from songloom.library.services.links import track_behind

    track = shelve(person("root", is_admin=True), "Song")
    said = songloom("play-url", str(track.pk)[:13], "--json").document
    assert (said["track"], said["expires_in_s"]) == (str(track.pk), 86_400)
    assert said["url"].startswith("http://127.0.0.1:4848/play/")
    assert track_behind(said["url"].rpartition("/")[2]) == track
    (Path(settings.HOME) / "address").write_text("http://127.0.0.1:5000")  # type: ignore[attr-defined]
    try:
        assert songloom("play-url", str(track.pk)).out.startswith("http://127.0.0.1:5000/play/")
        settings.PUBLIC_URL = "https://music.example"  # type: ignore[attr-defined]
        assert songloom("play-url", str(track.pk)).out.startswith("https://music.example/play/")
    finally:
        (Path(settings.HOME) / "address").unlink()  # type: ignore[attr-defined]

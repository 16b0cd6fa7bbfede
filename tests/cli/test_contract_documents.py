"""Every verb's `--json` document against the contract, key by key, on success and on failure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from songloom import jobs
from songloom.interfaces.cli.catalogue import verbs
from songloom.jobs import services
from songloom.library.models import Track
from songloom.library.services.people import local_owner
from tests.cli.conftest import Said, Songloom
from tests.cli.shapes import (
    COUNT,
    ERROR,
    FOLDER,
    ID,
    JOB,
    NUMBER,
    PLAYLIST,
    RECIPE,
    REFUSED,
    SHA256,
    TRACK,
    WORD,
    Shape,
    Text,
    misfits,
)
from tests.shelf import person, shelve, wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)

BROUGHT_IN = {"added": [TRACK], "existing": [TRACK], "refused": REFUSED, "n_missing": COUNT}
FOUND = {"query": str, "parsed": (None, dict, list), "total": COUNT, "tracks": [TRACK]}
MEASURED = {
    "path": str,
    "features_version": int,
    "features": dict,
    "reasons": dict,
    "error": (None, {"code": WORD, "message": str}),
}
RENDITION = {
    "id": ID,
    "path": Text("/.+"),
    "format": WORD,
    "duration_s": float,
    "sha256": SHA256,
}
EDITED = {"track": ID, "rendition": RENDITION, "saved_track": (None, TRACK), "recipe": RECIPE}
REQUEST = {
    "key": (None, int),
    "mode": (None, str),
    "metre": (None, str),
    "bpm": (None, *NUMBER),
    "seconds": (None, *NUMBER),
    "instruments": (None, [int]),
    "excluded": (None, list),
    "drums": (None, bool),
    "mood": (None, {"valence": (None, *NUMBER), "energy": (None, *NUMBER)}),
    "style": (None, str),
    "form": (None, str, list),
    "chords": (None, list, str),
    "role": (None, str),
    "like": (None, ID),
    "not_understood": list,
    "changed": list,
}
KEY = {"key": Text(r"\S{8,}"), "id": ID, "user": str}
IMPORTED = {
    "imported": COUNT,
    "updated": COUNT,
    "refused": [{"line": COUNT, "column": (None, str), "code": WORD, "message": Text(".+")}],
}
LEARNT = {
    "tag": str,
    "n_examples": COUNT,
    "metric": (None, str),
    "score": (None, *NUMBER),
    "score_std": (None, *NUMBER),
    "baseline": (None, *NUMBER),
    "model": (None, str),
    "refused": (None, Text(r".+\d.+")),
}
PIPED = "a password of some length\n"


@dataclass(frozen=True)
class Shelf:
    """What the words of a command line may speak of."""

    one: str
    two: str
    sound: str
    nosound: str
    table: str
    folder: str

    def fill(self, words: str) -> list[str]:
        """`show {one}` → its arguments."""
        return [word.format(**vars(self)) for word in words.split()]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    owner = local_owner()
    with jobs.collecting() as followed:
        one = shelve(owner, "青花瓷", artist="周杰伦", album="我很忙", genre="Pop", date="2007-11")
        two = shelve(owner, "Knolls")
    services.finish(job for job in followed if job.kind == "search.index")
    (tmp_path / "tone.wav").write_bytes(wav_bytes(1.0, 330.0))
    (tmp_path / "words.mp3").write_text("no sound at all")
    (tmp_path / "table.csv").write_text("title,频率,发行日期\nNew,440 Hz,2003\n")
    (tmp_path / "music").mkdir()
    return Shelf(
        one=str(one.pk),
        two=str(two.pk),
        sound=str(tmp_path / "tone.wav"),
        nosound=str(tmp_path / "words.mp3"),
        table=str(tmp_path / "table.csv"),
        folder=str(tmp_path / "music"),
    )


PRESET: dict[str, Shape] = {"recipe": dict, "format": str, "bit_rate_kbps": (None, int)}

SUCCESS: list[tuple[str, Shape]] = [
    ("add {sound} {nosound}", BROUGHT_IN),
    ("add {sound} --no-wait", BROUGHT_IN | {"jobs": [JOB]}),
    ("scan", BROUGHT_IN),
    ("scan --no-wait", BROUGHT_IN | {"jobs": [JOB]}),
    ("analyse {sound} {nosound}", {"files": [MEASURED]}),
    ("edit {one} --trim 0:0.5", EDITED),
    ("edit {one} --gain -3 --save-as-track", EDITED),
    ("edit {one} --gain -3 --no-wait", EDITED | {"rendition": None, "jobs": [JOB]}),
    (
        "split {one} --at 0.25",
        {"track": ID, "parts": [dict], "tracks": [TRACK], "renditions": [ID]},
    ),
    ("preset list", {"presets": [{"name": str, **PRESET}]}),
    ("preset save mine --gain -3", {"name": str, **PRESET}),
    ("preset diff phone cd", {"changes": [dict]}),
    (
        "audacity export {one} --out {folder}",
        {"track": ID, "path": Text("/.+"), "songloom": str, "title": str, "artist": str}
        | {"sound": str, "sound_sha256": str, "sample_rate": int, "labels": dict}
        | {"labels_sha256": dict, "stems": dict},
    ),
    ("search", FOUND),
    ("search qinghuaci", FOUND),
    ("search tempo:90..120 key:Am", FOUND),
    ("search nothing-has-this-name", FOUND),
    ("similar {one}", FOUND | {"tracks": [TRACK | {"distance": NUMBER}]}),
    ("duplicates", {"groups": [dict], "n_compared": COUNT}),
    (
        "show {one}",
        TRACK
        | {"features": (None, dict), "tags": dict, "files": [dict], "lineage": dict}
        | {"renditions": [dict]},
    ),
    ("tag set {one} genre=Rock", TRACK | {"tags": dict}),
    ("rm {one}", {"track": ID, "is_binned": bool}),
    ("play-url {one}", {"track": ID, "url": Text("https?://.+"), "expires_in_s": int}),
    ("playlist list", {"playlists": [PLAYLIST]}),
    ("playlist create Evening {one} {two}", PLAYLIST | {"tracks": [TRACK]}),
    ("folder add {folder}", {"folder": FOLDER}),
    ("folder list", {"folders": [FOLDER]}),
    ("train", {"tags": [LEARNT]}),
    ("train --no-wait", {"tags": [dict], "jobs": [JOB]}),
    ("generate a-calm-waltz-in-D --parse-only", {"request": REQUEST}),
    ("generate 欢快的钢琴曲 --seconds 20 --parse-only", {"request": REQUEST}),
    ("generate calm --no-wait", {"request": dict, "pieces": [dict], "jobs": [JOB]}),
    ("jobs", {"jobs": [JOB]}),
    ("jobs --all --limit 3", {"jobs": [JOB]}),
    ("user add ann --password-stdin", {"id": ID, "name": str, "is_admin": bool}),
    ("csv import {table}", IMPORTED),
    ("csv import {table} --strict", IMPORTED),
    ("csv export {folder}/all.csv", {"exported": COUNT, "path": Text("/.+")}),
    ("verify", {"ok": bool, "problems": [dict], "repaired": COUNT}),
    ("verify --deep", {"ok": bool, "problems": [dict], "repaired": COUNT}),
]


@pytest.mark.parametrize(("words", "shape"), SUCCESS, ids=[words for words, _ in SUCCESS])
def test_a_document_has_the_keys_of_the_contract_and_no_other(
    songloom: Songloom, shelf: Shelf, words: str, shape: Shape
) -> None:
    if words.startswith("verify"):
        songloom("verify", "--repair")  # what other tests left in this home
    said = songloom(*shelf.fill(words), "--json", given=PIPED)
    assert said.status == 0
    assert misfits(said.document, shape) == []


def test_every_verb_of_the_command_line_stands_in_the_table() -> None:
    """All but what serves, needs another store or a composed piece (`test_revising.py`).

    `key` and `restore` stand further below.
    """
    shown = {words.split()[0] for words, _ in SUCCESS}
    elsewhere = {"up", "worker", "move-database", "move-storage", "mongo", "regenerate"}
    assert {verb.name for verb in verbs(lambda: 0)} - shown == {*elsewhere, "key", "restore"}


def test_both_kinds_of_keys_have_the_keys_of_the_contract(songloom: Songloom) -> None:
    person("ann")
    for more, kind in (((), "api_key"), (("--app-password",), "app_password")):
        document = songloom("key", "add", "ann", *more, "--json").document
        assert misfits(document, KEY | {"kind": Text(kind)}) == []


def test_restoring_has_the_document_of_removing(songloom: Songloom, shelf: Shelf) -> None:
    songloom("rm", shelf.one)
    document = songloom("restore", shelf.one, "--json").document
    assert misfits(document, {"track": ID, "is_binned": bool}) == []


def test_each_act_on_a_playlist_has_its_document(songloom: Songloom, shelf: Shelf) -> None:
    songloom("playlist", "create", "Evening", shelf.one)
    whole = PLAYLIST | {"tracks": [TRACK]}
    for act in (
        ("show", "Evening"),
        ("add", "Evening", shelf.two),
        ("remove", "Evening", shelf.one),
    ):
        assert misfits(songloom("playlist", *act, "--json").document, whole) == []
    gone = songloom("playlist", "delete", "Evening", "--json").document
    assert misfits(gone, {"deleted": ID}) == []


def test_letting_a_folder_go_says_which_and_how_much(songloom: Songloom, shelf: Shelf) -> None:
    songloom("folder", "add", shelf.folder)
    gone = songloom("folder", "remove", shelf.folder, "--json").document
    assert misfits(gone, {"removed": ID, "n_tracks": COUNT}) == []


# ------------------------------------------------------------------ failures


FAILURES: list[tuple[str, str]] = [
    ("edit 0123456789abcdef --trim 0:1", "not_found"),
    ("edit {one} --trim 5:1", "bad_recipe"),
    ("edit {one} --format exe", "bad_value"),
    ("edit {one} --format mp3 --bitrate 1", "bad_value"),
    ("edit {nosound} --trim 0:1", "not_audio"),
    ("edit {one} --out /nowhere/x.flac", "no_such_file"),
    ("search --sort loveliness", "bad_value"),
    ("show 0123456789abcdef", "not_found"),
    ("show 0123", "bad_value"),
    ("similar 0123456789abcdef", "not_found"),
    ("tag set {one} title=", "bad_value"),
    ("tag set {one} genre", "bad_value"),
    ("tag set 0123456789abcdef genre=x", "not_found"),
    ("rm 0123456789abcdef", "not_found"),
    ("restore 0123456789abcdef", "not_found"),
    ("play-url 0123456789abcdef", "not_found"),
    ("playlist show Nothing", "not_found"),
    ("playlist delete Nothing", "not_found"),
    ("playlist create x 0123456789abcdef", "not_found"),
    ("folder add /nowhere/at/all", "no_such_file"),
    ("folder add {sound}", "bad_value"),
    ("folder remove Nothing", "not_found"),
    ("generate calm --seconds 0", "bad_value"),
    ("generate calm --seed -1", "bad_value"),
    ("generate calm --count 0", "bad_value"),
    ("generate --request /nowhere.jsonl", "no_such_file"),
    ("jobs --cancel 0123456789abcdef", "not_found"),
    ("user add ann", "bad_value"),
    ("key add nobody", "not_found"),
]


@pytest.mark.parametrize(("words", "code"), FAILURES, ids=[words for words, _ in FAILURES])
def test_a_failure_is_the_error_object_alone_and_status_1(
    songloom: Songloom, shelf: Shelf, words: str, code: str
) -> None:
    before = set(Track.objects.values_list("pk", flat=True))
    said = songloom(*shelf.fill(words), "--json")
    assert (said.status, said.code) == (1, code)
    assert misfits(said.document, ERROR) == []
    assert set(Track.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("words", "code"), FAILURES[::4], ids=[words for words, _ in FAILURES[::4]]
)
def test_for_people_a_failure_is_one_line_on_stderr(
    songloom: Songloom, shelf: Shelf, words: str, code: str
) -> None:
    said = songloom(*shelf.fill(words))
    assert (said.status, said.out) == (1, "")
    assert last_line(said).startswith("songloom: ")
    assert "Traceback" not in said.err


@pytest.mark.parametrize("words", ["add /nowhere.ogg", "add {nosound}", "analyse /nowhere.ogg"])
def test_where_nothing_of_many_was_accepted_the_document_says_why(
    songloom: Songloom, shelf: Shelf, words: str
) -> None:
    said = songloom(*shelf.fill(words), "--json")
    assert said.status == 1
    shape: Shape = {"files": [MEASURED]} if words.startswith("analyse") else BROUGHT_IN
    assert misfits(said.document, shape) == []


USAGE = [
    "nosuchverb",
    "show",
    "show {one} {two}",
    "search --limit many",
    "generate calm --seed x",
    "edit {one} --bitrate loud",
    "edit {one} --nonsense 3",
    "edit",
    "tag",
    "tag set",
    "tag get {one}",
    "playlist",
    "playlist create",
    "playlist add Evening",
    "folder",
    "key",
    "user add",
    "up --port x",
    "up --workers x",
    "csv",
    "csv import",
    "csv export",
    "mongo push",
    "move-storage home",
    "up --workers 65",
]


@pytest.mark.parametrize("words", USAGE)
def test_wrong_usage_is_status_2_and_one_object(
    songloom: Songloom, shelf: Shelf, words: str
) -> None:
    said = songloom(*shelf.fill(words), "--json")
    assert (said.status, said.code) == (2, "usage")
    assert misfits(said.document, ERROR) == []
    people = songloom(*shelf.fill(words))
    assert (people.status, people.out) == (2, "")
    assert people.err.startswith("usage: songloom")


@pytest.mark.parametrize("words", ["show {one}", "search", "jobs", "playlist list", "add {sound}"])
def test_stdout_is_one_line_of_json_and_nothing_else(
    songloom: Songloom, shelf: Shelf, words: str
) -> None:
    """However much there is to tell on the way: progress and notes are for stderr."""
    said = songloom(*shelf.fill(words), "--json")
    assert said.out.endswith("}\n")
    assert said.out.count("\n") == 1
    assert json.loads(said.out) == said.document


@pytest.mark.parametrize("where", [0, 1, 2])
def test_json_may_be_asked_for_anywhere_behind_the_verb(
    songloom: Songloom, shelf: Shelf, where: int
) -> None:
    words: list[Any] = ["set", shelf.one, "genre=Folk"]
    words.insert(where, "--json")
    assert songloom("tag", *words).document["genres"] == ["Folk"]


@pytest.mark.parametrize(
    ("value", "shape", "wrong"),
    [
        ({"a": 1}, {"a": int}, []),
        ({"a": True}, {"a": int}, ["$.a: True is no int"]),
        ({}, {"a": int}, ["$.a is missing"]),
        ({"a": 1, "b": 2}, {"a": int}, ["$.b is not in the contract"]),
        ({"a": [1, "x"]}, {"a": [int]}, ["$.a[1]: 'x' is no int"]),
        ({"a": None}, {"a": (None, int)}, []),
        ({"a": "x"}, {"a": (None, int)}, ["$.a: 'x' is not null"]),
        ("018f0000-0000-4000-8000-000000000000", ID, None),
        ([], {}, ["$: [] is no object"]),
        ({}, [int], ["$: {} is no list"]),
    ],
)
def test_a_shape_finds_what_does_not_fit_it(
    value: Any, shape: Shape, wrong: list[str] | None
) -> None:
    found = misfits(value, shape)
    assert found == wrong if wrong is not None else found


def last_line(said: Said) -> str:
    return said.err.strip().splitlines()[-1]

"""Odd words on a command line: every one is a result or a refusal, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest

from songloom.errors import BadValue, NotFound
from songloom.interfaces.cli import tracks
from songloom.library.models import Playlist, Track
from songloom.library.services.people import local_owner
from tests.cli.conftest import Songloom
from tests.shelf import shelve, wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)

ODD = {
    "nothing": "",
    "blanks": "   ",
    "control characters": "\x01\x02\x1b[31m\x7f",
    "line ends": "one\ntwo\r\nthree",
    "emoji": "🎵👩‍👩‍👧‍👦🇨🇳",
    "ten thousand characters": "x" * 10_000,
    "ten thousand hanzi": "曲" * 10_000,
    "bytes that are no UTF-8": os.fsdecode(b"\xff\xfe\xc3"),
    "right to left": "\u202eevil\u202c",
    "a path upwards": "../../../../no/such/place",
    "a tilde of nobody": "~nobody-of-this-name/music",
    "quotes": "'; DROP TABLE library_track; --",
    "a format string": "%s %(x)s {0} {x!r}",
    "a number": "１２３",
    "combining": "e\u0301\u0301\u0301",
}
CONTROLS = {chr(n) for n in range(32)} - {"\n", "\t"} | {"\x7f"}
odd_words = pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))


@pytest.fixture
def track() -> Track:
    return shelve(local_owner(), "Old name", genre="Pop")


# ------------------------------------------------------------------ any word, anywhere


@pytest.mark.django_db
@odd_words
@pytest.mark.parametrize(
    "argv",
    [
        ("search",),
        ("show",),
        ("rm",),
        ("similar",),
        ("play-url",),
        ("edit",),
        ("analyse",),
        ("playlist", "show"),
        ("folder", "remove"),
        ("folder", "add"),
        ("jobs", "--cancel"),
        ("key", "add"),
        ("generate", "--parse-only", "--like"),
        ("search", "--sort"),
    ],
    ids=" ".join,
)
def test_an_odd_word_is_answered_or_refused_and_never_a_surprise(
    songloom: Songloom, argv: tuple[str, ...], odd: str
) -> None:
    more = ("calm",) if argv[0] == "generate" else ()
    said = songloom(*argv, odd, *more, "--json")
    assert said.status in (0, 1)
    if argv[0] != "analyse":
        assert said.document.get("error", {}).get("code") != "internal"
    assert len(said.out) < 60_000
    people = songloom(*argv, odd, *more)
    assert people.status == said.status
    assert "Traceback" not in people.err


@pytest.mark.django_db
@odd_words
def test_an_odd_path_to_add_is_refused_by_its_name(
    songloom: Songloom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    """Also the empty one, which is no name for the folder that one stands in."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "song.wav").write_bytes(wav_bytes(0.2))
    monkeypatch.chdir(tmp_path / "here")
    said = songloom("add", odd, "--json")
    assert (said.status, said.document["added"]) == (1, [])
    assert said.document["refused"][0]["code"] == "no_such_file"
    assert not Track.objects.exists()


@odd_words
def test_an_odd_title_is_cleaned_kept_short_and_shown(
    songloom: Songloom, track: Track, odd: str
) -> None:
    said = songloom("tag", "set", str(track.pk), f"title={odd}", "--json")
    if said.status:
        assert said.code == "bad_value"
        return
    title = said.document["title"]
    assert 0 < len(title) <= 300
    assert not set(title) & CONTROLS
    assert len(songloom("show", str(track.pk)).out.splitlines()) > 3
    assert tracks.line(Track.objects.with_names().get()).count("\n") == 0
    assert songloom("show", str(track.pk), "--json").document["title"] == title


@pytest.mark.django_db
@odd_words
def test_an_odd_playlist_can_be_made_found_and_deleted_by_its_name_or_is_refused(
    songloom: Songloom, odd: str
) -> None:
    made = songloom("playlist", "create", odd, "--json")
    if made.status:
        assert made.code == "bad_value"
        return
    name = made.document["name"]
    assert songloom("playlist", "show", name, "--json").document["id"] == made.document["id"]
    assert songloom("playlist", "delete", name, "--json").document["deleted"] == made.document["id"]


@pytest.mark.django_db
@odd_words
def test_an_odd_prompt_is_understood_as_far_as_it_can_be_or_refused(
    songloom: Songloom, odd: str
) -> None:
    said = songloom("generate", odd, "--parse-only", "--json")
    assert said.status == 0 or said.code == "bad_prompt"


@pytest.mark.django_db
@odd_words
def test_an_odd_user_is_cleaned_or_refused(songloom: Songloom, odd: str) -> None:
    said = songloom("user", "add", odd, "--password-stdin", "--json", given="long enough\n")
    assert said.status == 0 or said.code == "bad_value"
    if said.status == 0:
        assert 0 < len(said.document["name"]) <= 150


# ------------------------------------------------------------------ any number, anywhere


NUMBERS = ["0", "-1", "-0.0", "nan", "inf", "-inf", "1e400", "-1e400", "1e-400", "9" * 400]


@pytest.mark.django_db
@pytest.mark.parametrize("number", NUMBERS)
def test_no_length_of_a_piece_is_a_surprise(songloom: Songloom, number: str) -> None:
    said = songloom("generate", "calm", f"--seconds={number}", "--parse-only", "--json")
    assert (said.status, said.code) == (1, "bad_value")


@pytest.mark.django_db
@pytest.mark.parametrize("number", [n for n in NUMBERS if n.strip("-").isdigit()])
@pytest.mark.parametrize(
    "option", ["search --limit", "search --offset", "jobs --limit", "similar {} --limit"]
)
def test_no_whole_number_of_a_list_is_a_surprise(
    songloom: Songloom, track: Track, option: str, number: str
) -> None:
    *words, name = option.format(track.pk).split()
    said = songloom(*words, f"{name}={number}", "--json")
    assert said.status == 0 or said.code == "bad_value"


@pytest.mark.parametrize("number", ["1.5", "nan", "", "x", "0x10"])
def test_what_is_no_whole_number_is_wrong_usage(songloom: Songloom, number: str) -> None:
    for option in ("--limit", "--offset"):
        assert songloom("search", f"{option}={number}", "--json").code == "usage"


@pytest.mark.django_db
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("edit", ["gain", "fade-in", "fade-out", "loudness", "resample", "trim"])
def test_no_number_of_an_edit_is_a_surprise(
    songloom: Songloom, track: Track, edit: str, number: str
) -> None:
    said = songloom("edit", str(track.pk), f"--{edit}={number}", "--no-wait", "--json")
    assert said.status == 0 or said.code == "bad_recipe"


# ------------------------------------------------------------------ which track is meant


def near(first: Track, bits: int) -> Track:
    """Another track whose id differs from the first only in these last bits."""
    twin = Track(
        pk=UUID(int=first.pk.int ^ bits), title="Near", owner=first.owner, origin="uploaded"
    )
    twin.save(force_insert=True)
    return twin


@pytest.mark.django_db
@pytest.mark.parametrize("n", [8, 9, 12, 13, 18, 23, 31, 32, 36])
def test_any_beginning_of_at_least_eight_finds_a_lonely_track(
    songloom: Songloom, track: Track, n: int
) -> None:
    for text in (str(track.pk)[:n], str(track.pk)[:n].upper(), track.pk.hex[: min(n, 32)]):
        if len(text.replace("-", "")) >= 8:
            assert songloom("show", text, "--json").document["id"] == str(track.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("n", range(1, 8))
def test_fewer_than_eight_are_refused_with_both_numbers(
    songloom: Songloom, track: Track, n: int
) -> None:
    said = songloom("show", str(track.pk)[:n], "--json")
    assert (said.status, said.code) == (1, "bad_value")
    assert f"{n} characters" in said.document["error"]["message"]
    assert "at least 8" in said.document["error"]["message"]


@pytest.mark.parametrize(
    "argv", [("show",), ("rm",), ("similar",), ("play-url",), ("edit",), ("tag", "set")]
)
def test_an_ambiguous_beginning_is_refused_by_every_verb_and_changes_nothing(
    songloom: Songloom, track: Track, argv: tuple[str, ...]
) -> None:
    near(track, 1)
    more = ("genre=x",) if argv[0] == "tag" else ()
    said = songloom(*argv, track.pk.hex[:31], *more, "--json")
    assert (said.status, said.code) == (1, "bad_value")
    assert "more than one" in said.document["error"]["message"]
    assert Track.objects.filter(binned_at=None).count() == 2


def test_one_more_digit_tells_two_tracks_apart(songloom: Songloom, track: Track) -> None:
    twin = near(track, 1)
    for one in (track, twin):
        assert songloom("show", one.pk.hex, "--json").document["id"] == str(one.pk)


def test_what_lies_in_the_bin_makes_no_beginning_ambiguous(
    songloom: Songloom, track: Track
) -> None:
    twin = near(track, 1)
    songloom("rm", str(twin.pk))
    assert songloom("show", track.pk.hex[:31], "--json").document["id"] == str(track.pk)
    assert songloom("restore", track.pk.hex[:31], "--json").code == "bad_value"


def test_a_whole_id_of_nothing_is_not_found(track: Track) -> None:
    with pytest.raises(NotFound):
        tracks.find(str(UUID(int=track.pk.int ^ 1)))
    with pytest.raises(BadValue):
        tracks.find("0123")


def test_a_playlist_whose_name_looks_like_an_id_is_found_by_its_name(songloom: Songloom) -> None:
    name = "0123456789abcdef0123456789abcdef"
    made = songloom("playlist", "create", name, "--json").document
    assert songloom("playlist", "show", name, "--json").document["id"] == made["id"]
    assert songloom("playlist", "show", made["id"], "--json").document["name"] == name
    assert Playlist.objects.count() == 1


def test_a_request_file_that_is_no_text_is_refused_in_words(
    songloom: Songloom, tmp_path: Path
) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_bytes(b"\xff\xfe\x00{")
    said = songloom("generate", "--request", str(path), "--json")
    assert (said.status, said.code) == (1, "bad_value")

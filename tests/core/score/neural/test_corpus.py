"""What is trained on: only what may be, and nothing that is held out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from songloom.core.score.abc import read_book
from songloom.core.score.neural.corpus import (
    FOLDERS,
    Corpus,
    name_of,
    plain_title,
    read_corpus,
    shingles,
)
from songloom.core.score.neural.encoding import Line, line_of

ASSETS = Path(__file__).parents[4] / "src/songloom/assets/models"
FIRST = (
    "GABc dBGB | cBAG FGAF | GABc dedB | cAFA G4 | gfed cBAG | FGAB c2 d2 | e2 d2 c2 B2 | A2 F2 G4"
)
SECOND = "D2 F2 A2 d2 | f3 e d4 | B2 d2 A2 F2 | E2 F2 D4 | d2 f2 a2 f2 | g3 e f4 | A2 B2 c2 A2 | d8"
THIRD = "E2 G2 B2 e2 | d3 B A4 | G2 A2 B2 d2 | e8 | e2 d2 B2 A2 | G3 A B4 | A2 G2 E2 D2 | E8"


def book(*tunes: tuple[str, str, str], key: str = "C") -> str:
    return "\n".join(
        f"X:{number}\nT:{title}\nM:4/4\nL:1/8\nZ:Ann Other <ann@example.org>\nK:{key}\n{music} |]\n"
        for number, title, music in tunes
    )


def line(music: str, key: str = "C") -> Line:
    read = line_of(read_book(book(("1", "T", music), key=key))[0])
    assert read is not None
    return read


def corpus(folder: Path, books: dict[str, str], held_out: list[dict[str, str]]) -> Corpus:
    for name, text in books.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    split = folder / "split.json"
    split.write_text(json.dumps(held_out), "utf-8")
    return read_corpus(folder, split)


def named(src: str, x: str, split: str) -> dict[str, str]:
    return {"src": src, "x": x, "split": split}


def test_named_tunes_are_held_out_and_the_rest_is_trained_on(tmp_path: Path) -> None:
    read = corpus(
        tmp_path,
        {"airdsAirs/one.abc": book(("1", "A", FIRST), ("2", "B", SECOND), ("3", "C", THIRD))},
        [named("airdsAirs/one.abc", "2", "test"), named("airdsAirs/one.abc", "3", "valid")],
    )
    assert read.train == [line(FIRST)]
    assert read.test == [line(SECOND)]
    assert read.valid == [line(THIRD)]


@pytest.mark.parametrize("key", ["C", "G", "Bb"])
def test_a_held_out_tune_in_another_book_and_key_is_left_out(tmp_path: Path, key: str) -> None:
    letters = [*"CDEFGABcdefgab", *(letter + "'" for letter in "cdefgab")]
    shift = letters.index(key[0])
    moved = "".join(letters[letters.index(c) + shift] if c.isalpha() else c for c in SECOND)
    read = corpus(
        tmp_path,
        {
            "airdsAirs/one.abc": book(("1", "A", FIRST), ("2", "B", SECOND)),
            "oneills1850/two.abc": book(("1", "Other name", moved), key=key),
        },
        [named("airdsAirs/one.abc", "2", "test")],
    )
    assert read.train == [line(FIRST)]
    assert read.n_settings_left_out == 1


def test_a_setting_with_another_second_half_is_left_out(tmp_path: Path) -> None:
    halves = SECOND.split(" | ")[:4] + THIRD.split(" | ")[:4]
    read = corpus(
        tmp_path,
        {
            "airdsAirs/one.abc": book(("2", "B", SECOND)),
            "miscFolk/two.abc": book(("1", "Half of it", " | ".join(halves))),
        },
        [named("airdsAirs/one.abc", "2", "valid")],
    )
    assert read.train == []


def test_a_tune_with_the_title_of_a_held_out_one_is_left_out(tmp_path: Path) -> None:
    read = corpus(
        tmp_path,
        {
            "airdsAirs/one.abc": book(("2", "The Bonny Lass", SECOND)),
            "ryansMammoth/two.abc": book(("1", "BONNY LASS, THE -- REEL", THIRD)),
        },
        [named("airdsAirs/one.abc", "2", "test")],
    )
    assert read.train == []


def test_the_same_tune_twice_is_trained_on_once(tmp_path: Path) -> None:
    read = corpus(
        tmp_path,
        {"airdsAirs/a.abc": book(("1", "A", FIRST)), "oneills1850/b.abc": book(("1", "B", FIRST))},
        [],
    )
    assert len(read.train) == 1
    assert read.n_doubles_left_out == 1


def test_essen_is_never_read(tmp_path: Path) -> None:
    read = corpus(tmp_path, {"essenFolksong/han1.abc": book(("1", "A", FIRST))}, [])
    assert read.train == []
    assert "essenFolksong" not in FOLDERS


def test_books_in_latin_1_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "airdsAirs").mkdir()
    (tmp_path / "airdsAirs/a.abc").write_bytes(book(("1", "Café", FIRST)).encode("latin-1"))
    (tmp_path / "split.json").write_text("[]")
    assert len(read_corpus(tmp_path, tmp_path / "split.json").train) == 1


def test_figures_are_the_same_in_any_octave_and_note_length() -> None:
    slow = FIRST.replace("GABc", "G2A2B2c2")
    high = "".join(c + "'" if c.islower() else c.lower() for c in FIRST)
    assert shingles(line(slow)) == shingles(line(high)) == shingles(line(FIRST)) != frozenset()


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("The White Cockade", "WHITE COCKADE, THE"),
        ("Andrew Carey's -- Slipjig", "Andrew Careys"),
        ("Jackson's Morning Brush.", "JACKSON'S MORNING BRUSH -- JIG"),
    ],
)
def test_a_title_is_known_again_in_another_dress(title: str, same: str) -> None:
    assert plain_title(title) == plain_title(same) != ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jack Campin * www.campin.me.uk * 2009", "Jack Campin"),
        ('"Transcribed by Bob Safranek, rjs@gsp.org"', "Bob Safranek"),
        ("Contributed by Ray Davies,  ray:davies99.freeserve.co.uk", "Ray Davies"),
        ("John B. Walsh, <walsh:mat::h.ubc.ca> 5/17/02", "John B. Walsh"),
        ("Transcribed by Stephen Foy (shf@access.digex.net)", "Stephen Foy"),
        ("1997 by John Chambers <jc@trillian.mit.edu>", "John Chambers"),
        ("abc 1.6", ""),
        ("ABCMUS 1.0", ""),
        ("The last note of the first strain should be G", ""),
    ],
)
def test_a_credit_is_the_name_alone(text: str, name: str) -> None:
    assert name_of(text) == name


def test_credits_are_counted_by_tunes(tmp_path: Path) -> None:
    read = corpus(tmp_path, {"airdsAirs/a.abc": book(("1", "A", FIRST), ("2", "B", SECOND))}, [])
    assert read.transcribers == {"Ann Other": 2}


def test_the_list_of_held_out_tunes_names_the_agreed_number_and_none_of_essen() -> None:
    entries = json.loads((ASSETS / "held_out.json").read_text("utf-8"))
    parts = [entry["split"] for entry in entries]
    assert (parts.count("valid"), parts.count("test")) == (165, 201)
    assert {entry["src"].split("/")[0] for entry in entries} <= set(FOLDERS)

"""Lyrics line by line and word by word: places are bytes of the line in UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.interfaces.subsonic.lyrics import Line, Word, read
from songloom.interfaces.subsonic.words import cue_line, enhanced
from songloom.library.models import User
from tests.shelf import shelve
from tests.subsonic.conftest import Ask

LRC = "[00:01.00]<00:01.00>故事 <00:02.50>的 小黄花\n[00:04.00]从出生那年就飘着"


def test_timed_words_are_read_and_leave_the_line_clean() -> None:
    first, second = read(LRC).lines
    assert first == Line(1_000, "故事 的 小黄花", (Word(1_000, "故事"), Word(2_500, "的 小黄花")))
    assert second == Line(4_000, "从出生那年就飘着")


def test_a_line_that_is_sung_twice_has_no_timed_words() -> None:
    """Its words are timed for one of the two only."""
    assert [line.words for line in read("[00:01.00][00:09.00]<00:01.00>la").lines] == [(), ()]


def test_words_that_are_no_times_stay_words() -> None:
    (line,) = read("[00:01.00]I <3 you <b>").lines
    assert (line.text, line.words) == ("I <3 you <b>", ())


def test_places_of_cues_are_bytes_with_the_last_one_included() -> None:
    """The specification's example of a word that comes twice, of which only the second is timed."""
    words = (Word(0, "Oh love"), Word(900, "love"), Word(1_300, "me"))
    cues = cue_line(0, Line(0, "Oh love love me", words))["cue"]
    assert [(cue["byteStart"], cue["byteEnd"]) for cue in cues] == [(0, 6), (8, 11), (13, 14)]


@given(
    st.lists(st.text("a你é💿 ", min_size=1, max_size=4).filter(str.strip), min_size=1, max_size=6)
)
def test_every_cue_is_found_again_by_its_bytes(parts: list[str]) -> None:
    sung = "".join(f"<00:{i:02d}.00>{part}" for i, part in enumerate(parts))
    (line,) = read(f"[00:00.00]{sung}").lines
    made = cue_line(0, line)
    whole = made["value"].encode()
    found = [whole[cue["byteStart"] : cue["byteEnd"] + 1].decode() for cue in made["cue"]]
    assert found == [cue["value"] for cue in made["cue"]] == [part.strip() for part in parts]


@pytest.mark.django_db
def test_timed_words_are_told_only_to_who_asks(ask: Ask, ada: User) -> None:
    song = shelve(ada, "晴天", artist="周杰伦", lyrics=LRC)
    (plain,) = ask("getLyricsBySongId", id=song.pk)["lyricsList"]["structuredLyrics"]
    assert "cueLine" not in plain
    assert "kind" not in plain
    (rich,) = ask("getLyricsBySongId", id=song.pk, enhanced="true")["lyricsList"][
        "structuredLyrics"
    ]
    assert rich["kind"] == "main"
    assert rich["line"] == plain["line"]
    (line,) = rich["cueLine"]
    assert (line["index"], line["start"], line["value"]) == (0, 1_000, "故事 的 小黄花")
    assert [cue["start"] for cue in line["cue"]] == [1_000, 2_500]


def test_lyrics_without_timed_words_have_a_kind_and_no_cues() -> None:
    assert enhanced(read("la\nla")) == {"kind": "main"}

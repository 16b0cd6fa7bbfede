"""Titles in two languages."""

from __future__ import annotations

import pytest

from songloom.core.query.prompt import parse
from songloom.core.score import compose
from songloom.core.score.piece import Score
from songloom.core.score.revision import CHANGES
from songloom.generate.titles import LONGEST_TITLE, changes_in_words, take_title, title_for
from tests.core.score.pieces import model


def score(prompt: str) -> Score:
    return compose(parse(prompt), 1, model())


@pytest.mark.parametrize(
    ("prompt", "english", "chinese"),
    [
        ("waltz, 6 s", "Waltz", "圆舞曲"),
        ("lullaby, 6 s", "Lullaby", "摇篮曲"),
        ("march, 6 s", "March", "进行曲"),
    ],
)
def test_a_dance_is_called_by_its_name(prompt: str, english: str, chinese: str) -> None:
    piece = score(prompt)
    for seed in range(5):
        assert title_for(piece, "en", seed).endswith(f" {english}")
        assert title_for(piece, "zh", seed).endswith(chinese)


def test_titles_are_of_their_language() -> None:
    piece = score("piano, 6 s")
    for seed in range(30):
        assert title_for(piece, "en", seed).replace(" ", "").isalpha()
        assert title_for(piece, "en", seed).isascii()
        assert all("\u4e00" <= c <= "\u9fff" for c in title_for(piece, "zh", seed))
        assert 2 <= len(title_for(piece, "zh", seed)) <= 6


def test_the_same_seed_gives_the_same_title_and_many_seeds_many() -> None:
    piece = score("piano, 6 s")
    titles = [title_for(piece, "en", seed) for seed in range(40)]
    assert titles == [title_for(piece, "en", seed) for seed in range(40)]
    assert len(set(titles)) > 15


def test_glad_and_sad_pieces_have_no_title_in_common() -> None:
    glad, sad = score("happy and lively, 6 s"), score("sad and calm, 6 s")
    glad_titles = {title_for(glad, "zh", seed)[:2] for seed in range(60)}
    sad_titles = {title_for(sad, "zh", seed)[:2] for seed in range(60)}
    assert not glad_titles & sad_titles


def test_an_unknown_language_is_answered_in_english() -> None:
    assert title_for(score("piano, 6 s"), "fr", 1).isascii()


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ([{"change": "again", "part": "melody", "bars": [5, 8]}], "melody anew, bars 5–8", None),
        ([{"change": "again", "bars": [3, 3]}], "all parts anew, bar 3", "全部声部重写，第 3 小节"),
        ([{"change": "again", "section": 2, "part": "bass"}], "bass anew, section 2", None),
        ([{"change": "again", "locked": ["melody", "bass"]}], "all but melody, bass anew", None),
        ([{"change": "mute", "part": "drums"}], "without drums", "去掉鼓"),
        ([{"change": "mute", "part": "counter 2"}], "without counterpoint 2", None),
        ([{"change": "transpose", "semitones": -2}], "2 semitones lower", "降低 2 个半音"),
        ([{"change": "transpose", "semitones": 5}], "5 semitones higher", None),
        ([{"change": "instrument", "part": "melody", "program": 73}], "melody on flute", None),
        ([{"change": "chord", "bar": 3, "chord": "F#m"}], "F#m in bar 3", "第 3 小节改为 F#m"),
        ([{"change": "continue", "bars": 4}], "4 bars more", "续写 4 小节"),
        ([{"change": "continue"}], "8 bars more", None),
        ([{"change": "variation"}, {"change": "mute", "part": "pad"}],
         "a variation, without pad", "变奏，去掉铺底"),
        ([], "", ""),
    ],
)  # fmt: skip
def test_changes_are_said_in_both_languages(
    changes: list[dict[str, object]], english: str, chinese: str | None
) -> None:
    assert changes_in_words(changes, "en") == english
    said = changes_in_words(changes, "zh")
    assert chinese in (None, said)
    assert bool(said) == bool(changes)


def test_every_change_of_a_score_has_words() -> None:
    for kind in CHANGES:
        for language in ("en", "zh"):
            assert changes_in_words([{"change": kind, "part": "bass"}], language) != kind


def test_a_take_is_told_apart_by_its_title() -> None:
    change = {"change": "mute", "part": "bass"}
    assert take_title("Rain Waltz", 2, [change], "en") == "Rain Waltz · take 2: without bass"
    assert take_title("雨巷", 3, [change], "zh") == "雨巷 · 第 3 版：去掉低音"
    assert take_title("Named", 2, [], "en") == "Named · take 2"
    long = take_title("x" * 300, 2, [change], "en")
    assert len(long) == LONGEST_TITLE
    assert long.endswith(" · take 2: without bass")
    assert take_title("{n}", 2, [], "en").startswith("{n} · "), "a title is no form"

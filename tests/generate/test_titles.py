"""Titles in two languages."""

from __future__ import annotations

import pytest

from songloom.core.query.prompt import parse
from songloom.core.score import compose
from songloom.core.score.piece import Score
from songloom.generate.titles import title_for
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

"""Folding: what two spellings of one text have in common."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.fold import LONGEST_TEXT, Run, composed, fold, is_han, runs, simplified

ANY = st.text(max_size=60)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=30)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("BEATLES", "beatles"),
        ("Ｂｅａｔｌｅｓ", "beatles"),
        ("Beyoncé", "beyonce"),
        ("Beyonce\u0301", "beyonce"),  # decomposed, as macOS names files
        ("Motörhead", "motorhead"),
        ("Sigur Rós", "sigur ros"),
        ("Mø", "mo"),
        ("Straße", "strasse"),
        ("Æther", "aether"),
        ("Œuvre", "oeuvre"),
        ("Dvořák", "dvorak"),
        ("Łódź", "lodz"),
        ("Đặng Thái Sơn", "dang thai son"),
        ("İstanbul", "istanbul"),
        ("ﬁre", "fire"),
        ("½", "1⁄2"),
        ("Ελλάς", "ελλασ"),
        ("ЁЛКА", "елка"),
        ("周杰倫", "周杰伦"),
        ("鄧麗君", "邓丽君"),
        ("張學友", "张学友"),
        ("後來", "后来"),
        ("ガ", "ガ"),
        ("ｶﾞ", "ガ"),
        ("パ", "パ"),
        ("ハ", "ハ"),
        ("아이유", "아이유"),
        ("ก็", "ก็"),
        ("soft\u00adhyphen", "softhyphen"),
        ("zero\u200bwidth", "zerowidth"),
        ("", ""),
    ],
)
def test_one_form_for_all_spellings(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "pair", [("か", "が"), ("ハ", "パ"), ("ka", "ga"), ("伦", "论"), ("1", "l")]
)
def test_different_letters_stay_different(pair: tuple[str, str]) -> None:
    assert fold(pair[0]) != fold(pair[1])


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(HAN, HAN)
def test_a_part_of_chinese_folds_to_a_part(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@given(ANY)
def test_case_and_composition_do_not_matter(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(text.casefold()) == fold(text)


@given(ANY)
def test_nothing_folded_is_a_control_character_or_a_surrogate(text: str) -> None:
    for character in fold(text):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Cf", "Co", "Cn")


@given(ANY)
def test_the_runs_hold_every_letter_in_order(text: str) -> None:
    folded = fold(text)
    joined = "".join(run.text for run in runs(folded))
    assert "".join(c for c in joined if c.isalnum()) == "".join(c for c in folded if c.isalnum())
    assert all(run.text for run in runs(folded))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello world", [Run("hello", False), Run("world", False)]),
        ("don't", [Run("dont", False)]),
        ("rock'n'roll", [Run("rocknroll", False)]),
        ("周杰伦jay", [Run("周杰伦", True), Run("jay", False)]),
        ("r&b", [Run("r", False), Run("b", False)]),
        ("さくら2020", [Run("さくら", True), Run("2020", False)]),
        ("아이유 iu", [Run("아이유", True), Run("iu", False)]),
        ("…!?", []),
        ("", []),
    ],
)
def test_runs(text: str, expected: list[Run]) -> None:
    assert list(runs(text)) == expected


def test_words_keep_what_single_characters_lose() -> None:
    assert simplified("乾隆") == "乾隆"  # by the word
    assert fold("乾") == fold("干")  # by the character, so that parts fold as the whole does
    assert fold("乾隆")[0] == fold("乾")


@given(st.characters())
def test_only_chinese_characters_have_readings(character: str) -> None:
    name = unicodedata.name(character, "")
    if name.startswith("CJK UNIFIED IDEOGRAPH"):
        assert is_han(character)
    if name.startswith(("LATIN", "HIRAGANA", "KATAKANA LETTER", "HANGUL", "CYRILLIC", "DIGIT")):
        assert not is_han(character)


def test_a_text_of_any_length_is_cut() -> None:
    assert len(composed("a" * 10 * LONGEST_TEXT)) == LONGEST_TEXT
    assert len(fold("ﷺ" * 10 * LONGEST_TEXT)) <= 2 * LONGEST_TEXT
    assert composed("\ud800a\udfff") == " a "

"""Search tokens: judged by a reader of token lines that knows nothing of any database."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.filters import parse
from songloom.core.query.fold import simplified
from songloom.core.query.pinyin import readings
from songloom.core.query.text import GAP, Phrase, Quality, code, tokens, wanted

LATIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=20)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


def stands(phrase: Phrase, line: list[str]) -> bool:
    n = len(phrase.tokens)
    for at in range(len(line) - n + 1):
        *whole, last = line[at : at + n]
        if whole != list(phrase.tokens[:-1]):
            continue
        asked = phrase.tokens[-1]
        if last.startswith(asked) if phrase.is_prefix else last == asked:
            return True
    return False


def quality(text: str | list[str], query: str, *, is_name: bool = False) -> Quality | None:
    """The best quality at which `query` finds `text`."""
    line = tokens([text] if isinstance(text, str) else text, is_name=is_name).split()
    parsed = parse(query)
    asked = wanted(parsed.words, phrases=parsed.phrases, excluded=parsed.excluded)
    if any(stands(phrase, line) for term in asked.excluded for phrase in term):
        return None
    if asked.whole is not None and stands(asked.whole, line):
        return Quality.WHOLE
    for level in list(Quality)[1:]:
        chosen = asked.up_to(level)
        if chosen and all(any(stands(p, line) for p in term) for term in chosen):
            return level
    return None


@pytest.mark.parametrize(
    "query",
    [
        "青花瓷",
        "青花",
        "花瓷",
        "瓷",
        "qinghuaci",
        "QingHuaCi",
        "qhc",
        "qinghua",
        "huaci",
        "hc",
        "qing hua ci",
        "hua qing",
        "青花 ci",
        "qing'hua'ci",
        "qīng huā cí",
    ],
)
def test_a_chinese_title_is_found_by_its_parts_and_its_pinyin(query: str) -> None:
    assert quality("青花瓷", query) is not None


@pytest.mark.parametrize(
    "query", ["瓷青", "青瓷", "qinghuace", "qch", "ciqing", "花花", "xqinghua"]
)
def test_a_chinese_title_is_not_found_by_what_it_does_not_hold(query: str) -> None:
    assert quality("青花瓷", query) is None


@pytest.mark.parametrize(
    "query", ["周杰伦", "周杰倫", "zhoujielun", "zjl", "jielun", "Zhou Jielun"]
)
@pytest.mark.parametrize("name", ["周杰伦", "周杰倫"])
def test_both_writings_of_a_name_find_both(name: str, query: str) -> None:
    assert quality(name, query, is_name=True) is not None


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("曾轶可", "zengyike"),
        ("单依纯", "shanyichun"),
        ("解晓东", "xiexiaodong"),
        ("仇海平", "qiuhaiping"),
        ("区瑞强", "ouruiqiang"),
        ("朴树", "piaoshu"),
        ("尉迟恭", "yuchigong"),
        ("曾軼可", "zyk"),
        ("單依純", "syc"),
    ],
)
def test_a_family_name_is_read_as_a_name(name: str, query: str) -> None:
    assert quality(name, query, is_name=True) is not None


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("重庆森林", "chongqing"),
        ("音乐", "yinyue"),
        ("快乐", "kuaile"),
        ("长城", "changcheng"),
        ("银行", "yinhang"),
        ("重来", "chonglai"),
        ("大夫", "daifu"),
        ("行", "hang"),
        ("行", "xing"),
        ("乐", "yue"),
        ("女儿情", "nverqing"),
        ("女儿情", "nuerqing"),
        ("绿光", "lvguang"),
        ("绿光", "lüguang"),
        ("綠光", "lg"),
        ("还是要幸福", "haishi"),
        ("头发", "toufa"),
        ("頭髮", "toufa"),
    ],
)
def test_words_are_read_as_they_are_spoken(title: str, query: str) -> None:
    assert quality(title, query) is not None


def test_kana_is_left_as_it_is() -> None:
    assert quality("さくら", "さく") is Quality.PREFIX
    assert quality("さくら", "くら") is Quality.INFIX
    assert quality("かぎ", "がぎ") is None  # a voiced kana is another letter
    assert quality("ｻｸﾗ", "サクラ") is Quality.WHOLE  # half width
    assert not any(token.startswith("pin") for token in tokens(["さくら"]).split())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("the beatles", Quality.WHOLE),
        ("beatles", Quality.EXACT),
        ("beatl", Quality.PREFIX),
        ("eatles", Quality.INFIX),
        ("BEATLES", Quality.EXACT),
        ("béatles", Quality.EXACT),
        ("be the", Quality.PREFIX),
        ("tle the", Quality.INFIX),
        ("beetles", None),
        ("heb", None),
        ("etlea", None),
    ],
)
def test_how_well_a_word_is_found(query: str, expected: Quality | None) -> None:
    assert quality("The Beatles", query) is expected


def test_the_qualities_are_ranked() -> None:
    ranked = [quality(t, "qing") for t in ("qing", "le qing", "qingdao x", "x taqinga", "青花")]
    assert ranked == sorted(ranked)  # type: ignore[type-var]
    assert len(set(ranked)) == 5


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Björk", "bjork"),
        ("Bjork", "björk"),
        ("Sigur Rós", "sigur ros"),
        ("Straße", "strasse"),
        ("Ænima", "aenima"),
        ("Mylène", "MYLENE"),
        ("Ｑｕｅｅｎ", "queen"),
        ("Łódź", "lodz"),
        ("Don’t Stop", "dont stop"),
        ("Dont Stop", "don't"),
        ("AC/DC", "acdc"),
        ("AC/DC", "ac/dc"),
        ("R.E.M.", "rem"),
        ("R.E.M.", "R.E.M."),
        ("Кино", "кино"),
        ("Группа крови", "груп"),
        ("blink-182", "blink182"),
        ("1989", "1989"),
        ("99 Luftballons", "99 luft"),
        ("아이유", "아이"),
        ("ไม่รู้", "ไม่"),
        ("हिन्दी", "हिन्दी"),
        ("Ἑλλάς", "ελλασ"),
        ("!!!", "!!!"),
        ("😀", "😀"),
    ],
)
def test_other_spellings_of_a_title_find_it(title: str, query: str) -> None:
    assert quality(title, query) is not None


def test_a_quoted_phrase_wants_its_words_side_by_side() -> None:
    assert quality("Hey Jude", '"hey jude"') is not None
    assert quality("Say hey Jude again", '"hey jude"') is Quality.EXACT
    assert quality("Jude, hey!", '"hey jude"') is None
    assert quality("Jude, hey!", "hey jude") is Quality.EXACT
    assert quality("我的青花瓷", "“青花”") is not None


def test_an_unwanted_word_removes_what_holds_it() -> None:
    assert quality("Yesterday (Live)", "yesterday -live") is None
    assert quality("Yesterday", "yesterday -live") is not None
    assert quality("Yesterday, alive", "yesterday -live") is not None  # a part of a word stays


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert quality(["U2", "Queen"], '"u2 queen"') is None
    assert quality(["abc", "bcd"], "abcd") is None
    assert quality(["晴天", "青花"], "天青") is None


def test_a_title_written_with_spaces_is_found_written_together() -> None:
    assert quality("青花 瓷", "青花瓷") is not None
    assert quality("我·爱·你", "woaini") is not None


def test_long_writing_is_found_by_its_inside_only_when_it_is_there() -> None:
    long = "春江潮水连海平海上明月共潮生滟滟随波千万里何处春江无月明"
    assert quality(long, long) is Quality.WHOLE
    assert quality(long, long[3:25]) is Quality.INFIX
    assert quality(long, long[:20] + "错") is None
    assert quality("x" * 100, "x" * 99) is not None
    assert quality("x" * 70 + "y", "x" * 70 + "z") is None


@given(st.text(max_size=60))
def test_every_token_is_four_or_more_ascii_characters(text: str) -> None:
    for token in tokens([text]).split():
        assert re.fullmatch(r"[a-z0-9]{4,60}", token)
        assert token == GAP or token[:3] in {"all", "wrd", "tri", "big", "uni", "pin", "ini"}


@given(st.text(max_size=40))
def test_what_can_be_seen_finds_itself(text: str) -> None:
    asked = wanted([text])
    line = tokens([text]).split()
    if asked.whole is not None:
        assert stands(asked.whole, line)
    assert bool(line) == (asked.whole is not None)


@given(HAN, st.data())
def test_every_part_of_chinese_writing_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = quality(text, text[start:end])
    assert found is not None
    assert found <= Quality.INFIX


@given(LATIN, st.data())
def test_every_three_letters_of_a_word_find_it(word: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(word) - 3))
    end = data.draw(st.integers(start + 3, len(word)))
    found = quality(word, word[start:end])
    assert found is not None
    assert found <= Quality.INFIX


@given(LATIN, LATIN)
def test_a_word_that_is_no_part_is_not_found(word: str, other: str) -> None:
    if other not in word:
        found = quality(word, other)
        assert found is None


@given(st.text(max_size=3), st.text(max_size=3))
def test_different_texts_have_different_codes_when_as_long(one: str, other: str) -> None:
    if one != other and all(len(code(c)) == 4 for c in one + other):
        assert code(one) != code(other)


def test_a_query_without_letters_asks_nothing_but_the_whole() -> None:
    assert wanted([]).whole is None
    assert wanted(["   "]).whole is None
    assert wanted(["--"]).terms == ()
    assert wanted(["\x00"]).whole is None


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0xA000), max_size=12))
def test_every_character_has_its_own_readings(stretch: str) -> None:
    read = readings(stretch, is_name=True)
    assert len(read) == len(stretch)
    assert all(re.fullmatch("[a-z]+", syllable) for each in read for syllable in each)


@given(HAN)
def test_the_initials_and_the_syllables_of_a_title_find_it(title: str) -> None:
    read = readings(simplified(title))
    if 1 < len(title) < 10 and all(read):
        assert quality(title, "".join(each[0][0] for each in read)) is not None
        assert quality(title, "".join(each[0] for each in read)) is not None


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=30), st.booleans())
def test_plain_letters_are_read_by_a_shorter_way_to_the_same_tokens(
    text: str, is_name: bool
) -> None:
    """A wide character elsewhere makes the whole of a text take the long way."""
    alone = tokens([text], is_name=is_name).split()
    beside = tokens([f"{text} ー"], is_name=is_name).split()
    kinds = ("wrd", "tri")
    assert [t for t in alone if t[:3] in kinds] == [
        t for t in beside if t[:3] in kinds and t != tokens(["ー"]).split()[1]
    ]


def test_the_tokens_of_a_text_are_the_same_again_and_among_others() -> None:
    texts = ["Blue", "千里之外", "", "x" * 100, "Blue"]
    alone = [tokens([text]) for text in texts]
    assert tokens(texts) == " ".join(each for each in alone if each)
    assert [tokens([text]) for text in texts] == alone
    assert tokens(["曾"]) != tokens(["曾"], is_name=True)

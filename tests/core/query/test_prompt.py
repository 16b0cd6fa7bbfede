"""What prompts mean, as a musician who speaks English and Chinese reads them."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt import LONGEST_PROMPT, clean, parse
from songloom.core.query.prompt_request import FIELDS, from_document
from songloom.errors import BadPrompt


def wishes(prompt: str) -> dict[str, Any]:
    """What was asked, without what was left open."""
    document = parse(prompt).document()
    return {name: value for name, value in document.items() if value not in (None, [])}


CONTRACT_FIELDS = {
    "key",
    "mode",
    "metre",
    "bpm",
    "seconds",
    "instruments",
    "excluded",
    "drums",
    "mood",
    "style",
    "form",
    "chords",
    "role",
    "like",
    "not_understood",
    "changed",
}


def test_the_document_has_the_fields_of_the_contract_and_no_other() -> None:
    document = parse("a slow waltz in D minor").document()
    assert set(document) == CONTRACT_FIELDS
    assert set(FIELDS) - {"model"} | {"not_understood", "changed"} == CONTRACT_FIELDS
    named = parse("a slow waltz in D minor").having(model="lstm").document()
    assert named == {**document, "model": "lstm"}
    assert from_document(named).model == "lstm"


def test_what_was_not_asked_is_null_and_lists_of_remarks_are_empty() -> None:
    document = parse("music").document()
    assert document.pop("not_understood") == []
    assert document.pop("changed") == []
    assert set(document.values()) == {None}


# --- whole sentences ----------------------------------------------------------------------


def test_an_english_sentence_is_understood_whole() -> None:
    assert wishes(
        "Compose a gentle lullaby for music box in 3/4, around 45 seconds, no drums please"
    ) == {
        "metre": "3/4",
        "seconds": 45,
        "instruments": [10],
        "drums": False,
        "mood": {"valence": 0.4, "energy": -0.5},
        "style": "lullaby",
    }


def test_a_chinese_sentence_is_understood_whole_but_for_its_simile() -> None:
    assert wishes("一首 D 小调的慢华尔兹，二胡和钢琴，九十秒左右，不要鼓，像雨停以后的街") == {
        "key": 2,
        "mode": "minor",
        "metre": "3/4",
        "bpm": 70,
        "seconds": 90,
        "instruments": [40, 0],
        "drums": False,
        "style": "waltz",
        "not_understood": ["像雨停以后的街"],
        "changed": ["二胡以小提琴代替。"],
    }


def test_the_sentence_of_the_first_hour_asks_for_a_happy_piano_piece() -> None:
    found = wishes("生成一首欢快的钢琴曲")
    assert found.keys() == {"instruments", "mood"}
    assert found["instruments"] == [0]
    assert found["mood"]["valence"] > 0.5
    assert found["mood"]["energy"] > 0.2


def test_traditional_characters_mean_the_same_as_simplified_ones() -> None:
    assert wishes("慢一點的華爾茲，帶鼓，鋼琴，兩分鐘") == wishes(
        "慢一点的华尔兹，带鼓，钢琴，两分钟"
    )


def test_full_width_writing_means_the_same_as_ascii() -> None:
    assert wishes("６／８，１２０ ＢＰＭ，Ｃ大调，３０秒") == wishes("6/8, 120 BPM, C大调, 30秒")


def test_capitals_mean_nothing_where_they_name_no_note() -> None:
    assert wishes("SLOW WALTZ, NO DRUMS, PIANO") == wishes("slow waltz, no drums, piano")


def test_line_ends_and_tabs_separate_like_commas_and_spaces() -> None:
    assert wishes("slow\twaltz\r\nno drums\npiano") == wishes("slow waltz, no drums, piano")


# --- odd prompts --------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["", "   ", "\n\t\r\n", "\x00\x07\x1b", "\x00 \x7f\u0085"])
def test_an_empty_prompt_is_refused(empty: str) -> None:
    with pytest.raises(BadPrompt):
        parse(empty)


def test_a_prompt_of_2_000_characters_is_read() -> None:
    text = ("piano " * 400)[:2_000]
    assert len(text) == LONGEST_PROMPT == 2_000
    assert parse(text).instruments == (0,)


@pytest.mark.parametrize("n", [2_001, 10_000])
def test_a_longer_prompt_is_refused_with_both_numbers(n: int) -> None:
    with pytest.raises(BadPrompt, match=rf"{n:,} .* 2,000"):
        parse("x" * n)


def test_control_characters_are_left_out() -> None:
    assert clean("pi\x00ano\x07, \x1b30 s") == "piano, 30 s"
    assert wishes("pi\x00ano\x07, \x1b30 s") == wishes("piano, 30 s")


@pytest.mark.parametrize("text", ["🎹🎵", "🎻 happy 🎻", "👩‍🎤", "…", "?!", "¯\\_(ツ)_/¯", "——"])
def test_emoji_and_dots_are_no_error(text: str) -> None:
    assert parse(text).document()["instruments"] is None


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE tracks; --",
        "{{7*7}} %s %(x)s",
        "日本語のプロンプト、ピアノ",
        "Кириллица и ноты",
        "מוזיקה שקטה",
        "a\u0301\u0301\u0301 e\u0308",
        "((((((((((((" * 100,
        "ab" * 1_000,
        "1/1/1/1/1/1",
        "0/4 0 bpm 0 s 00:00",
        "99999999999999 s, 99999999 bpm",
        "\ud800 lone",
    ],
)
def test_strange_text_gives_a_request(text: str) -> None:
    document = parse(text).document()
    assert set(document) == CONTRACT_FIELDS
    from_document(document)  # every value lies in its range


@given(st.text(max_size=300))
def test_any_text_gives_a_request_in_range_or_is_empty(text: str) -> None:
    try:
        request = parse(text)
    except BadPrompt:
        kept = [
            c
            for c in text
            if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp")
        ]
        assert not "".join(kept).strip()
        return
    again = from_document(request.document())
    assert again.document() == request.document()


VOCABULARY = """
slow fast piano no without drums 6/8 3/4 waltz in A minor a minute and half 90 s bpm 120 like Am F C
G not too very sad 慢 快 不要 鼓 钢琴 四分之三拍 一分半 两分钟 降B大调 像《雨》 小调 宫 拍 秒 的 和
、 ， . ( ) 《 》 " ' # b - / : = 1 2 二 三 十 分 半 every only 升
"""
WORDS = st.sampled_from(sorted(set(VOCABULARY.split())))


@given(st.lists(WORDS, min_size=1, max_size=25), st.sampled_from(["", " ", ", "]))
def test_any_jumble_of_its_own_vocabulary_gives_a_request_in_range(
    words: list[str], between: str
) -> None:
    request = parse(between.join(words))
    assert from_document(request.document()).document() == request.document()


def test_a_long_jumble_is_read_in_time() -> None:
    started = time.process_time()
    parse(("不要 very 十二分之 a minor, " * 100)[:2_000])
    parse("a" * 2_000)
    parse("Am " * 600)
    assert time.process_time() - started < 5.0  # seconds; it takes a tenth of one


def test_reading_a_prompt_loads_neither_numpy_nor_django() -> None:
    """The web process reads prompts; it has to stay small."""
    script = (
        "import sys; from songloom.core.query.prompt import parse; parse('慢华尔兹, piano');"
        "print(sorted({'numpy', 'django', 'scipy', 'av'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- what was not understood --------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "unclear"),
    [
        ("a waltz like wet streets", ["like wet streets"]),
        ("slow, for my grandmother, in C major", ["grandmother"]),
        ("钢琴，送给外婆，慢", ["送给外婆"]),
        ("一首像雨停以后的街的曲子", ["像雨停以后的街"]),
        ("qwertyuiop", ["qwertyuiop"]),
        ("piano with a hint of cinnamon, 30 s", ["hint of cinnamon"]),
    ],
)
def test_what_is_not_understood_is_said_in_the_writers_words(
    prompt: str, unclear: list[str]
) -> None:
    assert parse(prompt).document()["not_understood"] == unclear


@pytest.mark.parametrize(
    "prompt",
    [
        "please make me a nice piece of music that is about a minute long and played by a piano",
        "I would like a song in the key of D, at a slow tempo, with a happy mood",
        "请帮我生成一首风格欢快的曲子，用钢琴演奏，时长大约一分钟，速度稍快",
        "我想要一段轻柔的音乐，节奏慢一点，不要有鼓声",
    ],
)
def test_polite_words_carry_no_wish(prompt: str) -> None:
    assert parse(prompt).not_understood == ()


# --- where each wish came from ------------------------------------------------------------


def slots(prompt: str) -> set[tuple[str, str, str]]:
    return {(slot.name, slot.how, slot.words) for slot in parse(prompt).slots}


def test_every_slot_says_its_words_and_how_it_was_read() -> None:
    assert slots("slow waltz in D minor, erhu, like wet streets") == {
        ("bpm", "inferred", "slow"),
        ("style", "understood", "waltz"),
        ("metre", "inferred", "waltz"),
        ("key", "understood", "D minor"),
        ("mode", "understood", "D minor"),
        ("instruments", "replaced", "erhu"),
        ("not_understood", "not_understood", "like wet streets"),
    }


def test_slots_quote_traditional_characters_as_they_were_written() -> None:
    assert ("bpm", "inferred", "慢一點") in slots("慢一點")


def test_a_number_beats_a_word_for_the_tempo() -> None:
    for prompt in ("slow, 96 bpm", "96 bpm, slow"):
        assert parse(prompt).bpm == 96
        assert ("bpm", "understood", "96 bpm") in slots(prompt)


def test_a_metre_that_was_said_beats_the_one_that_a_dance_implies() -> None:
    assert parse("waltz in 6/8").metre == "6/8"
    assert ("metre", "understood", "6/8") in slots("waltz in 6/8")


# --- the nearest that can be done ---------------------------------------------------------


def test_a_waltz_in_seven_is_counted_in_three_and_says_so() -> None:
    request = parse("7/8 waltz")
    assert request.metre == "3/4"
    assert request.style == "waltz"
    assert len(request.changed) == 1
    assert "7/8" in request.changed[0]
    assert "3/4" in request.changed[0]
    assert ("metre", "replaced", "7/8") in slots("7/8 waltz")


def test_a_symphony_of_three_seconds_gets_the_shortest_length_and_says_so() -> None:
    request = parse("3 s symphony")
    assert request.seconds == 5
    assert any("3 s" in sentence and "5 s" in sentence for sentence in request.changed)


def test_remarks_are_in_the_prompts_language() -> None:
    assert parse("交响曲，3秒").changed == ("时长 3 秒改为 5 秒。",)
    assert parse("erhu").changed == ("Violin stands in for erhu.",)
    assert parse("二胡").changed == ("二胡以小提琴代替。",)


@pytest.mark.parametrize(
    ("prompt", "slot", "value"),
    [
        ("20 minutes", "seconds", 600),
        ("two hours", "seconds", 600),
        ("1 second", "seconds", 5),
        ("500 bpm", "bpm", 240),
        ("10 bpm", "bpm", 30),
        ("11/8", "metre", "12/8"),
        ("13/16", "metre", "7/8"),
        ("march in 3/4", "metre", "6/8"),
        ("jig in 4/4", "metre", "9/8"),
    ],
)
def test_what_cannot_be_done_becomes_the_nearest_and_is_said(
    prompt: str, slot: str, value: object
) -> None:
    document = parse(prompt).document()
    assert document[slot] == value
    assert len(document["changed"]) == 1


def test_an_instrument_that_is_wanted_and_unwanted_is_left_out_with_a_word() -> None:
    request = parse("piano and flute, no piano")
    assert request.instruments == (73,)
    assert 0 in (request.excluded or ())
    assert any("iano" in sentence for sentence in request.changed)


def test_of_two_styles_the_dance_is_followed_and_a_second_colour_is_said_to_be_left() -> None:
    assert parse("Irish jig").style == "jig"
    assert parse("jazz waltz").style == "waltz"
    request = parse("a rock ballad")
    assert request.style == "rock"
    assert any("ballad" in sentence for sentence in request.changed)

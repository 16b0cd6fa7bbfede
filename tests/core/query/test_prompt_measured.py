"""Tempo and length by comparison: slower than a march, sixteen bars."""

from __future__ import annotations

import pytest

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_measured import paces, read_bars, read_comparisons
from songloom.core.query.prompt_reading import Reading
from songloom.core.query.prompt_words import lexicon


@pytest.mark.parametrize(
    ("prompt", "named", "is_slower"),
    [
        ("a bit slower than a march, for brass", "march", True),
        ("slightly faster than a waltz", "waltz", False),
        ("piano, much slower than your usual jig", "jig", True),
        ("quicker than walking", "walking", False),
        ("比进行曲慢一点的铜管乐", "march", True),
        ("比一般华尔兹稍快一些，小提琴", "waltz", False),
        ("比摇滚慢得多", "rock", True),
        ("比走路快", "walking", False),
    ],
)
def test_a_tempo_is_measured_against_what_is_named(
    prompt: str, named: str, is_slower: bool
) -> None:
    request = parse(prompt)
    assert request.bpm is not None
    assert (request.bpm < paces()[named]) == is_slower
    assert request.style != named, "it is only compared with"
    assert not request.not_understood


def test_much_slower_is_slower_than_slower_and_that_than_a_bit_slower() -> None:
    told = ("much slower", "slower", "a bit slower", "a bit faster", "faster", "much faster")
    found = [parse(f"{how} than a march").bpm for how in told]
    assert found == sorted(found, key=lambda bpm: bpm or 0)
    assert len(set(found)) == len(found)


def test_a_number_beats_a_comparison() -> None:
    assert parse("faster than a waltz, 90 bpm").bpm == 90


def test_paces_are_of_styles_that_exist_and_can_be_played() -> None:
    assert set(paces()) - {"walking"} <= set(lexicon()["styles"])
    assert all(bpm * 0.68 >= 30 and bpm / 0.68 <= 240 for bpm in paces().values())


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("16 bars of piano, 4/4, 120 bpm", 32),
        ("sixteen measures, 3/4, 90 bpm", 32),
        ("十六小节，四分之三拍，每分钟90拍", 32),
        ("8 bars, 6/8, 60 bpm", 16),
        ("an 8-bar loop at 120 bpm", 16),
        ("8 bars", 20),  # at the pace that is then taken for them
    ],
)
def test_bars_last_as_long_as_their_tempo_and_metre_make_them(prompt: str, seconds: float) -> None:
    found = parse(prompt).seconds
    assert found == pytest.approx(seconds, rel=0.03), "and the last note may ring"


def test_seconds_that_were_said_beat_bars_and_a_form_is_no_length() -> None:
    assert parse("8 bars, 30 seconds, 120 bpm").seconds == 30
    assert parse("twelve-bar blues").seconds is None
    assert parse("400 bars, 40 bpm").seconds == 600, "the longest that is composed"


@pytest.mark.parametrize("read", [read_comparisons, read_bars])
def test_what_is_read_leaves_nothing_to_be_misread(read: object) -> None:
    reading = Reading.of("8 bars slower than a march")
    read_comparisons(reading)
    read_bars(reading)
    assert not reading.low.strip("\x00 ")


@pytest.mark.parametrize(
    ("prompt", "drums", "excluded"),
    [
        ("piano, keep the drums out", False, ()),
        ("drum-free piano", False, ()),
        ("钢琴，鼓就不用了", False, ()),
        ("吉他，钢琴不要", None, (0,)),
        ("leave the guitar out, piano please", None, (24,)),
        ("钢琴不要太快", None, ()),
        ("用钢琴，不要鼓", False, ()),
    ],
)
def test_a_denial_may_stand_behind_what_it_denies(
    prompt: str, drums: bool | None, excluded: tuple[int, ...]
) -> None:
    request = parse(prompt)
    assert request.drums is drums
    assert set(excluded) <= set(request.excluded or ())
    if not excluded:
        assert request.excluded is None


@pytest.mark.parametrize(
    ("prompt", "like"),
    [
        ("像青花瓷那样的曲子", "青花瓷"),
        ("有点像茉莉花那种，二胡", "茉莉花"),
        ("像流水一样轻快", None),
    ],
)
def test_a_chinese_title_without_quotes_needs_a_word_behind_it(
    prompt: str, like: str | None
) -> None:
    assert parse(prompt).like == like


@pytest.mark.parametrize(
    ("prompt", "key"),
    [("piano, E flat", 3), ("reggae, C, 76 bpm", 0), ("Bb, waltz", 10), ("march. F#.", 6)],
)
def test_a_note_between_commas_is_a_key(prompt: str, key: int) -> None:
    request = parse(prompt)
    assert (request.key, request.mode) == (key, "major")


@pytest.mark.parametrize(
    ("prompt", "role"),
    [
        ("pop backing track", "backing"),
        ("给我一个伴奏", "backing"),
        ("melody only, in D", "melody"),
    ],
)
def test_the_role_is_what_shall_sound(prompt: str, role: str) -> None:
    assert parse(prompt).role == role


def test_twelve_eight_is_counted_in_chinese_too() -> None:
    assert parse("十二八拍").metre == "12/8"
    assert parse("八十二拍").bpm == 82

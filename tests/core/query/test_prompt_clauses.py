"""The law of the prompt: a clause speaks for its own slot and for no other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt import parse

ENGLISH = {
    "key": (
        ["key", "mode"],
        ["in F# minor", "in the key of B flat major", "in a minor", "in E major", "D dorian"],
    ),
    "metre": (["metre"], ["6/8", "3/4 time", "in 7/8", "five-four time", "common time"]),
    "tempo": (
        ["bpm"],
        [
            "slow",
            "not too fast",
            "very fast",
            "120 bpm",
            "allegro",
            "tempo 96",
            "at 84 beats per minute",
        ],
    ),
    "length": (
        ["seconds"],
        [
            "90 s",
            "one and a half minutes",
            "about a minute",
            "2 minutes long",
            "1:30",
            "half a minute",
        ],
    ),
    "instruments": (
        ["instruments"],
        ["piano and violin", "for flute", "with cello", "erhu and harp", "electric guitar"],
    ),
    "excluded": (
        ["excluded"],
        ["no trumpet", "without accordion", "without any organ or harmonica"],
    ),
    "drums": (["drums"], ["with drums", "without drums", "no percussion"]),
    "mood": (["mood"], ["sad", "calm and warm", "very cheerful", "mysterious"]),
    "style": (["style"], ["jazz", "a folk song", "rock", "lullaby"]),
    "form": (["form"], ["AABA form", "rondo", "verse-chorus"]),
    "chords": (["chords"], ["Am F C G", "chords C G Am F", "| Dm | G7 | C |"]),
    "like": (["like"], ['like "Greensleeves"', "like 青花瓷"]),
    "unclear": (["not_understood"], ["like wet streets", "qwertyuiop", "for my grandmother"]),
}
CHINESE = {
    "key": (["key", "mode"], ["D 小调", "降B大调", "升F小调", "C宫调式", "G徵调式"]),
    "metre": (["metre"], ["四分之三拍", "三四拍", "八分之六拍", "6/8拍", "四拍子"]),
    "tempo": (["bpm"], ["慢板", "不要太快", "快一点", "每分钟 120 拍", "速度 96", "中速", "很慢"]),
    "length": (["seconds"], ["一分半", "两分钟", "30秒", "九十秒左右", "1分30秒", "半分钟"]),
    "instruments": (["instruments"], ["钢琴和小提琴", "用二胡", "古筝、笛子", "琵琶", "大提琴"]),
    "excluded": (["excluded"], ["不要小号", "没有手风琴", "不要管风琴和口琴"]),
    "drums": (["drums"], ["不要鼓", "带鼓", "没有打击乐"]),
    "mood": (["mood"], ["欢快的", "忧伤", "十分安静", "又神秘又紧张"]),
    "style": (["style"], ["爵士", "摇滚", "民谣", "摇篮曲"]),
    "form": (["form"], ["三段式", "回旋曲", "AABA 曲式"]),
    "chords": (["chords"], ["和弦 Am F C G", "和弦进行 C-G-Am-F"]),
    "like": (["like"], ["像《青花瓷》", "像《快乐的鼓》那样"]),
    "unclear": (["not_understood"], ["像雨停以后的街", "送给外婆"]),
}


@st.composite
def prompts(draw: st.DrawFn) -> tuple[list[tuple[str, str]], dict[str, Any], str]:
    """(kind, words) of several clauses, their table, and what stands between them."""
    table, between = draw(
        st.sampled_from([(ENGLISH, ", "), (CHINESE, "，"), (CHINESE, "；"), (ENGLISH, "; ")])
    )
    kinds = draw(st.lists(st.sampled_from(sorted(table)), min_size=2, max_size=7, unique=True))
    return [(kind, draw(st.sampled_from(table[kind][1]))) for kind in kinds], table, between


@given(prompts())
def test_a_deleted_clause_changes_only_its_own_slot(
    drawn: tuple[list[tuple[str, str]], dict[str, Any], str],
) -> None:
    clauses, table, between = drawn
    whole = parse(between.join(words for _, words in clauses)).document()
    for index, (kind, _) in enumerate(clauses):
        kept = [words for other, (_, words) in enumerate(clauses) if other != index]
        less = parse(between.join(kept)).document()
        own = {*table[kind][0], "changed"}
        differing = {slot for slot in whole if whole[slot] != less[slot]}
        assert differing <= own, f"without {clauses[index]!r}: {differing - own}"


@given(prompts())
def test_each_clause_fills_its_slot_wherever_it_stands(
    drawn: tuple[list[tuple[str, str]], dict[str, Any], str],
) -> None:
    clauses, table, between = drawn
    together = parse(between.join(words for _, words in clauses)).document()
    for kind, words in clauses:
        alone = parse(words).document()
        for slot in table[kind][0]:
            assert together[slot] == alone[slot], (words, slot)
            assert alone[slot] not in (None, []), (words, slot)


@given(prompts(), st.randoms(use_true_random=False))
def test_the_order_of_clauses_means_nothing(
    drawn: tuple[list[tuple[str, str]], dict[str, Any], str], chance: Any
) -> None:
    clauses, _, between = drawn
    shuffled = list(clauses)
    chance.shuffle(shuffled)
    first = parse(between.join(words for _, words in clauses)).document()
    second = parse(between.join(words for _, words in shuffled)).document()
    for slot in first:
        if slot in ("not_understood", "changed"):
            assert sorted(first[slot]) == sorted(second[slot])
        else:
            assert first[slot] == second[slot]

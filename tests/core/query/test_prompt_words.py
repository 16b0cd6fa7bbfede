"""The lexicon: instruments, drums, tempo, mood, style, form, role, and their denials."""

from __future__ import annotations

import pytest

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import METRES
from songloom.core.query.prompt_words import lexicon, meanings, program_name
from songloom.core.score.instruments import instruments
from songloom.core.score.styles import styles

PIANOS = [0, 1, 2, 3, 4, 5]


# --- the table itself ---------------------------------------------------------------------


def test_every_instrument_is_found_by_both_of_its_names() -> None:
    for program, words in lexicon()["instruments"].items():
        for name in words[:2]:
            assert parse(name).instruments == (int(program),), name


@pytest.mark.parametrize("word", sorted(meanings()))
def test_every_word_of_the_lexicon_is_understood_alone(word: str) -> None:
    request = parse(word)
    assert request.not_understood == ()
    assert request.slots, word


def test_programs_are_general_midi_and_moods_lie_between_minus_one_and_one() -> None:
    table = lexicon()
    for programs in [
        [int(program) for program in table["instruments"]],
        list(table["stand_ins"].values()),
        [program for group in table["groups"].values() for program in group["all"]],
    ]:
        assert all(0 <= program <= 127 for program in programs)
    assert all(-1 <= number <= 1 for mood in table["moods"].values() for number in mood)
    assert all(30 <= bpm <= 240 for bpm in table["tempo"].values())


def test_every_style_has_habits_in_the_composer_and_metres_that_can_be_written() -> None:
    for name, style in lexicon()["styles"].items():
        assert name in styles(), name
        for metre in style.get("metres", ()):
            assert metre in METRES
        assert style.get("implies") in (None, *style.get("metres", ()))


def test_synonyms_of_the_two_languages_mean_the_same() -> None:
    for english, chinese in (
        ("happy", "快乐"),
        ("slow", "慢"),
        ("waltz", "华尔兹"),
        ("violin", "小提琴"),
        ("drums", "鼓"),
        ("rondo", "回旋曲"),
        ("background music", "背景音乐"),
        ("no percussion", "不要打击乐"),
    ):
        assert parse(english).document() == parse(chinese).document(), english


# --- instruments --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "programs"),
    [
        ("piano and violin", [0, 40]),
        ("violin and piano", [40, 0]),
        ("for two flutes and a cello", [73, 42]),
        ("electric guitar, bass and drums", [27, 33]),
        ("rock organ", [18]),
        ("acoustic guitar", [25]),
        ("string quartet", [40, 41, 42]),
        ("钢琴、小提琴和大提琴", [0, 40, 42]),
        ("电吉他", [27]),
        ("低音提琴", [43]),
        ("double bass", [43]),
        ("electric piano", [4]),
        ("电钢琴", [4]),
        ("church organ", [19]),
        ("violins", [40]),
        ("steel drums", [114]),
        ("flute, flute, flute", [73]),
    ],
)
def test_instruments_in_the_order_they_were_named(prompt: str, programs: list[int]) -> None:
    assert list(parse(prompt).instruments or ()) == programs


@pytest.mark.parametrize(
    ("asked", "program"),
    [
        ("二胡", 40),
        ("erhu", 40),
        ("古筝", 107),
        ("guzheng", 107),
        ("笛子", 73),
        ("dizi", 73),
        ("琵琶", 106),
        ("pipa", 106),
        ("马头琴", 42),
        ("ukulele", 24),
    ],
)
def test_what_general_midi_lacks_is_played_by_the_nearest_and_said(
    asked: str, program: int
) -> None:
    request = parse(asked)
    assert request.instruments == (program,)
    assert len(request.changed) == 1
    assert asked in request.changed[0]
    is_chinese = not asked.isascii()
    assert program_name(program, is_chinese=is_chinese).lower() in request.changed[0].lower()


def test_unnamed_programs_still_have_something_to_be_called() -> None:
    assert program_name(127) == "program 127"
    assert "127" in program_name(127, is_chinese=True)


# --- denials ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "prompt",
    [
        "without drums",
        "no drums",
        "no drums please",
        "don't use drums",
        "without any drums",
        "drumless",
        "不要鼓",
        "不要有鼓声",
        "没有鼓",
        "不带鼓",
        "无鼓",
        "去掉鼓",
        "别用鼓",
        "不要任何打击乐",
    ],
)
def test_drums_are_denied(prompt: str) -> None:
    request = parse(prompt)
    assert request.drums is False
    assert request.not_understood == ()


@pytest.mark.parametrize(
    "prompt", ["with drums", "drums", "a drum kit", "percussion", "带鼓", "加上鼓", "鼓", "架子鼓"]
)
def test_drums_are_asked_for(prompt: str) -> None:
    assert parse(prompt).drums is True


def test_a_denied_instrument_keeps_its_whole_family_out() -> None:
    request = parse("no piano")
    assert request.instruments is None
    assert list(request.excluded or ()) == PIANOS


@pytest.mark.parametrize(
    ("prompt", "kept", "excluded", "drums"),
    [
        ("no piano, violin", [40], PIANOS, None),
        ("without piano or drums", None, PIANOS, False),
        ("without drums, bass or trumpet", None, [32, 33, 34, 35, 36, 37, 38, 39, 56, 59], False),
        ("no drums and a piano", [0], None, False),
        ("no drums and piano", None, PIANOS, False),
        ("不要鼓和钢琴", None, PIANOS, False),
        ("不要鼓、钢琴，小提琴", [40], PIANOS, False),
        ("不要鼓，钢琴", [0], None, False),
        ("cello without drums but with harp", [42, 46], None, False),
        ("no accordion, no harmonica, flute", [73], [21, 22], None),
    ],
)
def test_how_far_a_denial_reaches(
    prompt: str, kept: list[int] | None, excluded: list[int] | None, drums: bool | None
) -> None:
    document = parse(prompt).document()
    assert document["instruments"] == kept
    assert document["excluded"] == excluded
    assert document["drums"] is drums


def test_a_denied_style_is_not_followed_and_said_to_be_so() -> None:
    request = parse("no jazz")
    assert request.style is None
    assert request.not_understood == ("no jazz",)


# --- tempo words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("slow", 50, 84),
        ("very slow", 40, 60),
        ("fast", 126, 180),
        ("very fast", 150, 240),
        ("adagio", 55, 76),
        ("andante", 76, 108),
        ("moderato", 98, 116),
        ("allegro", 116, 156),
        ("presto", 168, 200),
        ("慢板", 55, 76),
        ("行板", 76, 108),
        ("中板", 98, 116),
        ("快板", 116, 156),
        ("急板", 160, 200),
        ("慢一点", 66, 90),
        ("快一点", 112, 140),
    ],
)
def test_tempo_words_lie_where_metronomes_put_them(prompt: str, low: float, high: float) -> None:
    bpm = parse(prompt).bpm
    assert bpm is not None
    assert low <= bpm <= high


@pytest.mark.parametrize(
    "prompt",
    [
        "not too fast",
        "not so fast",
        "not very fast",
        "not fast",
        "nothing too fast",
        "fast but not too fast",
        "不要太快",
        "不太快",
        "别太快",
        "不能太快",
        "不快",
        "速度不要太快",
    ],
)
def test_not_too_fast_is_not_fast(prompt: str) -> None:
    bpm = parse(prompt).bpm
    assert bpm is not None
    assert 84 <= bpm <= 112


@pytest.mark.parametrize(
    "prompt", ["not too slow", "not slow", "不要太慢", "不慢", "slow, but not too slow"]
)
def test_not_too_slow_is_not_slow(prompt: str) -> None:
    bpm = parse(prompt).bpm
    assert bpm is not None
    assert 88 <= bpm <= 116


@pytest.mark.parametrize("mood", ["欢快", "轻快", "快乐", "明快", "愉快", "很快乐"])
def test_glad_words_with_kuai_in_them_are_moods_and_no_tempo(mood: str) -> None:
    request = parse(f"一首{mood}的曲子")
    assert request.bpm is None
    assert request.mood is not None
    assert request.mood.valence > 0.5


# --- moods --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("glad", "sad"),
    [("happy", "sad"), ("cheerful", "melancholic"), ("快乐", "悲伤"), ("阳光", "忧郁")],
)
def test_glad_words_are_gladder_than_sad_ones(glad: str, sad: str) -> None:
    bright, dark = parse(glad).mood, parse(sad).mood
    assert bright is not None
    assert dark is not None
    assert bright.valence > 0 > dark.valence


@pytest.mark.parametrize(("wild", "still"), [("energetic", "calm"), ("激烈", "安静")])
def test_wild_words_are_wilder_than_still_ones(wild: str, still: str) -> None:
    loud, quiet = parse(wild).mood, parse(still).mood
    assert loud is not None
    assert quiet is not None
    assert loud.energy > 0.5 > -0.5 > quiet.energy


def test_several_moods_are_averaged() -> None:
    both, sad, calm = (parse(text).mood for text in ("sad and calm", "sad", "calm"))
    assert both is not None
    assert sad is not None
    assert calm is not None
    assert both.valence == pytest.approx((sad.valence + calm.valence) / 2, abs=0.001)
    assert both.energy == pytest.approx((sad.energy + calm.energy) / 2, abs=0.001)


def test_a_denied_mood_counts_against_it() -> None:
    denied, mild, full = (parse(text).mood for text in ("not sad", "not too sad", "sad"))
    assert denied is not None
    assert mild is not None
    assert full is not None
    assert denied.valence > 0 > mild.valence > full.valence


# --- style, form, role, like, title -------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "slot", "value"),
    [
        ("bossa nova", "style", "bossa"),
        ("drum and bass", "style", "electronic"),
        ("8-bit", "style", "chiptune"),
        ("hip-hop", "style", "hiphop"),
        ("中国风", "style", "chinese"),
        ("摇篮曲", "style", "lullaby"),
        ("rondo form", "form", "ABACA"),
        ("三段式", "form", "ABA"),
        ("solo piano", "role", "solo"),
        ("钢琴独奏", "role", "solo"),
        ("background music", "role", "background"),
        ("for a game", "role", "game"),
        ("helps me, for sleeping", "role", "sleep"),
    ],
)
def test_styles_forms_and_roles(prompt: str, slot: str, value: str) -> None:
    assert parse(prompt).document()[slot] == value


@pytest.mark.parametrize(
    ("prompt", "like"),
    [
        ("like 青花瓷", "青花瓷"),
        ("像《青花瓷》", "青花瓷"),
        ("像《青花瓷》那样", "青花瓷"),
        ("类似《月光》的曲子", "月光"),
        ('something like "Moon River"', "Moon River"),
        ("in the style of “Greensleeves”", "Greensleeves"),
        ("like Bohemian Rhapsody, slow", "Bohemian Rhapsody"),
        ("like The Lord of the Rings", "The Lord of the Rings"),
        ("like Yesterday in C major", "Yesterday"),
        ("like 01a21ac3-0ce8-73bc-a564-2d3a79b3cf08", "01a21ac3-0ce8-73bc-a564-2d3a79b3cf08"),
    ],
)
def test_references(prompt: str, like: str) -> None:
    request = parse(prompt)
    assert request.like == like
    assert request.not_understood == ()


def test_words_within_a_title_are_no_wishes() -> None:
    request = parse("像《快乐的鼓》，慢")
    assert (request.like, request.drums, request.mood, request.bpm) == ("快乐的鼓", None, None, 70)
    request = parse('like "Fast Piano Waltz in C", sad')
    assert (request.instruments, request.style, request.key, request.bpm) == (
        None,
        None,
        None,
        None,
    )


def test_likeness_to_a_style_is_a_style() -> None:
    assert parse("something like a waltz").style == "waltz"
    assert parse("like Jazz").style == "jazz"


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ('a piece called "Rain on Tin"', "Rain on Tin"),
        ("一首叫《雨后》的钢琴曲", "雨后"),
        ("名为《慢》，快板", "慢"),
    ],
)
def test_a_title_can_be_given(prompt: str, title: str) -> None:
    assert parse(prompt).title == title


def test_the_prompts_language_is_that_of_its_words_not_of_a_title_in_it() -> None:
    assert parse("a slow waltz, like 《青花瓷》").language == "en"
    assert parse("慢华尔兹, in C major").language == "zh"


@pytest.mark.parametrize(
    ("prompt", "slot", "left"),
    [
        ("a waltz, but not in C major", "key", "not in C major"),
        ("not in a minor key", "mode", "not in a minor"),
        ("不要C大调的曲子", "key", "不要C大调"),
        ("a tune, not 3/4", "metre", "not 3/4"),
        ("not at 120 bpm", "bpm", "not at 120 bpm"),
        ("not 2 minutes", "seconds", "not 2 minutes"),
    ],
)
def test_a_denied_key_or_number_is_not_followed(prompt: str, slot: str, left: str) -> None:
    request = parse(prompt)
    assert getattr(request, slot) is None
    assert request.not_understood == (left,)


def test_a_denial_leaves_room_for_what_is_wanted_instead() -> None:
    assert parse("not 2 minutes but 3 minutes").seconds == 180
    request = parse("不要C大调，要D小调")
    assert (request.key, request.mode) == (2, "minor")
    assert parse("no drums in C major").key == 0


# --- who plays the tune -------------------------------------------------------------------


def test_backing_instruments_are_those_that_the_arranger_gives_no_tune() -> None:
    assert lexicon()["backing"]["programs"] == [p.program for p in instruments() if not p.leads]


@pytest.mark.parametrize(
    "prompt",
    [
        "bass solo",
        "bass guitar",
        "only bass and drums",
        "just a bass, in D",
        "a tune for tuba",
        "只用贝斯",
        "低音提琴曲",
        "太鼓，30秒",
    ],
)
def test_a_bass_that_nothing_is_with_plays_solo(prompt: str) -> None:
    assert parse(prompt).role == "solo"


@pytest.mark.parametrize(
    "prompt",
    [
        "a rock song with bass",
        "reggae with a deep bass line",
        "jazz with bass and drums",
        "bass, drums",
        "摇滚，带贝斯",
        "摇滚，加上贝斯",
        "only piano",
        "piano, bass",
    ],
)
def test_a_bass_among_others_is_no_solo(prompt: str) -> None:
    assert parse(prompt).role is None


def test_a_bass_drum_is_a_drum() -> None:
    request = parse("bass drum and flute")
    assert (request.instruments, request.drums) == ((73,), True)


@pytest.mark.parametrize(
    ("prompt", "bpm", "left"),
    [
        ("slow but fast", 70, ("fast",)),
        ("快板，很慢", 132, ("很慢",)),
        ("fast, but not too fast", 100, ()),
        ("a slow adagio", 70, ()),
    ],
)
def test_of_two_opposite_tempi_the_first_counts_and_the_other_is_told(
    prompt: str, bpm: float, left: tuple[str, ...]
) -> None:
    assert (parse(prompt).bpm, parse(prompt).not_understood) == (bpm, left)


def test_letters_before_rondo_are_its_form_and_no_chords() -> None:
    request = parse("A B A C A rondo for oboe")
    assert (request.form, request.chords) == ("ABACA", None)

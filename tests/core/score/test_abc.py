"""ABC books: what a musician reads in the text is what the reader gives."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.abc import (
    LARGEST_BOOK_CHARACTERS,
    parse_key,
    parse_length,
    parse_metre,
    read_book,
)
from songloom.core.score.tunes import Event, Tune
from songloom.errors import BadValue

HEAD = "X:1\nT:Test\nM:4/4\nL:1/8\nK:C\n"
CIRCLE_MAJOR = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"]


def tune(music: str, *, head: str = HEAD) -> Tune:
    (read,) = read_book(head + music + "\n")
    return read


def heard(music: str, *, head: str = HEAD) -> list[tuple[int | None, Fraction]]:
    return [(event.pitch, event.duration) for event in tune(music, head=head).events()]


def pitches(music: str, *, head: str = HEAD) -> list[int | None]:
    return [pitch for pitch, _ in heard(music, head=head)]


def lengths(music: str, *, head: str = HEAD) -> list[Fraction]:
    return [duration for _, duration in heard(music, head=head)]


def eighths(*counts: float) -> list[Fraction]:
    return [Fraction(count) / 2 for count in counts]


# Pitch


def test_letters_run_up_from_middle_c_through_both_cases() -> None:
    assert pitches("CDEFGAB cdefgab") == [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83]


def test_commas_lower_and_apostrophes_raise_by_an_octave() -> None:
    assert pitches("C, C,, c' c''") == [48, 36, 84, 96]


def test_accidentals_sharpen_flatten_and_double() -> None:
    assert pitches("^C | _D | ^^F | __B | =E") == [61, 61, 67, 69, 64]


def test_an_accidental_lasts_to_the_bar_line_and_no_longer() -> None:
    assert pitches("^F F G F | F") == [66, 66, 67, 66, 65]


def test_an_accidental_does_not_reach_the_other_octave() -> None:
    assert pitches("^F f") == [66, 77]


def test_the_signature_reaches_every_octave_and_a_natural_lifts_it() -> None:
    assert pitches("F f =F F | F", head=HEAD.replace("K:C", "K:G")) == [66, 78, 65, 65, 66]


@pytest.mark.parametrize(("n", "name"), list(enumerate(CIRCLE_MAJOR, start=-7)))
def test_each_step_on_the_circle_of_fifths_adds_one_sharp(n: int, name: str) -> None:
    signature = parse_key(name).signature
    assert len(signature) == abs(n)
    assert set(signature.values()) <= ({1} if n > 0 else {-1})


@pytest.mark.parametrize(
    ("text", "tonic", "mode", "like"),
    [
        ("Am", 9, "minor", "C"),
        ("E Minor", 4, "minor", "G"),
        ("EMin", 4, "minor", "G"),
        ("Aaeo", 9, "minor", "C"),
        ("Ador", 9, "dorian", "G"),
        ("E Dorian", 4, "dorian", "D"),
        ("Dmix", 2, "mixolydian", "G"),
        ("A Mixolydian", 9, "mixolydian", "D"),
        ("Glyd", 7, "lydian", "D"),
        ("Bphr", 11, "phrygian", "G"),
        ("F#loc", 6, "locrian", "G"),
        ("EM", 4, "major", "E"),
        ("D Major", 2, "major", "D"),
        ("F#m", 6, "minor", "A"),
        ("Bb", 10, "major", "Bb"),
        ("G % pentatonic -47", 7, "major", "G"),
    ],
)
def test_a_mode_shares_the_signature_of_its_relative_major(
    text: str, tonic: int, mode: str, like: str
) -> None:
    key = parse_key(text.split("%")[0])
    assert (key.tonic, key.mode) == (tonic, mode)
    assert key.signature == parse_key(like).signature


def test_the_highland_pipes_have_two_sharps() -> None:
    assert parse_key("HP").signature == {"F": 1, "C": 1}
    assert parse_key("Hp").tonic == 9


def test_a_key_may_add_an_accidental_of_its_own() -> None:
    assert parse_key("Dmix =c").signature == {"F": 1, "C": 0}
    assert parse_key("Dmix=c").signature["C"] == 0


@pytest.mark.parametrize("text", ["", "none", "???", "青花"])
def test_a_key_that_names_nothing_is_c_major(text: str) -> None:
    assert (parse_key(text).tonic, parse_key(text).mode, parse_key(text).signature) == (
        0,
        "major",
        {},
    )


def test_the_key_may_change_in_the_middle_on_a_line_or_in_brackets() -> None:
    assert pitches("F |\nK:G\nF | [K:F] B | [K:C] B") == [65, 66, 70, 71]
    assert tune("F |\nK:G\nF").key.tonic == 0  # the tune keeps the key it began in


# Length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", "1"),
        ("2", "2"),
        ("3/2", "3/2"),
        ("/", "1/2"),
        ("/2", "1/2"),
        ("//", "1/4"),
        ("/4", "1/4"),
        ("3/", "3/2"),
        ("///", "1/8"),
        ("12", "12"),
    ],
)
def test_a_length_multiplies_the_unit(text: str, length: str) -> None:
    assert parse_length(text) == Fraction(length)


def test_a_length_divided_by_zero_is_read_as_one() -> None:
    assert parse_length("2/0") == 2


@given(number=st.integers(1, 64), divisor=st.integers(1, 64))
def test_any_fraction_is_read_exactly(number: int, divisor: int) -> None:
    assert parse_length(f"{number}/{divisor}") == Fraction(number, divisor)


@pytest.mark.parametrize(
    ("metre", "unit"),
    [("2/4", "1/4"), ("6/8", "1/2"), ("C", "1/2"), ("3/4", "1/2"), ("5/8", "1/4")],
)
def test_without_a_unit_short_metres_count_sixteenths(metre: str, unit: str) -> None:
    head = f"X:1\nM:{metre}\nK:C\n"
    assert lengths("C", head=head) == [Fraction(unit)]


def test_the_unit_may_change_in_the_middle() -> None:
    assert lengths("C [L:1/16] C |\nL:1/4\nC") == [Fraction(1, 2), Fraction(1, 4), Fraction(1)]


def test_broken_rhythm_moves_half_of_one_note_to_its_neighbour() -> None:
    assert lengths("C>D") == eighths(1.5, 0.5)
    assert lengths("C<D") == eighths(0.5, 1.5)
    assert lengths("C>>D") == eighths(1.75, 0.25)
    assert lengths("C2>D2") == eighths(3, 1)


@given(st.text(alphabet="<>", min_size=1, max_size=3).filter(lambda s: len(set(s)) == 1))
def test_broken_rhythm_never_changes_the_sum(signs: str) -> None:
    assert sum(lengths(f"C{signs}D E")) == Fraction(3, 2)


def test_broken_rhythm_holds_across_ornaments_fingerings_and_graces() -> None:
    assert lengths('C>~D e>"4"d c>{ag}B') == eighths(1.5, 0.5, 1.5, 0.5, 1.5, 0.5)


def test_a_triplet_fits_three_in_the_time_of_two() -> None:
    assert lengths("(3CDE F") == [Fraction(1, 3)] * 3 + [Fraction(1, 2)]


def test_a_slurred_triplet_is_still_a_triplet() -> None:
    assert lengths("((3CDE) F") == [Fraction(1, 3)] * 3 + [Fraction(1, 2)]


@pytest.mark.parametrize(
    ("music", "total"),
    [("(2CD", "3/2"), ("(4CDEF", "3/2"), ("(6CDEFGA", "1"), ("(3:2:2CD", "2/3"), ("(5CDEFG", "1")],
)
def test_tuplets_last_as_the_standard_says(music: str, total: str) -> None:
    assert sum(lengths(music)) == Fraction(total)


def test_five_notes_take_the_time_of_three_in_compound_metre() -> None:
    assert sum(lengths("(5CDEFG", head=HEAD.replace("4/4", "6/8"))) == Fraction(3, 2)


def test_a_rest_counts_as_time_without_pitch() -> None:
    assert heard("C z2 D x/") == [
        (60, Fraction(1, 2)),
        (None, Fraction(1)),
        (62, Fraction(1, 2)),
        (None, Fraction(1, 4)),
    ]


def test_a_long_rest_counts_whole_bars() -> None:
    assert heard("Z2 | C") == [(None, Fraction(8)), (60, Fraction(1, 2))]


def test_a_tie_joins_equal_pitches_also_across_the_bar() -> None:
    assert heard("C4- | C2 D2") == [(60, Fraction(3)), (62, Fraction(1))]


def test_a_tie_between_different_pitches_is_a_slur() -> None:
    assert heard("C2-D2") == [(60, Fraction(1)), (62, Fraction(1))]


def test_a_tie_at_the_very_start_is_ignored() -> None:
    assert pitches("- C") == [60]


# What is not melody


def test_graces_texts_and_decorations_are_skipped() -> None:
    assert pitches('{ga}C !trill!D "Am7"E .F ~G HA vB `c y d') == [
        60,
        62,
        64,
        65,
        67,
        69,
        71,
        72,
        74,
    ]


def test_a_comment_ends_a_line() -> None:
    assert pitches("C D % E F") == [60, 62]


def test_a_chord_gives_its_top_note_and_the_length_behind_it() -> None:
    assert heard("[CEG]2 [c2A2]") == [(67, Fraction(1)), (72, Fraction(1))]


def test_the_second_voice_is_left_out_by_line_and_in_brackets() -> None:
    assert pitches("V:1\nC D |\nV:2\nE F |\nV:1\nG A |") == [60, 62, 67, 69]
    assert pitches("[V:1] C D |\n[V:2] E F |\n[V:1] G |") == [60, 62, 67]


def test_voices_declared_in_the_header_begin_with_the_first() -> None:
    assert pitches("C |\n[V:2] E", head="X:1\nM:4/4\nL:1/8\nV:1\nV:2\nK:C\n") == [60]


# Header


def test_a_header_gives_number_title_metre_and_transcriber() -> None:
    head = 'X: 12\nT:First\nT:Second\nZ:"Norbert"\nM:9/8\nL:1/8\nK:Edor\n'
    read = tune("E3", head=head)
    assert (read.number, read.title, read.transcriber) == ("12", "First", "Norbert")
    assert (read.metre, read.bar_length, read.key.mode) == ((9, 8), Fraction(9, 2), "dorian")


@pytest.mark.parametrize(
    ("text", "metre"),
    [("C", (4, 4)), ("C|", (2, 2)), ("6/8", (6, 8)), (" 3/4 % waltz", (3, 4)), ("12/8", (12, 8))],
)
def test_a_metre_is_read(text: str, metre: tuple[int, int]) -> None:
    assert parse_metre(text) == metre


@pytest.mark.parametrize("text", ["none", "", "3/0", "0/4", "3+2/8", "4"])
def test_what_is_no_metre_is_none(text: str) -> None:
    assert parse_metre(text) is None


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("1/4=120", 120.0),
        ("3/8=100", 150.0),  # a dotted quarter is one and a half quarters
        ("1/2=60", 120.0),
        ("80", 40.0),  # units of an eighth
        ('1/4=80 "Slow"', 80.0),
        ('"Slowly"', None),
    ],
)
def test_a_tempo_is_told_in_quarters(text: str, bpm: float | None) -> None:
    assert tune("C", head=HEAD.replace("K:C", f"Q:{text}\nK:C")).bpm == bpm


# Bars, repeats, endings


def test_bars_are_cut_at_every_kind_of_line() -> None:
    assert [len(bar.notes) for bar in tune("C | DE || FGA |: B :| c |] d").bars] == [
        1,
        2,
        3,
        1,
        1,
        1,
    ]


def unfolded(music: str) -> list[int | None]:
    return [event.pitch for event in tune(music).events(is_expanded=True)]


def test_written_order_plays_no_repeat() -> None:
    assert pitches("C D :|: E F :|") == [60, 62, 64, 65]


@pytest.mark.parametrize(
    ("music", "letters"),
    [
        ("C | D :|", "CDCD"),
        ("|: C | D :|", "CDCD"),
        ("C |: D :| E |]", "CDDE"),
        ("C :|: D :|", "CCDD"),
        ("C :: D :|", "CCDD"),
        ("|: C |1 D :|2 E |]", "CDCE"),
        ("|: C |[1 D :|[2 E |] F", "CDCEF"),
        ("|: C [1 D :| [2 E |: F :|", "CDCEFF"),
        ("|: C |1,3 D :|2 E |]", "CDCECD"),
        ("|: C |1-2 D :|3 E |]", "CDCDCE"),
        ("|: C |1 D | E :|2 F | G || A", "CDECFGA"),
        ("C | D | E |]", "CDE"),
    ],
)
def test_repeats_and_endings_are_played_in_their_order(music: str, letters: str) -> None:
    assert unfolded(music) == pitches(letters)


@given(st.lists(st.sampled_from("CDEFGABcdefgab"), min_size=1, max_size=30))
def test_a_tune_without_repeats_is_played_as_written(letters: list[str]) -> None:
    music = " | ".join(letters)
    assert unfolded(music) == pitches(music)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_onsets_are_the_running_sum_of_lengths(counts: list[int]) -> None:
    events = tune("|".join(f"C{n}D{n}" for n in counts)).events()
    for before, after in pairwise(events):
        assert after.onset == before.onset + before.duration
    assert events[-1].onset + events[-1].duration == sum(counts)


# Books


def test_a_book_gives_every_tune_and_drops_empty_ones() -> None:
    book = "% preface\n\n" + HEAD + "C D\n\nX:2\nT:Empty\nK:C\n\nX:3\nT:Third\nK:C\nE F\n"
    assert [read.number for read in read_book(book)] == ["1", "3"]


def test_line_ends_of_other_systems_are_read_alike() -> None:
    text = HEAD + "C D | E F |\n"
    assert read_book(text.replace("\n", "\r\n"))[0].events() == read_book(text)[0].events()


def test_a_book_that_is_too_large_is_refused_with_both_numbers() -> None:
    with pytest.raises(
        BadValue, match=rf"\d+ characters; the largest is {LARGEST_BOOK_CHARACTERS}"
    ):
        read_book(" " * (LARGEST_BOOK_CHARACTERS + 1))


@given(st.text(max_size=200))
def test_any_text_after_a_header_is_read_without_an_error(text: str) -> None:
    for read in read_book(HEAD + text):
        for event in read.events(is_expanded=True):
            assert isinstance(event, Event)
            assert event.duration > 0


def test_a_whole_traditional_tune_is_read_note_for_note() -> None:
    """The first strain of The Ranting Highlandman as James Aird printed it in 1778."""
    head = "X:1\nT:The Ranting Highlandman.\nM:C|\nL:1/8\nK:G\n"
    strain = "AG|B2B2 B2AG|B2B2 B2g2|B2B2 B2AG|AGAB A2"
    notes = heard(strain, head=head)
    quarter, eighth = Fraction(1), Fraction(1, 2)
    expected = [(69, eighth), (67, eighth)]
    expected += [(71, quarter)] * 3 + [(69, eighth), (67, eighth)]
    expected += [(71, quarter)] * 3 + [(79, quarter)]
    expected += [(71, quarter)] * 3 + [(69, eighth), (67, eighth)]
    expected += [(69, eighth), (67, eighth), (69, eighth), (71, eighth), (69, quarter)]
    assert notes == expected
    assert sum(duration for _, duration in notes) == 16  # four full bars with the pickup

"""One sound becomes several, and all of them together are the whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from songloom.core.audio import Audio, recipe, splitting
from songloom.core.audio.edits import Sound
from songloom.core.audio.silences import SPANS_PER_SECOND, Spans
from songloom.core.audio.splitting import Label, Part
from songloom.errors import BadValue
from tests.core.audio.sounds import boundaries, cut_at, joined, noise, tone, write_wav

RATE = 8_000
CUE = """REM GENRE 流行
PERFORMER "周杰伦"
TITLE "现场"
FILE "live.flac" WAVE
  TRACK 01 AUDIO
    TITLE "青花瓷"
    PERFORMER "周杰伦"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Blue and White"
    PERFORMER 方文山
    INDEX 00 03:58:10
    INDEX 01 04:00:37
  TRACK 03 AUDIO
    TITLE "千里之外"
    INDEX 01 100:05:74
"""


# ------------------------------------------------------------------ at times


@given(times=st.lists(st.floats(0.02, 0.9), min_size=1, max_size=8))
def test_all_parts_one_after_the_other_are_the_whole_to_the_sample(times: list[float]) -> None:
    spaced = [t for n, t in enumerate(sorted(times)) if n == 0 or t - sorted(times)[n - 1] > 0.02]
    sound = noise(RATE, 2)
    pieces: list[Audio] = []
    for part in splitting.at_times(spaced):
        edit = {"edit": "trim", "start_s": part.start_s, "end_s": part.end_s}
        made = recipe.read([edit]).on(Sound(lambda: iter([sound]), RATE, 2))
        pieces.extend(made.make())
    assert_array_equal(joined(pieces), sound)


def test_times_are_put_in_order_and_each_counts_once() -> None:
    assert splitting.at_times([90, 30, 90.0, 0]) == [Part(0, 30), Part(30, 90), Part(90, None)]


@pytest.mark.parametrize("times", [[], [0], [-5, 0.001]])
def test_without_a_time_after_the_start_there_is_nothing_to_split(times: list[float]) -> None:
    with pytest.raises(BadValue, match="no time after the start"):
        splitting.at_times(times)


def test_too_many_parts_are_refused_with_both_numbers() -> None:
    with pytest.raises(BadValue, match="501 parts; 500 are allowed"):
        splitting.at_times(range(1, 501))


# ------------------------------------------------------------------ at silences


@given(cuts=boundaries(3 * RATE))
def test_silences_are_found_wherever_blocks_begin(cuts: list[int]) -> None:
    loud = tone(400, 0.8, RATE)
    still = np.zeros((2, round(0.4 * RATE)), np.float32)
    sound = np.concatenate([still, loud, still, loud], axis=1)
    spans = Spans(RATE)
    for block in cut_at(sound, cuts):
        spans.add(np.abs(block).max(axis=0))
    found = spans.below(10 ** (-50 / 20), 0.3)
    wanted = [(0.0, 0.4), (1.2, 1.6)]
    assert np.abs(np.array(found) - np.array(wanted)).max() <= 1 / SPANS_PER_SECOND


def test_a_silence_that_is_too_short_is_none(tmp_path: Path) -> None:
    loud, still = tone(400, 0.5, RATE), np.zeros((2, RATE // 10), np.float32)
    path = write_wav(tmp_path / "a.wav", np.concatenate([loud, still, loud], axis=1), RATE)
    assert splitting.find_silences(str(path), least_s=0.5) == []
    ((start_s, end_s),) = splitting.find_silences(str(path), least_s=0.08)
    assert start_s == pytest.approx(0.5, abs=0.02)
    assert end_s == pytest.approx(0.6, abs=0.02)


def test_parts_begin_in_the_middle_of_silences_but_for_those_at_the_ends() -> None:
    silences = [(0.0, 1.0), (10.0, 12.0), (20.0, 21.0), (29.0, 30.0)]
    assert splitting.at_silences(silences, 30.0) == [Part(0, 11), Part(11, 20.5), Part(20.5)]
    with pytest.raises(BadValue, match="no silence within"):
        splitting.at_silences([(0.0, 1.0), (29.0, 30.0)], 30.0)


# ------------------------------------------------------------------ by a cue sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_cue_sheet_is_read_in_every_usual_encoding(encoding: str) -> None:
    one, two, three = splitting.by_cue(CUE.encode(encoding))
    assert one == Part(0.0, 240 + 37 / 75, "青花瓷", "周杰伦", 1)
    assert two == Part(240 + 37 / 75, 6_005 + 74 / 75, "Blue and White", "方文山", 2)
    assert three == Part(6_005 + 74 / 75, None, "千里之外", "", 3)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_system(ending: str) -> None:
    assert len(splitting.by_cue(CUE.replace("\n", ending).encode())) == 3


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("", "no track with an INDEX 01"),
        ("hello", "no track with an INDEX 01"),
        ("TRACK 01 AUDIO\nINDEX 00 00:00:00", "no track with an INDEX 01"),
        ("TRACK 01 AUDIO\nINDEX 01 1:2", "“1:2” is no time of a cue sheet"),
        ("TRACK 01 AUDIO\nINDEX 01 00:61:00", "is no time of a cue sheet"),
        ("TRACK 01 AUDIO\nINDEX 01 00:00:75", "is no time of a cue sheet"),
        (
            "TRACK 01 AUDIO\nINDEX 01 00:10:00\nTRACK 02 AUDIO\nINDEX 01 00:05:00",
            "lasts under 0.01 s",
        ),
    ],
)
def test_what_is_no_cue_sheet_is_refused_in_a_sentence(sheet: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        splitting.by_cue(sheet.encode())


@given(raw=st.binary(max_size=400))
def test_any_bytes_are_a_cue_sheet_or_labels_or_a_refusal(raw: bytes) -> None:
    for read in (splitting.by_cue, splitting.labels):
        with suppress(BadValue):
            assert read(raw)


def test_a_text_that_is_too_large_is_refused() -> None:
    with pytest.raises(BadValue, match="1000001 bytes of text; 1000000 are allowed"):
        splitting.text_of(b"a" * 1_000_001)
    with pytest.raises(BadValue, match="no text in UTF-8 or GBK"):
        splitting.text_of(b"\x81\xff\xff")


# ------------------------------------------------------------------ by labels


def test_labels_of_audacity_are_read_frequencies_left_out() -> None:
    raw = "10.5\t10.5\tverse\n\\\t100.0\t2000.0\n1,25\t3\tintro 前奏\n\n20\t20\t\n"
    assert splitting.labels(raw.encode()) == [
        Label(1.25, 3.0, "intro 前奏"),
        Label(10.5, 10.5, "verse"),
        Label(20.0, 20.0),
    ]


times = st.integers(0, 10_000_000).map(lambda n: n / 1_000)
texts = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12)


@given(
    found=st.lists(st.builds(lambda a, b, t: Label(min(a, b), max(a, b), t), times, times, texts))
)
def test_labels_that_are_written_are_read_again(found: list[Label]) -> None:
    written = splitting.as_text(found)
    if not found:
        assert written == ""
        return
    ordered = sorted(found, key=lambda one: (one.start_s, one.end_s))
    assert splitting.labels(written.encode()) == ordered


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "there is no label"),
        ("verse", "line 1 of the labels has no two times"),
        ("1\t2\tok\nx\ty\tz", "line 2 of the labels has no two times"),
        ("2\t1\tback", "ends before it begins"),
        ("-1\t1\tearly", "ends before it begins"),
        ("nan\t1\t", "ends before it begins"),
        ("1\tinf\t", "ends before it begins"),
    ],
)
def test_what_is_no_label_is_refused_by_its_line(raw: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        splitting.labels(raw.encode())


def test_places_begin_parts_and_stretches_are_parts() -> None:
    places = [Label(0, 0, "intro"), Label(10, 10, "verse"), Label(25, 25, "")]
    assert splitting.by_labels(places) == [
        Part(0, 10, "intro"),
        Part(10, 25, "verse"),
        Part(25, None, ""),
    ]
    stretches = [Label(5, 8, "keep"), Label(6, 6, "a place"), Label(9, 12, "this")]
    assert splitting.by_labels(stretches) == [Part(5, 8, "keep"), Part(9, 12, "this")]


def test_stretches_over_each_other_are_refused() -> None:
    with pytest.raises(BadValue, match="the part at 7 s begins before that at 5 s ends"):
        splitting.by_labels([Label(5, 8), Label(7, 9)])

"""What lies where in a song: keys until the next, chords in words, nothing where none is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.urls import reverse
from django.utils.translation import override

from songloom.core.features.outline import packed
from songloom.interfaces.web.lanes import lanes, scale_hz
from songloom.library.models import Features, File, User
from tests.shelf import shelve
from tests.web.conftest import measured


def laid(*sections: list[Any], **values: Any) -> dict[str, Any]:
    return lanes(cast(Features, SimpleNamespace(values=values)), 90.0, sections)


def test_a_key_lasts_until_the_next_and_the_last_until_the_end() -> None:
    found = laid(key_changes=[[0.0, "G", "minor"], [26.4707, "G#", "major"]])
    assert found["keys"] == [(0.0, 26.47, "G minor"), (26.47, 90.0, "A♭ major")]


def test_keys_are_said_in_the_readers_language() -> None:
    with override("zh-hans"):
        assert laid(key_changes=[[0.0, "G", "minor"]])["keys"] == [(0.0, 90.0, "G 小调")]


def test_the_sections_of_a_score_have_a_lane() -> None:
    score = ([0.0, 8.0, "intro"], [8.0, 40.126, "A"], [40.126, 90.0, "coda"])
    found = laid(*score)["sections"]
    assert found == [(0.0, 8.0, "Intro"), (8.0, 40.13, "A"), (40.13, 90.0, "Coda")]
    with override("zh-hans"):
        assert [words for *_, words in laid(*score)["sections"]] == ["前奏", "A", "尾声"]


def test_where_there_is_no_chord_there_is_none_to_press() -> None:
    found = laid(chords=[[0.0, 4.0, "N"], [4.0, 5.5, "F#m"]])
    assert found["chords"] == [(4.0, 5.5, "F♯m")]


@pytest.mark.parametrize(
    ("span", "shown"), [([30.0, 60.0], [(30.0, 60.0, "highlight")]), ([0.0, 90.0], []), (None, [])]
)
def test_the_highlight_is_shown_where_it_is_not_all_of_the_song(span: Any, shown: Any) -> None:
    assert laid(highlight_s=span)["highlight"] == shown


def test_of_what_was_not_measured_there_is_nothing() -> None:
    nothing: dict[str, list[Any]] = {name: [] for name in laid()}
    assert laid(key_changes=None, chords=None, silences_s=None, beats_s=None) == nothing


def test_the_scale_ends_where_the_file_does() -> None:
    def marks_of(rate: int) -> list[str]:
        file = cast(File, SimpleNamespace(sample_rate=rate))
        return [str(mark["words"]) for mark in scale_hz(file)]

    assert marks_of(44_100)[0] == "50 Hz"
    assert marks_of(44_100)[-1] == "20 kHz"
    assert marks_of(8_000)[-1] == "2 kHz"
    assert scale_hz(None) == []


def test_a_page_shows_its_plots_and_lanes_without_another_request(client: Any, yun: User) -> None:
    song = shelve(yun, "Song")
    levels = [-20.0, -18.0, -16.0]
    measured(song, chords=[[0.0, 4.0, "Dm"]], loudness_over_time=levels, loudness_lufs=-17.0)
    page = client.get(reverse("web:track", args=[song.pk])).content.decode()
    assert page.count("plot-picture") >= 3  # tonality, loudness, tempo
    assert '"Dm"' in page
    assert "style=" not in page


def test_the_wave_from_near_comes_as_roots_and_is_empty_before(client: Any, yun: User) -> None:
    song = shelve(yun, "Song")
    found = measured(song)
    where = reverse("web:track_peaks", args=[song.pk])
    assert client.get(where).json() == {"roots": []}
    found.peaks_fine = packed([0.0, 0.25, 1.0])
    found.save()
    assert client.get(where).json() == {"roots": [0, 128, 255]}

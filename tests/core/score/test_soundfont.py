"""Small soundfonts: the same samples, loops and zones as in the large one, and nothing else."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

import songloom
from songloom.core.score.soundfont import (
    SIZES,
    Font,
    cached_subset,
    nearest_preset,
    prune,
    read_font,
    subset,
)
from songloom.errors import BadValue
from tests.core.score.sine_font import MODULATOR, N_SAMPLES, sine, sine_font

FOLDER = Path(songloom.__file__).parent / "assets" / "soundfonts" / "fluidr3mono"
SF3 = FOLDER / "FluidR3Mono_GM.sf3"
SHDR = struct.Struct("<20sIIIIIBbHH")


@pytest.fixture(scope="module")
def large() -> Font:
    return read_font(SF3.read_bytes())


def zones_of(font: Font, bank: int, program: int) -> list[dict[str, Any]]:
    """Every instrument zone of a preset as plain facts, by a walk of this test's own."""
    rows = font.records
    found: list[dict[str, Any]] = []

    def span(table: bytes, index: int, offset: int) -> range:
        first, last = (
            struct.unpack_from("<H", rows[table][i], offset)[0] for i in (index, index + 1)
        )
        return range(first, last)

    preset = next(
        i
        for i, row in enumerate(rows[b"phdr"])
        if struct.unpack_from("<HH", row, 20) == (program, bank)
    )
    for bag in span(b"phdr", preset, 24):
        own = [struct.unpack("<HH", rows[b"pgen"][i]) for i in span(b"pbag", bag, 0)]
        number = dict(own).get(41)
        if number is None:
            found.append({"global": own})
            continue
        for inner in span(b"inst", number, 20):
            generators = [struct.unpack("<HH", rows[b"igen"][i]) for i in span(b"ibag", inner, 0)]
            modulators = [rows[b"imod"][i] for i in span(b"ibag", inner, 2)]
            sample = dict(generators).get(53)
            found.append(
                {
                    "preset": [g for g in own if g[0] != 41],
                    "generators": [g for g in generators if g[0] != 53],
                    "modulators": modulators,
                    "sample": None if sample is None else sounding(font, sample),
                }
            )
    return found


def sounding(font: Font, number: int) -> dict[str, Any]:
    """Samples and loop as they sound, whether stored as PCM or as Vorbis."""
    name, start, end, loop_start, loop_end, rate, pitch, correction, _, kind = SHDR.unpack(
        font.records[b"shdr"][number]
    )
    if kind & 0x10:
        pcm = soundfile.read(io.BytesIO(bytes(font.samples[start:end])), dtype="int16")[0]
        loop = (loop_start, min(loop_end, len(pcm)))
    else:
        pcm = np.frombuffer(font.samples[2 * start : 2 * end], "<i2")
        loop = (loop_start - start, loop_end - start)
    return {
        "name": name,
        "pcm": pcm.tobytes(),
        "loop": loop,
        "rate": rate,
        "pitch": (pitch, correction),
    }


@pytest.mark.parametrize("preset", [(0, 0), (0, 40), (0, 73), (0, 107), (0, 48), (128, 0)])
def test_a_small_font_sounds_zone_by_zone_like_the_large_one(
    large: Font, preset: tuple[int, int]
) -> None:
    small = read_font(subset(large, [preset]))
    assert zones_of(small, *preset) == zones_of(large, *preset)


def test_several_presets_keep_their_zones_side_by_side(large: Font) -> None:
    wanted = [(0, 0), (0, 1), (0, 42)]
    small = read_font(subset(large, wanted))
    assert sorted(small.presets) == wanted
    for preset in wanted:
        assert zones_of(small, *preset) == zones_of(large, *preset)


def test_shared_samples_are_stored_once(large: Font) -> None:
    one, two = len(subset(large, [(0, 0)])), len(subset(large, [(0, 1)]))
    both = len(subset(large, [(0, 0), (0, 1)]))
    assert both < 0.75 * (one + two)  # pianos of one set of samples


def test_a_small_font_is_small_and_holds_nothing_else(large: Font) -> None:
    small = subset(large, [(0, 40)])
    assert len(small) < 4_000_000
    assert list(read_font(small).presets) == [(0, 40)]


@settings(max_examples=6, deadline=None)
@given(
    st.sets(
        st.sampled_from([*((0, program) for program in range(0, 128, 9)), (128, 0)]),
        min_size=1,
        max_size=3,
    )
)
def test_small_fonts_are_whole_by_the_specification(presets: set[tuple[int, int]]) -> None:
    content = subset(read_font(SF3.read_bytes()), presets)
    assert content == subset(read_font(SF3.read_bytes()), sorted(presets))  # the same bytes again
    size = struct.unpack_from("<I", content, 4)[0]
    assert size == len(content) - 8
    font = read_font(content)
    n_samples = len(font.samples) // 2
    for row in font.records[b"shdr"][:-1]:
        _, start, end, loop_start, loop_end, *_, kind = SHDR.unpack(row)
        assert 0 <= start <= loop_start <= loop_end <= end <= n_samples - 46
        assert not any(font.samples[2 * end : 2 * end + 92])  # 46 samples of silence
        assert kind == 1
    for name, table, offset in ((b"phdr", b"pbag", 24), (b"inst", b"ibag", 20)):
        indexes = [struct.unpack_from("<H", row, offset)[0] for row in font.records[name]]
        assert indexes == sorted(indexes)
        assert indexes[-1] == len(font.records[table]) - 1


def test_an_uncompressed_font_of_ones_own_is_taken_in_as_well() -> None:
    small = read_font(subset(read_font(sine_font()), [(0, 5)]))
    (zone,) = zones_of(small, 0, 5)
    assert zone["sample"]["pcm"] == sine().tobytes()
    assert zone["sample"]["loop"] == (0, N_SAMPLES)
    assert zone["sample"]["pitch"] == (69, 0)
    assert zone["generators"] == [(54, 1)]
    assert zone["modulators"] == [MODULATOR]


def test_a_preset_that_is_missing_is_played_by_the_nearest_under_the_number_asked_for(
    large: Font,
) -> None:
    only_sine = read_font(sine_font(program=5))
    assert nearest_preset(only_sine, (0, 99)) == (0, 5)
    assert nearest_preset(only_sine, (128, 0)) == (0, 5)
    small = read_font(subset(only_sine, [(0, 99)]))
    assert list(small.presets) == [(0, 99)]
    assert nearest_preset(large, (0, 40)) == (0, 40)
    assert nearest_preset(large, (128, 77)) == (128, 0)
    assert nearest_preset(large, (3, 40)) == (0, 40)


def test_all_of_general_midi_is_there(large: Font) -> None:
    assert {(0, program) for program in range(128)} | {(128, 0)} <= set(large.presets)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"RIFF\x04\x00\x00\x00WAVE", b"RIFF\x04\x00\x00\x00sfbk", b"MThd" + bytes(100)],
)
def test_what_is_no_soundfont_is_refused(content: bytes) -> None:
    with pytest.raises(BadValue):
        read_font(content)


def test_a_cut_soundfont_is_refused() -> None:
    whole = sine_font()
    for size in range(12, len(whole) - 60, 97):
        with pytest.raises(BadValue):
            read_font(whole[:size])


def test_every_table_of_the_specification_is_read() -> None:
    font = read_font(sine_font())
    assert set(font.records) == set(SIZES)
    assert all(len(row) == SIZES[name] for name, rows in font.records.items() for row in rows)


# --- the cache ----------------------------------------------------------------------------


def test_a_small_font_is_made_once_and_found_again(tmp_path: Path) -> None:
    font = tmp_path / "sine.sf2"
    font.write_bytes(sine_font())
    first = cached_subset(font, [(0, 5)], tmp_path / "cache")
    made = first.stat().st_mtime_ns
    assert cached_subset(font, [(0, 5), (0, 5)], tmp_path / "cache") == first
    assert first.stat().st_mtime_ns == made
    assert cached_subset(font, [(0, 6)], tmp_path / "cache") != first
    assert not list((tmp_path / "cache").glob("*.part"))


def test_another_font_of_the_same_name_is_not_mistaken(tmp_path: Path) -> None:
    font = tmp_path / "my.sf2"
    font.write_bytes(sine_font(program=5))
    first = cached_subset(font, [(0, 5)], tmp_path)
    font.write_bytes(sine_font(program=6))
    assert cached_subset(font, [(0, 5)], tmp_path) != first


def test_a_known_hash_saves_reading_the_font(tmp_path: Path) -> None:
    font = tmp_path / "sine.sf2"
    font.write_bytes(sine_font())
    sha256 = hashlib.sha256(font.read_bytes()).hexdigest()
    first = cached_subset(font, [(0, 5)], tmp_path, sha256=sha256)
    assert cached_subset(font, [(0, 5)], tmp_path) == first
    font.unlink()
    assert cached_subset(font, [(0, 5)], tmp_path, sha256=sha256) == first


def test_the_cache_forgets_what_was_not_used_for_longest(tmp_path: Path) -> None:
    paths = []
    for index in range(5):
        path = tmp_path / f"{index}.sf2"
        path.write_bytes(bytes(1_000))
        os.utime(path, (1_000 + index, 1_000 + index))
        paths.append(path)
    prune(tmp_path, most_bytes=2_500, but=paths[0])  # the oldest is in use now
    assert [path.exists() for path in paths] == [True, False, False, False, True]


# --- what comes along ---------------------------------------------------------------------


def test_the_card_says_what_the_file_is() -> None:
    card = tomllib.loads((FOLDER / "card.toml").read_text("utf-8"))
    content = (FOLDER / card["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == card["sha256"]
    assert len(content) == card["size_bytes"]
    assert card["licence"] == "MIT"
    licence = (FOLDER / card["licence_file"]).read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in licence
    for author in ("Frank Wen", "Michael Cowgill"):
        assert author in licence
        assert author in card["authors"]

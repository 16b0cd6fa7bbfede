"""The same recording is found again, whatever was done to it; another one is not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from songloom.core.audio import decode
from songloom.core.audio.encode import encoder
from songloom.core.audio.formats import FORMATS
from songloom.core.features.fingerprint import ITEM_S, Items, Print, empty_item
from songloom.core.features.recordings import (
    CROWD,
    N_KEYS,
    candidates,
    is_same,
    keys_of,
    meeting,
    same,
)
from tests.core.features.signals import Audio, noise, tone
from tests.songs import song

RATE = 11_025


def tune(seed: int, n_notes: int = 60) -> Audio:
    """(samples,) 24 seconds of chords and a melody that chance has written."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(n_notes):
        pitches = [40 + int(rng.integers(12)), *(60 + rng.integers(0, 24, 3))]
        sound = np.sum([tone(float(p), 0.4, sample_rate=RATE) for p in pitches], axis=0)
        parts.append(sound * rng.uniform(0.2, 1))
    return np.concatenate(parts).astype(np.float32)


def items(sound: Audio, rate: int = RATE) -> Items:
    heard = Print(rate)
    heard.add(sound)
    return heard.items()


@pytest.fixture(scope="module")
def tunes() -> list[Audio]:
    return [tune(seed) for seed in range(6)]


@pytest.fixture(scope="module")
def prints(tunes: list[Audio]) -> list[tuple[Items, Items]]:
    return [(found, keys_of(found)) for found in map(items, tunes)]


CHANGES: dict[str, Callable[[Audio], Audio]] = {
    "quieter": lambda sound: sound * np.float32(0.5),
    "trimmed by 5.3 s": lambda sound: sound[round(5.3 * RATE) :],
    "with silence before": lambda sound: np.concatenate([np.zeros(3 * RATE, np.float32), sound]),
    "with hiss 30 dB below": lambda sound: sound + noise(24, sample_rate=RATE, level=0.003),
    "duller": lambda sound: signal.lfilter([0.25, 0.5, 0.25], [1], sound).astype(np.float32),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_recording_is_found_among_others(
    change: str, tunes: list[Audio], prints: list[tuple[Items, Items]]
) -> None:
    changed = items(CHANGES[change](tunes[2]))
    found = same([*prints, (changed, keys_of(changed))])
    assert [(i, j) for i, j, _ in found] == [(2, len(prints))]


def test_how_much_later_it_begins_is_said(tunes: list[Audio]) -> None:
    met = meeting(items(tunes[0]), items(tunes[0][5 * RATE :]))
    assert met is not None
    assert met.later_s == pytest.approx(5, abs=ITEM_S)
    assert met.overlap_s == pytest.approx(24 - 5 - 2.8, abs=0.5)
    assert met.agreement > 0.9


def test_other_tunes_agree_as_chance_does(prints: list[tuple[Items, Items]]) -> None:
    for (one, _), (other, _) in combinations(prints, 2):
        met = meeting(one, other)
        assert met is None or met.agreement < 0.75
        assert not is_same(one, other, met)


def test_two_halves_of_a_minute_are_no_whole(tunes: list[Audio]) -> None:
    """What shares only its first third with another is not the same recording."""
    one, other = (np.concatenate([tunes[0][: 8 * RATE], tunes[n]]) for n in (1, 2))
    assert not is_same(items(one), items(other), meeting(items(one), items(other)))


def test_a_song_that_repeats_lies_on_itself_and_not_on_its_repetition(tunes: list[Audio]) -> None:
    """Trimmed, a loop agrees a little better with its second round than with its first."""
    looped = np.concatenate([tunes[0]] * 2)
    met = meeting(items(looped), items(looped[round(5.2 * RATE) :]))
    assert met is not None
    assert met.later_s == pytest.approx(5.2, abs=ITEM_S)
    assert is_same(items(looped), items(looped[round(5.2 * RATE) :]), met)


def test_silence_and_nothing_meet_nowhere() -> None:
    silent, nothing = items(np.zeros(20 * RATE, np.float32)), np.zeros(0, np.uint32)
    assert keys_of(silent).size == keys_of(nothing).size == 0
    assert meeting(silent, silent) is meeting(nothing, silent) is None
    assert same([]) == same([(silent, keys_of(silent))] * 2) == []


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=400), st.randoms())
def test_keys_do_not_depend_on_where_items_stand(numbers: list[int], chance: object) -> None:
    some = np.asarray(numbers, np.uint32)
    keys = keys_of(some)
    chance.shuffle(numbers)  # type: ignore[attr-defined]
    assert np.array_equal(keys_of(np.asarray(numbers * 2, np.uint32)), keys)
    known = set(numbers) - {int(empty_item())}
    assert len(keys) == min(N_KEYS, len(known))
    assert set(keys.tolist()) <= known


@settings(max_examples=50)
@given(st.lists(st.sets(st.integers(0, 9), max_size=6), max_size=CROWD))
def test_candidates_are_the_pairs_that_share_two_keys(sets: list[set[int]]) -> None:
    keys = [np.asarray(sorted(some), np.uint32) for some in sets]
    expected = [(i, j) for i, j in combinations(range(len(sets)), 2) if len(sets[i] & sets[j]) >= 2]
    assert candidates(keys) == expected


def test_a_crowd_with_the_same_keys_stays_linear_and_holds_together() -> None:
    n = 500
    found = candidates([np.arange(4, dtype=np.uint32)] * n)
    assert len(found) < n * CROWD
    assert {(i, i + 1) for i in range(n - 1)} <= set(found)


@pytest.mark.parametrize(("stem", "codec"), [("revelation", "opus")])
def test_a_real_song_at_64_kbit_s_trimmed_and_quieter_is_the_same(
    stem: str, codec: str, tmp_path: Path, prints: list[tuple[Items, Items]]
) -> None:
    sound, rate = decode.read(str(song(stem)))
    sound = sound[:, : 40 * rate]
    form, path = FORMATS[codec], str(tmp_path / f"again.{codec}")
    wanted = form.nearest_rate(rate)
    late = signal.resample_poly(sound[:, 10 * rate :] / 2, wanted // 100, rate // 100, axis=1)
    with encoder(path, form, sample_rate=wanted, channels=2, bit_rate_kbps=64) as writer:
        writer.write(late.astype(np.float32))
    again, again_rate = decode.read(path)
    both = [items(sound.mean(axis=0), rate), items(again.mean(axis=0), again_rate)]
    found = same([*prints, *((some, keys_of(some)) for some in both)])
    assert [(i, j) for i, j, _ in found] == [(len(prints), len(prints) + 1)]
    assert found[0][2].later_s == pytest.approx(10, abs=0.3)

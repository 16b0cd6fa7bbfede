"""The composer's own ear for keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.score.chords import triads
from songloom.core.score.key_sense import clarity
from songloom.core.score.notes import Note
from songloom.core.score.scales import SCALES


def sounding(tones: list[int]) -> list[Note]:
    return [Note(24 * at, 24, 60 + tone % 12) for at, tone in enumerate(tones)]


def cadence(key: int, mode: str) -> list[Note]:
    """I IV V I, the V with its leading tone, as every theory lesson begins."""
    chords = triads(mode, key)
    dominant = {(key + 7) % 12, (key + 11) % 12, (key + 2) % 12}
    tones = [
        *chords[0].pitch_classes,
        *chords[3].pitch_classes,
        *dominant,
        *chords[0].pitch_classes,
        key,
    ]
    return sounding(list(tones))


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("key", range(12))
def test_a_cadence_is_heard_in_its_key_and_in_no_other(key: int, mode: str) -> None:
    notes = cadence(key, mode)
    assert clarity(notes, key, mode) > 0
    others = [(k, m) for k in range(12) for m in ("major", "minor") if (k, m) != (key, mode)]
    assert all(clarity(notes, k, m) < 0 for k, m in others)


@given(
    st.lists(st.integers(0, 11), min_size=3, max_size=60), st.integers(0, 11), st.integers(0, 11)
)
def test_clarity_moves_with_the_notes(tones: list[int], key: int, up: int) -> None:
    before = clarity(sounding(tones), key, "major")
    after = clarity(sounding([tone + up for tone in tones]), key + up, "major")
    assert after == pytest.approx(before, abs=1e-9)


def test_at_most_one_key_is_clear() -> None:
    notes = sounding([tone for tone in SCALES["major"] for _ in range(3)] + [0, 4, 7])
    clear = [(k, m) for k in range(12) for m in ("major", "minor") if clarity(notes, k, m) > 0]
    assert len(clear) <= 1


def test_silence_and_noise_are_in_no_key() -> None:
    assert clarity([], 0, "major") == -2.0
    assert clarity(sounding(list(range(12))), 0, "major") == -2.0

"""A loop is exactly the samples between two bar lines, whatever the form of the recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from songloom.core.score.loops import cut_loop


@pytest.mark.parametrize(
    ("from_s", "to_s", "first", "last"),
    [
        (0.0, 0.5, 0, 4_000),
        (0.5, 0.75, 4_000, 6_000),
        (1 / 3, 0.9, 2_667, 7_200),
        (0.5, 9.0, 4_000, 8_000),
    ],
)
def test_the_samples_of_a_loop_are_those_of_the_recording(
    tmp_path: Path, from_s: float, to_s: float, first: int, last: int
) -> None:
    whole = np.random.default_rng(1).integers(-(1 << 15), 1 << 15, (8_000, 2), dtype=np.int16)
    sound, out = tmp_path / "whole.flac", tmp_path / "loop.flac"
    sf.write(sound, whole, 8_000, subtype="PCM_16")
    cut = cut_loop(str(sound), str(out), from_s=from_s, to_s=to_s)
    assert cut == {"n_samples": last - first, "sample_rate": 8_000}
    found, rate = sf.read(out, dtype="int16")
    assert rate == 8_000
    assert np.array_equal(found, whole[first:last])
    assert sf.info(out).subtype == "PCM_16"

"""Loudness in numbers (ITU-R BS.1770-4, EBU R 128)."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.heard import Heard
from songloom.core.features.loudness import lufs, power_of
from songloom.core.features.reasons import SILENCE, TOO_SHORT, TOO_SOFT, Unsaid

Value = TypeVar("Value")

SOFTEST_LUFS = -70.0
REPLAY_GAIN_LUFS = -18.0  # where ReplayGain 2 puts every track
MOST_MOMENTS = 240


def loudness_lufs(heard: Heard) -> float:
    """Integrated loudness (BS.1770-4)."""
    return _metered(heard, heard.meter.integrated_lufs(), 0.4)


def loudness_range_lu(heard: Heard) -> float:
    """Loudness range (EBU Tech 3342)."""
    return _metered(heard, heard.meter.range_lu(), 3.0)


def true_peak_dbtp(heard: Heard) -> float:
    """The highest point between the samples (BS.1770-4, annex 2)."""
    peak_dbtp = heard.meter.true_peak_dbtp()
    if peak_dbtp is None:
        raise Unsaid(SILENCE)
    return peak_dbtp


def momentary_max_lufs(heard: Heard) -> float:
    """The loudest 400 ms (EBU Tech 3341)."""
    return _metered(heard, _loudest(heard.meter.momentary()), 0.4)


def short_term_max_lufs(heard: Heard) -> float:
    """The loudest 3 s (EBU Tech 3341)."""
    return _metered(heard, _loudest(heard.meter.short_term()), 3.0)


def loudness_over_time(heard: Heard) -> list[float | None]:
    """Short-term loudness (3 s) from start to end in equal steps, at most 240 of at least 100 ms.

    None where nothing is louder than −70 LUFS.
    """
    power = heard.meter.short_term()
    _metered(heard, _loudest(power), 3.0)
    places = np.linspace(0, power.size - 1, min(MOST_MOMENTS, power.size)).round().astype(int)
    softest = power_of(SOFTEST_LUFS)
    return [lufs(float(one)) if one > softest else None for one in power[places]]


def dynamic_range_db(heard: Heard) -> float:
    """How far the true peak stands above the loudness (peak to loudness ratio, AES TD1004)."""
    return true_peak_dbtp(heard) - loudness_lufs(heard)


def loudness_histogram(heard: Heard) -> list[Any]:
    """[loudness of the first bin, counts]: 400 ms blocks in bins of 0.1 LU, above −70 LUFS.

    What it takes to gate the tracks of an album together; see `album.py`.
    """
    return list(_metered(heard, heard.meter.histogram(), 0.4))


def replaygain_track_gain_db(heard: Heard) -> float:
    """What brings the track to −18 LUFS (ReplayGain 2)."""
    return REPLAY_GAIN_LUFS - loudness_lufs(heard)


def replaygain_track_peak(heard: Heard) -> float:
    """The true peak as a share of full scale (ReplayGain 2)."""
    return float(10 ** (true_peak_dbtp(heard) / 20))


def _loudest(power: NDArray[np.float64]) -> float | None:
    """None if there is none, or none louder than −70 LUFS."""
    most = float(power.max(initial=0))
    return lufs(most) if most > power_of(SOFTEST_LUFS) else None


def _metered(heard: Heard, value: Value | None, shortest_s: float) -> Value:
    if value is not None:
        return value
    if heard.meter.true_peak_dbtp() is None:
        raise Unsaid(SILENCE)
    raise Unsaid(TOO_SHORT if heard.duration_s < shortest_s + 0.1 else TOO_SOFT)

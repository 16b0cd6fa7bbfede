"""Every feature by name, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from songloom.core.features import frequency, pulse, stereo, timbre, tonality
from songloom.core.features.heard import LONG, LOUDNESS, OUTLINE, SHORT, WAVES, Heard
from songloom.core.features.reasons import SILENCE, TOO_SHORT, TOO_SOFT, Unsaid

BOTH = f"{SHORT} {LONG}"


@dataclass(frozen=True)
class Feature:
    """One line of the registry.

    unit     what the number counts; "" for a pure number or a word
    needs    which parts of the pass it reads
    measure  the value from what was heard: JSON, finite; raises Unsaid where there is none
    """

    name: str
    unit: str
    needs: frozenset[str]
    measure: Callable[[Heard], Any]


def _feature(name: str, unit: str, needs: str, measure: Callable[[Heard], Any]) -> Feature:
    return Feature(name, unit, frozenset(needs.split()) | {WAVES}, measure)


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


def _metered(heard: Heard, value: float | None, shortest_s: float) -> float:
    if value is not None:
        return value
    if heard.meter.true_peak_dbtp() is None:
        raise Unsaid(SILENCE)
    raise Unsaid(TOO_SHORT if heard.duration_s < shortest_s + 0.1 else TOO_SOFT)


def peaks(heard: Heard) -> list[float]:
    """The outline of the wave: the highest |sample| of 800 equal parts, in [0, 1]."""
    return [float(peak) for peak in heard.outline.peaks()]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        _feature("duration_s", "s", WAVES, lambda heard: heard.duration_s),
        _feature("sample_rate", "Hz", WAVES, lambda heard: heard.sample_rate),
        _feature("channels", "", WAVES, lambda heard: heard.n_channels),
        _feature("dominant_hz", "Hz", LONG, frequency.dominant_hz),
        _feature("centroid_hz", "Hz", SHORT, frequency.centroid_hz),
        _feature("bandwidth_hz", "Hz", SHORT, frequency.bandwidth_hz),
        _feature("rolloff_hz", "Hz", SHORT, frequency.rolloff_hz),
        _feature("flatness", "", SHORT, frequency.flatness),
        _feature("zero_crossing_rate", "", WAVES, frequency.zero_crossing_rate),
        _feature("octave_energy_db", "dB", LONG, frequency.octave_energy_db),
        _feature("tempo_bpm", "BPM", SHORT, pulse.tempo_bpm),
        _feature("tempo_confidence", "", SHORT, pulse.tempo_confidence),
        _feature("tempo_alternatives_bpm", "BPM", SHORT, pulse.tempo_alternatives_bpm),
        _feature("tempo_stability", "", SHORT, pulse.tempo_stability),
        _feature("onset_rate_hz", "Hz", SHORT, pulse.onset_rate_hz),
        _feature("beats_s", "s", SHORT, pulse.beats_s),
        _feature("downbeats_s", "s", BOTH, pulse.downbeats_s),
        _feature("metre", "", BOTH, pulse.metre),
        _feature("key", "", LONG, tonality.key),
        _feature("mode", "", LONG, tonality.mode),
        _feature("key_confidence", "", LONG, tonality.key_confidence),
        _feature("key_changes", "", LONG, tonality.key_changes),
        _feature("chords", "", BOTH, tonality.chords),
        _feature("tuning_cents", "cents", LONG, tonality.tuning_cents),
        _feature("loudness_lufs", "LUFS", LOUDNESS, loudness_lufs),
        _feature("loudness_range_lu", "LU", LOUDNESS, loudness_range_lu),
        _feature("true_peak_dbtp", "dBTP", LOUDNESS, true_peak_dbtp),
        _feature("stereo_correlation", "", WAVES, stereo.stereo_correlation),
        _feature("stereo_width", "", WAVES, stereo.stereo_width),
        _feature("octave_phase_correlation", "", LONG, stereo.octave_phase_correlation),
        _feature("phase_deviation", "rad", SHORT, stereo.phase_deviation),
        _feature("mfcc_mean", "", SHORT, timbre.mfcc_mean),
        _feature("chroma", "", LONG, tonality.chroma),
        _feature("peaks", "", OUTLINE, peaks),
    )
}

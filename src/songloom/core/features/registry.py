"""Every feature by name, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from songloom.core.features import (
    frequency,
    highlight,
    lasting,
    levels,
    pulse,
    stereo,
    timbre,
    tonality,
)
from songloom.core.features.acoustid import encoded
from songloom.core.features.fingerprint import empty_item
from songloom.core.features.heard import (
    LONG,
    LOUDNESS,
    OUTLINE,
    PRINT,
    SAMPLES,
    SHAPES,
    SHORT,
    SIDES,
    WAVES,
    Heard,
)
from songloom.core.features.reasons import SILENCE, TOO_SHORT, Unsaid

BOTH = f"{SHORT} {LONG}"
ALL_SHORT, ALL_LONG = f"{SHORT} {SHAPES}", f"{LONG} {SIDES}"


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


def peaks(heard: Heard) -> list[float]:
    """The outline of the wave: the highest |sample| of 800 equal parts, in [0, 1]."""
    return [float(peak) for peak in heard.outline.peaks()]


def fingerprint(heard: Heard) -> str:
    """By which the recording is known again, as `fpcalc` prints it; of the first two minutes."""
    heard.must_sound()
    items = heard.print.items()
    if not items.size:
        raise Unsaid(TOO_SHORT)
    if not (items != empty_item()).any():
        raise Unsaid(SILENCE)
    return encoded(items)


def peaks_fine(heard: Heard) -> list[float]:
    """The outline from near: the highest |sample| of each 50 ms, of at most 24,000 equal parts."""
    return [float(peak) for peak in heard.outline.fine(heard.sample_rate)]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        _feature("duration_s", "s", WAVES, lambda heard: heard.duration_s),
        _feature("sample_rate", "Hz", WAVES, lambda heard: heard.sample_rate),
        _feature("channels", "", WAVES, lambda heard: heard.n_channels),
        _feature("bit_depth", "bit", SAMPLES, lasting.bit_depth),
        _feature("sounding_s", "s", SAMPLES, lasting.sounding_s),
        _feature("silences_s", "s", SAMPLES, lasting.silences_s),
        _feature("fade_in_s", "s", f"{SAMPLES} {SHORT}", lasting.fade_in_s),
        _feature("fade_out_s", "s", f"{SAMPLES} {SHORT}", lasting.fade_out_s),
        _feature("clipped_runs", "", SAMPLES, lasting.clipped_runs),
        _feature("clipped_s", "s", SAMPLES, lasting.clipped_s),
        _feature("highlight_s", "s", ALL_LONG, highlight.highlight_s),
        _feature("dominant_hz", "Hz", LONG, frequency.dominant_hz),
        _feature("centroid_hz", "Hz", SHORT, frequency.centroid_hz),
        _feature("brightness", "", SHORT, frequency.brightness),
        _feature("bandwidth_hz", "Hz", ALL_SHORT, frequency.bandwidth_hz),
        _feature("rolloff_hz", "Hz", ALL_SHORT, frequency.rolloff_hz),
        _feature("flatness", "", ALL_SHORT, frequency.flatness),
        _feature("zero_crossing_rate", "", WAVES, frequency.zero_crossing_rate),
        _feature("octave_energy_db", "dB", ALL_LONG, frequency.octave_energy_db),
        _feature("octave_contrast_db", "dB", LONG, frequency.octave_contrast_db),
        _feature("crest_db", "dB", LONG, frequency.crest_db),
        _feature("cutoff_hz", "Hz", ALL_LONG, frequency.cutoff_hz),
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
        _feature("loudness_lufs", "LUFS", LOUDNESS, levels.loudness_lufs),
        _feature("loudness_range_lu", "LU", LOUDNESS, levels.loudness_range_lu),
        _feature("true_peak_dbtp", "dBTP", LOUDNESS, levels.true_peak_dbtp),
        _feature("momentary_max_lufs", "LUFS", LOUDNESS, levels.momentary_max_lufs),
        _feature("short_term_max_lufs", "LUFS", LOUDNESS, levels.short_term_max_lufs),
        _feature("loudness_over_time", "LUFS", LOUDNESS, levels.loudness_over_time),
        _feature("dynamic_range_db", "dB", LOUDNESS, levels.dynamic_range_db),
        _feature("replaygain_track_gain_db", "dB", LOUDNESS, levels.replaygain_track_gain_db),
        _feature("replaygain_track_peak", "", LOUDNESS, levels.replaygain_track_peak),
        _feature("loudness_histogram", "LUFS", LOUDNESS, levels.loudness_histogram),
        _feature("stereo_correlation", "", WAVES, stereo.stereo_correlation),
        _feature("stereo_width", "", WAVES, stereo.stereo_width),
        _feature("octave_phase_correlation", "", ALL_LONG, stereo.octave_phase_correlation),
        _feature("octave_width", "", ALL_LONG, stereo.octave_width),
        _feature("correlation_over_time", "", ALL_LONG, stereo.correlation_over_time),
        _feature("width_over_time", "", ALL_LONG, stereo.width_over_time),
        _feature("delay_samples", "samples", ALL_LONG, stereo.delay_samples),
        _feature("polarity", "", ALL_LONG, stereo.polarity),
        _feature("mono_loss_db", "dB", WAVES, stereo.mono_loss_db),
        _feature("dc_offset", "", SAMPLES, lasting.dc_offset),
        _feature("phase_deviation", "rad", ALL_SHORT, stereo.phase_deviation),
        _feature("mfcc_mean", "", SHORT, timbre.mfcc_mean),
        _feature("timbre", "dB", SHORT, timbre.timbre),
        _feature("chroma", "", LONG, tonality.chroma),
        _feature("fingerprint", "", PRINT, fingerprint),
        _feature("peaks", "", OUTLINE, peaks),
        _feature("peaks_fine", "", OUTLINE, peaks_fine),
    )
}

"""What can be measured in a sound. Importing this costs nothing: no scipy, no av, not even numpy.

from songloom.core.features import analyse_file
analyse_file("song.flac").features["tempo_bpm"]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from songloom.core.features.analysis import Analysis

FEATURES_VERSION = 6  # rises with every change that moves a number: tracks are then measured again

BASIC = (  # what people filter and sort by, and what fits on one line
    "duration_s",
    "sample_rate",
    "channels",
    "dominant_hz",
    "centroid_hz",
    "tempo_bpm",
    "key",
    "mode",
    "loudness_lufs",
    "loudness_range_lu",
    "true_peak_dbtp",
    "stereo_correlation",
    "stereo_width",
)

SCALARS = (  # every feature that is one number or one word: what fits into a cell of a table
    "duration_s",
    "sample_rate",
    "channels",
    "bit_depth",
    "sounding_s",
    "fade_in_s",
    "fade_out_s",
    "clipped_runs",
    "dominant_hz",
    "centroid_hz",
    "brightness",
    "bandwidth_hz",
    "rolloff_hz",
    "flatness",
    "zero_crossing_rate",
    "crest_db",
    "cutoff_hz",
    "tempo_bpm",
    "tempo_confidence",
    "tempo_stability",
    "onset_rate_hz",
    "metre",
    "key",
    "mode",
    "key_confidence",
    "tuning_cents",
    "loudness_lufs",
    "loudness_range_lu",
    "true_peak_dbtp",
    "momentary_max_lufs",
    "short_term_max_lufs",
    "dynamic_range_db",
    "replaygain_track_gain_db",
    "replaygain_track_peak",
    "stereo_correlation",
    "stereo_width",
    "delay_samples",
    "polarity",
    "mono_loss_db",
    "dc_offset",
    "phase_deviation",
)

WORDS = ("brightness", "key", "mode")  # those of SCALARS that are no numbers


def analyse_file(
    path: str,
    fields: Iterable[str] | None = None,
    *,
    progress: Callable[[float], None] | None = None,
) -> Analysis:
    """Measure one file; see `songloom.core.features.analysis.analyse_file`."""
    from songloom.core.features import analysis

    return analysis.analyse_file(path, fields, progress=progress)


def cli_document(
    paths: Iterable[str], progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """The document of `songloom analyse`; see `songloom.core.features.batch.cli_document`."""
    from songloom.core.features import batch

    return batch.cli_document(paths, progress)

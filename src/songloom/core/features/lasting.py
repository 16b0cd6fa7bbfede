"""Duration in numbers: what sounds, what is silent, what was cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songloom.core.features import fades
from songloom.core.features.heard import Heard
from songloom.core.features.onsets import onset_frames
from songloom.core.features.reasons import NO_INTEGERS, SILENCE, Unsaid
from songloom.core.features.samples import SILENT_PEAK


def silences_s(heard: Heard) -> list[list[float]]:
    """[from, to] of each half second or more below −60 dBFS, at the ends and inside; seconds."""
    return heard.samples.silences_s()


def sounding_s(heard: Heard) -> float:
    """The duration without its silences, in seconds."""
    silent_s = sum(stop_s - start_s for start_s, stop_s in heard.samples.silences_s())
    return max(0.0, heard.duration_s - silent_s)


def fade_in_s(heard: Heard) -> float:
    """How long the sound is faded in, in seconds; 0.0 where nobody did."""
    return fades.fade_in_s(_peaks(heard), _onsets_s(heard))


def fade_out_s(heard: Heard) -> float:
    """How long the sound is faded out, in seconds; 0.0 for none and for a natural decay."""
    return fades.fade_out_s(_peaks(heard), _onsets_s(heard))


def _peaks(heard: Heard) -> NDArray[np.float32]:
    """The highest |sample| of each 10 ms; Unsaid where there is only silence."""
    peaks = heard.samples.spans.peaks()
    if float(peaks.max(initial=0)) <= SILENT_PEAK:
        raise Unsaid(SILENCE)
    return peaks


def _onsets_s(heard: Heard) -> NDArray[np.float64]:
    """Where something begins; nowhere in what is too short to be faded."""
    if heard.duration_s < 2 * fades.SHORTEST_S:
        return np.zeros(0)
    return onset_frames(heard.onsets) / heard.onsets.frame_rate


def clipped_runs(heard: Heard) -> int:
    """How often three samples or more of a channel lie at full scale in a row."""
    return heard.samples.n_clipped


def clipped_s(heard: Heard) -> list[list[float]]:
    """[from, to] of the first 1,000 places with clipped runs, in seconds.

    Runs less than 50 ms apart, in whichever channel, are one place.
    """
    return heard.samples.clipped_s()


def bit_depth(heard: Heard) -> int:
    """How many bits the samples really use, whatever the file says: 8 to 24."""
    bits = heard.samples.bit_depth()
    if bits is None:
        raise Unsaid(NO_INTEGERS)
    return bits


def dc_offset(heard: Heard) -> float:
    """The mean of the channel whose mean is farthest from 0, in full scale."""
    return heard.samples.dc_offset()

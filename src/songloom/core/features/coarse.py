"""The first of two passes: a few places of a song say what can be said of it honestly so.

A fifth of a whole pass's work; what needs the whole (durations, silences, fades, beats, keys,
loudness, the wave) is left out, and so is what was found to differ between the two passes. Where
places meet, something seems to be struck: onsets are not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from songloom.core.features.analysis import Analysis, document, measured, timed, wanted
from songloom.core.features.heard import LONG, SHAPES, SHORT, SIDES, WAVES, Heard

COARSE = (
    "sample_rate",
    "channels",
    "centroid_hz",
    "brightness",
    "bandwidth_hz",
    "rolloff_hz",
    "flatness",
    "octave_energy_db",
    "stereo_correlation",
    "stereo_width",
    "octave_phase_correlation",
    "octave_width",
    "mono_loss_db",
    "phase_deviation",
    "mfcc_mean",
    "timbre",
    "chroma",
)
GATHER = {WAVES, SHORT, SHAPES, LONG, SIDES}
N_PLACES, PLACE_S = 9, 5.0  # fewer, longer ones miss parts of a song; more cost a jump each
SHORTEST_S = 90.0  # below it the whole is as quick
MOST_WASTE = 2.0  # × what was wanted: a file that decodes more cannot be jumped in


def analyse_coarsely(path: str) -> Analysis | None:
    """Measure a few places, spread evenly; nothing that COARSE does not name.

    returns  None where only the whole will do: a short file, one that does not say how long it is,
             that says what is not so, that cannot be jumped in

    Raises NoSuchFile, EmptyFile, NotAudio, Truncated.
    """
    from songloom.core.audio import decode

    with decode.opened(path) as sound:
        length_s = sound.claimed_s or 0.0
        heard = Heard(
            sound.sample_rate, sound.channels, channel_names=sound.channel_names, gather=GATHER
        )
    if length_s < SHORTEST_S:
        return None
    for place in range(N_PLACES):
        if not _listen(heard, path, (length_s - PLACE_S) * (place + 0.5) / N_PLACES):
            return None
    return measured(heard, wanted(COARSE))


def _listen(heard: Heard, path: str, start_s: float) -> bool:
    """Hear one place; whether it is there and was reached by a jump."""
    from songloom.core.audio import decode, shaping

    n_wanted = round(PLACE_S * heard.sample_rate)
    with decode.opened(path) as sound:
        if (sound.sample_rate, sound.channels) != (heard.sample_rate, heard.n_channels):
            return False
        n_before = heard.waves.n_samples
        rest = sound.blocks_from(round(start_s * heard.sample_rate))
        for block in shaping.trim(rest, 0, n_wanted):
            heard.add(block)
        is_whole = heard.waves.n_samples - n_before == n_wanted
        return is_whole and sound.n_samples < MOST_WASTE * n_wanted


def coarse_document(path: str, progress: Callable[..., None] | None = None) -> dict[str, Any]:
    """As `analysis.document`, by the coarse pass where that will do: what a limited child answers.

    It says by `is_coarse` which pass it was.
    """
    with timed() as cost:
        found = analyse_coarsely(path)
    if found is None:
        return {**document(path, progress), "is_coarse": False}
    return {"features": found.features, "reasons": found.reasons, "is_coarse": True, **cost}

"""One track, measured in a limited child and written down."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction

from songloom.analyse import prints
from songloom.core.features import FEATURES_VERSION
from songloom.core.features.octaves import in_octave
from songloom.core.features.outline import packed
from songloom.core.sandbox import Limits, call
from songloom.errors import NoAudio, RefusedInput
from songloom.jobs import check_cancelled, emit, report
from songloom.library.models import Features, Track
from songloom.library.services import tracing
from songloom.library.services.believing import believe_no_more
from songloom.library.services.storing import at_hand, main_file

WHOLE = "songloom.core.features.analysis:document"
COARSE = "songloom.core.features.coarse:coarse_document"
IDLE = 19  # the most that a process can step back for others
LEAST_CPU_S = 120.0
SLOWEST_SPEED = 4.0  # × real time: 20 times slower than measured, for the oldest of machines
COLUMNS = (
    "tempo_bpm",
    "loudness_lufs",
    "loudness_range_lu",
    "true_peak_dbtp",
    "dominant_hz",
    "centroid_hz",
    "stereo_correlation",
    "stereo_width",
)


def measure(track: Track) -> Features:
    """Decode and measure, then write one row. Measured before by this version: nothing is done.

    Raises NoAudio for a catalogue entry, StorageAway while the file cannot be reached, and what the
    decoder refuses; a refusal is written down too, so that it is not tried again and again.
    """
    done = Features.objects.filter(track=track, version=FEATURES_VERSION, is_coarse=False).first()
    return done or _measured(track, WHOLE)


def measure_coarsely(track: Track) -> Features:
    """The same from a few places of the song, as far as that will do; see `core.features.coarse`.

    For tracks of which nothing is known yet: what was measured before stays.
    """
    done = Features.objects.filter(track=track).first()
    return done or _measured(track, COARSE)


def _measured(track: Track, target: str) -> Features:
    file = main_file(track)
    if file is None or track.duration_s is None:
        raise NoAudio("this is a catalogue entry without sound")
    started_s = time.monotonic()
    try:
        with at_hand(file) as path:
            asked = {"describes": True} if file.is_believed and target == WHOLE else {}
            found = listen(str(path), track.duration_s, target, **asked)
    except RefusedInput as refusal:
        _write(track, {"features": {}, "reasons": {"duration_s": str(refusal)}, "cpu_s": 0.0})
        if file.is_believed:
            _say_refused(track, refusal)
        raise
    if described := found.get("file"):
        believe_no_more(file, described)
    features = _write(track, found)
    if not features.is_coarse:
        from songloom.analyse import speed

        speed.note(track.duration_s, time.monotonic() - started_s)
    return features


def _say_refused(track: Track, refusal: RefusedInput) -> None:
    """Nobody had decoded this file before; who scanned its folder is to know."""
    with transaction.atomic():
        emit("sound.refused", track_id=str(track.pk), code=refusal.code, message=str(refusal))


def listen(path: str, duration_s: float, target: str = WHOLE, **asked: bool) -> dict[str, Any]:
    """The document of such a pass, made by a child of the lowest priority."""
    cpu_s = max(LEAST_CPU_S, duration_s / SLOWEST_SPEED)
    return dict(
        call(
            target,
            {"path": path, **asked},
            limits=Limits(cpu_s=cpu_s, wall_s=10 * cpu_s, file_mb=1),
            progress=lambda heard_s: report(progress=min(0.99, heard_s / duration_s)),
            cancelled=_is_unwanted,
            nice=IDLE,
        )
    )


def _is_unwanted() -> bool:
    """Lets a cancelled or lost job end its child at once; raises as `check_cancelled` does."""
    check_cancelled()
    return False


def _write(track: Track, found: dict[str, Any]) -> Features:
    values = in_octave(found["features"], tracing.score_bpm(track))
    peaks = values.pop("peaks", None) or []
    prints.write(track, values.pop("fingerprint", None))
    fine = packed(values.pop("peaks_fine", None) or [])
    row: dict[str, Any] = {name: values.get(name) for name in COLUMNS}
    row |= {"key": values.get("key") or "", "mode": values.get("mode") or ""}
    row |= {"values": values, "reasons": found["reasons"], "peaks": peaks}
    row |= {"peaks_fine": fine}
    row |= {"version": FEATURES_VERSION, "cpu_s": found["cpu_s"]}
    row |= {"is_coarse": found.get("is_coarse", False)}
    features, _ = Features.objects.update_or_create(track=track, defaults=row)
    return features

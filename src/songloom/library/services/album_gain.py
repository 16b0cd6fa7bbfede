"""How much louder or softer an album is to be played: ReplayGain 2 over all its tracks at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from songloom.core.features import FEATURES_VERSION
from songloom.core.features.album import loudness_together
from songloom.library.models.catalogue import TrackQuerySet

REPLAY_GAIN_LUFS = -18.0
MOST_ALBUMS = 20  # of one answer: a page of strangers is shuffled, and played by the track's gain
LONGEST_ALBUM = 500  # tracks: what is longer is a heap of files without tags


@dataclass(frozen=True)
class AlbumGain:
    """What brings the album to −18 LUFS, and its highest true peak as a share of full scale."""

    gain_db: float
    peak: float


def album_gains(albums: Collection[UUID], heard: TrackQuerySet) -> dict[UUID, AlbumGain]:
    """The gain of each album of which every track is measured; at most MOST_ALBUMS are looked at.

    heard  the tracks that count: those that whoever asks may hear
    """
    if not albums or len(albums) > MOST_ALBUMS:
        return {}
    tracks = heard.with_sound().filter(album__in=albums).order_by()
    n_tracks = Counter(tracks.values_list("album_id", flat=True))
    whole = {album for album, n in n_tracks.items() if n <= LONGEST_ALBUM}
    rows = tracks.filter(album__in=whole, features__version=FEATURES_VERSION)
    measured: dict[UUID, list[tuple[float | None, Any]]] = defaultdict(list)
    for album, peak_dbtp, blocks in rows.values_list(
        "album_id", "features__true_peak_dbtp", "features__values__loudness_histogram"
    ):
        measured[album].append((peak_dbtp, blocks))
    found = {album: _gain_of(of) for album, of in measured.items() if len(of) == n_tracks[album]}
    return {album: gain for album, gain in found.items() if gain is not None}


def _gain_of(tracks: list[tuple[float | None, Any]]) -> AlbumGain | None:
    loudness_lufs = loudness_together(blocks for _, blocks in tracks if blocks)
    peaks_dbtp = [peak for peak, _ in tracks if peak is not None]
    if loudness_lufs is None or not peaks_dbtp:
        return None
    gain_db = round(REPLAY_GAIN_LUFS - loudness_lufs, 2)
    return AlbumGain(gain_db, round(10 ** (max(peaks_dbtp) / 20), 6))

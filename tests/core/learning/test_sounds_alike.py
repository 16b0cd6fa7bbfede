"""From sound to neighbours: a song encoded again is its own nearest, an album hangs together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from songloom.core.audio.rendering import render
from songloom.core.features import analyse_file
from songloom.core.learning.neighbours import nearest, standardised
from songloom.core.learning.vectors import Floats, vector
from tests.core.features.signals import drums, noise, song

RATE = 22_050
ALBUMS = {  # three songs each, of one colour; 8 s are enough to hear it
    "strings": [song(tonic, n_bars=4, tempo_bpm=120.0) for tonic in (0, 4, 7)],
    "drums": [drums(bpm, 8.0) for bpm in (96.0, 110.0, 128.0)],
    "surf": [noise(8.0, sample_rate=RATE, level=level) for level in (0.02, 0.06, 0.2)],
}


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Floats]:
    """The album of each song, and all songs as rows; then each again at 64 kbit/s."""
    folder: Path = tmp_path_factory.mktemp("alike")
    first, again = [], []
    albums = [name for name, songs in ALBUMS.items() for _ in songs]
    for number, sound in enumerate(one for songs in ALBUMS.values() for one in songs):
        wav, ogg = folder / f"{number}.wav", folder / f"{number}.ogg"
        soundfile.write(wav, np.atleast_2d(sound).T, RATE)
        render(str(wav), str(ogg), recipe=[], format="ogg", bit_rate_kbps=64)
        first.append(values(wav))
        again.append(values(ogg))
    return albums, standardised(np.stack([vector(one) for one in (*first, *again)]))


def values(path: Path) -> dict[str, Any]:
    return analyse_file(str(path)).features


def test_the_nearest_of_a_song_is_itself_encoded_again(heard: tuple[list[str], Floats]) -> None:
    albums, rows = heard
    n = len(albums)
    for row in range(n):
        order, distances = nearest(rows, row)
        assert order[0] == row + n
        assert distances[0] < distances[1]


def test_songs_of_one_album_are_nearer_than_strangers(heard: tuple[list[str], Floats]) -> None:
    albums, rows = heard
    firsts = rows[: len(albums)]
    for row, album in enumerate(albums):
        order, distances = nearest(firsts, row)
        is_mate = np.array([albums[other] == album for other in order])
        assert is_mate[0]
        assert distances[is_mate].mean() < 0.9 * distances[~is_mate].mean()

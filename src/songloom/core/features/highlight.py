"""Where half a minute stands for the whole song."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.heard import Heard

Floats = NDArray[np.floating]

LENGTH_S = 30.0
LOUD_POWER = 0.3  # loudness grows about so with power: of two like passages the louder one


def highlight_s(heard: Heard) -> list[float]:
    """[from, to] in seconds: the half minute most like all of the song; all of a shorter one.

    What a passage shares with the song is the mean cosine between the pitch classes of its frames
    and those of every frame (Cooper & Foote, "Automatic music summarization via similarity
    analysis", 2002), weighted by its loudness.
    """
    heard.must_sound()
    if heard.duration_s <= LENGTH_S:
        return [0.0, heard.duration_s]
    frame_s = heard.pitch_frame_s
    notes, _ = heard.pitch_classes
    width = min(len(notes), round(LENGTH_S / frame_s))
    start_s = best_window(notes, heard.sums.sides[:, :2].sum(axis=1), width) * frame_s
    start_s = min(start_s, heard.duration_s - LENGTH_S)
    return [start_s, start_s + LENGTH_S]


def best_window(notes: Floats, power: Floats, width: int) -> int:
    """The first of the `width` frames in a row that are most like all frames and loud.

    notes  (frames, 12) shares of the pitch classes, power  (frames,)
    """
    root = np.sqrt(notes)
    unit = root / np.maximum(np.linalg.norm(root, axis=1, keepdims=True), 1e-9)
    # The sum of cosines with every frame is the product with the sum of all frames.
    worth = unit @ unit.sum(axis=0) * np.maximum(power, 0) ** LOUD_POWER
    sums = np.concatenate([[0.0], np.cumsum(worth, dtype=np.float64)])
    return int(np.argmax(sums[width:] - sums[:-width]))

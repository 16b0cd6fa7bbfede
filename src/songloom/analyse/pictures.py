"""Pictures of how a track sounds: drawn by a limited child when somebody looks, kept for a while.

A picture can be drawn again at any time, so it lies in the cache of this machine alone.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from django.conf import settings

from songloom.core import sandbox
from songloom.errors import BadValue, NoAudio
from songloom.library import storage
from songloom.library.models import File, Track
from songloom.library.services.storing import at_hand, main_file

DRAW = "songloom.core.features.spectrogram:draw"
DRAWN_BY = 1  # rises when the same file would be drawn otherwise
THEMES = ("light", "dark")
STEPS_BACK = 10  # of 19: what somebody hears goes before what somebody looks at
AT_ONCE = 2
LEAST_CPU_S = 60.0
SLOWEST_SPEED = 20.0  # × real time, of what is read whole
KEEP_S = 30 * 86_400.0
LARGEST_MB = 8

_turns = threading.BoundedSemaphore(AT_ONCE)


def spectrogram(track: Track, theme: str = "light") -> Path:
    """The picture of a track as PNG, below the cache of the home.

    Raises BadValue for another theme, NoAudio for a catalogue entry, StorageAway, and what the
    decoder refuses.
    """
    if theme not in THEMES:
        raise BadValue(f"there is no theme “{theme[:20]}”; there are {', '.join(THEMES)}")
    file = main_file(track)
    if file is None or track.duration_s is None:
        raise NoAudio("this is a catalogue entry without sound")
    places = {one: _place(file, one) for one in THEMES}
    if not places[theme].is_file():
        with _turns:
            if not places[theme].is_file():  # somebody may have drawn it meanwhile
                _draw(file, track.duration_s, places)
    return places[theme]


def _draw(file: File, length_s: float, places: dict[str, Path]) -> None:
    cpu_s = max(LEAST_CPU_S, length_s / SLOWEST_SPEED)
    with (
        at_hand(file) as path,
        storage.temporary(".png") as light,
        storage.temporary(".png") as dark,
    ):
        made = {"light": light, "dark": dark}
        sandbox.call(
            DRAW,
            {
                "source": str(path),
                "outs": {theme: str(out) for theme, out in made.items()},
                "length_s": length_s,
                "start_s": file.start_s,
                "end_s": file.end_s,
            },
            limits=sandbox.Limits(cpu_s=cpu_s, wall_s=5 * cpu_s, file_mb=LARGEST_MB),
            nice=STEPS_BACK,
        )
        _forget_old(next(iter(places.values())).parent)
        for theme, out in made.items():
            places[theme].parent.mkdir(parents=True, exist_ok=True)
            out.replace(places[theme])


def _place(file: File, theme: str) -> Path:
    """By the bytes and the part of them: another file under the same track is another picture."""
    part = "" if file.start_s is None and file.end_s is None else f"-{file.start_s}-{file.end_s}"
    folder: Path = settings.CACHE / "spectrograms"
    return folder / f"{file.bytes_key}{part}-{DRAWN_BY}-{theme}.png"


def _forget_old(folder: Path) -> None:
    """Throw away what nobody has drawn for a month; whoever looks again has it drawn again."""
    for old in folder.glob("*.png"):
        if old.stat().st_mtime < time.time() - KEEP_S:
            old.unlink(missing_ok=True)

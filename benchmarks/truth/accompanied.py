"""Accompaniments in the styles of Debian's `mma`: written by people, in a tempo and over chords drawn here.

The first groove of every library of its standard styles that counts three or four quarters. Nothing of it was
learnt from.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from benchmarks.truth.notes import Score, read

from tests.songs import package

N_BARS = 16
CHORDS = ("C", "F", "G7", "Am", "Dm7", "Em", "D7", "E7")
SLOWEST_BPM, FASTEST_BPM = 80, 170
NO_MUSIC = re.compile("metronome|none")


def grooves() -> dict[str, int]:
    """The grooves and how many quarters their bars have: 3 or 4."""
    found = {}
    for path in sorted((package("mma") / "usr/share/mma/lib/stdlib").glob("*.mma")):
        text = path.read_text(errors="replace")
        groove = re.search(r"^DefGroove\s+(\S+)", text, re.M | re.I)
        metre = re.search(r"^TimeSig\s+([34])\s+4\b", text, re.M | re.I)
        if groove and metre and not NO_MUSIC.match(path.stem):
            found[f"stdlib/{path.stem}:{groove[1]}"] = int(metre[1])
    return found


def played_in(groove: str, bpm: float, rng: np.random.Generator) -> Score | None:
    """A groove over drawn chords, one a bar; None where mma refuses it."""
    bars = [f"{i + 1} {rng.choice(CHORDS)}" for i in range(N_BARS)]
    with TemporaryDirectory() as folder:
        song, midi = Path(folder) / "song.mma", Path(folder) / "song.mid"
        song.write_text("\n".join([f"Tempo {bpm}", f"Groove {groove}", *bars]) + "\n")
        home = package("mma") / "usr"
        subprocess.run(
            [sys.executable, home / "bin/mma", "-f", midi, song],
            env={**os.environ, "MMA_HOME": str(home / "share/mma"), "HOME": folder},
            cwd=folder,
            capture_output=True,
            check=False,
        )
        return read(midi.read_bytes()) if midi.exists() else None

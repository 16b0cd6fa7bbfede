"""What a piece leaves the library as: a lead sheet, its parts apart, some bars as a loop."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from songloom.core.sandbox import call
from songloom.errors import BadValue
from songloom.generate.models import Generation
from songloom.generate.services.composing import RENDER_LIMITS
from songloom.generate.services.files import source_of
from songloom.generate.services.revising import score_of
from songloom.generate.services.stems import stems_of
from songloom.library.services.storing import at_hand

LOOP = "songloom.core.score.loops:cut_loop"


def sheet(generation: Generation) -> str:
    """The tune with its chords in ABC notation. Raises NotFound, BadValue."""
    from songloom.core.score.lead_sheet import lead_sheet

    title = generation.track.title if generation.track else generation.title
    return lead_sheet(score_of(generation), title or "Songloom")


def write_stems(generation: Generation, folder: Path) -> list[Path]:
    """A FLAC file for each part: all as long as the recording, which is their sum.

    Raises BadValue where they would not be the parts of what the library plays.
    """
    assert generation.track is not None
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        paths = [path for _, path in stems_of(generation.track, Path(made)).paths]
        if not paths:
            raise BadValue("this piece was played with a soundfont that is not set any more")
        return [Path(shutil.copy(path, folder / path.name)) for path in paths]


def write_loop(generation: Generation, out: Path, bars: Sequence[int] | None = None) -> float:
    """Bars of a piece, all where none are named, cut at the bar lines; returns the seconds.

    Raises NotFound, BadValue for bars that it does not have.
    """
    from songloom.core.score.notes import TICKS_PER_QUARTER
    from songloom.core.score.revision import bars_of

    score = score_of(generation)
    first, last = bars_of(score, {"bars": bars})
    quarter_s = 60 / score.layout.quarter_bpm / TICKS_PER_QUARTER
    with at_hand(source_of(generation)) as sound:
        cut = call(
            LOOP,
            {
                "sound_path": str(sound),
                "out_path": str(out.absolute()),
                "from_s": score.layout.bar_start(first - 1) * quarter_s,
                "to_s": last * score.layout.metre.bar_ticks * quarter_s,
            },
            limits=RENDER_LIMITS,
        )
    return float(cut["n_samples"] / cut["sample_rate"])

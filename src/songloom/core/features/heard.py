"""One pass over the sound: everything that any feature reads, gathered block by block."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from songloom.core.features.bars import Bars, bars
from songloom.core.features.beat_ear import BeatOdds, beat_odds
from songloom.core.features.chords import STAY, fits, most_likely
from songloom.core.features.fingerprint import Print
from songloom.core.features.long import Long, Sums
from songloom.core.features.loudness import Meter
from songloom.core.features.onsets import Onsets, onsets
from songloom.core.features.reasons import CANCELS, NO_PULSE, SILENCE, TOO_SHORT, Unsaid
from songloom.core.features.rhythm import Rhythm, rhythm
from songloom.core.features.samples import Samples
from songloom.core.features.short import Frames, Short
from songloom.core.features.spectrum import Grid
from songloom.core.features.waves import Outline, Waves

Audio = NDArray[np.float32]
Doubles = NDArray[np.floating]

WAVES, LOUDNESS, OUTLINE, SHORT, LONG = "waves", "loudness", "outline", "short", "long"
SAMPLES, PRINT = "samples", "print"
SHAPES, SIDES = "shapes", "sides"  # of the spectra: with them SHORT and LONG say all they can
EVERYTHING = frozenset({WAVES, LOUDNESS, OUTLINE, SHORT, SHAPES, LONG, SIDES, SAMPLES, PRINT})

SILENT = 1e-8  # mean square: -80 dBFS, the noise of an empty track
CANCELLED = 1e-7  # of the channels' energy: 70 dB below it nothing is left of the mix
SHORTEST_PULSE_S = 3.0


class Heard:
    """What one sound says, whichever features ask for it. Made by `hear`."""

    def __init__(
        self,
        sample_rate: int,
        n_channels: int,
        *,
        channel_names: Sequence[str] | None = None,
        gather: Collection[str] = EVERYTHING,
    ) -> None:
        grid = self._grid = Grid(sample_rate)
        self.sample_rate, self.n_channels = sample_rate, n_channels
        self.waves = Waves()
        self._meter = Meter(sample_rate, n_channels, channel_names) if LOUDNESS in gather else None
        self._outline = Outline() if OUTLINE in gather else None
        self._samples = Samples(sample_rate, n_channels) if SAMPLES in gather else None
        self._short = Short(grid, shapes=SHAPES in gather) if SHORT in gather else None
        self._has_sides = SIDES in gather
        self._long = Long(grid, n_channels if SIDES in gather else 1) if LONG in gather else None
        self._print = Print(sample_rate) if PRINT in gather else None

    def add(self, block: Audio) -> None:
        """Hear some more: (channels, samples) float32."""
        mono = mean_of_channels(block)
        self.waves.add(block, mono)
        if self._meter is not None:
            self._meter.add(block)
        if self._outline is not None or self._samples is not None:
            loudest = np.abs(block).max(axis=0)
            if self._outline is not None:
                self._outline.add(loudest)
            if self._samples is not None:
                self._samples.add(block, loudest)
        if self._short is not None:
            self._short.add(mono)
        if self._long is not None:
            self._long.add(block if self._has_sides else mono[np.newaxis])
        if self._print is not None:
            self._print.add(mono)

    @property
    def duration_s(self) -> float:
        return self.waves.n_samples / self.sample_rate

    @property
    def meter(self) -> Meter:
        assert self._meter is not None, "gather LOUDNESS"
        return self._meter

    @property
    def outline(self) -> Outline:
        assert self._outline is not None, "gather OUTLINE"
        return self._outline

    @property
    def samples(self) -> Samples:
        assert self._samples is not None, "gather SAMPLES"
        return self._samples

    @property
    def print(self) -> Print:
        assert self._print is not None, "gather PRINT"
        return self._print

    @cached_property
    def frames(self) -> Frames:
        assert self._short is not None, "gather SHORT"
        return self._short.finish()

    @cached_property
    def sums(self) -> Sums:
        assert self._long is not None, "gather LONG"
        return self._long.finish()

    @cached_property
    def _rhythm(self) -> Rhythm | None:
        return rhythm(self.onsets, self.beat_odds)

    @cached_property
    def onsets(self) -> Onsets:
        return onsets(self.frames)

    @cached_property
    def beat_odds(self) -> BeatOdds:
        return beat_odds(self.frames.level)

    @cached_property
    def pitch_classes(self) -> tuple[Doubles, Doubles]:
        """Shares of the pitch classes over time, of all notes and of the bass: (frames, 12)."""
        return self.sums.pitch.over_time()

    @property
    def pitch_frame_s(self) -> float:
        """Seconds between frames of the long spectrogram; the middle of frame k is at k + 1."""
        return self._grid.n_long / 2 / self.sample_rate

    @cached_property
    def chord_path(self) -> NDArray[np.intp]:
        """(frames,) the chord in each, as a number of CHORDS."""
        return most_likely(fits(*self.pitch_classes), STAY)

    @cached_property
    def _bars(self) -> Bars | None:
        notes, _ = self.pitch_classes
        notes_s = np.arange(1.0, len(notes) + 1) * self.pitch_frame_s
        return bars(self.rhythm().beats_s, self.onsets, self.beat_odds, notes, notes_s)

    def bars(self) -> Bars:
        """The bars; Unsaid where there is no pulse or too few beats of it."""
        self.rhythm()
        if self._bars is None:
            raise Unsaid(TOO_SHORT)
        return self._bars

    def beats_s(self) -> Doubles:
        """The beats; none where there is no pulse, or where nobody listened for it."""
        if self._short is None or self.duration_s < SHORTEST_PULSE_S or self._rhythm is None:
            return np.zeros(0)
        return self._rhythm.beats_s

    def rhythm(self) -> Rhythm:
        """The pulse; Unsaid for silence, for what is too short, and for what does not repeat."""
        self.must_sound()
        if self.duration_s < SHORTEST_PULSE_S:
            raise Unsaid(TOO_SHORT)
        if self._rhythm is None:
            raise Unsaid(NO_PULSE)
        return self._rhythm

    def audible(self) -> NDArray[np.bool_]:
        """(frames,) which can be heard; Unsaid where a faint click leaves none."""
        found = self.frames.audible()
        if not found.any():
            raise Unsaid(TOO_SHORT)
        return found

    def must_sound(self) -> None:
        """Raises Unsaid where there is no mono mix to speak of."""
        n_samples = max(1, self.waves.n_samples)
        if self.waves.all / n_samples < SILENT:
            raise Unsaid(SILENCE)
        if self.waves.mono < CANCELLED * self.waves.all:
            raise Unsaid(CANCELS)


def mean_of_channels(block: Audio) -> Audio:
    """The mono mix: (channels, samples) to (samples,)."""
    mono = block[0]
    for channel in block[1:]:
        mono = mono + channel
    return mono if len(block) == 1 else np.asarray(mono * np.float32(1 / len(block)))


def hear(
    blocks: Iterable[Audio],
    sample_rate: int,
    n_channels: int,
    *,
    channel_names: Sequence[str] | None = None,
    gather: Collection[str] = EVERYTHING,
) -> Heard:
    """Hear a whole sound.

    blocks  (channels, samples) float32 each, of any lengths
    gather  which of EVERYTHING is wanted; the rest costs nothing
    """
    heard = Heard(sample_rate, n_channels, channel_names=channel_names, gather=gather)
    for block in blocks:
        heard.add(block)
    return heard

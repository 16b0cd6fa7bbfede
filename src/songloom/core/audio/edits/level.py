"""Edits of the level: fades, gain, loudness, and how finely the samples are stepped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

from songloom.core.audio import Blocks, dithering, levelling, shaping, turning
from songloom.core.audio.edits.edit import LENGTH, Edit
from songloom.core.audio.edits.parameters import Parameter, Words
from songloom.core.audio.levelling import Levels
from songloom.core.audio.sound import Sound
from songloom.errors import BadRecipe

TOLERANCE_LU = 0.3
NEARBY_S = 10.0  # as long as a preview


@dataclass(frozen=True)
class FadeIn(Edit):
    """Rise from silence, in a straight line."""

    name = "fade_in"
    words = Words("Fade in", "淡入")
    parameters = (LENGTH,)
    example = "0.5"

    duration_s: float = 1.0

    def on(self, sound: Sound) -> Sound:
        n = sound.samples(self.duration_s)

        def jump(position: int) -> Blocks:
            n_ramp = min(n, sound.n_samples)
            return shaping.ramped(sound.at(position), position, n_ramp)

        return sound.placed(lambda: shaping.fade_in(sound.make(), n), jump, lambda count: count)


@dataclass(frozen=True)
class FadeOut(Edit):
    """Fall to silence, in a straight line."""

    name = "fade_out"
    words = Words("Fade out", "淡出")
    parameters = (LENGTH,)
    example = "2"

    duration_s: float = 1.0

    def on(self, sound: Sound) -> Sound:
        n = sound.samples(self.duration_s)

        def jump(position: int) -> Blocks:
            stop = sound.n_samples
            return shaping.ramped(sound.at(position), position, min(n, stop), stop=stop)

        return sound.placed(lambda: shaping.fade_out(sound.make(), n), jump, lambda count: count)


@dataclass(frozen=True)
class Gain(Edit):
    """Louder or softer by so many decibels."""

    name = "gain"
    words = Words("Louder or softer", "增益")
    parameters = (Parameter("gain_db", "dB", -60, 60, Words("Gain", "增益"), default=0.0),)
    example = "-3"

    gain_db: float = 0.0

    def on(self, sound: Sound) -> Sound:
        made = sound.shaped(lambda blocks: shaping.gain(blocks, self.gain_db))
        return replace(made, levels=_raised(sound.levels, self.gain_db))


@dataclass(frozen=True)
class Loudness(Edit):
    """Bring the whole to a loudness (EBU R 128) with all peaks below a ceiling."""

    name = "loudness"
    words = Words("Set the loudness", "统一响度")
    parameters = (
        Parameter("target_lufs", "LUFS", -60, -5, Words("Loudness", "响度"), default=-16.0),
        Parameter("ceiling_dbtp", "dBTP", -20, -1, Words("Highest peak", "峰值上限"), default=-1.0),
    )
    example = "-16"
    n_passes = 3

    target_lufs: float = -16.0
    ceiling_dbtp: float = -1.0

    def on(self, sound: Sound) -> Sound:
        if sound.jump is not None:
            return self._nearby(sound)
        fit = levelling.fitted(
            sound.make,
            sound.sample_rate,
            sound.channels,
            target_lufs=self.target_lufs,
            ceiling_dbtp=self.ceiling_dbtp,
        )
        if fit is None:
            raise BadRecipe("silence, or less than 0.4 s, has no loudness that could be set")
        levels, reached_lufs = fit
        if abs(reached_lufs - self.target_lufs) > TOLERANCE_LU:
            raise BadRecipe(
                f"this sound can be brought to {reached_lufs:.1f} LUFS, not to "
                f"{self.target_lufs:g} LUFS, with peaks below {self.ceiling_dbtp:g} dBTP"
            )
        return sound.shaped(levels.apply)

    def _nearby(self, sound: Sound) -> Sound:
        """For a preview: from where one listens on, at about the loudness that it will have."""
        about = turning.estimated_levels(sound)

        def jump(position: int) -> Blocks:
            reader = shaping.Reader(sound.at(position))
            around = reader.taken(sound.samples(NEARBY_S))
            levels = levelling.nearby(
                around,
                about,
                target_lufs=self.target_lufs,
                ceiling_dbtp=self.ceiling_dbtp,
                sample_rate=sound.sample_rate,
            )
            return levels.apply(chain([around], reader.rest()))

        return sound.placed(lambda: jump(0), jump, lambda n: n)


@dataclass(frozen=True)
class RemoveDc(Edit):
    """Take the mean away from each channel: a sound that stands off zero wastes headroom."""

    name = "remove_dc"
    words = Words("Remove the DC offset", "去除直流偏移")
    n_passes = 2

    def on(self, sound: Sound) -> Sound:
        is_preview = sound.jump is not None
        mean = turning.estimated_means(sound) if is_preview else turning.means(sound.make())
        made = sound.shaped(lambda blocks: (block - mean for block in blocks))
        return replace(made, levels=sound.levels)


@dataclass(frozen=True)
class Dither(Edit):
    """Fewer bits in each sample, with a little noise that keeps soft sounds undistorted (TPDF).

    A sound that has no more bits than that stays as it is. The same seed makes the same noise.
    """

    name = "dither"
    words = Words("Lower the bit depth (dither)", "降低位深（加抖动）")
    parameters = (
        Parameter("bits", "", 8, 24, Words("Bits", "位深"), default=16, is_whole=True),
        Parameter("seed", "", 0, 2**31 - 1, Words("Seed", "随机种子"), default=0, is_whole=True),
    )
    example = "16"
    is_bare = True

    bits: int = 16
    seed: int = 0

    def on(self, sound: Sound) -> Sound:
        if sound.bits is not None and sound.bits <= self.bits:
            return sound
        made = sound.placed(
            lambda: dithering.dithered(sound.make(), self.bits, self.seed),
            lambda first: dithering.dithered(sound.at(first), self.bits, self.seed, first),
            lambda n: n,
        )
        return replace(made, bits=self.bits, levels=sound.levels)


def _raised(levels: Levels | None, gain_db: float) -> Levels | None:
    if levels is None or levels.lufs is None or levels.true_peak_dbtp is None:
        return levels
    return Levels(levels.lufs + gain_db, levels.true_peak_dbtp + gain_db)

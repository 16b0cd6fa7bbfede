"""The edits a recipe is made of: one small class each, with its parameters, units and ranges.

A new edit is one class here; every interface shows it by itself, from `EDITS`.
Edits apply in the order given, and times count on the sound as it then stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from songloom.core.audio import Blocks, levelling, shaping
from songloom.core.audio.options import parse_option
from songloom.core.audio.resampling import resample
from songloom.errors import BadRecipe

__all__ = ["EDITS", "Edit", "Parameter", "Sound", "Words", "parse_option"]

LATEST_S = 360_000.0  # a hundred hours: longer than any sound
LONGEST_FADE_S = 120.0
TOLERANCE_LU = 0.3


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Parameter:
    """One number of an edit."""

    name: str
    unit: str
    lowest: float
    highest: float
    words: Words
    default: float | None = None
    is_whole: bool = False
    is_optional: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON, for forms and the OpenAPI description."""
        return asdict(self)


@dataclass(frozen=True)
class Sound:
    """A sound that can be started any number of times. `make` yields its blocks anew."""

    make: Callable[[], Blocks]
    sample_rate: int
    channels: int

    def shaped(self, change: Callable[[Blocks], Blocks]) -> Sound:
        """The same sound with a change on its blocks."""
        return Sound(lambda: change(self.make()), self.sample_rate, self.channels)

    def samples(self, time_s: float) -> int:
        """The sample nearest to a time."""
        return round(time_s * self.sample_rate)


@dataclass(frozen=True)
class Edit:
    """What all edits share. Values are checked by `recipe.read`, never here."""

    name: ClassVar[str]
    words: ClassVar[Words]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    n_passes: ClassVar[int] = 1  # how often the sound before it is read

    def on(self, sound: Sound) -> Sound:
        """The sound after this edit. Raises BadRecipe where it leaves nothing to hear."""
        raise NotImplementedError

    def problem(self) -> str | None:
        """What is wrong between the values, or None."""
        return None

    def document(self) -> dict[str, Any]:
        """As it stands in a recipe."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {"edit": self.name, **{key: v for key, v in values.items() if v is not None}}


START = Parameter("start_s", "s", 0, LATEST_S, Words("Start", "开始"), default=0.0)
END = Parameter("end_s", "s", 0, LATEST_S, Words("End", "结束"), is_optional=True)


@dataclass(frozen=True)
class Trim(Edit):
    """Keep what lies between two times; without an end, everything from the start on."""

    name = "trim"
    words = Words("Keep a part", "截取一段")
    parameters = (START, END)

    start_s: float = 0.0
    end_s: float | None = None

    def on(self, sound: Sound) -> Sound:
        first = sound.samples(self.start_s)
        stop = None if self.end_s is None else sound.samples(self.end_s)
        return sound.shaped(lambda blocks: shaping.trim(blocks, first, stop))

    def problem(self) -> str | None:
        return _not_after(self.start_s, self.end_s)


@dataclass(frozen=True)
class Cut(Edit):
    """Take out what lies between two times and join the rest; without an end, all after it."""

    name = "cut"
    words = Words("Cut out a part", "剪掉一段")
    parameters = (START, END)

    start_s: float = 0.0
    end_s: float | None = None

    def on(self, sound: Sound) -> Sound:
        first = sound.samples(self.start_s)
        stop = sound.samples(LATEST_S if self.end_s is None else self.end_s)
        return sound.shaped(lambda blocks: shaping.cut(blocks, first, stop))

    def problem(self) -> str | None:
        return _not_after(self.start_s, self.end_s)


LENGTH = Parameter("duration_s", "s", 0, LONGEST_FADE_S, Words("Length", "时长"), default=1.0)


@dataclass(frozen=True)
class FadeIn(Edit):
    """Rise from silence, in a straight line."""

    name = "fade_in"
    words = Words("Fade in", "淡入")
    parameters = (LENGTH,)

    duration_s: float = 1.0

    def on(self, sound: Sound) -> Sound:
        n_samples = sound.samples(self.duration_s)
        return sound.shaped(lambda blocks: shaping.fade_in(blocks, n_samples))


@dataclass(frozen=True)
class FadeOut(Edit):
    """Fall to silence, in a straight line."""

    name = "fade_out"
    words = Words("Fade out", "淡出")
    parameters = (LENGTH,)

    duration_s: float = 1.0

    def on(self, sound: Sound) -> Sound:
        n_samples = sound.samples(self.duration_s)
        return sound.shaped(lambda blocks: shaping.fade_out(blocks, n_samples))


@dataclass(frozen=True)
class Gain(Edit):
    """Louder or softer by so many decibels."""

    name = "gain"
    words = Words("Louder or softer", "增益")
    parameters = (Parameter("gain_db", "dB", -60, 60, Words("Gain", "增益"), default=0.0),)

    gain_db: float = 0.0

    def on(self, sound: Sound) -> Sound:
        return sound.shaped(lambda blocks: shaping.gain(blocks, self.gain_db))


@dataclass(frozen=True)
class Loudness(Edit):
    """Bring the whole to a loudness (EBU R 128) with all peaks below a ceiling."""

    name = "loudness"
    words = Words("Set the loudness", "统一响度")
    parameters = (
        Parameter("target_lufs", "LUFS", -60, -5, Words("Loudness", "响度"), default=-16.0),
        Parameter("ceiling_dbtp", "dBTP", -20, -1, Words("Highest peak", "峰值上限"), default=-1.0),
    )
    n_passes = 3

    target_lufs: float = -16.0
    ceiling_dbtp: float = -1.0

    def on(self, sound: Sound) -> Sound:
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


@dataclass(frozen=True)
class Resample(Edit):
    """Another sample rate; pitch and speed stay."""

    name = "resample"
    words = Words("Change the sample rate", "改变采样率")
    parameters = (
        Parameter(
            *("sample_rate", "Hz", 4_000, 192_000, Words("Sample rate", "采样率")),
            default=44_100,
            is_whole=True,
        ),
    )

    sample_rate: int = 44_100

    def on(self, sound: Sound) -> Sound:
        return Sound(
            lambda: resample(sound.make(), sound.sample_rate, self.sample_rate),
            self.sample_rate,
            sound.channels,
        )


@dataclass(frozen=True)
class Channels(Edit):
    """Mono or stereo: mono is the mean of all channels."""

    name = "channels"
    words = Words("Mono or stereo", "单声道或立体声")
    parameters = (
        Parameter("channels", "", 1, 2, Words("Channels", "声道数"), default=2, is_whole=True),
    )

    channels: int = 2

    def on(self, sound: Sound) -> Sound:
        if sound.channels == self.channels:
            return sound
        matrix = shaping.mixing(sound.channels, self.channels)
        return Sound(lambda: shaping.mix(sound.make(), matrix), sound.sample_rate, self.channels)


@dataclass(frozen=True)
class TrimSilence(Edit):
    """Take away silence at both ends: what stays below a threshold in all channels."""

    name = "trim_silence"
    words = Words("Remove silence at both ends", "去掉首尾静音")
    parameters = (
        Parameter("threshold_db", "dB", -96, -20, Words("Threshold", "门限"), default=-60.0),
    )
    n_passes = 2

    threshold_db: float = -60.0

    def on(self, sound: Sound) -> Sound:
        found = shaping.sounding(sound.make(), self.threshold_db)
        if found is None:
            raise BadRecipe(
                f"everything stays below {self.threshold_db:g} dB: nothing would be left"
            )
        return sound.shaped(lambda blocks: shaping.trim(blocks, *found))


def _not_after(start_s: float, end_s: float | None) -> str | None:
    if end_s is not None and end_s <= start_s:
        return f"it ends at {end_s:g} s, which is not after its start at {start_s:g} s"
    return None


KINDS: tuple[type[Edit], ...] = (
    *(Trim, Cut, FadeIn, FadeOut, Gain, Loudness, Resample, Channels, TrimSilence),
)
EDITS: dict[str, type[Edit]] = {kind.name: kind for kind in KINDS}

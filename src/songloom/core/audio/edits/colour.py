"""Edits of frequencies: high-pass, low-pass, another sample rate."""

from __future__ import annotations

from dataclasses import dataclass

from songloom.core.audio import Blocks, filtering, shaping
from songloom.core.audio.edits.edit import Edit
from songloom.core.audio.edits.parameters import Parameter, Words
from songloom.core.audio.edits.parts import resampled
from songloom.core.audio.sound import Sound
from songloom.errors import BadRecipe

ORDER = Parameter(
    "order",
    "",
    1,
    8,
    Words("Order, 6 dB per octave each", "阶数，每阶 6 dB/倍频程"),
    default=2,
    is_whole=True,
)


@dataclass(frozen=True)
class HighPass(Edit):
    """Take out what lies below a frequency (Butterworth, 3 dB down there)."""

    name = "high_pass"
    words = Words("High-pass", "高通滤波")
    parameters = (
        Parameter("cutoff_hz", "Hz", 10, 20_000, Words("Frequency", "频率"), default=80.0),
        ORDER,
    )
    example = "80"

    cutoff_hz: float = 80.0
    order: int = 2

    def on(self, sound: Sound) -> Sound:
        if self.cutoff_hz >= sound.sample_rate / 2:
            raise BadRecipe(
                f"nothing lies above {self.cutoff_hz:g} Hz at a sample rate of "
                f"{sound.sample_rate} Hz"
            )
        return _through(sound, self.order, self.cutoff_hz, is_high=True)


@dataclass(frozen=True)
class LowPass(Edit):
    """Take out what lies above a frequency (Butterworth, 3 dB down there)."""

    name = "low_pass"
    words = Words("Low-pass", "低通滤波")
    parameters = (
        Parameter("cutoff_hz", "Hz", 10, 20_000, Words("Frequency", "频率"), default=12_000.0),
        ORDER,
    )
    example = "12000"

    cutoff_hz: float = 12_000.0
    order: int = 2

    def on(self, sound: Sound) -> Sound:
        if self.cutoff_hz >= sound.sample_rate / 2:
            return sound  # there is nothing to take out
        return _through(sound, self.order, self.cutoff_hz, is_high=False)


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
    example = "22050"

    sample_rate: int = 44_100

    def on(self, sound: Sound) -> Sound:
        return resampled(sound, self.sample_rate)


def _through(sound: Sound, order: int, cutoff_hz: float, *, is_high: bool) -> Sound:
    sections = filtering.butterworth(order, cutoff_hz, sound.sample_rate, is_high=is_high)
    n_before = filtering.settling_samples(sections)

    def jump(position: int) -> Blocks:
        """A little earlier, so that the filter has forgotten that it started there."""
        start = max(0, position - n_before)
        made = filtering.filtered(sound.at(start), sections)
        return shaping.trim(made, position - start, None)

    return sound.placed(
        lambda: filtering.filtered(sound.make(), sections), jump, lambda count: count
    )

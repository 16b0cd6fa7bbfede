"""Edits of the channels: how many, which is which, how far apart, which way up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from songloom.core.audio import Audio, shaping
from songloom.core.audio.edits.edit import Edit
from songloom.core.audio.edits.parameters import MOST_CHANNELS, Matrix, Parameter, Rows, Words
from songloom.core.audio.edits.parts import mixed
from songloom.core.audio.sound import Sound
from songloom.errors import BadRecipe


@dataclass(frozen=True)
class Channels(Edit):
    """Mono or stereo: mono is the mean of all channels."""

    name = "channels"
    words = Words("Mono or stereo", "单声道或立体声")
    parameters = (
        Parameter("channels", "", 1, 2, Words("Channels", "声道数"), default=2, is_whole=True),
    )
    example = "1"

    channels: int = 2

    def on(self, sound: Sound) -> Sound:
        return mixed(sound, self.channels)


@dataclass(frozen=True)
class SwapChannels(Edit):
    """Left becomes right and right becomes left; mono stays as it is."""

    name = "swap_channels"
    words = Words("Swap left and right", "左右声道互换")

    def on(self, sound: Sound) -> Sound:
        order = [1, 0, *range(2, sound.channels)][: sound.channels]
        if sound.channels == 1:
            return sound
        made = sound.shaped(lambda blocks: (block[order] for block in blocks), is_exact=True)
        return replace(made, levels=sound.levels)


@dataclass(frozen=True)
class Mix(Edit):
    """New channels out of the old ones: a row for each, with how much of every old one it gets."""

    name = "mix"
    words = Words("Mix the channels", "混合声道")
    parameters = (Matrix("matrix", Words("Rows of shares", "混合矩阵，每行一个新声道")),)
    example = "0.5 0.5"

    matrix: Rows = ((0.5, 0.5),)

    def on(self, sound: Sound) -> Sound:
        n_old = len(self.matrix[0])
        if n_old != sound.channels:
            raise BadRecipe(
                f"its rows have {n_old} numbers, and the sound has {sound.channels} channels"
            )
        matrix = np.array(self.matrix, np.float32)
        made = sound.shaped(lambda blocks: shaping.mix(blocks, matrix))
        return replace(made, channels=len(matrix))


@dataclass(frozen=True)
class Width(Edit):
    """How far apart left and right are: 0 % is the middle alone, 100 % as it was."""

    name = "width"
    words = Words("Stereo width", "立体声宽度")
    parameters = (Parameter("width_percent", "%", 0, 300, Words("Width", "宽度"), default=100.0),)
    example = "150"

    width_percent: float = 100.0

    def on(self, sound: Sound) -> Sound:
        if sound.channels == 1 or self.width_percent == 100:
            return sound
        if sound.channels > 2:
            raise BadRecipe(f"width is of two channels; this sound has {sound.channels}")
        middle, side = 0.5, 0.5 * self.width_percent / 100
        near, far = middle + side, middle - side
        matrix = np.array([[near, far], [far, near]], np.float32)
        return sound.shaped(lambda blocks: shaping.mix(blocks, matrix))


@dataclass(frozen=True)
class Invert(Edit):
    """Turn the polarity over, of all channels or of one: what pushed then pulls."""

    name = "invert"
    words = Words("Invert the polarity", "反转极性")
    parameters = (
        Parameter(
            *("channel", "", 0, MOST_CHANNELS, Words("Channel, 0 for all", "声道，0 为全部")),
            default=0,
            is_whole=True,
        ),
    )
    example = "2"
    is_bare = True

    channel: int = 0

    def on(self, sound: Sound) -> Sound:
        if self.channel > sound.channels:
            raise BadRecipe(f"there is no channel {self.channel} of {sound.channels}")
        signs: Audio = np.ones((sound.channels, 1), np.float32)
        signs[slice(None) if self.channel == 0 else self.channel - 1] = -1
        made = sound.shaped(lambda blocks: (block * signs for block in blocks), is_exact=True)
        return replace(made, levels=sound.levels)

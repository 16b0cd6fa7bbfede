"""The edits a recipe is made of: one small class each, with its parameters, units and ranges.

A new edit is one class and its place in `KINDS`; every interface and the documentation show it by
themselves, from `EDITS`. Edits apply in the order given; times count on the sound as it then is.
"""

from __future__ import annotations

from songloom.core.audio.edits.channels import Channels, Invert, Mix, SwapChannels, Width
from songloom.core.audio.edits.colour import HighPass, LowPass, Resample
from songloom.core.audio.edits.edit import Edit
from songloom.core.audio.edits.level import Dither, FadeIn, FadeOut, Gain, Loudness, RemoveDc
from songloom.core.audio.edits.parameters import AnyParameter, Matrix, OtherTrack, Parameter, Words
from songloom.core.audio.edits.parts import Cut, InsertSilence, Join, Reverse, Trim, TrimSilence
from songloom.core.audio.sound import Sound

__all__ = [
    "EDITS",
    "AnyParameter",
    "Channels",
    "Cut",
    "Dither",
    "Edit",
    "FadeIn",
    "FadeOut",
    "Gain",
    "HighPass",
    "InsertSilence",
    "Invert",
    "Join",
    "Loudness",
    "LowPass",
    "Matrix",
    "Mix",
    "OtherTrack",
    "Parameter",
    "RemoveDc",
    "Resample",
    "Reverse",
    "Sound",
    "SwapChannels",
    "Trim",
    "TrimSilence",
    "Width",
    "Words",
]

KINDS: tuple[type[Edit], ...] = (
    *(Trim, Cut, FadeIn, FadeOut, Gain, Loudness, Resample, Channels, TrimSilence),
    *(InsertSilence, Join, Reverse, HighPass, LowPass, Width, SwapChannels, Mix, Invert),
    *(RemoveDc, Dither),
)
EDITS: dict[str, type[Edit]] = {kind.name: kind for kind in KINDS}

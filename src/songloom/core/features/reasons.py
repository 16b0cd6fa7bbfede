"""Why a feature has no value. A closed list, so that interfaces can translate it."""

from __future__ import annotations

SILENCE = "There is nothing but silence."
CANCELS = "The channels cancel each other in the mono mix."
ONLY_OFFSET = "There is nothing above 20 Hz."
TOO_SHORT = "It is too short."
TOO_SOFT = "It is nowhere louder than −70 LUFS."
NO_PULSE = "No pulse repeats."
NO_PITCH = "Too little pitch."
FEW_PITCHES = "Too few different pitches."
NO_TUNING = "The pitches agree on no tuning."
ONE_CHANNEL = "There is only one channel."
NO_MIDDLE = "Left and right cancel each other: there is no middle."
NO_LAG = "Left and right are too different to say which comes later."
NO_INTEGERS = "The samples are no whole numbers: they were decoded from a lossy format or computed."

ALL = (
    SILENCE,
    CANCELS,
    ONLY_OFFSET,
    TOO_SHORT,
    TOO_SOFT,
    NO_PULSE,
    NO_PITCH,
    FEW_PITCHES,
    NO_TUNING,
    ONE_CHANNEL,
    NO_MIDDLE,
    NO_LAG,
    NO_INTEGERS,
)


class Unsaid(Exception):
    """No error but the honest answer of a measurement; its argument is one of the above."""

    @property
    def reason(self) -> str:
        return str(self.args[0])

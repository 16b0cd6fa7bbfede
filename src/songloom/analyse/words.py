"""What analysis says to people, in their language: why a value is missing, why it pauses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# The keys are what core and jobs say; each value is the same sentence, ready to be translated.
SENTENCES = {
    "There is nothing but silence.": _("There is nothing but silence."),
    "The channels cancel each other in the mono mix.": _(
        "The channels cancel each other in the mono mix."
    ),
    "There is nothing above 20 Hz.": _("There is nothing above 20 Hz."),
    "It is too short.": _("It is too short."),
    "It is nowhere louder than −70 LUFS.": _("It is nowhere louder than −70 LUFS."),
    "No pulse repeats.": _("No pulse repeats."),
    "Too little pitch.": _("Too little pitch."),
    "Too few different pitches.": _("Too few different pitches."),
    "The pitches agree on no tuning.": _("The pitches agree on no tuning."),
    "There is only one channel.": _("There is only one channel."),
    "Left and right cancel each other: there is no middle.": _(
        "Left and right cancel each other: there is no middle."
    ),
    "Left and right are too different to say which comes later.": _(
        "Left and right are too different to say which comes later."
    ),
    "The samples are no whole numbers: they were decoded from a lossy format or computed.": _(
        "The samples are no whole numbers: they were decoded from a lossy format or computed."
    ),
    "Waiting for a free core.": _("Waiting for a free core."),
    "Paused outside the hours.": _("Paused outside the hours."),
    "Paused while someone is listening.": _("Paused while someone is listening."),
}


def said(sentence: str) -> str:
    """A reason or a stage in the language of whoever reads; unchanged where it is not ours."""
    return str(SENTENCES.get(sentence, sentence))

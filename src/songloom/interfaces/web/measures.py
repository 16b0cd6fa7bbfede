"""What was measured, in the five families of the first design, as people read it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from songloom.analyse.words import said
from songloom.core.features.plots import Plot, plot
from songloom.interfaces.web.templatetags.weave import decimals, keyname
from songloom.library.models import Features

UNKNOWN = "–"
SKETCHED = ("frequency", "phase")  # what a coarse pass says enough of


@dataclass(frozen=True)
class Fact:
    """One number with its name and unit; `why` where it could not be said."""

    name: str
    value: str
    why: str = ""


@dataclass(frozen=True)
class Family:
    """A plot, the one fact beside its title, and all its facts for the table."""

    kind: str
    title: str
    headline: str
    facts: list[Fact]
    plot: Plot | None = None
    more: list[tuple[str, Plot]] = field(default_factory=list)  # with what each shows

    @property
    def why(self) -> str:
        """Why there is nothing to draw, as far as it was said."""
        return next((fact.why for fact in self.facts if fact.why), UNKNOWN)


def families(found: Features) -> list[Family]:
    """Frequency, tonality, loudness, phase, tempo."""
    told = [_frequency(found), _tonality(found), _loudness(found), _phase(found), _tempo(found)]
    if found.is_coarse:  # the others need the whole song
        told = [_so_far(one) for one in told if one.kind in SKETCHED]
    # What was measured of the whole stands in columns, and tables bring it there too.
    values = found.values | {"loudness_lufs": found.loudness_lufs, "tempo_bpm": found.tempo_bpm}
    return [replace(one, plot=plot(one.kind, values), more=_more(one.kind, values)) for one in told]


def _so_far(family: Family) -> Family:
    """Without what a few places of a song do not tell."""
    return replace(family, facts=[fact for fact in family.facts if fact.value != UNKNOWN])


def _more(kind: str, values: dict[str, Any]) -> list[tuple[str, Plot]]:
    """What else of a family can be drawn, shown when its numbers are."""
    wanted = {
        "frequency": [("contrast", _("Contrast by octave"))],
        "phase": [("width", _("Width by octave")), ("correlation", _("Correlation over time"))],
    }
    drawn = [(title, plot(name, values)) for name, title in wanted.get(kind, [])]
    return [(title, made) for title, made in drawn if made is not None]


def in_short(found: Features | None) -> str:
    """E minor · 80 BPM, as far as it is known."""
    if found is None:
        return ""
    tempo = _("%(bpm)s BPM") % {"bpm": decimals(found.tempo_bpm, 0)} if found.tempo_bpm else ""
    return " · ".join(part for part in (keyname(found), tempo) if part)


def _fact(found: Features, name: str, label: str, unit: str = "", places: int = 1) -> Fact:
    value = found.values.get(name)
    if not isinstance(value, int | float):
        return Fact(label, UNKNOWN, said(found.reasons.get(name, "")))
    return Fact(label, f"{decimals(value, places)} {unit}".strip())


def _frequency(found: Features) -> Family:
    facts = [
        _fact(found, "dominant_hz", _("Dominant"), "Hz", 0),
        _fact(found, "centroid_hz", _("Centroid"), "Hz", 0),
        Fact(_("Brightness"), brightness(found), said(found.reasons.get("brightness", ""))),
        _fact(found, "bandwidth_hz", _("Bandwidth"), "Hz", 0),
        _fact(found, "rolloff_hz", _("Roll-off at 85 %"), "Hz", 0),
        _fact(found, "cutoff_hz", _("Cut-off"), "Hz", 0),
        _fact(found, "crest_db", _("Crest"), "dB"),
        _fact(found, "flatness", _("Flatness"), "", 4),
        _fact(found, "zero_crossing_rate", _("Zero crossings per sample"), "", 4),
    ]
    headline = _("centroid %(hz)s Hz") % {"hz": decimals(found.centroid_hz, 0)}
    return Family("frequency", _("Frequency"), headline, facts)


def _tonality(found: Features) -> Family:
    key = keyname(found)
    confidence = found.values.get("key_confidence")
    facts = [
        Fact(_("Key"), key or UNKNOWN, said(found.reasons.get("key", ""))),
        _fact(found, "key_confidence", _("Confidence"), "", 2),
        _fact(found, "tuning_cents", _("Tuning"), _("cents")),
        Fact(_("Changes of key"), _key_changes(found)),
    ]
    return Family("tonality", _("Tonality"), sureness(confidence) if key else _("unclear"), facts)


def _key_changes(found: Features) -> str:
    """How often the key changes; a dash where none is known."""
    changes = found.values.get("key_changes")
    return str(len(changes) - 1) if changes else UNKNOWN


def _alternatives(found: Features) -> str:
    """What else the tempo may be: 62 · 124 BPM."""
    others = found.values.get("tempo_alternatives_bpm") or []
    return f"{' · '.join(decimals(bpm, 0) for bpm in others)} BPM" if others else UNKNOWN


def brightness(found: Features) -> str:
    """The brightness in the language of whoever reads; a dash where it is not known."""
    words = {"dark": _("dark"), "warm": _("warm"), "neutral": _("neutral"), "bright": _("bright")}
    return words.get(found.values.get("brightness", ""), UNKNOWN)


def sureness(confidence: Any) -> str:
    """A confidence in one word."""
    if not isinstance(confidence, int | float):
        return _("unclear")
    if confidence >= 0.66:
        return _("clear")
    return _("likely") if confidence >= 0.33 else _("unsure")


def _loudness(found: Features) -> Family:
    facts = [
        _fact(found, "loudness_lufs", _("Loudness"), "LUFS"),
        _fact(found, "loudness_range_lu", _("Range"), "LU"),
        _fact(found, "true_peak_dbtp", _("True peak"), "dBTP"),
        _fact(found, "momentary_max_lufs", _("Loudest 400 ms"), "LUFS"),
        _fact(found, "short_term_max_lufs", _("Loudest 3 s"), "LUFS"),
        _fact(found, "dynamic_range_db", _("Dynamic range"), "dB"),
        _fact(found, "fade_in_s", _("Fade in"), "s"),
        _fact(found, "fade_out_s", _("Fade out"), "s"),
        _fact(found, "replaygain_track_gain_db", _("ReplayGain"), "dB"),
    ]
    headline = _("range %(lu)s LU") % {"lu": decimals(found.loudness_range_lu)}
    return Family("loudness", _("Loudness"), headline, facts)


def _phase(found: Features) -> Family:
    facts = [
        _fact(found, "stereo_correlation", _("Correlation"), "", 2),
        _fact(found, "stereo_width", _("Width"), "", 2),
        _fact(found, "mono_loss_db", _("Loss in mono"), "dB"),
        _fact(found, "delay_samples", _("Delay of the right side"), _("samples"), 0),
        _fact(found, "dc_offset", _("DC offset"), "", 5),
        _fact(found, "phase_deviation", _("Phase deviation"), "", 3),
    ]
    headline = _("correlation %(value)s") % {"value": decimals(found.stereo_correlation, 2)}
    return Family("phase", _("Phase"), headline, facts)


def _tempo(found: Features) -> Family:
    beats = found.values.get("beats_s") or []
    facts = [
        _fact(found, "tempo_bpm", _("Tempo"), "BPM"),
        _fact(found, "tempo_confidence", _("Confidence"), "", 2),
        Fact(_("Or"), _alternatives(found)),
        _fact(found, "tempo_stability", _("Steadiness"), "", 2),
        _fact(found, "metre", _("Metre"), "", 0),
        _fact(found, "onset_rate_hz", _("Onsets"), "Hz"),
        Fact(_("Beats"), str(len(beats))),
    ]
    headline = _("%(bpm)s BPM") % {"bpm": decimals(found.tempo_bpm)}
    return Family("tempo", _("Tempo"), headline, facts)

"""What lies where in a song, for the lanes under its waveform: keys, chords, silences and more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from songloom.core.features.octave_scale import MARKS_HZ, marks, top_of
from songloom.interfaces.web.templatetags.weave import key_words
from songloom.library.models import Features, File

PLACES = 2  # of a second: finer than can be seen or clicked
NO_CHORD = "N"
Stretch = tuple[float, float, str]


def lanes(
    found: Features, length_s: float, sections: Iterable[Sequence[Any]] = ()
) -> dict[str, Any]:
    """Stretches [from, to, words] by kind, and the times of bars; for the page's script.

    sections  [from, to, name] as a score has them
    Whatever was not measured is an empty lane.
    """
    values = found.values
    return {
        "sections": [_stretch(start, end, _section(name)) for start, end, name in sections],
        "keys": _keys(values.get("key_changes") or [], length_s),
        "chords": _chords(values.get("chords") or []),
        "silences": [
            _stretch(one[0], one[1], _("silence")) for one in values.get("silences_s") or []
        ],
        "clips": [_stretch(one[0], one[1], _("clipped")) for one in values.get("clipped_s") or []],
        "highlight": _highlight(values.get("highlight_s"), length_s),
        "bars": [round(at, PLACES) for at in values.get("downbeats_s") or []],
        "beats": [round(at, PLACES) for at in values.get("beats_s") or []],
    }


def _keys(changes: Sequence[Any], length_s: float) -> list[Stretch]:
    """Each key until the next begins, the last until the end."""
    ends = [*(one[0] for one in changes[1:]), length_s][: len(changes)]
    return [
        _stretch(start, end, key_words(tonic, mode))
        for (start, tonic, mode), end in zip(changes, ends, strict=True)
    ]


def _section(name: str) -> str:
    """A section by its letter, or what it is for in the reader's language."""
    return {"intro": _("Intro"), "coda": _("Coda")}.get(name, name)


def _chords(found: Iterable[Any]) -> list[Stretch]:
    return [
        _stretch(start, end, name.replace("#", "♯"))
        for start, end, name in found
        if name != NO_CHORD
    ]


def _highlight(found: Any, length_s: float) -> list[Stretch]:
    """The half minute; of a song that is no longer, there is nothing to single out."""
    if not found or found[1] - found[0] >= length_s - 1:
        return []
    return [_stretch(found[0], found[1], _("highlight"))]


def _stretch(start: float, end: float, words: str) -> Stretch:
    return round(start, PLACES), round(end, PLACES), words


def scale_hz(file: File | None) -> list[dict[str, Any]]:
    """The marks at the upright edge of a spectrogram: words and permille from the top."""
    top_hz = top_of(file.sample_rate) if file else 0.0
    shown = marks(top_hz) if top_hz > MARKS_HZ[0] else []
    return [{"words": _hz(hz), "from_top": round(1000 * (1 - at))} for hz, at in shown]


def _hz(hz: int) -> str:
    return f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz"

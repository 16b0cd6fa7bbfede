"""Small plots of what was measured, as SVG. One family, one dye; needs nothing but the numbers.

plot("loudness", analysis.features).svg("light")  # a picture that stands alone, in a notebook too
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from songloom.core.features.shapes import (
    BESIDE,
    FLOOR,
    HEIGHT,
    TALLEST,
    WIDTH,
    bars_below_the_loudest,
    clock,
    column,
    known_in,
    line,
    lollipops,
    number,
    per_octave,
    spelt,
    text,
)

NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
SOFTEST_LUFS, LOUDEST_LUFS = -48.0, 0.0
LINE_HEIGHT = 44  # a label stands above
BEATS_TOGETHER = 8  # a tempo is the mean of so many beats
FEWEST_BEATS = 12
DYES = {
    "light": {
        "ink": "#211c17",
        "hint": "#6b6055",
        "line": "#e3dbce",
        "wave": "#958874",
        "indigo": "#33508a",
        "walnut": "#6e5238",
        "mugwort": "#3f6b4b",
        "lotus": "#95486f",
        "gardenia": "#7f5a00",
    },
    "dark": {
        "ink": "#f3ece2",
        "hint": "#9c9082",
        "line": "#332c26",
        "wave": "#75695c",
        "indigo": "#8faae0",
        "walnut": "#c9a585",
        "mugwort": "#8fbf96",
        "lotus": "#de97bb",
        "gardenia": "#e3b54a",
    },
}
Values = Mapping[str, Any]
Drawn = tuple[str, str] | None


@dataclass(frozen=True)
class Plot:
    """A picture without colours: shapes have classes, a page's style or `svg` gives them a dye."""

    kind: str
    dye: str
    body: str
    said: str  # what it shows, in one line of numbers

    def svg(self, theme: str = "light") -> str:
        """A picture that stands alone."""
        dyes = DYES[theme]
        own = dyes[self.dye]
        font = 'font-family="sans-serif" font-size="11"'
        paints = {
            "column": f'fill="{own}"',
            "column pale": f'fill="{dyes["wave"]}"',
            "line": f'fill="none" stroke="{own}" stroke-width="1.8"',
            "line other": f'fill="none" stroke="{dyes["wave"]}" stroke-width="1.4"',
            "stem": f'stroke="{own}" stroke-width="1.6"',
            "dot": f'fill="{own}"',
            "guide": f'stroke="{dyes["line"]}"',
            "label": f'fill="{dyes["hint"]}" {font}',
            "label strong": f'fill="{dyes["ink"]}" font-weight="bold" {font}',
        }
        body = self.body
        for name, paint in paints.items():
            body = body.replace(f'class="{name}"', paint)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {WIDTH + 8} {HEIGHT + 8}"'
            f' width="{2 * WIDTH}" role="img" aria-label="{self.said}">{body}</svg>'
        )


def plot(kind: str, values: Values) -> Plot | None:
    """One of PLOTS from features by name; None where what it needs could not be said."""
    dye, draw = PLOTS[kind]
    drawn = draw(values)
    return None if drawn is None else Plot(kind, dye, *drawn)


def _frequency(values: Values) -> Drawn:
    """Energy of each octave: the loudest reaches the top, 48 dB below it is the floor."""
    return bars_below_the_loudest(values.get("octave_energy_db"), "dB")


def _contrast(values: Values) -> Drawn:
    """How far the peaks of each octave stand above its valleys."""
    heights = values.get("octave_contrast_db")
    known = known_in(heights)
    if not known:
        return None
    top = max([*known, 1.0])
    body = per_octave(heights, lambda db: db / top, BESIDE)
    return body + text(WIDTH, 14, f"{top:.0f} dB", "end"), spelt(heights, "dB")


def _tonality(values: Values) -> Drawn:
    """Shares of the twelve pitch classes; the key's tonic and the three strongest in colour."""
    shares = values.get("chroma")
    if not shares:
        return None
    top, pitch = max(*shares, 1e-9), WIDTH / 12
    tonic = str(values.get("key") or "").replace("#", "♯")
    strong = sorted(range(12), key=lambda note: -shares[note])[:3]
    shown = {*strong, *(n for n in range(12) if NOTES[n] == tonic)}
    parts = []
    for note, share in enumerate(shares):
        parts.append(column(note * pitch, pitch - 4, share / top, "" if note in shown else "pale"))
        if note in shown:
            kind = "label strong" if NOTES[note] == tonic else "label"
            parts.append(text(note * pitch + pitch / 2 - 2, 74, NOTES[note], "middle", kind))
    return "".join(parts), ", ".join(NOTES[note] for note in strong)


def _loudness(values: Values) -> Drawn:
    """Short-term loudness from start to end, with the loudness of the whole as a guide."""
    levels, whole = values.get("loudness_over_time"), values.get("loudness_lufs")
    if not known_in(levels) or whole is None:
        return None

    def y(level: float) -> float:
        share = (min(LOUDEST_LUFS, max(SOFTEST_LUFS, level)) - SOFTEST_LUFS) / -SOFTEST_LUFS
        return FLOOR - LINE_HEIGHT * share

    end = clock(values.get("duration_s") or 0.0)
    said = f"{number(whole)} LUFS"
    return (
        f'<path class="guide" d="M0 {y(whole):.1f}H{WIDTH}"/>'
        + line([None if one is None else y(one) for one in levels or []])
        + text(WIDTH, 9, said, "end")
        + text(0, 74, "0:00")
        + text(WIDTH, 74, end, "end"),
        said,
    )


def _phase(values: Values) -> Drawn:
    """For each octave how far left and right move together: +1 alike, −1 opposite."""
    return lollipops(values.get("octave_phase_correlation"))


def _width(values: Values) -> Drawn:
    """For each octave the side's energy over the middle's: 0 mono, 1 unrelated sides."""
    shares = values.get("octave_width")
    known = known_in(shares)
    if not known:
        return None
    top = max([*known, 1.0])
    guide = FLOOR - TALLEST / top
    return (
        per_octave(shares, lambda width: width / top, BESIDE)
        + f'<path class="guide" d="M0 {guide:.1f}H{WIDTH}"/>'
        + text(WIDTH, guide + 12, "1", "end"),
        spelt(shares, "", 2),
    )


def _correlation(values: Values) -> Drawn:
    """How far left and right move together, from start to end."""
    moments = values.get("correlation_over_time")
    if not known_in(moments) or len(moments or []) < 2:
        return None
    body = line([None if one is None else 32 - 26 * one for one in moments or []], BESIDE)
    return (
        f'<path class="guide" d="M0 32H{WIDTH}"/>{body}'
        + text(WIDTH, 14, "+1", "end")
        + text(WIDTH, 56, "−1", "end")
        + text(0, 74, "0:00")
        + text(BESIDE, 74, clock(values.get("duration_s") or 0.0), "end"),
        f"{number(min(known_in(moments)), 2)} – {number(max(known_in(moments)), 2)}",
    )


def _tempo(values: Values) -> Drawn:
    """The tempo from beat to beat, the mean of eight, around that of the whole."""
    beats, bpm = values.get("beats_s") or [], values.get("tempo_bpm")
    if not bpm or len(beats) < FEWEST_BEATS:
        return None
    pairs = zip(beats, beats[BEATS_TOGETHER:], strict=False)
    local = [60 * BEATS_TOGETHER / (b - a) for a, b in pairs if b > a]
    if not local:
        return None
    low, high = min(bpm - 2, *local), max(bpm + 2, *local)

    def y(value: float) -> float:
        return float(54 - 42 * (value - low) / (high - low))

    said = f"{number(min(local))} – {number(max(local))}"
    return (
        f'<path class="guide" d="M0 {y(bpm):.1f}H{WIDTH}"/>'
        + line([y(value) for value in local])
        + text(0, 10, f"{high:.0f}")
        + text(0, 74, f"{low:.0f}")
        + text(WIDTH, 74, said, "end"),
        f"{said} BPM",
    )


PLOTS: dict[str, tuple[str, Callable[[Values], Drawn]]] = {
    "frequency": ("indigo", _frequency),
    "contrast": ("indigo", _contrast),
    "tonality": ("walnut", _tonality),
    "loudness": ("mugwort", _loudness),
    "phase": ("lotus", _phase),
    "width": ("lotus", _width),
    "correlation": ("lotus", _correlation),
    "tempo": ("gardenia", _tempo),
}

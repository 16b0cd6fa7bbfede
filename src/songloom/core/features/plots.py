"""Small pictures of features as SVG, without any library, for pages and for reading aloud.

Colours and strokes are the page's: shapes carry class names only, never a style. Every picture has
a title that says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

WIDTH, HEIGHT = 200, 78
LABELS = 14  # the strip below the drawing
GAP = 3
WAVE_WIDTH, WAVE_HEIGHT, WAVE_BARS = 1_080, 96, 270
ENERGY_RANGE_DB = 60.0
OCTAVE_NAMES = ("31", "63", "125", "250", "500", "1k", "2k", "4k", "8k", "16k")
NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FAMILIES = ("frequency", "tonality", "loudness", "phase", "tempo")


def waveform(peaks: Sequence[float], title: str, *, n_bars: int = WAVE_BARS) -> str:
    """The outline as mirrored bars around the middle; a flat thread where there are no peaks.

    peaks  each in [0, 1], any number
    """
    bars = [max(part) for part in _parts(peaks, min(n_bars, len(peaks)))]
    pitch, middle = WAVE_WIDTH / max(1, len(bars)), WAVE_HEIGHT / 2
    shapes = []
    for i, peak in enumerate(bars):
        half = max(0.5, min(1.0, peak) * (middle - 1))
        shapes.append(_bar("bar", i * pitch, middle - half, pitch * 0.6, 2 * half))
    if not bars:
        shapes.append(_line("rail", 0, middle, WAVE_WIDTH, middle))
    return _svg("waveform", WAVE_WIDTH, WAVE_HEIGHT, title, shapes)


def octave_energy(levels_db: Sequence[float | None], title: str) -> str:
    """Ten octaves as bars that stand on the floor 60 dB below the loudest; no bar where null."""
    known = [level for level in levels_db if level is not None]
    top_db = max(known, default=0.0)
    heights = [
        None if level is None else max(0.0, 1 + (level - top_db) / ENERGY_RANGE_DB)
        for level in levels_db
    ]
    return _bars("frequency", heights, OCTAVE_NAMES, title, every=2)


def chroma(shares: Sequence[float], title: str, *, strong: Sequence[int] = ()) -> str:
    """Twelve pitch classes as bars, the highest filling the frame; `strong` ones stand out."""
    top = max(shares, default=0.0) or 1.0
    heights = [share / top for share in shares]
    return _bars("tonality", heights, NOTE_NAMES, title, strong=strong)


def octave_phase(correlations: Sequence[float | None], title: str) -> str:
    """Ten octaves as pins on a line at 0: up to +1 mono, down to −1 opposite; none where null."""
    step, height = WIDTH / max(1, len(correlations)), HEIGHT - LABELS
    middle, reach = height / 2, height / 2 - 4
    shapes = [_line("rail", 0, middle, WIDTH, middle)]
    for i, correlation in enumerate(correlations):
        if correlation is None:
            continue
        x, y = (i + 0.5) * step, middle - correlation * reach
        shapes += [_line("stem", x, middle, x, y), _dot("pin", x, y)]
    shapes += _labels(OCTAVE_NAMES[: len(correlations)], step, every=2)
    return _svg("phase", WIDTH, HEIGHT, title, shapes)


def curve(values: Sequence[float], title: str, *, family: str = "loudness") -> str:
    """Numbers over time as one line, lowest at the bottom, highest at the top.

    family  whose dye it takes: one of FAMILIES
    """
    lowest, highest = min(values, default=0.0), max(values, default=0.0)
    span, height = (highest - lowest) or 1.0, HEIGHT - LABELS
    step = WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"{_n(i * step)},{_n(height - 2 - (value - lowest) / span * (height - 4))}"
        for i, value in enumerate(values)
    )
    return _svg(family, WIDTH, HEIGHT, title, [f'<polyline class="curve" points="{points}"/>'])


def _bars(
    family: str,
    heights: Sequence[float | None],
    names: Sequence[str],
    title: str,
    *,
    every: int = 1,
    strong: Sequence[int] = (),
) -> str:
    step, height = WIDTH / max(1, len(heights)), HEIGHT - LABELS
    shapes = []
    for i, share in enumerate(heights):
        if share is None:
            continue
        tall = max(1.0, share * height)
        kind = "bar strong" if i in strong else "bar"
        shapes.append(_bar(kind, i * step + GAP / 2, height - tall, step - GAP, tall))
    shapes += _labels(names[: len(heights)], step, every=every)
    return _svg(family, WIDTH, HEIGHT, title, shapes)


def _parts(values: Sequence[float], n_parts: int) -> list[Sequence[float]]:
    """As equal as whole numbers allow; every value is in exactly one part."""
    size = len(values)
    edges = [i * size // max(1, n_parts) for i in range(n_parts + 1)]
    return [values[a:b] for a, b in pairwise(edges)]


def _labels(names: Sequence[str], step: float, *, every: int) -> list[str]:
    return [
        f'<text class="label" x="{_n((i + 0.5) * step)}" y="{HEIGHT - 3}" '
        f'text-anchor="middle">{escape(name)}</text>'
        for i, name in enumerate(names)
        if i % every == 0
    ]


def _bar(kind: str, x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" '
        f'height="{_n(height)}" rx="1"/>'
    )


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _dot(kind: str, x: float, y: float) -> str:
    return f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="3"/>'


def _svg(family: str, width: int, height: int, title: str, shapes: Sequence[str]) -> str:
    words = escape(title)
    return (
        f'<svg class="plot plot-{family}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{words}"><title>{words}</title>'
        f"{''.join(shapes)}</svg>"
    )


def _n(x: float) -> str:
    """A coordinate: one decimal is a fifth of what an eye sees."""
    return f"{x:.1f}".removesuffix(".0")

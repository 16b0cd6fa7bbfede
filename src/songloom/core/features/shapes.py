"""What plots are made of: bars, lines, lollipops and labels as SVG without colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

WIDTH, HEIGHT, FLOOR = 200, 78, 58  # bars stand on the floor; below it are the labels
TALLEST = 52
BESIDE = WIDTH - 26  # where a label stands to the right of the plot
SPAN_DB = 48.0  # what the height of a plot of levels shows
Numbers = Sequence[float | None]


def octave_names(n: int) -> list[str]:
    """The middles of octaves: 31, 63, … 1k, … 16k; of nine, from 63 on."""
    first = 31.25 if n >= 10 else 62.5
    middles = [first * 2**i for i in range(n)]
    return [f"{hz / 1000:.0f}k" if hz >= 1000 else f"{hz + 0.01:.0f}" for hz in middles]


def bars_below_the_loudest(levels: Numbers | None, unit: str) -> tuple[str, str] | None:
    """Levels by octave: the loudest reaches the top, 48 dB below it is the floor; and in words."""
    known = known_in(levels)
    if not known or levels is None:
        return None
    top = max(known)
    loudest = octave_names(len(levels))[list(levels).index(top)]
    body = per_octave(levels, lambda level: 1 + (level - top) / SPAN_DB)
    return body, f"{loudest} Hz; {spelt(levels, unit)}"


def per_octave(
    values: Numbers | None, share: Callable[[float], float], width: float = WIDTH
) -> str:
    """A bar for each octave, `share` of the full height, with every second octave named."""
    listed = list(values or [])
    names, pitch = octave_names(len(listed)), width / max(1, len(listed))
    parts = [
        column(i * pitch, pitch - 4, 0.0 if value is None else share(value))
        for i, value in enumerate(listed)
    ]
    parts += [text(i * pitch + pitch / 2 - 2, 74, n, "middle") for i, n in every_other(names)]
    return "".join(parts)


def lollipops(values: Numbers | None) -> tuple[str, str] | None:
    """A dot on a stem for each octave, +1 above and −1 below the middle; and in words."""
    if not known_in(values) or values is None:
        return None
    names, pitch = octave_names(len(values)), BESIDE / len(values)
    parts = [f'<path class="guide" d="M0 32H{WIDTH}"/>']
    for i, value in enumerate(values):
        if value is not None:
            x, y = i * pitch + 8, 32 - 26 * value
            parts.append(f'<path class="stem" d="M{x:.1f} 32V{y:.1f}"/>')
            parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    parts += [text(i * pitch + 8, 74, name, "middle") for i, name in every_other(names)]
    parts += [text(WIDTH, 14, "+1", "end"), text(WIDTH, 58, "−1", "end")]
    return "".join(parts), spelt(values, "", 2)


def line(heights: Sequence[float | None], width: float = WIDTH) -> str:
    """From edge to edge; where there is no value the line stops and begins anew."""
    step = width / max(1, len(heights) - 1)
    drawn, is_open = [], False
    for i, y in enumerate(heights):
        if y is not None:
            drawn.append(f"{'L' if is_open else 'M'}{i * step:.1f} {y:.1f}")
        is_open = y is not None
    return f'<path class="line" d="{"".join(drawn)}"/>'


def column(x: float, width: float, share: float, extra: str = "") -> str:
    """A bar from the floor up; `share` of the full height, at least one pixel."""
    height = max(1.0, TALLEST * min(1.0, max(0.0, share)))
    name = f"column {extra}".strip()
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{FLOOR - height:.1f}"'
        f' width="{width:.1f}" height="{height:.1f}" rx="2"/>'
    )


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "label") -> str:
    """A label; its colour is that of its class."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def known_in(values: Numbers | None) -> list[float]:
    """The finite numbers among these."""
    return [value for value in values or [] if value is not None and isfinite(value)]


def spelt(values: Numbers | None, unit: str, places: int = 0) -> str:
    """31 Hz: −40 dB, 63 Hz: …"""
    named = zip(octave_names(len(values or [])), values or [], strict=True)
    said = [(hz, value) for hz, value in named if value is not None]
    return ", ".join(f"{hz} Hz: {number(value, places)} {unit}".strip() for hz, value in said)


def every_other(names: list[str]) -> list[tuple[int, str]]:
    """Every second name with its place: all of them would touch."""
    return [(i, name) for i, name in enumerate(names) if i % 2 == 0]


def number(value: float, places: int = 1) -> str:
    """A number with a true minus."""
    return f"{value:.{places}f}".replace("-", "−")


def clock(seconds: float) -> str:
    """4:06 or 1:02:03."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

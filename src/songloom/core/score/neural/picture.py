"""The loss picture: both curves of a training run, drawn with Pillow alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT, MARGIN = 800, 400, 40  # pixels
COLOURS = {"train": "#1f6feb", "valid": "#d1242f"}


def draw_losses(history: Sequence[dict[str, float]], path: Path) -> None:
    """Bits per step by epoch as a PNG.

    history  one {"train", "valid"} an epoch, at least one
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(picture)
    values = [row[name] for row in history for name in COLOURS]
    low, top = min(values), max(values)
    for name, colour in COLOURS.items():
        points = [
            place(index / max(1, len(history) - 1), (row[name] - low) / max(1e-9, top - low))
            for index, row in enumerate(history)
        ]
        if len(points) > 1:
            pen.line(points, fill=colour, width=2)
        pen.text((points[-1][0] - 30, points[-1][1] - 14), name, fill=colour)
    pen.text((4, MARGIN - 12), f"{top:.2f} bits per step", fill="black")
    pen.text((4, HEIGHT - MARGIN + 4), f"{low:.2f}, epochs 1 to {len(history)}", fill="black")
    picture.save(path)


def place(across: float, up: float) -> tuple[float, float]:
    """Shares of the drawing area as pixels; up is up."""
    return MARGIN + across * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)

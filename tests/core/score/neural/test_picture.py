"""The loss picture shows both curves where they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from songloom.core.score.neural.picture import COLOURS, HEIGHT, MARGIN, WIDTH, draw_losses, place


def pixels(path: Path, colour: str) -> tuple[list[int], list[int]]:
    """Columns and rows where a colour stands."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    with Image.open(path) as opened:
        picture = np.asarray(opened.convert("RGB")).astype(int)
    rows, columns = np.nonzero((picture == (red, green, blue)).all(axis=2))
    return columns.tolist(), rows.tolist()


def falling(n: int) -> list[dict[str, float]]:
    return [{"train": 4.0 - i * 2 / n, "valid": 3.0 - i / n} for i in range(n)]


def test_the_picture_has_its_size(tmp_path: Path) -> None:
    draw_losses(falling(10), tmp_path / "losses.png")
    with Image.open(tmp_path / "losses.png") as picture:
        assert picture.size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("name", sorted(COLOURS))
def test_a_curve_reaches_from_the_first_epoch_to_the_last(tmp_path: Path, name: str) -> None:
    draw_losses(falling(30), tmp_path / "losses.png")
    columns, _ = pixels(tmp_path / "losses.png", COLOURS[name])
    assert min(columns) <= MARGIN + 2
    assert max(columns) >= WIDTH - MARGIN - 2


def test_what_falls_goes_down(tmp_path: Path) -> None:
    draw_losses(falling(30), tmp_path / "losses.png")
    columns, rows = pixels(tmp_path / "losses.png", COLOURS["train"])
    left = [row for column, row in zip(columns, rows, strict=True) if column < MARGIN + 20]
    right = [row for column, row in zip(columns, rows, strict=True) if column > WIDTH - 100]
    assert np.mean(left) < np.mean(right)


def test_one_epoch_is_enough(tmp_path: Path) -> None:
    draw_losses([{"train": 4.0, "valid": 3.0}], tmp_path / "losses.png")
    assert (tmp_path / "losses.png").stat().st_size > 0


def test_a_flat_curve_is_no_division_by_zero(tmp_path: Path) -> None:
    draw_losses([{"train": 2.0, "valid": 2.0}] * 3, tmp_path / "losses.png")
    assert (tmp_path / "losses.png").is_file()


def test_up_is_up_and_the_corners_are_the_corners() -> None:
    assert place(0, 0) == (MARGIN, HEIGHT - MARGIN)
    assert place(1, 1) == (WIDTH - MARGIN, MARGIN)

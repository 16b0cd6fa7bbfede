"""Writes docs/learn/en and docs/learn/zh from docs/learn/source: `make learn`.

A lesson is one Python file of cells. The code is written once, the text twice, so that the two
languages cannot drift:

    # %% [markdown] en
    # Text.
    # %% [markdown] zh
    # 文字。
    # %%
    code()
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
LANGUAGES = ("en", "zh")
MARK = re.compile(r"# %%(?: \[markdown\] (en|zh))?")


@dataclass(frozen=True)
class Cell:
    """One cell; `language` is empty for code, which both languages share."""

    language: str
    text: str


def cells_of(source: str) -> list[Cell]:
    """The cells of a lesson. Raises ValueError for a mark that is none."""
    cells: list[Cell] = []
    nothing, *blocks = re.split(r"^(?=# %%)", source, flags=re.MULTILINE)
    for block in ([nothing] if nothing.strip() else []) + blocks:
        head, _, body = block.partition("\n")
        mark = MARK.fullmatch(head)
        if mark is None:
            raise ValueError(f"no mark of a cell: {head[:60]!r}")
        lines = body.strip("\n").splitlines()
        if mark[1]:
            lines = [re.sub(r"^# ?", "", line) for line in lines]
        cells.append(Cell(mark[1] or "", "\n".join(lines)))
    return cells


def notebook(name: str, cells: list[Cell], language: str) -> dict[str, Any]:
    """A notebook of one language: its text, and all code without outputs."""
    chosen = [cell for cell in cells if cell.language in ("", language)]
    return {
        "cells": [_cell(f"{name}-{number}", cell) for number, cell in enumerate(chosen, 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(name: str, cell: Cell) -> dict[str, Any]:
    common = {"id": name, "metadata": {}, "source": cell.text.splitlines(keepends=True)}
    if cell.language:
        return {"cell_type": "markdown", **common}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **common}


def build(out: Path) -> list[Path]:
    """Write every lesson in both languages below `out`."""
    written = []
    for path in sorted(SOURCE.glob("*.py")):
        cells = cells_of(path.read_text("utf-8"))
        for language in LANGUAGES:
            target = out / language / f"{path.stem}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            made = notebook(path.stem, cells, language)
            target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
            written.append(target)
    return written


if __name__ == "__main__":
    for path in build(HERE):
        sys.stdout.write(f"{path.relative_to(HERE)}\n")

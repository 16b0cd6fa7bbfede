"""Rows that come a few at a time and are wanted as one array, without holding them twice."""

from __future__ import annotations

from mmap import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

PAGE_BYTES = 4 << 20  # of the system's own memory: a heap may keep what was given back to it


class Rows:
    """A table that grows in pages.

    n_columns, dtype  of a row
    """

    def __init__(self, n_columns: int, dtype: DTypeLike) -> None:
        self._empty: NDArray[Any] = np.empty((0, n_columns), dtype)
        self._page_rows = max(1, PAGE_BYTES // (n_columns * self._empty.itemsize))
        self._pages: list[NDArray[Any]] = []
        self._n_rows = 0

    def add(self, rows: NDArray[Any]) -> None:
        """Append (rows, n_columns)."""
        while len(rows):
            at = self._n_rows % self._page_rows
            if at == 0:
                n_columns, dtype = self._empty.shape[1], self._empty.dtype
                page = mmap(-1, self._page_rows * n_columns * dtype.itemsize)
                self._pages.append(np.frombuffer(page, dtype).reshape(-1, n_columns))
            n = min(len(rows), self._page_rows - at)
            self._pages[-1][at : at + n] = rows[:n]
            self._n_rows += n
            rows = rows[n:]

    def joined(self) -> NDArray[Any]:
        """(rows, n_columns) all of them. To be called once: each page is given up as it is read."""
        if self._n_rows <= self._page_rows:
            page = self._pages.pop() if self._pages else self._empty
            return page[: self._n_rows]
        whole = np.empty((self._n_rows, self._empty.shape[1]), self._empty.dtype)
        for start in range(0, self._n_rows, self._page_rows):
            part = whole[start : start + self._page_rows]
            part[:] = self._pages.pop(0)[: len(part)]
        return whole

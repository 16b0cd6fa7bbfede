"""Rows in pages: the same table as in one piece, whatever comes at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songloom.core.features import rows
from songloom.core.features.rows import Rows


@settings(max_examples=60, deadline=None)
@given(counts=st.lists(st.integers(0, 23), max_size=9), page=st.sampled_from([1, 24, 96, 4_096]))
def test_all_rows_come_back_in_order(counts: list[int], page: int) -> None:
    whole = np.arange(sum(counts) * 3, dtype=np.int16).reshape(-1, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "PAGE_BYTES", page)
        table = Rows(3, np.int16)
        for part in np.split(whole, np.cumsum(counts)[:-1] if counts else []):
            table.add(part)
        found = table.joined()
    assert found.dtype == np.int16
    assert found.shape == whole.shape
    assert np.array_equal(found, whole)


def resident_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith(name))


def test_joining_needs_a_page_beside_the_table_not_a_second_table() -> None:
    table, block = Rows(40, np.int16), np.ones((8_192, 40), np.int16)
    for _ in range(100):
        table.add(block)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before = resident_mb("VmRSS")
    found = table.joined()
    size_mb = found.nbytes / 1e6
    assert size_mb > 60
    assert resident_mb("VmHWM") - before < size_mb / 2

"""Any edit that may stand in a recipe, whatever its parameters are."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from songloom.core.audio.edits import EDITS, AnyParameter, Parameter
from songloom.core.audio.options import is_span

TRACK = "0192f0c1-2222-7000-8000-000000000001"


def values_of(parameter: AnyParameter) -> st.SearchStrategy[Any]:
    """Any value that a parameter allows."""
    if isinstance(parameter, Parameter):
        if parameter.is_whole:
            return st.integers(int(parameter.lowest), int(parameter.highest))
        return st.floats(parameter.lowest, parameter.highest, allow_nan=False)
    if parameter.kind == "track":
        return st.uuids().map(str)
    sides = st.integers(1, 4)
    shares = st.floats(-10, 10, allow_nan=False)
    return sides.flatmap(
        lambda n: st.lists(st.lists(shares, min_size=n, max_size=n), min_size=1, max_size=4)
    )


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """Any edit with all its values; spans end after they start, or have no end."""
    kind = EDITS[draw(st.sampled_from(sorted(EDITS)))]
    values = {one.name: draw(values_of(one)) for one in kind.parameters}
    if is_span(kind):
        values["start_s"] = draw(st.floats(0, 100))
        values["end_s"] = draw(st.none() | st.floats(100.5, 1_000))
    return {"edit": kind.name, **values}


def plain(name: str) -> dict[str, Any]:
    """An edit with its usual values, and another track where it needs one."""
    needs = [one.name for one in EDITS[name].parameters if one.kind == "track"]
    return {"edit": name, **dict.fromkeys(needs, TRACK)}

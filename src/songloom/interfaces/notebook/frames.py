"""pandas tables of tracks and of what was measured in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from songloom.core.features import FEATURES_VERSION, SCALARS, WORDS
from songloom.library.exchange.columns import COLUMNS, Column, titles
from songloom.library.exchange.rows import Value, rows_of
from songloom.library.models import Features, Track, User

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("seconds", "hertz", "number", "count")
LISTS = {  # of features that are lists: what their items are called
    "octave_energy_db": [str(n) for n in range(1, 11)],
    "octave_phase_correlation": [str(n) for n in range(1, 11)],
    "mfcc_mean": [str(n) for n in range(1, 14)],
    "chroma": ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"],
}


def tracks_frame(tracks: QuerySet[Track], viewer: User, header: str) -> pd.DataFrame:
    """One row a track, the columns of a CSV export but for the lineage, in its order."""
    import pandas as pd

    titles(header)  # refuses one that there is none of, even for no rows
    columns = [column for column in COLUMNS if column.kind != "lineage"]
    found = list(rows_of(tracks, viewer))
    filled = {c.title(header): _series([row[c.name] for row in found], c) for c in columns}
    return pd.DataFrame(filled, columns=[c.title(header) for c in columns])


def _series(values: list[Value], column: Column) -> Any:
    import pandas as pd

    if column.kind in NUMBERS:
        return pd.Series(values, dtype="float64")
    if column.kind == "flag":
        return pd.Series(values, dtype="bool")
    return pd.Series([_text(value) for value in values], dtype="str")


def _text(value: Value) -> str | None:
    """Several names in one cell as people write them; nothing is missing, not empty."""
    if isinstance(value, list):
        return "; ".join(str(each) for each in value) or None
    return None if value is None else str(value)


def features_frame(tracks: QuerySet[Track]) -> pd.DataFrame:
    """One row a measured track, by its id; numbers only, NaN where nothing can be said."""
    import pandas as pd

    measured = (
        Features.objects.filter(version=FEATURES_VERSION, track__in=tracks.order_by().values("pk"))
        .order_by("track_id")
        .values_list("track_id", "values")
    )
    ids, numbers = [], []
    for track_id, values in measured.iterator():
        ids.append(str(track_id))
        numbers.append([*_numbers(values)])
    index = pd.Index(ids, name="id", dtype="str")
    return pd.DataFrame(numbers, index=index, columns=[*_names()], dtype="float64")


def _names() -> Iterator[str]:
    yield from (name for name in SCALARS if name not in WORDS)
    for name, items in LISTS.items():
        yield from (f"{name}_{item}" for item in items)


def _numbers(values: dict[str, Any]) -> Iterator[float]:
    for name in SCALARS:
        if name not in WORDS:
            yield _number(values.get(name))
    for name, items in LISTS.items():
        yield from _padded(values.get(name), len(items))


def _padded(found: Any, n: int) -> Iterable[float]:
    given = found if isinstance(found, list) else []
    return ([_number(value) for value in given] + [float("nan")] * n)[:n]


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)

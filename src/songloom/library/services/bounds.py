"""How many tags a person, a program or a table may give one track: as many as a file may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from songloom.core.audio.tags import MOST_NAMES, MOST_VALUES
from songloom.errors import BadValue
from songloom.library.ids import clean_text


def check_values(field: str, values: Sequence[str]) -> None:
    """Raises BadValue, which names the field, for more values than a tag of a file may have."""
    if len(values) > MOST_VALUES:
        shown = clean_text(field, 60)
        raise BadValue(
            f"{shown} has {len(values)} values; a tag has at most {MOST_VALUES}", field=shown
        )


def check_fields(fields: Mapping[str, Sequence[str]]) -> None:
    """Raises BadValue for too many fields with values, or too many values of one."""
    check_names(sum(1 for values in fields.values() if values))
    for field, values in fields.items():
        check_values(field, values)


def check_names(n_names: int) -> None:
    """Raises BadValue for more names of tags than a file may have."""
    if n_names > MOST_NAMES:
        raise BadValue(f"{n_names} tags; a track has at most {MOST_NAMES}", field="tags")

"""What edits can be told: numbers within a range, another track, a matrix; each with its words."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from uuid import UUID

from songloom.errors import BadRecipe

MOST_CHANNELS = 8
HIGHEST_SHARE = 10.0


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Parameter:
    """One number of an edit."""

    kind: ClassVar[str] = "number"

    name: str
    unit: str
    lowest: float
    highest: float
    words: Words
    default: float | None = None
    is_whole: bool = False
    is_optional: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON, for forms and the OpenAPI description."""
        return {"kind": self.kind, **asdict(self)}

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        said: dict[str, Any] = {
            "type": "integer" if self.is_whole else "number",
            "minimum": self.lowest,
            "maximum": self.highest,
            "description": f"{self.words.en}, {self.unit}".rstrip(", "),
        }
        if self.is_optional:
            said["type"] = [said["type"], "null"]
        elif self.default is not None:
            said["default"] = self.default
        return said

    def read(self, where: str, value: Any) -> float | None:
        """A value of JSON; raises BadRecipe with both numbers: what was met, what is allowed."""
        if value is None and self.is_optional:
            return None
        if not is_number(value):
            raise BadRecipe(f"{where}: {self.name} must be a number, not {str(value)[:40]!r}")
        if not self.lowest <= value <= self.highest:
            raise BadRecipe(
                f"{where}: {self.name} is {value:g}; {self.lowest:g} to {self.highest:g} "
                f"{self.unit} are allowed".replace("  ", " ")
            )
        if not self.is_whole:
            return float(value)
        if value != int(value):
            raise BadRecipe(f"{where}: {self.name} must be a whole number, not {value:g}")
        return int(value)

    def spelt(self, text: str) -> float:
        """A value out of what was typed. Raises BadRecipe."""
        number = typed_number(text)
        return int(number) if self.is_whole and number == int(number) else number


@dataclass(frozen=True)
class OtherTrack:
    """The id of another track; whether one may hear it is asked where permission is known."""

    kind: ClassVar[str] = "track"

    name: str
    words: Words
    unit: str = ""
    default: None = None
    is_optional: bool = False

    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, **asdict(self)}

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid", "description": self.words.en}

    def read(self, where: str, value: Any) -> str:
        """The id in its one spelling. Raises BadRecipe."""
        try:
            if isinstance(value, str):
                return str(UUID(value))
        except ValueError:
            pass
        raise BadRecipe(f"{where}: {self.name} must be the id of a track, not {str(value)[:40]!r}")

    def spelt(self, text: str) -> str:
        return text


Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Matrix:
    """How much of each old channel each new one gets: a row for each new channel."""

    kind: ClassVar[str] = "matrix"

    name: str
    words: Words
    unit: str = ""
    default: Rows = ((0.5, 0.5),)
    is_optional: bool = False

    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, **asdict(self)}

    def schema(self) -> dict[str, Any]:
        share = {"type": "number", "minimum": -HIGHEST_SHARE, "maximum": HIGHEST_SHARE}
        row = {"type": "array", "minItems": 1, "maxItems": MOST_CHANNELS, "items": share}
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_CHANNELS,
            "items": row,
            "description": self.words.en,
            "default": [list(row) for row in self.default],
        }

    def read(self, where: str, value: Any) -> Rows:
        """Rows of the same length, of finite numbers. Raises BadRecipe."""
        if not _is_list(value) or not all(_is_list(row) for row in value):
            raise BadRecipe(
                f"{where}: {self.name} must be a list of rows, not {str(value)[:40]!r}; "
                f"1 to {MOST_CHANNELS} rows of 1 to {MOST_CHANNELS} numbers"
            )
        if len({len(row) for row in value}) != 1:
            raise BadRecipe(f"{where}: {self.name} has rows of different lengths")
        for share in (share for row in value for share in row):
            if not is_number(share) or abs(share) > HIGHEST_SHARE:
                raise BadRecipe(
                    f"{where}: {self.name} holds {str(share)[:40]!r}; numbers from "
                    f"{-HIGHEST_SHARE:g} to {HIGHEST_SHARE:g} are allowed"
                )
        return tuple(tuple(float(share) for share in row) for row in value)

    def spelt(self, text: str) -> list[list[float]]:
        """`0.5 0.5` is one row; `0 1; 1 0` are two."""
        number = Parameter("", "", -HIGHEST_SHARE, HIGHEST_SHARE, self.words)
        return [[number.spelt(share) for share in row.split()] for row in text.split(";")]


AnyParameter = Parameter | OtherTrack | Matrix


def typed_number(text: str) -> float:
    """A finite number, with any minus. Raises BadRecipe."""
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRecipe(f"“{text[:40]}” is no number")
    return number


def is_number(value: Any) -> bool:
    """Whether it is a finite number; a whole one of hundreds of digits is none."""
    try:
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        )
    except OverflowError:
        return False


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and 1 <= len(value) <= MOST_CHANNELS

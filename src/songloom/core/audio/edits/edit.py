"""What all edits share, and the parameters that several of them take."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from songloom.core.audio.edits.parameters import AnyParameter, Parameter, Words
from songloom.core.audio.sound import Sound

LATEST_S = 360_000.0  # a hundred hours: longer than any sound
LONGEST_FADE_S = 120.0

START = Parameter("start_s", "s", 0, LATEST_S, Words("Start", "开始"), default=0.0)
END = Parameter("end_s", "s", 0, LATEST_S, Words("End", "结束"), is_optional=True)
LENGTH = Parameter("duration_s", "s", 0, LONGEST_FADE_S, Words("Length", "时长"), default=1.0)
SMOOTHING = Parameter(
    *(
        "smooth_ms",
        "ms",
        0,
        1_000,
        Words("Smoothing at the joint, 0 for none", "接缝平滑，0 为不平滑"),
    ),
    default=5.0,
)


@dataclass(frozen=True)
class Edit:
    """What all edits share. Values are checked by `recipe.read`, never here.

    example  how its text looks on a command line; "" where it takes none
    is_bare  whether it may stand there without its text
    n_passes how often the sound before it is read
    """

    name: ClassVar[str]
    words: ClassVar[Words]
    parameters: ClassVar[tuple[AnyParameter, ...]] = ()
    example: ClassVar[str] = ""
    is_bare: ClassVar[bool] = False
    n_passes: ClassVar[int] = 1

    def on(self, sound: Sound) -> Sound:
        """The sound after this edit. Raises BadRecipe where it leaves nothing to hear."""
        raise NotImplementedError

    def problem(self) -> str | None:
        """What is wrong between the values, or None."""
        return None

    def document(self) -> dict[str, Any]:
        """As it stands in a recipe."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            "edit": self.name,
            **{key: _plain(value) for key, value in values.items() if value is not None},
        }

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """As JSON schema: what may stand in a recipe."""
        needed = [one.name for one in cls.parameters if one.default is None and not one.is_optional]
        return {
            "type": "object",
            "title": cls.words.en,
            "description": " ".join((cls.__doc__ or "").split()),
            "properties": {
                "edit": {"const": cls.name},
                **{one.name: one.schema() for one in cls.parameters},
            },
            "required": ["edit", *needed],
            "additionalProperties": False,
        }


def not_after(start_s: float, end_s: float | None) -> str | None:
    """What is wrong with a span that ends before it starts."""
    if end_s is not None and end_s <= start_s:
        return f"it ends at {end_s:g} s, which is not after its start at {start_s:g} s"
    return None


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else value

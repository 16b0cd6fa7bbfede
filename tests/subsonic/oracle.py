"""An independent word on types: the dataclasses of py-opensonic, read strictly."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from typing import Any

from libopensonic.media import media_types

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
DATES = {"created", "changed", "starred", "played"}


def conforms(document: dict[str, Any], name: str) -> None:
    """`document` holds every required field of the class, and each known field has its type."""
    kind = getattr(media_types, name)
    hints = typing.get_type_hints(kind, include_extras=True)
    for field in dataclasses.fields(kind):
        alias, hint = alias_of(field.name, hints[field.name])
        is_required = field.default is dataclasses.MISSING
        assert not is_required or alias in document, f"{name}.{alias} is missing"
        if alias in document:
            check(document[alias], hint, f"{name}.{alias}")


def alias_of(name: str, hint: Any) -> tuple[str, Any]:
    if typing.get_origin(hint) is typing.Annotated:
        inner, alias = typing.get_args(hint)
        return alias.name, inner
    return name, hint


def check(value: Any, hint: Any, where: str) -> None:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        assert value is not None, f"{where} is null; unknown fields are left out"
        (hint,) = [one for one in arguments if one is not type(None)]
        check(value, hint, where)
    elif origin is list:
        assert isinstance(value, list), where
        for one in value:
            check(one, arguments[0], where)
    elif dataclasses.is_dataclass(hint):
        assert isinstance(value, dict), where
        conforms(value, hint.__name__)  # type: ignore[union-attr]
    elif hint is float:
        assert isinstance(value, int | float), where
        assert not isinstance(value, bool), where
    else:
        assert type(value) is hint, f"{where} is {value!r}, not {hint}"
        check_date(value, where)


def check_date(value: Any, where: str) -> None:
    if where.rpartition(".")[2] in DATES:
        assert DATE.match(value), f"{where}: {value}"

"""Whether an answer is what the specification's table says: fields, types, what is required.

`faults` lists what is wrong with one JSON value; `faults_of_xml` with the XML form of one answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from defusedxml import ElementTree

from tests.subsonic.specification import ENDPOINTS, OBJECTS

NAMESPACE = "{http://subsonic.org/restapi}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")
FRAME = {"status": "ok|failed", "version": "str", "type": "str", "serverVersion": "str"}
# What the specification spells otherwise in XML than in JSON: text, not an attribute.
TEXT = "value"
UNDESCRIBED = "SearchResult"  # an answer of `search` has it; the specification says only its name


@dataclass(frozen=True)
class Field:
    kind: str
    is_required: bool
    is_list: bool


@dataclass(frozen=True)
class Endpoint:
    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    payload: dict[str, Field] = field(default_factory=dict)
    is_binary: bool = False


def entries(table: str) -> Iterator[str]:
    """One entry a line; a line that is indented goes on with the one before."""
    yield from re.sub(r"\n\s+", " ", table.strip()).splitlines()


def field_of(spelled: str) -> tuple[str, Field]:
    name, _colon, kind = spelled.partition(":")
    is_list = kind.endswith("*")
    return name.rstrip("!"), Field(kind.rstrip("*"), name.endswith("!"), is_list)


@cache
def objects() -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    later: list[tuple[str, str, dict[str, Field]]] = []
    for line in entries(OBJECTS):
        head, _equals, fields = line.partition(" =")
        name, _plus, extended = head.partition(" +")
        own = dict(field_of(one) for one in fields.split())
        found[name] = own
        if extended:
            later.append((name, extended, own))
    for name, extended, own in later:
        found[name] = found[extended] | own
    return found


@cache
def endpoints() -> dict[str, Endpoint]:
    found = {}
    for line in entries(ENDPOINTS):
        matched = re.match(r"([\w.]+)\((.*)\)\s*(.*)\Z", line)
        assert matched, line
        name, parameters, answer = matched.groups()
        required = tuple(one[:-1] for one in parameters.split() if one.endswith("!"))
        optional = tuple(one for one in parameters.split() if not one.endswith("!"))
        payload = {} if answer == "#" else dict(field_of(one) for one in answer.split())
        found[name] = Endpoint(name, required, optional, payload, answer == "#")
    return found


def faults(value: Any, kind: str, where: str) -> Iterator[str]:
    """What is wrong with a value, in words that say where."""
    if kind in objects():
        yield from faults_of_object(value, kind, where)
    elif kind == "date":
        if not (isinstance(value, str) and DATE.match(value)):
            yield f"{where}: {value!r} is no time"
    elif "|" in kind:
        if value not in kind.split("|"):
            yield f"{where}: {value!r} is none of {kind}"
    elif not is_of(value, kind):
        yield f"{where}: {value!r} is no {kind}"


def is_of(value: Any, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value).__name__ == ("dict" if kind == UNDESCRIBED else kind)


def faults_of_object(value: Any, kind: str, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no {kind}"
        return
    for name, known in objects()[kind].items():
        here = f"{where}.{name}"
        if name not in value:
            if known.is_required:
                yield f"{here} is missing"
        elif known.is_list:
            yield from faults_of_list(value[name], known, here)
        else:
            yield from faults(value[name], known.kind, here)


def faults_of_list(value: Any, known: Field, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where} is no list"
        return
    for one in value:
        yield from faults(one, known.kind, where)


def faults_of_frame(frame: dict[str, Any], endpoint: Endpoint) -> Iterator[str]:
    """A whole answer: the envelope, and what the endpoint promises in it."""
    for name, kind in FRAME.items():
        yield from faults(frame.get(name), kind, name)
    if frame.get("openSubsonic") is not True:
        yield "openSubsonic is not true"
    if frame.get("status") != "ok":
        yield f"{endpoint.name} failed: {frame.get('error')}"
        return
    for name, known in endpoint.payload.items():
        if name not in frame:
            if endpoint.name != "jukeboxControl":  # one or the other, by its action
                yield f"{endpoint.name}: {name} is missing"
        elif known.is_list:
            yield from faults_of_list(frame[name], known, name)
        else:
            yield from faults(frame[name], known.kind, name)


def faults_of_xml(text: bytes, endpoint: Endpoint) -> Iterator[str]:
    """The same, read from XML: every attribute is a text that must read as its type."""
    root = ElementTree.fromstring(text)
    if root.tag != f"{NAMESPACE}subsonic-response":
        yield f"the root is {root.tag}"
    frame = dict(root.attrib)
    for name, known in endpoint.payload.items():
        parts = root.findall(f"{NAMESPACE}{name}")
        if parts and known.kind == UNDESCRIBED:
            frame[name] = dict(parts[0].attrib)
        elif parts and known.kind in objects():
            read = [from_xml(part, known.kind) for part in parts]
            frame[name] = read if known.is_list else read[0]
        elif known.is_list:
            frame[name] = []
    frame["openSubsonic"] = frame.get("openSubsonic") == "true"
    yield from faults_of_frame(frame, endpoint)


def from_xml(element: Any, kind: str) -> dict[str, Any]:
    """An element as JSON would have it, by the types of the table; lists may be empty."""
    read: dict[str, Any] = {}
    for name, known in objects()[kind].items():
        parts = element.findall(f"{NAMESPACE}{name}")
        if known.is_list:
            read[name] = [value_of(part, known.kind) for part in parts]
        elif parts:
            read[name] = value_of(parts[0], known.kind)
        elif name in element.attrib:
            read[name] = typed(element.attrib[name], known.kind)
        elif name == TEXT:
            read[name] = element.text or ""
    return read


def value_of(element: Any, kind: str) -> Any:
    return from_xml(element, kind) if kind in objects() else typed(element.text or "", kind)


def typed(text: str, kind: str) -> Any:
    """The text as its type, or as it is where it cannot be read as that: a fault then."""
    if kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    try:
        return {"int": int, "float": float}.get(kind, str)(text)
    except ValueError:
        return text


def kinds_in(value: Any, kind: str) -> Iterator[str]:
    """Every kind of object that is really there, in a value of this kind and below."""
    if kind not in objects() or not isinstance(value, dict):
        return
    yield kind
    for name, known in objects()[kind].items():
        held = value.get(name)
        for one in held if isinstance(held, list) else [held]:
            yield from kinds_in(one, known.kind)

"""One dict becomes the XML or the JSON of an OpenSubsonic answer.

A dict is an element. A scalar in it is an attribute, `value` is its text, a list repeats an
element, None is left out. JSON keeps the same names, and a list of one stays a list.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from songloom import __version__

NAMESPACE = "http://subsonic.org/restapi"
API_VERSION = "1.16.1"
CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*\Z", re.ASCII)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A time as clients parse it: `2026-11-23T01:15:42Z`, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def envelope(payload: Element | None = None, *, error: Element | None = None) -> Element:
    """The frame that stands around every answer, errors too."""
    return {
        "status": "failed" if error else "ok",
        "version": API_VERSION,
        "type": "songloom",
        "serverVersion": __version__,
        "openSubsonic": True,
        **({"error": error} if error else payload or {}),
    }


def plain(value: Any) -> Any:
    """`value` with unknown things left out and only what JSON can say: no None, NaN or infinity."""
    if isinstance(value, dict):
        kept = {name: plain(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None}
    if isinstance(value, list | tuple):
        return [item for item in map(plain, value) if item is not None]
    return plain_scalar(value)


def plain_scalar(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, str):
        return NOT_XML.sub("", value)
    return str(value) if isinstance(value, UUID) else value


def as_json(frame: Element) -> str:
    return json.dumps({"subsonic-response": plain(frame)}, ensure_ascii=False, allow_nan=False)


def as_jsonp(frame: Element, callback: str) -> str:
    """Raises ValueError where the callback is not a plain name, so that nothing else can run."""
    if not CALLBACK.match(callback):
        raise ValueError("the callback is no plain name")
    safe = as_json(frame).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"/**/{callback}({safe});"


def as_xml(frame: Element) -> str:
    root = {"xmlns": NAMESPACE, **plain(frame)}
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element("subsonic-response", root)


def element(name: str, value: Any) -> str:
    """One XML element, its attributes, its text, its children."""
    if not isinstance(value, dict):
        return f"<{name}>{escape(text(value))}</{name}>"
    attributes: list[str] = []
    inner: list[str] = []
    for key, item in value.items():
        if isinstance(item, list):
            inner += [element(key, one) for one in item]
        elif isinstance(item, dict):
            inner.append(element(key, item))
        elif key == "value" and not has_children(value):
            inner.append(escape(text(item)))
        else:
            attributes.append(f" {key}={quoteattr(text(item))}")
    return f"<{name}{''.join(attributes)}>{''.join(inner)}</{name}>"


def has_children(value: Element) -> bool:
    """A `cueLine` has words of its own and cues: there `value` is an attribute."""
    return any(isinstance(item, list | dict) for item in value.values())


def text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

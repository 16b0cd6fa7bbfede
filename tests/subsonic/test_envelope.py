"""The frame of an OpenSubsonic answer says the same in XML and in JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from songloom import __version__
from songloom.interfaces.subsonic.envelope import (
    NAMESPACE,
    as_json,
    as_jsonp,
    as_xml,
    envelope,
    stamp,
)

NAMES = st.from_regex(r"[a-z][a-zA-Z0-9]{0,8}", fullmatch=True).filter(
    lambda n: n not in ("value", "xmlns")
)
SCALARS = st.one_of(st.text(), st.integers(), st.booleans(), st.floats(), st.none(), st.uuids())
ELEMENTS = st.recursive(
    st.dictionaries(NAMES, SCALARS, max_size=4),
    lambda inner: st.dictionaries(NAMES, st.one_of(inner, st.lists(inner, max_size=3)), max_size=3),
    max_leaves=12,
)


def read_json(frame: dict[str, Any]) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    document: dict[str, Any] = json.loads(as_json(frame), parse_constant=refuse)
    return document["subsonic-response"]  # type: ignore[no-any-return]


def local(tag: str) -> str:
    return tag.removeprefix(f"{{{NAMESPACE}}}")


@pytest.mark.parametrize("frame", [envelope(), envelope(error={"code": 40, "message": "no"})])
def test_the_frame_stands_on_success_and_on_errors(frame: dict[str, Any]) -> None:
    answer = read_json(frame)
    assert answer["type"] == "songloom"
    assert answer["serverVersion"] == __version__
    assert answer["openSubsonic"] is True
    assert answer["version"] == "1.16.1"
    assert answer["status"] == ("failed" if "error" in answer else "ok")
    root = ElementTree.fromstring(as_xml(frame))
    assert local(root.tag) == "subsonic-response"
    assert root.attrib["openSubsonic"] == "true"
    assert root.attrib["serverVersion"] == __version__


def test_an_error_replaces_the_payload() -> None:
    frame = envelope({"song": {"id": "1"}}, error={"code": 70, "message": "gone"})
    assert "song" not in frame
    assert read_json(frame)["error"] == {"code": 70, "message": "gone"}


def test_a_list_of_one_stays_a_list_in_json_and_repeats_in_xml() -> None:
    one = {"albumList2": {"album": [{"id": "7", "name": "A"}]}}
    assert read_json(envelope(one))["albumList2"]["album"] == [{"id": "7", "name": "A"}]
    two = {"albumList2": {"album": [{"id": "7"}, {"id": "8"}]}}
    root = ElementTree.fromstring(as_xml(envelope(two)))
    (albums,) = list(root)
    assert [album.attrib["id"] for album in albums] == ["7", "8"]


def test_value_is_the_text_of_its_element() -> None:
    genre = {"genre": [{"songCount": 2, "albumCount": 1, "value": "R&B <soul>"}]}
    (genres,) = list(ElementTree.fromstring(as_xml(envelope({"genres": genre}))))
    assert genres[0].text == "R&B <soul>"
    assert genres[0].attrib == {"songCount": "2", "albumCount": "1"}
    assert read_json(envelope({"genres": genre}))["genres"] == genre


def test_lists_of_plain_values_are_elements_with_text() -> None:
    user = {"user": {"username": "ada", "folder": [1, 2]}}
    (element,) = list(ElementTree.fromstring(as_xml(envelope(user))))
    assert [(local(f.tag), f.text) for f in element] == [("folder", "1"), ("folder", "2")]
    assert read_json(envelope(user))["user"]["folder"] == [1, 2]


def test_unknown_things_are_left_out_never_empty_or_nan() -> None:
    song = {"id": UUID(int=5), "year": None, "gain": float("nan"), "peak": float("inf"), "bpm": 0}
    assert read_json(envelope({"song": song}))["song"] == {"id": str(UUID(int=5)), "bpm": 0}
    (element,) = list(ElementTree.fromstring(as_xml(envelope({"song": song}))))
    assert element.attrib == {"id": str(UUID(int=5)), "bpm": "0"}


def test_times_are_whole_seconds_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    moment = datetime(2026, 11, 23, 9, 15, 42, 999_999, tzinfo=shanghai)
    assert stamp(moment) == "2026-11-23T01:15:42Z"
    answer = read_json(envelope({"song": {"created": moment.astimezone(UTC)}}))
    assert answer["song"]["created"] == "2026-11-23T01:15:42Z"


@given(payload=ELEMENTS)
def test_xml_and_json_always_parse_and_agree_on_scalars(payload: dict[str, Any]) -> None:
    frame = envelope({"thing": payload})
    answer = read_json(frame)["thing"]
    (thing,) = list(ElementTree.fromstring(as_xml(frame)))
    for name, value in answer.items():
        if isinstance(value, str):
            assert thing.attrib[name] == value
        elif isinstance(value, bool):
            assert thing.attrib[name] == str(value).lower()
        elif isinstance(value, int | float):
            assert float(thing.attrib[name]) == pytest.approx(float(value))
        elif isinstance(value, list):
            assert len([child for child in thing if local(child.tag) == name]) == len(value)


@given(text=st.text())
def test_any_text_survives_both_forms(text: str) -> None:
    """Characters that XML cannot hold are dropped from both, so that both say the same."""
    frame = envelope({"lyrics": {"title": text}})
    said = read_json(frame)["lyrics"]["title"]
    (lyrics,) = list(ElementTree.fromstring(as_xml(frame)))
    assert lyrics.attrib["title"] == said
    assert said == "".join(c for c in text if c in "\t\n\r" or is_xml(c))


def is_xml(character: str) -> bool:
    """The Char production of XML 1.0, above the three control characters that it allows."""
    code = ord(character)
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def test_jsonp_calls_a_plain_name_only() -> None:
    body = as_jsonp(envelope({"song": {"title": "a\u2028b"}}), "app.ready")
    assert body.startswith("/**/app.ready({")
    assert body.endswith("});")
    assert "\u2028" not in body
    for evil in ("alert(1)//", "a b", "a;b", "a.", "é"):
        with pytest.raises(ValueError, match="name"):
            as_jsonp(envelope(), evil)

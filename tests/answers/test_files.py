"""File names that every file system takes, and types that browsers play."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.interfaces.answers.files import file_name, mime_of


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_download_name_has_no_path_and_no_end_of_line(text: str) -> None:
    name = file_name(f"{text}.flac")
    assert name.endswith(".flac")
    assert not set(name) & set('/\\:*?"<>|\r\n\x00')
    assert 6 <= len(name.encode()) <= 200
    assert not name.startswith(".")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("晴天.flac", "晴天.flac"),
        ("../../etc/passwd.mp3", "_.._etc_passwd.mp3"),
        ("a/b.ogg", "a_b.ogg"),
        ("...", "song."),
        ("", "song"),
    ],
)
def test_names_keep_what_is_harmless(text: str, name: str) -> None:
    assert file_name(text) == name


def test_types_are_those_of_the_formats() -> None:
    assert mime_of("mp3") == "audio/mpeg"
    assert mime_of("opus") == mime_of("ogg") == "audio/ogg"
    assert mime_of("exe") == "application/octet-stream"

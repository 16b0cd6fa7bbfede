"""What a probe says becomes a row without loss."""

from __future__ import annotations

from tests.library.conftest import Hear


def test_a_row_holds_only_fields_that_a_file_has(hear: Hear) -> None:
    from songloom.library.models import File

    names = {field.name for field in File._meta.get_fields()}
    assert hear().row().keys() <= names


def test_what_the_probe_did_not_say_is_none_or_empty(hear: Hear) -> None:
    heard = hear()
    assert (heard.bit_rate, heard.bits, heard.cover, heard.lyrics) == (None, None, None, "")
    assert heard.tags == {}


def test_a_name_with_lone_surrogates_can_be_stored(hear: Hear) -> None:
    heard = hear(b"x", name="ok.flac")
    row = type(heard)(**{**heard.__dict__, "original_name": "bad\udcff.flac"}).row()
    row["original_name"].encode()  # does not raise


def test_tags_hold_nothing_that_a_database_refuses(hear: Hear) -> None:
    tags = {"artist": ["\x00", "a\x00b", "bad\ud800", "周杰伦\n费玉清"]}
    assert hear(tags=tags).row()["tags"] == {"artist": ["", "ab", "bad?", "周杰伦\n费玉清"]}

"""Errors as objects and as sentences in the reader's language."""

from __future__ import annotations

import inspect
import json

import pytest
from django.utils import translation

from songloom import errors
from songloom.errors import BadValue, Busy, NotAudio, SongloomError, TooMany
from songloom.interfaces.answers.errors import answer_to, by_code, by_status, sentence

CLASSES = [
    kind
    for _name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SongloomError) and kind.code not in ("error", "refused")
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_for_its_code(kind: type[SongloomError]) -> None:
    assert by_code(kind.code).endswith(".")


def test_english_keeps_the_figures_of_an_error() -> None:
    assert sentence(BadValue("lasts 9 s; at most 5 s")) == "lasts 9 s; at most 5 s"


def test_other_languages_get_the_sentence_of_the_code() -> None:
    with translation.override("zh-hans"):
        assert sentence(NotAudio("these 12 bytes are no sound")) == by_code("not_audio")


def test_an_answer_carries_status_code_fields_and_a_wait() -> None:
    answer = answer_to(TooMany(5, 20, 7))
    assert answer.status_code == 429
    assert answer["Retry-After"] == "7"
    assert int(answer_to(Busy("2 of 2"))["Retry-After"]) > 0
    error = json.loads(answer_to(BadValue("no", seconds="too long")).content)["error"]
    assert error["fields"] == {"seconds": "too long"}
    named = json.loads(answer_to(BadValue("too long", field="seconds")).content)["error"]
    assert named["fields"] == {"seconds": "too long"}
    assert named["id"] != error["id"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 429, 500, 503, 599])
def test_every_status_has_a_code_and_a_sentence(status: int) -> None:
    code, words = by_status(status)
    assert code.replace("_", "").isalpha()
    assert words

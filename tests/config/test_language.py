"""Which language a terminal gets."""

from __future__ import annotations

import pytest

from songloom.config.language import wanted

NAMES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("zh_CN.UTF-8", "zh-hans"),
        ("zh_TW", "zh-hans"),
        ("zh", "zh-hans"),
        ("ZH_cn", "zh-hans"),
        ("en_GB.UTF-8", "en"),
        ("de_DE", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_chinese_is_chinese_and_everything_else_is_english(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    monkeypatch.setenv("LANG", given)
    assert wanted() == expected


def test_without_any_wish_it_is_english() -> None:
    assert wanted() == "en"


@pytest.mark.parametrize("stronger", ["LANGUAGE", "LC_ALL", "LC_MESSAGES"])
def test_the_stronger_name_wins_over_lang(monkeypatch: pytest.MonkeyPatch, stronger: str) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv(stronger, "zh_CN.UTF-8")
    assert wanted() == "zh-hans"


def test_a_name_that_is_empty_is_as_good_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LANG", "zh_CN")
    assert wanted() == "zh-hans"

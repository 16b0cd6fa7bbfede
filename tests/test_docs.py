"""Docs are proven: whatever a user may set, call, read or meet is documented, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs import edit_tables

from songloom import errors, jobs
from songloom.core.audio.edits import EDITS
from songloom.core.features.registry import FEATURES
from songloom.interfaces.cli.catalogue import verbs
from songloom.interfaces.rest import urls  # noqa: F401  (mounts every router)
from songloom.interfaces.rest.api import api

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "songloom"
USER = ROOT / "docs" / "user"
LANGUAGES = ("en", "zh")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")


def page(language: str, name: str) -> str:
    return (USER / language / f"{name}.md").read_text()


def codes() -> set[str]:
    found = {errors.SongloomError.code}
    waiting = [errors.SongloomError]
    while waiting:
        below = waiting.pop().__subclasses__()
        found |= {cls.code for cls in below if cls.__module__.startswith("songloom.")}
        waiting += below
    return found


def markdown() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")
    yield from (ROOT / "benchmarks").glob("*.md")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_is_documented(language: str) -> None:
    text = page(language, "analysis")
    assert [name for name in FEATURES if f"`{name}`" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_documented(language: str) -> None:
    source = (SOURCE / "config/settings.py").read_text()
    read = re.findall(r'_(?:env|number|choice|reserved)\(\s*"(\w+)"', source)
    assert len(read) > 10
    text = page(language, "settings")
    assert [name for name in read if f"`SONGLOOM_{name}`" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_code_is_documented(language: str) -> None:
    text = page(language, "errors")
    assert sorted(code for code in codes() if f"`{code}`" not in text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_error_code_is_documented_that_does_not_exist(language: str) -> None:
    written = set(re.findall(r"^\| `(\w+)` \|", page(language, "errors"), re.MULTILINE))
    source = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))
    assert sorted(code for code in written if f'"{code}"' not in source) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_of_the_command_line_is_documented(language: str) -> None:
    text = page(language, "command-line")
    names = [verb.name for verb in verbs(up=lambda: 0)]
    assert len(names) > 15
    assert [name for name in names if f"`songloom {name}" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_edit_is_documented(language: str) -> None:
    text = page(language, "edit")
    assert [name for name in EDITS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_edits_is_what_the_code_says(language: str) -> None:
    """`make pages` writes it anew."""
    assert edit_tables.filled(page(language, "edit"), language) == page(language, "edit")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_of_the_rest_interface_is_documented(language: str) -> None:
    text = page(language, "rest")
    schema = json.loads(json.dumps(api.get_openapi_schema(path_prefix=""), default=str))
    offered = [
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
    ]
    assert len(offered) > 20
    assert [one for one in offered if f"`{one}`" not in text] == []


def test_every_kind_of_job_is_on_the_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    assert [name for name in jobs.kinds if f"`{name}`" not in text] == []


def test_every_page_exists_in_both_languages() -> None:
    english, chinese = ({p.name for p in (USER / lang).glob("*.md")} for lang in LANGUAGES)
    assert english == chinese


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)} → {target}"
        for path in markdown()
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_both_languages_have_the_same_headings_and_tables() -> None:
    for path in (USER / "en").glob("*.md"):
        english, chinese = path.read_text(), page("zh", path.stem)
        for mark in (r"^#+ ", r"^\|", r"^```"):
            counted = [len(re.findall(mark, text, re.MULTILINE)) for text in (english, chinese)]
            assert counted[0] == counted[1], f"{path.name}: {mark} {counted}"

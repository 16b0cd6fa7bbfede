"""Every visible string is translatable, and the Chinese is complete and compiled."""

from __future__ import annotations

import ast
import gettext
import re
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "songloom"
FOLDER = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
TRANSLATE = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
FIELD = re.compile(r"%\((\w+)\)[a-z.0-9]+|\{(\w*)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def compiled() -> dict[str, str]:
    """msgid → words, as the programs read it."""
    with (FOLDER / "django.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key: words for key, words in known.items() if key}


def entries(text: str) -> dict[str, str]:
    """msgid (after its context, if any) → first words of a .po file, without those marked fuzzy."""
    found = {}
    for block in text.split("\n\n"):
        if "#, fuzzy" in block or "msgid" not in block:
            continue
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if match := re.match(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[0\])?) "', line):
                name = match[1].removesuffix("[0]")
            if line.endswith('"') and not line.startswith("#") and name:
                parts[name] = parts.get(name, "") + ast.literal_eval(line[line.index('"') :])
        context = f"{parts['msgctxt']}\x04" if "msgctxt" in parts else ""
        found[context + parts["msgid"]] = parts["msgstr"]
    found.pop("", None)
    return found


@cache
def written() -> dict[str, str]:
    return entries((FOLDER / "django.po").read_text(encoding="utf-8"))


def known() -> set[str]:
    """Every msgid, whatever its context."""
    return {words.rpartition("\x04")[2] for words in written()}


def spoken_by_python() -> dict[str, str]:
    """Every literal that the code translates: words → where."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in CALLS
            ):
                at = 1 if node.func.id.startswith("pgettext") else 0
                argument = node.args[at] if len(node.args) > at else None
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found[argument.value] = path.name
    return found


def spoken_by_templates() -> dict[str, str]:
    found = {}
    for path in SOURCE.rglob("*.html"):
        for double, single in TRANSLATE.findall(path.read_text(encoding="utf-8")):
            found[double or single] = path.name
    return found


def test_what_the_code_says_is_in_the_catalogue() -> None:
    assert {w: at for w, at in spoken_by_python().items() if w not in known() and w.strip()} == {}


def test_what_the_pages_say_is_in_the_catalogue() -> None:
    assert {w: at for w, at in spoken_by_templates().items() if w not in known()} == {}


def test_everything_is_translated() -> None:
    assert [words for words, chinese in written().items() if not chinese] == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    assert compiled() == {words: chinese for words, chinese in written().items() if chinese}


def test_a_translation_has_the_fields_of_its_original() -> None:
    wrong = [
        words
        for words, chinese in written().items()
        if chinese and set(FIELD.findall(words)) != set(FIELD.findall(chinese))
    ]
    assert wrong == []


def test_the_chinese_is_chinese() -> None:
    """All but names, units and what is the same in both languages."""
    foreign = [words for words, chinese in written().items() if chinese and not HAN.search(chinese)]
    assert len(foreign) <= 0.05 * len(written())


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_catalogue_is_read_whatever_its_lines_end_with(line_end: str) -> None:
    text = 'msgid ""\nmsgstr "head"\n\nmsgid "a\\n"\n"b"\nmsgstr "c"\n\n'
    text += '#, fuzzy\nmsgid "x"\nmsgstr "y"'
    assert entries(text.replace("\n", line_end).replace("\r\n", "\n")) == {"a\nb": "c"}

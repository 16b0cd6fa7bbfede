"""Writes the tables of docs/user/*/edit.md anew from the edits there are: `make pages`."""

from __future__ import annotations

import sys
from pathlib import Path

from songloom.core.audio.edits import EDITS, AnyParameter, Edit, Parameter, Words

USER = Path(__file__).resolve().parent / "user"
BEGIN, END = "<!-- edits -->", "<!-- /edits -->"
HEADS = {
    "en": "| step | option | what it does | values: range, (usual value) |",
    "zh": "| 步骤 | 选项 | 作用 | 数值：范围（默认值） |",
}


def table(language: str) -> str:
    """Every edit with its option, its words and its values, in one language."""
    rows = [_row(language, kind) for kind in EDITS.values()]
    return "\n".join([HEADS[language], "|---|---|---|---|", *rows])


def filled(page: str, language: str) -> str:
    """A page with its table as it should be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(language)}\n\n{END}{after}"


def _row(language: str, kind: type[Edit]) -> str:
    text = f'"{kind.example}"' if " " in kind.example else kind.example
    option = f"--{kind.name.replace('_', '-')} {text}".strip()
    values = "<br>".join(_value(language, one) for one in kind.parameters)
    return f"| `{kind.name}` | `{option}` | {_said(language, kind.words)} | {values} |"


def _value(language: str, one: AnyParameter) -> str:
    said = f"`{one.name}` {_said(language, one.words)}"
    if not isinstance(one, Parameter):
        return said
    usual = "" if one.default is None else f" ({_number(one.default)})"
    span = f"{_number(one.lowest)} … {_number(one.highest)} {one.unit}".rstrip()
    return f"{said}: {span}{usual}"


def _number(value: float) -> str:
    return (
        (f"{value:,}" if value == int(value) else f"{value:g}").removesuffix(".0").replace("-", "−")
    )


def _said(language: str, words: Words) -> str:
    return words.zh if language == "zh" else words.en


def main() -> int:
    for language in HEADS:
        path = USER / language / "edit.md"
        path.write_text(filled(path.read_text(), language))
    return 0


if __name__ == "__main__":
    sys.exit(main())

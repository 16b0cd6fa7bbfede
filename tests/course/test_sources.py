"""The notebooks of docs/learn say the same in both languages and are what their source makes."""

from __future__ import annotations

import ast
import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LEARN = ROOT / "docs" / "learn"
sys.path.insert(0, str(LEARN))

import lessons  # noqa: E402

LESSONS = sorted(path.stem for path in (LEARN / "source").glob("*.py"))


def notebook(language: str, lesson: str) -> Any:
    return json.loads((LEARN / language / f"{lesson}.ipynb").read_text("utf-8"))


def cells(language: str, lesson: str, kind: str) -> list[str]:
    found = notebook(language, lesson)["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def test_the_notebooks_are_what_their_source_makes(tmp_path: Path) -> None:
    made = {path.relative_to(tmp_path): path.read_text("utf-8") for path in lessons.build(tmp_path)}
    there = [path for language in lessons.LANGUAGES for path in (LEARN / language).glob("*.ipynb")]
    assert made == {path.relative_to(LEARN): path.read_text("utf-8") for path in there}, (
        "make learn"
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_both_languages_have_the_same_code(lesson: str) -> None:
    english, chinese = (cells(language, lesson, "code") for language in ("en", "zh"))
    assert len(english) > 3
    assert english == chinese


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_text_stands_in_both_languages(lesson: str) -> None:
    order = [
        [cell["cell_type"] for cell in notebook(language, lesson)["cells"]]
        for language in ("en", "zh")
    ]
    assert order[0] == order[1]
    english, chinese = (cells(language, lesson, "markdown") for language in ("en", "zh"))
    assert [text for text in chinese if not is_chinese(text)] == []
    for text, translated in zip(english, chinese, strict=True):
        assert text.count("**") == translated.count("**")
        assert text.count("#") == translated.count("#")


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_is_valid_small_and_without_outputs(language: str, lesson: str) -> None:
    path = LEARN / language / f"{lesson}.ipynb"
    read = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
    nbformat.validate(read)
    assert path.stat().st_size < 40_000
    assert [
        cell.id for cell in read.cells if cell.get("outputs") or cell.get("execution_count")
    ] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_picture_names_its_axes(lesson: str) -> None:
    """With a unit after a slash, or a count, an epoch, or what was guessed."""
    for code in cells("en", lesson, "code"):
        if "plt.subplots" not in code:
            continue
        labels = [
            str(keyword.value.value)
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.Call)
            for keyword in node.keywords
            if keyword.arg in ("xlabel", "ylabel") and isinstance(keyword.value, ast.Constant)
        ]
        assert labels
        unitless = {"epoch", "bits per note", "guessed", "true"}
        assert [label for label in labels if "/" not in label and label not in unitless] == []
        assert not any(is_chinese(label) for label in labels)  # not every machine has the letters


SAID = {
    "en": ("**As it was written:**", "**Why it fails:**", "**What works:**"),
    "zh": ("**原来的做法：**", "**为什么不行：**", "**能用的做法：**"),
}


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_step_of_the_first_design_fails_for_a_reason_and_is_followed_by_one_that_works(
    language: str, lesson: str
) -> None:
    written, fails, works = SAID[language]
    text = "\n".join(cells(language, lesson, "markdown"))
    marks = re.findall("|".join(map(re.escape, SAID[language])), text)
    assert marks.count(written) >= 1
    for mark, following in pairwise([*marks, written]):
        allowed = {written: {fails}, fails: {written, works}, works: {written, works}}
        assert following in allowed[mark], (mark, following)
    assert marks.count(written) <= marks.count(works)
    assert marks[-1] == works


def test_the_steps_of_the_first_design_are_all_there() -> None:
    steps = ("requests.get", "split()", "Audacity", "np.fft.fft", "to_csv", "INSERT INTO", "MySQL")
    learning = ("MongoDB", "scikit-learn", "LSTM(64", 'Dense(1, activation="softmax")', "bytes")
    text = "\n".join(
        text
        for lesson in LESSONS
        for kind in ("markdown", "code")
        for text in cells("en", lesson, kind)
    )
    assert [step for step in (*steps, *learning) if step not in text] == []


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_links_lead_to_what_a_student_has_copied_and_paths_to_what_was_cloned(
    language: str, lesson: str
) -> None:
    """The notebooks are read outside of this folder: only their neighbours are there."""
    for text in cells(language, lesson, "markdown"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert Path(target).name == target
            assert (LEARN / language / target).exists(), target
        for named in re.findall(r"`(docs/[^`]+)`", text):
            assert (ROOT / named).exists(), named


def test_each_readme_names_every_lesson() -> None:
    for language in lessons.LANGUAGES:
        text = (LEARN / language / "README.md").read_text("utf-8")
        assert [lesson for lesson in LESSONS if f"({lesson}.ipynb)" not in text] == []


@pytest.mark.parametrize(
    "source", ["code()\n# %%\n", "# %% [markdown] fr\n# Bonjour\n", "# %% [markdown]\n# Text\n"]
)
def test_a_cell_that_is_marked_wrongly_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no mark"):
        lessons.cells_of(source)


def test_a_cell_loses_its_mark_and_nothing_else() -> None:
    source = (
        "# %% [markdown] en\n# A *b*\n#\n# # no heading\n# %%\nx = 1  # %% no mark\n\n\ny = 2\n\n"
    )
    assert [(cell.language, cell.text) for cell in lessons.cells_of(source)] == [
        ("en", "A *b*\n\n# no heading"),
        ("", "x = 1  # %% no mark\n\n\ny = 2"),
    ]

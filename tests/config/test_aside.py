"""Heavy work is done in a forked child, and its errors come back as ours."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from songloom.config.aside import Refused, done_aside
from songloom.errors import BadValue

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)


def test_what_the_work_returns_comes_back() -> None:
    assert done_aside(lambda: {"a": 1, "b": [None, "晴天"]}) == {"a": 1, "b": [None, "晴天"]}


def test_it_is_done_in_another_process_that_leaves_no_trace() -> None:
    before: list[int] = []

    def work() -> dict[str, Any]:
        before.append(os.getpid())
        return {"pid": os.getpid()}

    assert done_aside(work)["pid"] != os.getpid()
    assert before == []


def test_an_error_of_ours_keeps_its_code_and_words() -> None:
    def work() -> dict[str, Any]:
        raise BadValue("3 is too much; at most 2")

    with pytest.raises(Refused, match="3 is too much; at most 2") as refused:
        done_aside(work)
    assert refused.value.code == "bad_value"


def test_a_place_that_cannot_be_used_is_an_error_of_ours() -> None:
    def work() -> dict[str, Any]:
        raise PermissionError(13, "Permission denied", "/home/x")

    with pytest.raises(Refused, match="Permission denied: /home/x") as refused:
        done_aside(work)
    assert refused.value.code == "storage_away"


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)", "1 / 0"])
def test_a_child_that_dies_is_an_error_here_and_no_hang(end: str) -> None:
    code = (
        "import os\nfrom songloom.config.aside import done_aside\n"
        f"def work():\n    {end}\n    return {{}}\n"
        "try:\n    done_aside(work)\nexcept OSError:\n    print('told')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "told\n"
    assert ("ZeroDivisionError" in done.stderr) is ("/" in end)

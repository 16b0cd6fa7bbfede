"""What holds for every verb: exit statuses, JSON also on failure, help in two languages."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from songloom import __version__
from songloom.errors import BadValue, DiskFull, NotFound
from songloom.interfaces import cli
from songloom.interfaces.cli import running
from songloom.interfaces.cli.catalogue import verbs
from songloom.interfaces.cli.failures import Internal, about_disk, as_ours, sentence
from songloom.interfaces.cli.verbs import Outcome, Verb, no_arguments
from tests.cli.conftest import Songloom

EVERY_VERB = [
    "up", "add", "folder", "scan", "edit", "analyse", "search", "show", "tag", "rm", "restore",
    "playlist", "play-url", "train", "similar", "generate", "jobs", "user", "key", "verify",
    "worker", "csv", "mongo", "move-storage", "move-database",
    "split", "audacity", "preset", "duplicates", "regenerate",
]  # fmt: skip


def raising(error: BaseException) -> Verb:
    def act(_: object) -> Outcome:
        raise error

    return Verb("break", lambda: "Break.", no_arguments, act, is_pure=True)


@pytest.fixture
def with_verb(monkeypatch: pytest.MonkeyPatch) -> object:
    def use(verb: Verb) -> None:
        monkeypatch.setattr(running, "verbs", lambda *_: [verb])

    return use


def test_the_verbs_are_those_of_the_contract() -> None:
    assert sorted(verb.name for verb in verbs(lambda: 0)) == sorted(EVERY_VERB)


def test_version_is_told_and_is_no_failure(songloom: Songloom) -> None:
    said = songloom("--version")
    assert (said.status, said.out.strip()) == (0, f"songloom {__version__}")


def test_no_verb_at_all_is_wrong_usage_and_shows_the_help(songloom: Songloom) -> None:
    said = songloom()
    assert (said.status, said.out) == (2, "")
    assert "generate" in said.err


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_each_verb_explains_itself(songloom: Songloom, verb: str) -> None:
    said = songloom(verb, "--help")
    assert said.status == 0
    assert said.out.startswith(f"usage: songloom {verb}")
    assert "--json" in said.out


@pytest.mark.parametrize(
    "argv",
    [
        ("nosuchverb",),
        ("show",),
        ("search", "--limit", "x"),
        ("up", "--port", "99999"),
        ("up", "--port", "-1"),
        ("tag",),
        ("user", "remove", "x"),
        ("--what",),
    ],
)
def test_wrong_usage_is_status_2_on_stderr(songloom: Songloom, argv: tuple[str, ...]) -> None:
    said = songloom(*argv)
    assert (said.status, said.out) == (2, "")
    assert "usage: songloom" in said.err


def test_wrong_usage_is_one_json_object_for_a_script(songloom: Songloom) -> None:
    said = songloom("show", "--json")
    assert (said.status, said.code) == (2, "usage")
    assert "TRACK" in said.document["error"]["message"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadValue("3 is too much; at most 2"), "bad_value"),
        (NotFound("no such thing"), "not_found"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "disk_full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "storage_away"),
        (OperationalError("database is locked"), "try_later"),
        (ZeroDivisionError("oh"), "internal"),
    ],
)
def test_every_failure_is_one_object_and_status_1(
    songloom: Songloom, with_verb: object, error: Exception, code: str
) -> None:
    with_verb(raising(error))  # type: ignore[operator]
    said = songloom("break", "--json")
    assert (said.status, said.code) == (1, code)
    assert set(said.document["error"]) == {"code", "message"}
    spoken = songloom("break")
    assert (spoken.status, spoken.out) == (1, "")
    assert spoken.err.startswith("songloom: ")


def test_ctrl_c_is_told_as_cancelled(songloom: Songloom, with_verb: object) -> None:
    with_verb(raising(KeyboardInterrupt()))  # type: ignore[operator]
    said = songloom("break", "--json")
    assert (said.status, said.code) == (130, "cancelled")


def test_a_surprise_is_logged_with_its_traceback_but_told_without(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = as_ours(ZeroDivisionError("secret"))
    assert isinstance(told, Internal)
    assert "secret" not in str(told)
    assert caplog.records[-1].exc_info is not None


def test_one_of_our_errors_stays_what_it_is() -> None:
    error = NotFound("x")
    assert as_ours(error) is error


def test_a_quota_is_a_full_disk_too() -> None:
    assert isinstance(about_disk(OSError(errno.EDQUOT, "quota")), DiskFull)


def test_a_document_without_nan_is_refused_rather_than_printed_wrongly(
    songloom: Songloom, with_verb: object
) -> None:
    broken = Verb(
        "break", lambda: "", no_arguments, lambda _: Outcome({"x": float("nan")}), is_pure=True
    )
    with_verb(broken)  # type: ignore[operator]
    assert songloom("break", "--json").status == 1


def test_not_done_is_status_1_with_the_document(songloom: Songloom, with_verb: object) -> None:
    with_verb(
        Verb(
            "break",
            lambda: "",
            no_arguments,
            lambda _: Outcome({"x": 1}, is_done=False),
            is_pure=True,
        )
    )  # type: ignore[operator]
    said = songloom("break", "--json")
    assert (said.status, said.document) == (1, {"x": 1})


def test_help_follows_the_language(songloom: Songloom) -> None:
    english, chinese = songloom("--help"), songloom("--help", language="zh-hans")
    assert "verbs" in english.out
    assert english.out != chinese.out
    assert "用法" in chinese.out
    assert songloom("--help").out == english.out  # and back


def test_errors_follow_the_language() -> None:
    from django.utils import translation

    error = NotFound("no track has an id that begins with abcdefgh")
    assert sentence(error, "en") == str(error)
    with translation.override("zh-hans"):
        assert sentence(error, "zh-hans") != str(error)


def test_chinese_is_printed_as_it_is_and_not_escaped(songloom: Songloom, with_verb: object) -> None:
    with_verb(
        Verb("break", lambda: "", no_arguments, lambda _: Outcome({"t": "晴天"}), is_pure=True)
    )  # type: ignore[operator]
    assert "晴天" in songloom("break", "--json").out


def test_importing_the_command_line_costs_no_django_and_no_arrays() -> None:
    heavy = ("django", "numpy", "scipy", "av", "sklearn", "keras", "numba", "rich", "httpx")
    code = f"import sys, songloom.__main__; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_reader_who_leaves_is_no_crash(tmp_path: Path) -> None:
    """`songloom … | head -0`: the pipe closes before anything is written."""
    code = (
        "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1);"
        "from songloom.__main__ import main; sys.exit(main(['analyse', '/nowhere']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 128 + 13  # as a shell says of `yes | head`
    assert "Traceback" not in done.stderr


def test_run_is_all_that_others_need() -> None:
    assert cli.__all__ == ["run"]
    assert json.loads(running._dumped({"a": None})) == {"a": None}

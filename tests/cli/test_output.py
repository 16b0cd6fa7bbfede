"""Standard output that is full, closed, or left by its reader: a sentence, no traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from songloom.interfaces.cli import output
from tests.core.audio.sounds import tone, write_wav

COMMAND = [sys.executable, "-m", "songloom"]


def ran(*argv: str, stdout: int, home: Path, **env: str) -> tuple[int, str]:
    """The exit status, and what stood on standard error."""
    known = os.environ | {"SONGLOOM_HOME": str(home), "SONGLOOM_LANGUAGE": "en", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*COMMAND, *argv], stdout=stdout, stderr=subprocess.PIPE, text=True, env=known | env,
        timeout=300, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_wav(tmp_path_factory.mktemp("music") / "a.wav", tone(440, 1.0)))


@pytest.mark.parametrize(
    ("argv", "unbuffered"),
    [
        (["--version"], ""),
        (["--version"], "1"),
        (["--help"], ""),
        (["search", "", "--json"], ""),
        (["show", "nobody", "--json"], ""),
        (["nonsense", "--json"], ""),
        (["analyse", "SONG", "--json"], ""),
        (["analyse", "SONG"], "1"),
    ],
)
def test_a_full_output_is_one_sentence_and_a_failure(
    tmp_path: Path, song: str, argv: list[str], unbuffered: str
) -> None:
    words = [song if word == "SONG" else word for word in argv]
    with open("/dev/full", "w") as full:
        status, err = ran(*words, stdout=full.fileno(), home=tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert status == 1
    why = os.strerror(errno.ENOSPC)
    assert err.splitlines()[-1] == f"songloom: The output cannot be written: {why}."
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert err.count("songloom: ") == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_left_ends_it_without_a_word(tmp_path: Path, unbuffered: str) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        status, err = ran("--help", stdout=writes, home=tmp_path, PYTHONUNBUFFERED=unbuffered)
    finally:
        os.close(writes)
    assert (status, err) == (output.BROKEN_PIPE, "")


def test_a_closed_output_is_a_failure_too(tmp_path: Path) -> None:
    spelled = " ".join([*COMMAND, "--version", ">&-"])
    done = subprocess.run(
        ["sh", "-c", spelled], stderr=subprocess.PIPE, text=True, timeout=300, check=False,
        env=os.environ | {"SONGLOOM_HOME": str(tmp_path), "SONGLOOM_LANGUAGE": "en"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("songloom: The output cannot be written")
    assert len(done.stderr.splitlines()) == 1


def test_names_that_are_no_utf8_are_printed_with_question_marks() -> None:
    assert output.printable("a\udcffb") == "a?b"

"""What we publish for running Songloom says what the program itself says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from songloom.config.up import DRAIN_S

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("songloom.service", "songloom-worker.service")


def documented() -> set[str]:
    text = (ROOT / "docs/user/en/settings.md").read_text()
    return set(re.findall(r"`(SONGLOOM_[A-Z0-9_]+)`", text))


def listed() -> dict[str, str]:
    lines = re.findall(
        r"^#?(SONGLOOM_\w+)=(.*)$", (DEPLOY / "songloom.env").read_text(), re.MULTILINE
    )
    names = [name for name, _ in lines]
    assert len(names) == len(set(names)), "a setting stands there twice"
    return dict(lines)


def test_the_environment_file_lists_every_setting_and_no_other() -> None:
    assert set(listed()) == documented()


def test_it_lists_whatever_the_source_reads() -> None:
    """Asked of the source, so that a setting forgotten in both places is found."""
    read = set(
        re.findall(
            r'_(?:env|number|choice|reserved)\(\s*"(\w+)"',
            (ROOT / "src/songloom/config/settings.py").read_text(),
        )
    )
    named = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r'"SONGLOOM_([A-Z0-9_]+)"', path.read_text("utf-8"))
    }
    assert len(read) > 10
    assert {f"SONGLOOM_{name}" for name in read | named} - set(listed()) == set()


def test_its_defaults_are_the_programs_own(tmp_path: Path) -> None:
    """A server that is given every line of it starts as one that is given none."""
    look = (
        "from songloom.config import settings as s, home\n"
        "print(sorted((k, str(v)) for k, v in vars(s).items() if k.isupper()))"
    )
    base = {k: v for k, v in os.environ.items() if not k.startswith("SONGLOOM_")}
    base |= {"SONGLOOM_HOME": str(tmp_path), "SONGLOOM_SECRET_KEY": "x" * 20 + "0123456789abcdef"}
    own = {"SONGLOOM_HOME", "SONGLOOM_SECRET_KEY"}
    examples = {"SONGLOOM_PUBLIC_URL", "SONGLOOM_ALLOWED_HOSTS"}  # of a host of one's own
    given = {name: value for name, value in listed().items() if name not in own | examples}
    said = [
        subprocess.run(
            [sys.executable, "-c", look],
            env=base | more,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for more in ({}, given)
    ]
    assert said[0] == said[1]


def test_nginx_takes_a_little_more_than_the_largest_upload() -> None:
    taken = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert taken is not None
    assert 1 < int(taken[1]) / float(listed()["SONGLOOM_LARGEST_UPLOAD_MB"]) < 1.1


def test_the_unit_starts_what_nginx_expects_behind_it() -> None:
    unit = (DEPLOY / "songloom.service").read_text()
    port = re.search(r"--host 127\.0\.0\.1 --port (\d+)", unit)
    assert port is not None
    assert f"server 127.0.0.1:{port[1]};" in (DEPLOY / "nginx.conf").read_text()
    assert f"SONGLOOM_HOME=/var/lib/{'songloom'}" in (DEPLOY / "songloom.env").read_text()
    assert "StateDirectory=songloom" in unit


def test_the_unit_leaves_time_for_a_calm_end() -> None:
    stop = re.search(r"TimeoutStopSec=(\d+)", (DEPLOY / "songloom.service").read_text())
    assert stop is not None
    assert int(stop[1]) > DRAIN_S


def test_both_units_confine_what_they_start_alike() -> None:
    units = [(DEPLOY / name).read_text().splitlines() for name in UNITS]
    ours, workers = ([line for line in unit if "=" in line and "#" not in line] for unit in units)
    differ = set(ours) ^ set(workers)
    assert {line.partition("=")[0] for line in differ} == {"Description", "ExecStart"}
    assert any(line.endswith("/songloom worker") for line in workers)


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_the_unit(tmp_path: Path, name: str) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        assert not os.environ.get("CI"), "under CI nothing is left out"
        pytest.skip("no systemd here; `make system` installs it")
    unit = (DEPLOY / name).read_text()
    unit = unit.replace("/opt/songloom/.venv/bin/songloom", sys.executable)  # it must exist
    (tmp_path / name).write_text(unit)
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_it = [line for line in done.stderr.splitlines() if name in line]
    assert about_it == [], done.stderr


# --- the container ----------------------------------------------------------------------------


def dockerfile() -> list[tuple[str, str]]:
    """Instruction and the rest of its line."""
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    steps = [line.partition(" ") for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in steps]


def test_the_dockerfile_copies_what_is_there_and_nothing_else_is_sent_to_the_engine() -> None:
    copied = [rest.split()[:-1] for word, rest in dockerfile() if word == "COPY"]
    sources = [source for each in copied for source in each]
    assert {"pyproject.toml", "src", "requirements"} <= set(sources)
    assert [source for source in sources if not (ROOT / source).exists()] == []
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(sent) == sorted(sources)


def test_the_container_has_one_port_one_volume_and_no_root() -> None:
    found = dict(dockerfile())
    compose = (DEPLOY / "compose.yaml").read_text()
    command = json.loads(found["CMD"])
    assert command[command.index("--port") + 1] == found["EXPOSE"]
    assert f'"{found["EXPOSE"]}:{found["EXPOSE"]}"' in compose
    assert f"library:{found['VOLUME']}" in compose
    grace = re.search(r"stop_grace_period: (\d+)s", compose)
    assert grace is not None
    assert int(grace[1]) > DRAIN_S
    assert f"SONGLOOM_HOME={found['VOLUME']}" in found["ENV"]
    assert found["USER"] == "songloom"


# --- which set-up for how many songs ------------------------------------------------------------

SIZES = (1_000, 100_000, 10_000_000)
IN_BASE_UNITS = {
    "kB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "bytes": 1,
    "字节": 1,
    "字节内存": 1,
    "ms": 1e-3,
    "毫秒": 1e-3,
    "s": 1,
    "秒": 1,
    "min": 60,
    "分钟": 60,
    "h": 3_600,
    "小时": 3_600,
    "days": 86_400,
    "天": 86_400,
}
QUANTITY = re.compile(r"([\d,.]+) (" + "|".join(sorted(IN_BASE_UNITS, key=len, reverse=True)) + ")")


def rows(language: str) -> list[list[str]]:
    """The rows of the table whose first cell is a formula in n."""
    text = (ROOT / f"docs/user/{language}/deploy.md").read_text("utf-8")
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in cells if re.search(r"n × ", row[0])]


def quantity(text: str) -> float:
    found = QUANTITY.search(text)
    assert found is not None, text
    return float(found[1].replace(",", "")) * IN_BASE_UNITS[found[2]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_arithmetic_for_more_songs_is_right(language: str) -> None:
    """To the two digits that are shown."""
    found = rows(language)
    assert len(found) == 7
    for formula, *shown in found:
        speed = re.search(r" / (\d+)", formula)
        by = int(speed[1]) if speed else 1
        columns = 60 if "× 60" in formula else 1
        each = quantity(formula.rpartition("n × ")[2].rpartition("× ")[2]) * columns / by
        for n, text in zip(SIZES, shown, strict=True):
            assert quantity(text) == pytest.approx(n * each, rel=0.2), (formula, text)


def test_both_languages_show_the_same_figures() -> None:
    english, chinese = (
        [[quantity(cell) for cell in row[1:]] for row in rows(language)]
        for language in ("en", "zh")
    )
    assert english == chinese

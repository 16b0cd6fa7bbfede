"""The course runs from an empty folder to a composed piece, offline, as a student runs it."""

from __future__ import annotations

import base64
import io
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from songloom.config.databases import database_of
from tests.course.test_sources import LEARN, LESSONS
from tests.servers import connect, fresh_database

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
START_WITHIN_S = 120
CELL_TIMEOUT_S = 1_200  # of one cell, on a loaded machine
N_PICTURES = {"1-sound": 1, "2-table": 1, "3-labels": 1, "4-network": 2, "5-piece": 0}


@contextmanager
def mongodb(folder: Path) -> Iterator[str]:
    """A server that speaks MongoDB's protocol, gone with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("nx-27017")
    command = [str(program), "--host", "127.0.0.1", "-p", str(port), "--data-dir", str(folder)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(port)
            yield f"mongodb://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def mariadb() -> Iterator[str]:
    """A database of its own on a real server, made as the lesson says."""
    with fresh_database("mysql") as address:
        name = urlsplit(address).path[1:]
        admin = database_of(address, home=Path("/"))
        with closing(connect("mysql", admin)) as connection, connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} CHARACTER SET utf8mb4")
        yield address


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("an empty folder")


@pytest.fixture(scope="module")
def ran(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every lesson with its outputs, in order, each in a Python of its own.

    The Chinese ones: their code is the English one's, letter by letter (test_sources).
    """
    given = {k: v for k, v in os.environ.items() if not k.startswith(("SONGLOOM_", "DJANGO_"))}
    with mongodb(tmp_path_factory.mktemp("mongodb")) as documents, mariadb() as tables:
        given |= {"COURSE_MONGODB": documents, "COURSE_MYSQL": tables}
        return {lesson: run(lesson, folder, given) for lesson in LESSONS}


def run(lesson: str, folder: Path, environment: dict[str, str]) -> Any:
    lesson_read = nbformat.read(LEARN / "zh" / f"{lesson}.ipynb", 4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        lesson_read,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=environment)
    return lesson_read


def printed(ran: dict[str, Any], lesson: str) -> str:
    """All that a lesson prints and shows as text."""
    parts = []
    for cell in ran[lesson].cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get("text/plain", "")
            parts.append(output.get("text") or f"\n{shown}\n")  # a print may come in pieces
    return "".join(parts)


def number(pattern: str, text: str) -> float:
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in:\n{text}"
    return float(match[1])


def test_a_dead_link_is_refused_and_a_song_is_not(ran: dict[str, Any]) -> None:
    text = printed(ran, "1-sound")
    assert "<!DOCTYPE" in text  # what the first design took for a song
    assert "dead_link" in text
    assert "4.0 s, 11025 Hz" in text


def test_numpy_finds_what_was_put_in(ran: dict[str, Any]) -> None:
    text = printed(ran, "2-table")
    assert number(r"frequency: ([\d.]+) Hz", text) == pytest.approx(440, abs=1 / 3)  # a bin
    assert number(r"phase: +([-\d.]+) °", text) == pytest.approx(-90, abs=0.5)
    assert number(r"first sample: ([\d.]+)", text) == number(r"FFT: \(([\d.]+)", text)


def test_the_table_has_the_five_columns_and_reaches_its_stores(
    ran: dict[str, Any], folder: Path
) -> None:
    first = (folder / "songs.csv").read_bytes().splitlines()[0]
    assert first.decode("utf-8-sig") == "频率,时长,艺术家,专辑名,发行日期"
    text = printed(ran, "2-table")
    assert "第6组 6" in text
    assert re.search(r"MySQL: \('第1组', 6, [\d.]+\)", text)
    assert "as it was written: 72 songs" in text  # all of them twice
    assert "MongoDB: 36 songs" in text


def test_what_the_first_design_did_to_a_table_is_seen(ran: dict[str, Any]) -> None:
    text = printed(ran, "2-table")
    assert "columns: Unnamed: 0 频率" in text
    assert "棰戠巼" in text  # 频率 in UTF-8, read as GBK
    assert 'as it was written: near "Roses": syntax error' in text
    assert """with a placeholder: [("Guns N' Roses",)]""" in text


def test_the_labels_are_learnt_from_features_and_not_from_bytes(ran: dict[str, Any]) -> None:
    text = printed(ran, "3-labels")
    chance = 1 / 3
    assert number(r"that were learnt: ([\d.]+)", text) == 1  # by heart
    assert number(r"bytes, songs never seen: +([\d.]+)", text) < 0.7
    assert number(r"features, songs never seen: +([\d.]+)", text) > 0.8
    assert number(r"baseline: +([\d.]+)", text) == pytest.approx(chance, abs=0.01)
    assert number(r"shuffled labels: ([\d.]+)", text) == pytest.approx(chance, abs=0.2)


def test_the_network_runs_on_tensorflow_and_beats_counting(ran: dict[str, Any]) -> None:
    text = printed(ran, "4-network")
    assert re.search(r"Keras 3\.\S+ on tensorflow", text)
    assert "it says [1.] to everything" in text
    assert number(r"([\d.]+) of 8 bits a byte are left", text) > 7.8
    lstm, counting = number(r"LSTM ([\d.]+),", text), number(r"LSTM.*counting ([\d.]+),", text)
    assert lstm < counting - 0.1


def test_the_last_lesson_leaves_two_pieces_with_their_lineage(ran: dict[str, Any]) -> None:
    text = printed(ran, "5-piece")
    assert "student.weights.h5" in text
    assert "我的第一条旋律" in text
    for kind in ("prompt", "model", "score", "track"):
        assert re.search(rf"^\d+ +{kind}", text, re.MULTILINE), text
    assert text.count("True") >= 2  # both marked as made by AI


@pytest.mark.parametrize("lesson", LESSONS)
def test_pictures_are_drawn_and_show_something(ran: dict[str, Any], lesson: str) -> None:
    pictures = [
        output.data["image/png"]
        for cell in ran[lesson].cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == N_PICTURES[lesson]
    for picture in pictures:
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("L"))
        assert min(pixels.shape) > 150
        assert (pixels < 250).mean() > 0.02  # ink


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_cell_complains(ran: dict[str, Any], lesson: str) -> None:
    """A missing letter of a font, a note of TensorFlow: what a student would stumble over."""
    said = [
        output.text
        for cell in ran[lesson].cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert said == []

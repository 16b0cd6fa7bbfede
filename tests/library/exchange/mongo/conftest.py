"""A server that speaks MongoDB's wire protocol over TCP, one database for each test."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from songloom.library.exchange.mongo import database

WITHIN_S = 120


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`127.0.0.1:port` of nx-27017 over SQLite; it answers before a test begins."""
    folder = tmp_path_factory.mktemp("mongo")
    port = free_port()
    command = [str(Path(sys.executable).with_name("nx-27017")), "--data-dir", str(folder / "data")]
    command += ["--host", "127.0.0.1", "-p", str(port), "--log-file", str(folder / "log")]
    command += ["--pid-file", str(folder / "pid")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for(process, port)
        yield f"127.0.0.1:{port}"
        process.kill()


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nx-27017 did not begin to answer")


@pytest.fixture
def uri(server: str) -> str:
    return f"mongodb://{server}/t{uuid4().hex}"


@pytest.fixture
def base(uri: str) -> Iterator[Any]:
    with database(uri) as found:
        yield found

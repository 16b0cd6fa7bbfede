"""Another Songloom, spoken to by REST: what it makes is brought here, what goes wrong is said."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from songloom.errors import DeadLink, NotFound, Unauthenticated
from songloom.fetch.server import Server


class Small(BaseHTTPRequestHandler):
    """As much of a server as is asked for here."""

    jobs: dict[str, list[str]] = {}

    def do_GET(self) -> None:
        if self.headers["Authorization"] != "Bearer key":
            self.answer(401, {})
        elif self.path.endswith("/features"):
            self.answer(200, {"beats_s": [1.0]})
        elif "/jobs/" in self.path:
            states = self.jobs[self.path.rsplit("/", 1)[1]]
            self.answer(200, job(states.pop(0)))
        elif self.path.endswith("/file"):
            self.answer(200, b"RIFF sound")
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        read = self.rfile.read(int(self.headers["Content-Length"]))
        wish = json.loads(read)
        name = wish["format"]
        self.jobs[name] = ["running", "failed" if name == "mp3" else "done"]
        self.answer(202, {"job": job("queued", name)})

    def answer(self, status: int, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Not to the terminal."""


def job(state: str, name: str = "x") -> dict[str, Any]:
    error = {"code": "bad_recipe", "message": "nothing would be left"}
    return {
        "id": name,
        "state": state,
        "result": {"rendition_id": "r"} if state == "done" else None,
        "error": error if state == "failed" else None,
    }


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Small)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songloom.fetch.server.LOOK_UP_S", 0.01)


def test_a_rendition_is_ordered_waited_for_and_brought(url: str, tmp_path: Path) -> None:
    Small.jobs["x"] = ["running", "done"]
    out = tmp_path / "a.wav"
    with closing(Server(url, "key")) as server:
        server.rendition("t", {"recipe": [], "format": "wav"}, out)
        assert server.get("tracks/t/features") == {"beats_s": [1.0]}
    assert out.read_bytes() == b"RIFF sound"


def test_a_job_that_fails_says_why(url: str, tmp_path: Path) -> None:
    Small.jobs["x"] = ["failed"]
    with (
        closing(Server(url, "key")) as server,
        pytest.raises(DeadLink, match="nothing would be left"),
    ):
        server.rendition("t", {"recipe": [], "format": "mp3"}, tmp_path / "a")


def test_what_goes_wrong_is_told_apart(url: str) -> None:
    with closing(Server(url, "other")) as server, pytest.raises(Unauthenticated):
        server.get("tracks/t/features")
    with closing(Server(url, "key")) as server, pytest.raises(NotFound):
        server.get("tracks/nothing")
    with closing(Server("http://127.0.0.1:9", "key")) as server, pytest.raises(DeadLink):
        server.get("tracks/t")
    with closing(Server("no address", "key")) as server, pytest.raises(DeadLink):
        server.get("tracks/t")

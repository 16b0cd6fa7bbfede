"""The database server goes and comes back while everything runs: nobody meets a traceback."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tests.config.living import Up, run_songloom, until
from tests.jobs.brokers import NoBroker, address
from tests.servers import Private, connect, private

pytestmark = pytest.mark.slow
PATIENCE_S = 90.0
SOON_S = 15.0
RATE = 8_000
WAITS = "does not answer; waiting for it"
GOES_ON = "answers again after"
SAID = {
    "en": "The database does not answer right now.",
    "zh-hans": "数据库现在没有回应",
}


class Library:
    """`songloom up` on a server that may be stopped."""

    def __init__(self, server: Private, folder: Path, broker: str = "") -> None:
        self.server = server
        self.n_processes = 4 if broker else 2  # that ask the database
        self.home = folder / "home"
        self.env = {"SONGLOOM_DATABASE_URL": server.make_database("songs"), "LANG": "C.UTF-8"}
        self.env["SONGLOOM_BROKER_URL"] = broker
        self.said: list[str] = []
        self.up = Up(self.home, env=self.env)
        self.listening = threading.Thread(target=self._listen, daemon=True)
        self.listening.start()
        self.verb("user", "add", "mei", "--admin", "--password-stdin", given="a password")
        self.key = str(json.loads(self.verb("key", "add", "mei", "--json"))["key"])
        self.client = httpx.Client(base_url=self.up.url, timeout=30)

    def _listen(self) -> None:
        assert self.up.process.stderr is not None
        self.said.extend(self.up.process.stderr)

    def verb(self, *words: str, given: str = "") -> str:
        done = run_songloom(self.home, *words, given=given, env=self.env)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rest(self, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return self.client.get(f"/api/v1{path}", headers=headers, **more)

    def subsonic(self, **more: str) -> httpx.Response:
        return self.client.get("/rest/getMusicFolders", params={"apiKey": self.key, **more})

    def upload(self, name: str, content: bytes) -> str:
        headers = {"Authorization": f"Bearer {self.key}"}
        sent = {"file": (name, content)}
        answer = self.client.post("/api/v1/tracks", files=sent, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def rows(self, words: str) -> list[tuple[Any, ...]]:
        from songloom.config.databases import database_of

        database = database_of(self.env["SONGLOOM_DATABASE_URL"], home=self.home)
        connection = connect(self.server.kind, database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(words)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def states(self) -> list[str]:
        words = "SELECT state FROM jobs_job WHERE kind = 'analyse.extract'"
        return [row[0] for row in self.rows(words)]

    def is_idle(self) -> bool:
        unfinished = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
        return self.rows(unfinished) == [(0,)]

    def end(self) -> None:
        assert self.up.stop() == 0
        self.listening.join(20)


@pytest.fixture(params=["postgres", "mysql, and Redis wakes the workers"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    kind, _, broker = str(request.param).partition(",")
    with private(kind) as server:
        try:
            made = Library(server, tmp_path, address("redis") if broker else "")
        except NoBroker as exc:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(exc))
        with made.up, made.client:
            yield made


def noise(seconds: float, seed: int) -> bytes:
    out = io.BytesIO()
    sound = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE))
    soundfile.write(out, np.clip(sound, -1, 1), RATE, format="WAV", subtype="PCM_16")
    return out.getvalue()


def test_every_interface_says_so_and_goes_on_by_itself_and_no_job_is_lost_or_doubled(
    library: Library,
) -> None:
    tracks = [library.upload(f"{n}.wav", noise(1, n)) for n in range(4)]
    tracks.append(library.upload("long.wav", noise(300, 9)))
    until(lambda: "running" in library.states(), within_s=PATIENCE_S)
    library.server.stop()
    until(lambda: library.rest("/tracks").status_code == 503, within_s=SOON_S)

    started_s = time.monotonic()
    says_rest(library)
    says_subsonic(library)
    says_the_web(library)
    says_who_watches(library)
    assert time.monotonic() - started_s < SOON_S  # a dozen answers, none waits for the server

    library.server.start()
    until(lambda: library.rest("/tracks").status_code == 200, within_s=SOON_S)
    assert library.client.get("/readyz").status_code == 200
    assert library.client.get("/sign-in/", follow_redirects=True).status_code == 200
    assert library.subsonic(f="json").json()["subsonic-response"]["status"] == "ok"
    until(lambda: set(library.states()) == {"done"}, within_s=PATIENCE_S)
    until(library.is_idle, within_s=PATIENCE_S)
    assert library.rows("SELECT count(*) FROM jobs_job WHERE attempts <> 1") == [(0,)]
    assert library.rows("SELECT count(*) FROM library_features") == [(len(tracks),)]
    verified = json.loads(library.verb("verify", "--json"))
    assert verified == {"ok": True, "problems": [], "repaired": 0}

    library.end()
    text = "".join(library.said)
    assert "Traceback" not in text, text
    assert 2 <= text.count(WAITS) == text.count(GOES_ON) <= library.n_processes, text
    assert "a password" not in text


def says_rest(library: Library) -> None:
    for language, sentence in SAID.items():
        answer = library.rest("/tracks", headers={"Accept-Language": language})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        error = answer.json()["error"]
        assert error.keys() == {"code", "message", "fields", "id"}
        assert (error["code"], error["message"].startswith(sentence)) == ("database_away", True)


def says_subsonic(library: Library) -> None:
    answer = library.subsonic(f="json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    frame = answer.json()["subsonic-response"]
    assert (frame["status"], frame["error"]["code"]) == ("failed", 0)
    assert frame["error"]["message"].startswith(SAID["en"])
    as_xml = library.subsonic()
    assert as_xml.status_code == 503
    assert '<error code="0" message="The database' in as_xml.text


def says_the_web(library: Library) -> None:
    page = library.client.get("/songs/", headers={"Accept-Language": "zh"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert 'lang="zh' in page.text
    assert SAID["zh-hans"] in page.text
    assert 'href="/songs/"' in page.text  # try again
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    part = library.client.get("/songs/", headers={"X-Part": "main"})
    assert part.status_code == 503
    assert part.text.lstrip().startswith("<title>")
    script = library.client.get("/songs/", headers={"Accept": "application/json"})
    assert script.json()["error"]["code"] == "database_away"
    styles = library.client.get("/static/songloom/css/base.css")
    assert styles.status_code == 200


def says_who_watches(library: Library) -> None:
    assert library.client.get("/healthz").status_code == 200
    ready = library.client.get("/readyz")
    assert ready.status_code == 503
    assert (ready.json()["database"], ready.json()["storage"]) == (False, True)

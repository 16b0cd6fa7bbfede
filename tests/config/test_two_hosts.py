"""Two hosts share a database, a broker and a storage by address, and nothing else."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psycopg
import pytest
import soundfile

from songloom.jobs.place import HOST
from tests.config.living import SONGLOOM, Up, environment, run_songloom, until
from tests.config.wire import NotAllowed, NoWire, Wire, go_dark
from tests.jobs.brokers import NoBroker, Redis
from tests.servers import Private, programs
from tests.songs import song
from tests.weed import Weed

pytestmark = [pytest.mark.slow, pytest.mark.real]
PATIENCE_S = 120.0
LEASE_S, BEAT_S = 30.0, 5.0
RATE = 8_000


class Hosts:
    """A server without workers here; workers on either host as a test starts them."""

    def __init__(self, wire: Wire, env: dict[str, str], folder: Path, stack: ExitStack) -> None:
        self.wire, self.env, self.folder = wire, env, folder
        self.home = folder / "first"
        self.far_home = folder / "second"
        up = stack.enter_context(Up(self.home, "--workers", "0", env=env))
        self.url = up.url
        self.verb("user", "add", "mei", "--admin", "--password-stdin", given="a password")
        key = json.loads(self.verb("key", "add", "mei", "--json"))["key"]
        bearer = {"Authorization": f"Bearer {key}"}
        made = httpx.Client(base_url=f"{up.url}/api/v1", headers=bearer, timeout=60)
        self.rest = stack.enter_context(made)

    def verb(self, *words: str, given: str = "") -> str:
        """One verb on the first host."""
        done = run_songloom(self.home, *words, given=given, env=self.env)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def far(self, *words: str) -> Iterator[Any]:
        """`songloom worker` on the second host, with a home that starts empty."""
        shutil.rmtree(self.far_home, ignore_errors=True)
        command = [*SONGLOOM, "worker", "--json", *words]
        there = environment(self.far_home, self.env)
        process = self.wire.start(command, hidden=self.home, env=there)
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["home"] == str(self.far_home)
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    @contextmanager
    def near(self, *words: str) -> Iterator[None]:
        """The same on the first host."""
        from tests.config.test_work import Work

        with Work(self.home, *words, env=self.env) as work:
            yield
            assert work.stop() == 0

    def rows(self, words: str, *given: object) -> list[tuple[Any, ...]]:
        url = self.env["SONGLOOM_DATABASE_URL"].replace("postgres://", "postgresql://")
        with psycopg.connect(url) as connection:
            return connection.execute(words.encode(), given).fetchall()

    def upload(self, name: str, content: bytes) -> str:
        answer = self.rest.post("/tracks", files={"file": (name, content)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def done(self, answer: httpx.Response) -> dict[str, Any]:
        """What came of a job that a request has queued."""
        assert answer.status_code == 202, answer.text
        pk = answer.json()["job"]["id"]
        until(lambda: self._job(pk)["state"] not in ("queued", "running"), within_s=PATIENCE_S)
        job = self._job(pk)
        assert job["state"] == "done", job
        result: dict[str, Any] = job["result"]
        return result

    def _job(self, pk: str) -> dict[str, Any]:
        found: dict[str, Any] = self.rest.get(f"/jobs/{pk}").json()
        return found

    def idle(self) -> bool:
        words = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
        return self.rows(words) == [(0,)]

    def is_clean(self) -> bool:
        told = json.loads(self.verb("verify", "--deep", "--json"))
        return bool(told == {"ok": True, "problems": [], "repaired": 0})


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    folder = tmp_path_factory.mktemp("hosts")
    with ExitStack() as stack:
        try:
            if programs("postgres") is None:
                raise NoWire("PostgreSQL is not installed: apt-get install postgresql")
            wire = stack.enter_context(Wire())
            redis = Redis(wire.near)
            stack.callback(redis.remove)
            redis.start()
        except NotAllowed as exc:
            pytest.skip(f"only root may make a network for a second host here ({exc})")
        except (NoWire, NoBroker) as exc:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(exc))
        stored = folder / "stored"
        stored.mkdir()
        weed = Weed(stored, host=wire.near)
        stack.callback(weed.stop)
        postgres = stack.enter_context(Private("postgres", wire.near))
        env = {
            "SONGLOOM_DATABASE_URL": postgres.make_database("songs"),
            "SONGLOOM_BROKER_URL": redis.address,
            "SONGLOOM_STORAGE_URL": weed.url(),
        }
        yield Hosts(wire, env, folder, stack)


def wav(seconds: float, seed: int, *, is_bright: bool = True) -> bytes:
    noise = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE))
    if not is_bright:
        noise = np.convolve(noise, np.ones(16) / 4, mode="same")
    out = io.BytesIO()
    soundfile.write(out, np.clip(noise, -1, 1), RATE, format="WAV", subtype="PCM_16")
    return out.getvalue()


def flac(seed: int, *, artist: str, genre: str) -> bytes:
    out = io.BytesIO()
    sound, rate = soundfile.read(io.BytesIO(wav(1.5, seed, is_bright=genre == "Bright")))
    with soundfile.SoundFile(out, "w", rate, 1, format="FLAC") as file:
        file.artist, file.genre, file.title = artist, genre, f"Song {seed}"
        file.write(sound)
    return out.getvalue()


def test_the_second_host_does_all_work_on_what_the_first_has_taken_in(hosts: Hosts) -> None:
    real = song("revelation")
    rest = hosts.rest
    ((since,),) = hosts.rows("SELECT now()")
    with hosts.far():
        track = hosts.upload(real.name, real.read_bytes())
        until(lambda: rest.get(f"/tracks/{track}/features").is_success, within_s=PATIENCE_S)
        features = rest.get(f"/tracks/{track}/features").json()
        table = {"file": ("表.csv", "标题,艺术家\n蓝,安\n".encode("gb18030"))}
        entered = rest.post("/csv", files=table, data={"wait": 20})
        wish = {"recipe": [{"edit": "trim", "start_s": 1, "end_s": 4}], "format": "flac"}
        hosts.done(rest.post(f"/tracks/{track}/renditions", json=wish))
        composed = hosts.done(
            rest.post("/generations", json={"prompt": "calm piano", "seconds": 8, "seed": 3})
        )
        until(hosts.idle, within_s=PATIENCE_S)
    assert features["features"]["duration_s"] == pytest.approx(
        soundfile.info(real).duration, abs=0.1
    )
    assert (entered.status_code, entered.json()["imported"]) == (200, 1)
    (made,) = rest.get(f"/tracks/{track}/renditions").json()["items"]
    heard, rate = soundfile.read(io.BytesIO(rest.get(f"{hosts.url}{made['url']}").content))
    assert len(heard) / rate == pytest.approx(3.0, abs=1 / rate)  # one sample
    (piece,) = composed["track_ids"]
    assert soundfile.info(io.BytesIO(rest.get(f"/tracks/{piece}/stream").content)).duration > 5
    done = hosts.rows("SELECT worker, attempts FROM jobs_job WHERE created_at > %s", since)
    workers = {name for name, _ in done}
    assert workers
    assert not any(name.startswith(f"{HOST}:") for name in workers)  # none of it was done here
    assert {name.partition(".")[0] for name in workers} == {HOST.partition(".")[0]}
    assert {attempts for _, attempts in done} == {1}
    assert hosts.is_clean()


def test_what_one_host_has_learnt_the_other_suggests(hosts: Hosts) -> None:
    with hosts.far():
        for n in range(20):
            genre = ("Bright", "Dark")[n % 2]
            hosts.upload(f"{n}.flac", flac(n, artist=f"Artist {n}", genre=genre))
        until(hosts.idle, within_s=PATIENCE_S)
        learnt = {row["tag"]: row for row in hosts.done(hosts.rest.post("/learn"))["tags"]}
    assert learnt["Bright"]["score"] > 0.9
    assert not list(hosts.home.rglob("*.skops"))
    words = """SELECT m.value FROM learn_suggestion s JOIN learn_tagmodel m ON m.id = s.model_id
               WHERE s.track_id = %s"""
    with hosts.near("--queue", "analysis"):
        track = hosts.upload("new.wav", wav(1.5, 99))
        until(lambda: hosts.rows(words, track) == [("Bright",)], within_s=PATIENCE_S)


def test_what_a_host_that_goes_dark_was_doing_is_done_on_the_other_within_the_lease(
    hosts: Hosts,
) -> None:
    """Both bear one name, and over there processes count from 1: only the lease may decide."""
    words = """SELECT state, attempts, worker, lease_until, started_at
               FROM jobs_job WHERE id = %s"""
    kind = """SELECT id FROM jobs_job
              WHERE kind = 'analyse.extract' AND arguments ->> 'track_id' = %s"""
    with hosts.far("--queue", "analysis") as far:
        track = hosts.upload("long.wav", wav(300, 7))
        ((job,),) = hosts.rows(kind, track)
        until(lambda: hosts.rows(words, job)[0][0] == "running", within_s=PATIENCE_S)
        go_dark(far, until)
        ((state, attempts, first, leased_until, _),) = hosts.rows(words, job)
        assert (state, attempts) == ("running", 1)
    with hosts.near("--queue", "analysis"):  # it looks for what the dead have left as it starts
        until(lambda: hosts.rows(words, job)[0][1] == 2, within_s=LEASE_S + 2 * BEAT_S)
        until(lambda: hosts.rows(words, job)[0][0] == "done", within_s=PATIENCE_S)
    ((_, attempts, second, _, started_at),) = hosts.rows(words, job)
    assert attempts == 2
    assert started_at >= leased_until  # nobody here may say that it is dead before
    assert second.startswith(f"{HOST}:")
    assert not first.startswith(f"{HOST}:")
    assert hosts.rest.get(f"/tracks/{track}/features").is_success
    assert hosts.is_clean()

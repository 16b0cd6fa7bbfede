"""Real brokers for tests: those that run at their usual ports, else private ones on free ports."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.jobs.processes import until

STARTS_WITHIN_S = 180
USUAL = {"rabbitmq": 5672, "redis": 6379}
ADDRESSES = {
    "rabbitmq": "amqp://guest:guest@127.0.0.1:{port}//",
    "redis": "redis://127.0.0.1:{port}/0",
}


class NoBroker(Exception):
    """It is not installed, so its tests are left out; under CI they fail."""


@cache
def address(kind: str) -> str:
    """Of a broker that answers: shared by the tests, never stopped by one of them."""
    if answers(USUAL[kind]):
        return ADDRESSES[kind].format(port=USUAL[kind])
    server = private(kind)
    server.start()
    return server.address


def private(kind: str) -> Server:
    """One of this process's own, which a test may stop; gone when the process ends."""
    kinds: dict[str, type[Server]] = {"rabbitmq": RabbitMQ, "redis": Redis}
    server = kinds[kind]()
    atexit.register(server.remove)
    return server


def answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def free_port(*others: int) -> int:
    """A port that nobody listens at, and none of these, which are promised already."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return free_port(*others) if port in others else port


class Server:
    """A broker in a folder of its own; stopped without warning, started again on the same port."""

    kind: str

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.folder = Path(tempfile.mkdtemp(prefix=f"songloom-{self.kind}-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return ADDRESSES[self.kind].format(port=self.port).replace("127.0.0.1", self.host)

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def start(self) -> None:
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._is_up, STARTS_WITHIN_S)

    def _is_up(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "out").read_text()[-2000:])
        return answers(self.port, self.host)

    def kill(self) -> None:
        """As when the power fails."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis(Server):
    """Keeps nothing on disk: a restart loses every message."""

    kind = "redis"

    def command(self) -> list[str]:
        server = found("redis-server")
        place = [
            "--bind",
            self.host,
            "--protected-mode",
            "no",
            "--port",
            str(self.port),
            "--dir",
            str(self.folder),
        ]
        return [server, *place, "--save", "", "--appendonly", "no"]


class RabbitMQ(Server):
    """With a port mapper of its own, so that nothing of it outlives the test."""

    kind = "rabbitmq"

    def __init__(self) -> None:
        super().__init__()
        self.mapper_port = free_port(self.port)
        self.mapper: subprocess.Popen[bytes] | None = None
        (self.folder / "plugins").write_text("[].\n")
        (self.folder / "rabbit.conf").write_text("")

    def command(self) -> list[str]:
        found("rabbitmq-server")  # the wrapper in the path would change the user
        return [str(max(Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server")))]

    def environment(self) -> dict[str, str]:
        here = str(self.folder)
        return {
            **os.environ,
            "HOME": here,
            "ERL_EPMD_PORT": str(self.mapper_port),
            "RABBITMQ_CONFIG_FILE": f"{here}/rabbit",
            "RABBITMQ_CONF_ENV_FILE": f"{here}/none",
            "RABBITMQ_DIST_PORT": str(free_port(self.port, self.mapper_port)),
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{here}/plugins",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_MNESIA_BASE": f"{here}/mnesia",
            "RABBITMQ_NODENAME": "songloom@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 "
            "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def start(self) -> None:
        if self.mapper is None:
            port = str(self.mapper_port)
            self.mapper = subprocess.Popen([found("epmd"), "-port", port, "-address", "127.0.0.1"])
        super().start()

    def remove(self) -> None:
        super().remove()
        if self.mapper is not None:
            self.mapper.kill()
            self.mapper.wait()


def found(command: str) -> str:
    path = shutil.which(command) or shutil.which(command, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        raise NoBroker(f"{command} is not installed: apt-get install {command}")
    return path

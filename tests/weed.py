"""A real S3 server (SeaweedFS) on free ports of this machine, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

KEY, SECRET = "songloom", "secret/of+tests"  # the signs must survive in an address
BUCKET = "songloom-tests"
WITHIN_S = 90.0
SERVICES = ("master", "volume", "filer", "s3")
IDENTITY = {
    "name": "tests",
    "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}
READER = {
    "name": "reader",
    "credentials": [{"accessKey": "reader", "secretKey": SECRET}],
    "actions": ["Read", "List"],
}


class Weed:
    """Started on creation; `stop` and `start` again, on the same ports with the same bytes."""

    def __init__(self, folder: Path, *more: str, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.host = host
        self.more = more
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "s3.json").write_text(json.dumps({"identities": [IDENTITY, READER]}))
        (folder / "stored").mkdir()
        for left in (2, 1, 0):  # another program may take a port between looking and starting
            self.ports = _free_ports(2 * len(SERVICES))
            try:
                self.start()
            except RuntimeError:
                if not left:
                    raise
            else:
                break
        self.client().create_bucket(Bucket=BUCKET)

    @property
    def endpoint(self) -> str:
        return f"http://{self.host}:{self.ports[-2]}"

    def url(self, prefix: str = "", *, key: str = KEY, secret: str = SECRET, more: str = "") -> str:
        """The setting that names this server."""
        endpoint = quote(self.endpoint, safe="")
        who = f"{quote(key, safe='')}:{quote(secret, safe='')}"
        return f"s3://{who}@{BUCKET}/{prefix}?endpoint={endpoint}{more}"

    def client(self) -> Any:
        """A client of its own, to look behind what the code under test says."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    def keys(self, prefix: str = "") -> list[str]:
        """Everything that anybody can see below a prefix."""
        pages = (
            self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        )
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def start(self) -> None:
        assert self.process is None
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command(), cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        ends_s = time.monotonic() + WITHIN_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > ends_s:
                self.stop(signal.SIGKILL)
                log_text = (self.folder / "weed.log").read_text(errors="replace")
                raise RuntimeError(f"the S3 server did not start: {log_text[-2_000:]}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        """At once, as if the plug were pulled."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # it ended by itself
                os.killpg(self.process.pid, number)
            self.process.wait()
        self.process = None

    def _answers(self) -> bool:
        """Whether a stranger is turned away: then keys are known, and the filer is there."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client().list_buckets()
        except (BotoCoreError, ClientError):
            return False
        return True

    def _command(self) -> list[str]:
        ports = [
            word
            for name, port, grpc in zip(SERVICES, self.ports[::2], self.ports[1::2], strict=True)
            for word in (f"-{name}.port={port}", f"-{name}.port.grpc={grpc}")
        ]
        return [
            str(Path(sys.executable).with_name("weed")),
            "server",
            "-dir=stored",
            f"-ip={self.host}",
            f"-ip.bind={self.host}",
            *ports,
            "-filer",
            f"-filer.localSocket={self.folder}/filer.sock",
            "-s3",
            "-s3.config=s3.json",
            "-s3.iam=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.autoCreateBucket=false",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=16",
            *self.more,
        ]


def _free_ports(n: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]

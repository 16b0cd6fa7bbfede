"""This machine's own Debian, booted a second time by systemd-nspawn with our unit in it.

The second system sees the files of the first through an overlay: whatever it writes lies in memory
and is gone with it, as are its processes. It has a network of its own with nothing in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/user/en/deploy.md"
BOOT_WITHIN_S = 60
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # of Debian's root
OURS = ("src", "deploy", "requirements", "pyproject.toml")  # as they are now, committed or not

TRUST = "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'\n"

MOUNT = """
set -eu
mount -t tmpfs -o size=6g tmpfs {folder}
cd {folder}; mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
mount -t proc proc root/proc; mount -t devtmpfs dev root/dev
mkdir -p root{project}; mount --bind {project} root{project}  # it may lie on a disk of its own
chroot root sh -euxc {prepare}
umount root{project} root/dev root/proc
exec systemd-nspawn --register=no --keep-unit --private-network --directory=root \
    --machine=songloom --boot systemd.unit=sysinit.target
"""


@dataclass(frozen=True)
class Machine:
    """A booted system."""

    leader: int  # its systemd, as this system numbers it

    def run(self, command: str, *, check: bool = True) -> str:
        """A line of shell in it, as root; what it prints."""
        inside = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-r", "-w"]
        done = subprocess.run(
            [*inside, "env", "-i", f"PATH={PATH}", "LANG=C.UTF-8", "sh", "-c", command],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not check, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def visit(self, *arguments: str) -> str:
        """Our Python, with the files of this system and the network of that one."""
        command = ["nsenter", "-t", str(self.leader), "-n", sys.executable, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def steps() -> tuple[list[str], list[str]]:
    """The commands of the page, word by word: those that need no systemd, then those that do."""
    block = PAGE.read_text("utf-8").split("```sh\n")[1].split("```")[0]
    lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
    before = [line for line in lines if "systemctl" not in line]
    return before, [line for line in lines if "systemctl" in line]


def missing() -> str:
    """What this machine lacks for it; "" when nothing."""
    if os.geteuid() != 0:
        return "root"
    needed = ("systemd-nspawn", "nsenter", "unshare", "chroot", "nginx", "git")
    lacking = [name for name in needed if shutil.which(name, path=f"{PATH}") is None]
    return ", ".join(lacking)


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """The page's first commands are executed before it boots: only they need the network."""
    before, _ = steps()
    copied = " ".join(_quoted(f"{ROOT}/{name}") for name in OURS)
    now = f"cp -r {copied} /opt/songloom/\ncd /opt/songloom"
    commands = "\n".join(before).replace(" && ", "\n")  # each has to succeed
    commands = commands.replace("<the repository>", _quoted(f"file://{ROOT}"))
    prepare = TRUST + commands.replace("cd /opt/songloom", now)
    script = MOUNT.format(folder=folder, project=_quoted(str(ROOT)), prepare=_quoted(prepare))
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", script],
            env={**os.environ, "PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            yield Machine(_leader(process, log))
        finally:
            process.terminate()  # systemd-nspawn passes it on as "switch off"
            process.wait(BOOT_WITHIN_S)


def _leader(process: subprocess.Popen[bytes], log: Path) -> int:
    """The process id of the second systemd, once it has come up."""
    ends_s = None
    while True:
        said = log.read_text(errors="replace")
        assert process.poll() is None, said[-4000:]
        if "sysinit.target" in said:  # reached
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            return int(children.split()[0])
        if "Spawning container" in said:
            ends_s = ends_s or time.monotonic() + BOOT_WITHIN_S
            assert time.monotonic() < ends_s, said[-4000:]
        time.sleep(0.2)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

"""A real Audacity on a screen of its own: what `songloom audacity open` tells it, it does."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from songloom.core.audio import audacity, decode, splitting
from songloom.core.audio.splitting import Label
from songloom.errors import RefusedInput
from songloom.interfaces.cli.audacity_pipe import Pipe
from tests.core.audio.sounds import noise, write

MODULE = Path("/usr/lib/audacity/modules/mod-script-pipe.so")
IS_THERE = MODULE.is_file() and all(shutil.which(name) for name in ("audacity", "Xvfb"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not IS_THERE and not os.environ.get("CI"), reason="needs audacity and xvfb"),
]
STARTS_S = 40.0
SHAPED_DITHER = 16 / 32_768  # what its export adds, pushed up where nobody hears it
SETTLES_S = 3.0  # after its window is there, it takes a moment until it listens
PIPES = [Path(f"/tmp/audacity_script_pipe.{way}.{os.getuid()}") for way in ("to", "from")]


def configuration(folder: Path) -> str:
    """No splash screen, the module allowed as if somebody had, temporary files of its own."""
    modified = datetime.fromtimestamp(MODULE.stat().st_mtime, UTC).astimezone()
    return (
        "NewPrefsInitialized=1\n[GUI]\nShowSplashScreen=0\n"
        f"[Module]\nmod-script-pipe=1\n[ModulePath]\nmod-script-pipe={MODULE}\n"
        f"[ModuleDateTime]\nmod-script-pipe={modified:%Y-%m-%dT%H:%M:%S}\n"
        f"[Directories]\nTempDir={folder}\n"
    )


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A display that nobody looks at."""
    read, written = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(written),
        "-screen",
        "0",
        "1024x768x24",
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(
        command, pass_fds=[written], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(written)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


class Running:
    """One start of Audacity in a home of its own."""

    def __init__(self, home: Path, display: str) -> None:
        env = {**os.environ, "HOME": str(home), "DISPLAY": display}
        env.pop("XDG_CONFIG_HOME", None)
        for pipe in PIPES:
            pipe.unlink(missing_ok=True)
        with (home / "log").open("ab") as log:
            self.process = subprocess.Popen(["audacity"], env=env, stdout=log, stderr=log)

    def wait(self) -> None:
        ends_s = time.monotonic() + STARTS_S
        while not all(pipe.exists() for pipe in PIPES):
            assert self.process.poll() is None, "Audacity left"
            assert time.monotonic() < ends_s, "Audacity did not open its pipe"
            time.sleep(0.2)
        time.sleep(SETTLES_S)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture(scope="module")
def turn() -> Iterator[None]:
    """Its pipes have one place for each user: other runs of the tests wait."""
    with Path(f"{PIPES[0]}.songloom").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def pipe(turn: None, screen: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipe]:
    """The first start in a new home writes its preferences anew; the second listens."""
    home = tmp_path_factory.mktemp("audacity")
    held, config = home / "held", home / ".config" / "audacity"
    config.mkdir(parents=True)
    (config / "audacity.cfg").write_text(configuration(held))
    for start in range(2):
        shutil.rmtree(held, ignore_errors=True)
        held.mkdir()
        running = Running(home, screen)
        try:
            running.wait()
            if start:
                with closing(Pipe(answer_s=30.0)) as found:
                    yield found
        finally:
            running.end()
    for one in PIPES:
        with suppress(FileNotFoundError):
            one.unlink()


def exported(pipe: Pipe, path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    pipe.say("SelectAll:")
    pipe.say(f'Export2: Filename="{path}" NumChannels=2')
    sound, rate = decode.read(str(path))
    assert rate == audacity.SAMPLE_RATE
    return sound


def test_it_does_what_it_is_told_to_the_sample(pipe: Pipe, tmp_path: Path) -> None:
    """One test for all: there is one Audacity for each user, and one after the other."""
    it_opens_a_sound_with_every_label_and_gives_it_back(pipe, tmp_path)
    what_it_trims_is_what_a_trim_of_ours_keeps(pipe, tmp_path)
    with pytest.raises(RefusedInput, match="Audacity refuses NoSuchThing"):
        pipe.say("NoSuchThing: Track=1")
    assert "finished: OK" in pipe.say("SelectNone:"), "and the next one goes on"


def it_opens_a_sound_with_every_label_and_gives_it_back(pipe: Pipe, tmp_path: Path) -> None:
    """But for the dither of what Audacity exports."""
    sound = noise(audacity.SAMPLE_RATE * 3, 2, level=0.1)
    path = write(tmp_path / "a “quoted” 曲.wav", sound, audacity.SAMPLE_RATE, bits=24)
    groups = {
        "beats": [Label(0.5, 0.5, "1"), Label(1.0, 1.0, "2")],
        "chords": [Label(0.25, 1.75, 'C "major"'), Label(1.75, 2.5, "Am 小调")],
    }
    assert pipe.say_all(audacity.commands(str(path), groups)) == 3 + 3 * 4
    told = pipe.say("GetInfo: Type=Labels Format=JSON")
    for label in (one for labels in groups.values() for one in labels):
        assert f"{label.start_s:g}" in told
        assert audacity.quoted(label.text) in told
    pipe.say("SelectTracks: Track=0 TrackCount=1")
    back = exported(pipe, tmp_path / "back.wav")
    assert back.shape == sound.shape
    assert np.abs(back - sound).max() <= SHAPED_DITHER


def what_it_trims_is_what_a_trim_of_ours_keeps(pipe: Pipe, tmp_path: Path) -> None:
    sound = noise(audacity.SAMPLE_RATE * 2, 2, seed=3, level=0.1)
    path = write(tmp_path / "b.wav", sound, audacity.SAMPLE_RATE, bits=24)
    for command in ("SelectAll:", "RemoveTracks:", f'Import2: Filename="{path}"'):
        pipe.say(command)
    pipe.say("SelectTime: Start=0.25 End=1.75")
    pipe.say("Trim:")
    back = exported(pipe, tmp_path / "trimmed.wav")
    kept = sound[:, 12_000:84_000]
    lead = back.shape[1] - kept.shape[1]  # it exports the silence before a clip, or leaves it out
    assert lead in (0, 12_000)
    assert np.abs(back[:, lead:] - kept).max() <= SHAPED_DITHER


def test_labels_that_it_writes_are_read_here(tmp_path: Path) -> None:
    """As its own File, Export labels writes them: six places, tabs, a line of frequencies."""
    written = "0.500000\t0.500000\t1\n0.250000\t1.750000\tC\n\\\t200.000000\t2000.000000\n"
    assert [one.text for one in splitting.labels(written.encode())] == ["C", "1"]

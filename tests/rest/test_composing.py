"""From a sentence to a track that plays, over REST with a real worker."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from songloom.core.audio import decode
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import User
from tests.live import calling
from tests.shelf import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def ada(transactional_db: None) -> User:
    return person("ada")


@pytest.fixture
def client(ada: User) -> Iterator[httpx.Client]:
    with calling(ada) as web:
        yield web


def composed(client: httpx.Client, prompt: str, **more: object) -> dict[str, object]:
    asked = client.post("/api/v1/generations", json={"prompt": prompt, **more})
    assert asked.status_code == 202, asked.text
    finish(list(Job.objects.unfinished().filter(kind="generate.compose")))
    job = client.get(asked.headers["location"]).json()
    assert job["state"] == "done", job
    assert job["progress"] == 1
    (track_id,) = job["result"]["track_ids"]
    track: dict[str, object] = client.get(f"/api/v1/tracks/{track_id}").json()
    return track


def test_a_sentence_becomes_a_track_with_its_history(client: httpx.Client, tmp_path: Path) -> None:
    track = composed(client, "一首欢快的钢琴曲", seconds=12, seed=5)
    assert track["is_generated"] is True
    assert track["title"]
    assert track["format"] == "flac"
    kinds = {node["kind"] for node in track["lineage"]["nodes"]}  # type: ignore[index]
    assert {"prompt", "model", "score", "track"} <= kinds
    sound = client.get(f"/api/v1/tracks/{track['id']}/stream")
    assert sound.headers["content-type"] == "audio/flac"
    (tmp_path / "piece.flac").write_bytes(sound.content)
    heard, sample_rate = decode.read(str(tmp_path / "piece.flac"))
    assert heard.shape[1] / sample_rate == pytest.approx(12, abs=4)  # whole bars, and a tail
    assert float(np.abs(heard).max()) > 0.05
    cover = client.get(f"/api/v1/tracks/{track['id']}/cover")
    assert cover.headers["content-type"] == "image/jpeg"
    there = f"/api/v1/tracks/{track['id']}/takes/midi"
    broken = client.post(there, files={"file": ("a.mid", b"RIFF")})
    assert (broken.status_code, broken.json()["error"]["code"]) == (422, "bad_value")
    assert client.post(there).status_code == 422
    smaller = client.get(f"/api/v1/tracks/{track['id']}/stream", params={"format": "mp3"})
    assert smaller.status_code == 200
    (made,) = client.get("/api/v1/generations").json()["items"]
    assert made["track"] == track["id"]
    assert made["state"] == "made"
    assert made["midi_sha256"]
    assert client.delete(f"/api/v1/generations/{made['id']}").status_code == 204
    assert client.get(f"/api/v1/tracks/{track['id']}").status_code == 404
    assert [t["id"] for t in client.get("/api/v1/bin").json()["items"]] == [track["id"]]


def test_the_same_seed_writes_the_same_notes(client: httpx.Client) -> None:
    for _ in range(2):
        composed(client, "a slow waltz for violin", seconds=10, seed=11)
    composed(client, "a slow waltz for violin", seconds=10, seed=12)
    made = client.get("/api/v1/generations").json()["items"]
    scores: dict[int, set[str]] = {item["seed"]: set() for item in made}
    for item in made:
        scores[item["seed"]].add(item["midi_sha256"])
    assert len(scores[11]) == 1
    assert scores[11] != scores[12]


def test_a_job_that_is_cancelled_makes_no_track(client: httpx.Client) -> None:
    asked = client.post("/api/v1/generations", json={"prompt": "a march", "seconds": 10})
    cancelled = client.delete(asked.headers["location"]).json()
    assert cancelled["state"] == "cancelled"
    finish(list(Job.objects.all()))
    assert client.get("/api/v1/tracks").json()["total"] == 0


def test_uploads_of_every_kind_of_wav_are_measured_alike(client: httpx.Client) -> None:
    """One second of silence in 8, 16 and 24 bits lasts one second, whatever its width."""
    for width in (1, 2, 3):
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(width)
            file.setframerate(22_050)
            file.writeframes((b"\x80" if width == 1 else b"\x00") * width * 2 * 22_050)
        files = {"file": (f"silence{width}.wav", out.getvalue())}
        made = client.post("/api/v1/tracks", files=files)
        assert made.status_code == 201, made.text
        assert made.json()["duration_s"] == pytest.approx(1.0, abs=1e-6)

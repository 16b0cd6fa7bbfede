"""REST on a real port: ranges, transcodes while they are made, limits while they stream in."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from songloom.core.audio.probe import probe
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Track, User
from tests import kept
from tests.live import calling
from tests.shelf import person, shelve, wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(transactional_db: None) -> User:
    return person("ada")


@pytest.fixture
def client(ada: User) -> Iterator[httpx.Client]:
    with calling(ada) as web:
        yield web


def bytes_of(track: Track) -> bytes:
    from songloom.library.services.storing import main_file

    file = main_file(track)
    assert file is not None
    return kept.bytes_of(file.sha256)


@pytest.mark.stores
def test_the_original_comes_in_ranges(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Song", seconds=2.0)
    whole = bytes_of(track)
    address = f"/api/v1/tracks/{track.pk}/stream"
    head = client.head(address)
    assert head.headers["content-length"] == str(len(whole))
    assert head.headers["accept-ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert client.get(address).content == whole
    assert client.get(address, headers={"If-None-Match": head.headers["etag"]}).status_code == 304
    cover = client.get(f"/api/v1/tracks/{track.pk}/cover", params={"size": 100})
    assert cover.headers["content-type"] == "image/png"
    assert cover.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("query", "mime", "format"),
    [
        ({"format": "mp3"}, "audio/mpeg", "mp3"),
        ({"format": "opus", "bitrate": "64"}, "audio/ogg", "opus"),
        ({"format": "flac"}, "audio/flac", "flac"),
        ({"bitrate": "96"}, "audio/mpeg", "mp3"),
    ],
)
def test_a_transcode_is_the_same_song_in_another_format(
    client: httpx.Client,
    ada: User,
    tmp_path: Path,
    query: dict[str, str],
    mime: str,
    format: str,
) -> None:
    track = shelve(ada, "Song", seconds=3.0)
    address = f"/api/v1/tracks/{track.pk}/stream"
    head = client.head(address, params=query)
    assert head.status_code == 200
    assert head.headers["accept-ranges"] == "none"
    assert "content-length" not in head.headers, "nobody knows it, and 0 would be a lie"
    answer = client.get(address, params=query)
    assert answer.headers["accept-ranges"] == "none"
    assert answer.headers["content-type"] == head.headers["content-type"] == mime
    assert "content-length" not in answer.headers
    (tmp_path / "sound").write_bytes(answer.content)
    found = probe(str(tmp_path / "sound"))
    assert found["format"] == format
    assert found["duration_s"] == pytest.approx(3.0, abs=0.25)  # three frames of mp3 at 8 kHz


def test_a_part_of_a_transcode_is_the_whole_of_it(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Song", seconds=2.0)
    address = f"/api/v1/tracks/{track.pk}/stream"
    part = client.get(address, params={"format": "mp3"}, headers={"Range": "bytes=10-19"})
    assert part.status_code == 200
    assert "content-range" not in part.headers
    assert len(part.content) > 1_000


def test_a_headers_only_question_starts_no_transcode(
    client: httpx.Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from songloom.play import transcoding

    monkeypatch.setattr(transcoding, "_slots", threading.BoundedSemaphore(1))
    track = shelve(ada, "Long", seconds=3_600.0)
    address = f"/api/v1/tracks/{track.pk}/stream"
    with client.stream("GET", address, params={"format": "mp3"}) as first:
        next(first.iter_raw(1_000))
        assert client.head(address, params={"format": "mp3"}).status_code == 200


BROKEN = {
    "no multipart at all": b"garbage",
    "nothing": b"",
    "cut off in the head of a part": b"--cut\r\nContent-Disposition: form-data; name=",
    "cut off in the file": b'--cut\r\nContent-Disposition: form-data; name="file"; '
    b'filename="a.wav"\r\n\r\nRIFF....',
    "another boundary": b'--other\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n'
    b"--other--\r\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_multipart_body_that_is_broken_or_ends_too_early_is_malformed(
    client: httpx.Client, how: str
) -> None:
    for boundary in ("cut", '"cut"'):
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = client.post("/api/v1/tracks", content=BROKEN[how], headers=kind)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "malformed"
    assert not Track.objects.exists()


def test_a_whole_multipart_body_without_the_file_is_a_missing_value(client: httpx.Client) -> None:
    answer = client.post("/api/v1/tracks", files={"title": (None, "x")})
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == ["file"]


def test_a_format_that_cannot_be_streamed_is_refused(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Song")
    for query in ({"format": "exe"}, {"bitrate": "-1"}, {"bitrate": "many"}):
        answer = client.get(f"/api/v1/tracks/{track.pk}/stream", params=query)
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "bad_value"


def test_a_listener_who_stalls_blocks_nobody(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Long", seconds=3_600.0)  # 29 MB of mp3: more than sockets buffer
    address = f"/api/v1/tracks/{track.pk}/stream"
    with client.stream("GET", address, params={"format": "mp3"}) as stalled:
        next(stalled.iter_raw(1_000))
        started_s = time.monotonic()
        for _ in range(5):
            assert client.get("/api/v1/tracks").status_code == 200
        assert time.monotonic() - started_s < 10


def test_too_many_transcodes_wait(
    client: httpx.Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from songloom.play import transcoding

    monkeypatch.setattr(transcoding, "_slots", threading.BoundedSemaphore(1))
    track = shelve(ada, "Long", seconds=3_600.0)  # 29 MB of mp3: more than sockets buffer
    address = f"/api/v1/tracks/{track.pk}/stream"
    with client.stream("GET", address, params={"format": "mp3"}) as first:
        assert first.status_code == 200
        refused = client.get(address, params={"format": "opus"})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["error"]["code"] == "busy"
    deadline = time.monotonic() + 20
    while client.head(address).status_code != 200 or not free(client, address):
        assert time.monotonic() < deadline, "the place of a listener who left is never given away"


def free(client: httpx.Client, address: str) -> bool:
    with client.stream("GET", address, params={"format": "mp3"}) as answer:
        return answer.status_code == 200


def test_an_upload_over_the_limit_is_stopped_while_it_comes(
    client: httpx.Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songloom.config.asgi import application

    monkeypatch.setattr(application, "largest_bytes", 1_000_000)

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    announced = client.post("/api/v1/tracks", files={"file": io.BytesIO(b"x" * 4_000_000)})
    assert announced.status_code == 413
    assert announced.json()["error"]["code"] == "too_large"
    chunked = client.post(
        "/api/v1/tracks",
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert chunked.status_code == 413
    assert not Track.objects.exists()


@pytest.mark.stores
@pytest.mark.real
def test_a_file_goes_the_whole_way_over_rest(
    client: httpx.Client, ada: User, real_song: Path, tmp_path: Path
) -> None:
    """Upload, measure, find, trim, hear, throw away, bring back: a real song, a real worker."""
    with real_song.open("rb") as file:
        made = client.post("/api/v1/tracks", files={"file": (real_song.name, file)})
    assert made.status_code == 201, made.text
    track = made.json()
    finish(list(Job.objects.unfinished()))
    features = client.get(f"/api/v1/tracks/{track['id']}/features").json()["features"]
    assert features["duration_s"] == pytest.approx(track["duration_s"], abs=0.001)
    found = client.get("/api/v1/tracks", params={"q": track["title"][:6]}).json()
    assert [item["id"] for item in found["items"]] == [track["id"]]
    recipe = [{"edit": "trim", "start_s": 2, "end_s": 7}]
    asked = client.post(
        f"/api/v1/tracks/{track['id']}/renditions",
        json={"recipe": recipe, "format": "opus", "bitrate": 96, "save_as_track": True},
    )
    assert asked.status_code == 202, asked.text
    finish(list(Job.objects.unfinished()))
    job = client.get(asked.headers["location"]).json()
    assert job["state"] == "done", job
    (saved,) = job["result"]["track_ids"]
    assert client.get(f"/api/v1/tracks/{saved}").json()["duration_s"] == pytest.approx(5, abs=0.05)
    (rendition,) = client.get(f"/api/v1/tracks/{track['id']}/renditions").json()["items"]
    (tmp_path / "cut").write_bytes(client.get(rendition["url"]).content)
    assert probe(str(tmp_path / "cut"))["duration_s"] == pytest.approx(5.0, abs=0.05)
    whole = client.get(f"/api/v1/tracks/{saved}").json()
    assert {node["kind"] for node in whole["lineage"]["nodes"]} >= {"file", "track", "recipe"}
    near = client.get(f"/api/v1/tracks/{track['id']}/similar").json()["items"]
    assert [item["id"] for item in near] == [saved]
    assert client.delete(f"/api/v1/tracks/{saved}").status_code == 204
    assert client.post(f"/api/v1/tracks/{saved}/restore").status_code == 200
    wav = client.post("/api/v1/tracks", files={"file": ("x.wav", wav_bytes(1.0, 999.0))})
    assert wav.status_code == 201

"""Behind Debian's nginx, with the configuration that we publish: it sends what Songloom allows."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from songloom.config.home import prepare_folders
from songloom.library.models import Track, User
from songloom.library.services import people
from tests import kept
from tests.live import calling, serving, stream_of, while_forty_stall
from tests.shelf import person, shelve, wav_bytes

pytestmark = pytest.mark.django_db(transaction=True)
DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
WITHIN_S = 60
MAIN = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log info; {user}
worker_processes 1; events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/songloom.conf;
}}
"""


@pytest.fixture
def nginx(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The address of an nginx in front of the whole application."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        assert not os.environ.get("CI"), "under CI nothing is left out"
        pytest.skip("no nginx here; `make system` installs it")
    from songloom.config.asgi import application

    prepare_folders(Path(settings.HOME))
    monkeypatch.setattr(application.app.app, "by_nginx", True)  # type: ignore[attr-defined]
    with serving() as behind:
        port = _free_port()
        _configure(tmp_path, port, urlsplit(behind).netloc)
        process = subprocess.Popen(
            [program, "-p", str(tmp_path), "-c", str(tmp_path / "main.conf")]
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, tmp_path)
            yield address
        finally:
            process.terminate()
            process.wait(WITHIN_S)


def _configure(folder: Path, port: int, behind: str) -> None:
    """Our own configuration, with another port, name and server behind."""
    text = (DEPLOY / "nginx.conf").read_text()
    for pattern, value in (
        (r"server 127\.0\.0\.1:\d+;", f"server {behind};"),
        (r"listen 80;", f"listen 127.0.0.1:{port};"),
        (r"server_name [^;]+;", "server_name 127.0.0.1;"),
    ):
        text, n_changed = re.subn(pattern, value, text)
        assert n_changed == 1, pattern
    (folder / "songloom.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""  # whom the home belongs to
    (folder / "main.conf").write_text(MAIN.format(folder=folder, user=user))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    ends_s = time.monotonic() + WITHIN_S
    while True:
        try:
            assert httpx.get(f"{address}/healthz").status_code == 200
        except httpx.TransportError:
            log = folder / "error.log"
            assert process.poll() is None, log.read_text() if log.exists() else "no log"
            assert time.monotonic() < ends_s
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def ada(transactional_db: None) -> User:
    return person("ada")


@pytest.fixture
def client(ada: User, nginx: str) -> Iterator[httpx.Client]:
    with calling(ada, nginx) as web:
        web.headers["Host"] = "localhost"
        yield web


def sound_of(track: Track) -> bytes:
    return kept.bytes_of(track.files.get().sha256)


def test_a_song_comes_whole_in_ranges_and_with_the_headers_of_the_view(
    client: httpx.Client, ada: User
) -> None:
    track = shelve(ada, "晴天")
    whole = sound_of(track)
    answer = client.get(stream_of(track))
    assert (answer.status_code, answer.content) == (200, whole)
    assert answer.headers["server"].startswith("nginx")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "no-cache" in answer.headers["cache-control"]
    assert "x-accel-redirect" not in answer.headers
    for asked, expected in (("bytes=10-19", whole[10:20]), ("bytes=-7", whole[-7:])):
        part = client.get(stream_of(track), headers={"Range": asked})
        assert (part.status_code, part.content) == (206, expected)
    head = client.head(stream_of(track))
    assert (head.headers["content-length"], head.content) == (str(len(whole)), b"")
    beyond = client.get(stream_of(track), headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    saved = client.get("/rest/download", params=app_password(ada) | {"id": str(track.pk)})
    assert saved.content == whole
    assert "%E6%99%B4%E5%A4%A9.wav" in saved.headers["content-disposition"]


def app_password(user: User) -> dict[str, str]:
    people.make_app_password(user, "phone", "a phone's password")
    return {"u": user.username, "p": "a phone's password"}


def test_who_holds_a_song_is_not_sent_it_again(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Song")
    tag = client.get(stream_of(track)).headers["etag"]
    assert client.get(stream_of(track), headers={"If-None-Match": tag}).status_code == 304
    ranged = {"Range": "bytes=0-9", "If-Range": tag}
    assert client.get(stream_of(track), headers=ranged).status_code == 206
    other = {"Range": "bytes=0-9", "If-Range": '"older"'}
    assert client.get(stream_of(track), headers=other).status_code == 200


def test_nobody_asks_nginx_for_a_file_directly(
    client: httpx.Client, ada: User, tmp_path: Path
) -> None:
    track = shelve(ada, "Song")
    path = kept.path_of(track.files.get())
    for address in (f"/_files{path}", "/_files/etc/passwd", "/_files/../etc/passwd"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"root:" not in answer.content
    sent = {"X-Accel-Redirect": "/_files/etc/passwd"}
    assert b"root:" not in client.get("/healthz", headers=sent).content
    stranger = httpx.get(f"{client.base_url}{stream_of(track)}", headers={"Host": "localhost"})
    assert stranger.status_code == 401


def test_forty_listeners_who_stall_keep_nobody_waiting(client: httpx.Client, ada: User) -> None:
    track = shelve(ada, "Long", seconds=1_200.0)  # 19 MB: more than sockets buffer
    assert while_forty_stall(client, track) == sound_of(track)


def test_uploads_transcodes_and_covers_go_through(client: httpx.Client, ada: User) -> None:
    made = client.post("/api/v1/tracks", files={"file": ("tone.wav", wav_bytes(2.0, 321.0))})
    assert made.status_code == 201, made.text
    address = f"/api/v1/tracks/{made.json()['id']}"
    sound = client.get(f"{address}/stream", params={"format": "mp3"})
    assert sound.headers["content-type"] == "audio/mpeg"
    assert len(sound.content) > 10_000
    assert client.get(f"{address}/cover").content.startswith(b"\x89PNG")

"""The application as the server loads it: light, limited, and closed to foreign names."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from songloom.config.asgi import application, sendable
from songloom.library.services.people import local_owner
from tests.config.asking import Client

HEAVY = ("av", "scipy", "sklearn", "keras", "jax", "numba", "soundfile", "skops", "mutagen")


def test_the_server_starts_without_the_heavy_libraries() -> None:
    """The idle server's memory is a bar: decoders and statistics are imported when needed."""
    code = (
        "import sys; from songloom.config import asgi; from django.urls import get_resolver;"
        "get_resolver().url_patterns;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.django_db(transaction=True)
class TestAnswers:
    def test_it_lives(self) -> None:
        assert Client(application).get("/healthz", headers={"host": "localhost"}).status_code == 200

    def test_a_foreign_host_is_refused(self) -> None:
        answer = Client(application).get("/healthz", headers={"host": "evil.example"})
        assert answer.status_code == 400

    def test_a_body_over_the_limit_is_refused_before_django_reads_it(self) -> None:
        largest = int(settings.LARGEST_UPLOAD_MB * 1_000_000)
        headers = {"host": "localhost", "content-length": str(largest * 2)}
        answer = Client(application).post("/api/v1/tracks", headers=headers, content=b"x")
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "too_large"

    def test_static_files_come_before_django(self) -> None:
        answer = Client(application).get(
            "/static/admin/css/base.css", headers={"host": "localhost"}
        )
        assert answer.status_code == 200

    def test_files_may_come_from_the_home_and_linked_folders_but_not_from_its_top(self) -> None:
        import asyncio

        from songloom.library.models import Folder

        Folder.objects.create(
            number=1, path="/music", path_key="k", name="Music", owner=local_owner()
        )
        roots = {str(path) for path in asyncio.run(_listed())}
        assert roots == {str(settings.MEDIA), str(settings.CACHE), "/music"}
        assert str(settings.HOME) not in roots  # database and key lie there


async def _listed() -> list[object]:
    return list(await sendable())

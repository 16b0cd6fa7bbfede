"""Small real things for the library's tests: a user, a heard file, a picture."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from songloom.library.heard import Heard
from songloom.library.models import Track, User
from songloom.library.services import storing

Hear = Callable[..., Heard]
Keep = Callable[..., Track]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("mei")  # no password: hashing would be most of a test


@pytest.fixture
def stranger(db: None) -> User:
    return User.objects.create_user("otto")


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def hear(tmp_path: Path) -> Hear:
    """What a probe would say of a file with these bytes."""

    def make(content: bytes = b"sound", *, name: str = "song.flac", **known: object) -> Heard:
        path = tmp_path / hashlib.sha256(content + name.encode()).hexdigest()[:12]
        path.write_bytes(content)
        found = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content),
            "format": "flac",
            "codec": "flac",
            "sample_rate": 44_100,
            "channels": 2,
            "duration_s": 12.5,
        }
        return Heard.from_probe(path, found | known, original_name=name)

    return make


@pytest.fixture
def keep(owner: User, hear: Hear) -> Keep:
    """A stored track with these tags."""

    def make(content: bytes = b"sound", **tags: str | list[str]) -> Track:
        listed = {k: v if isinstance(v, list) else [v] for k, v in tags.items()}
        heard = hear(content, tags=listed)
        return storing.store_file(heard, owner=owner, origin=Track.Origin.UPLOADED)[0]

    return make


def picture(width: int = 64, height: int = 48, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (166, 61, 36)).save(out, kind)
    return out.getvalue()

"""A small library for tests of interfaces: real sound, stored by the real service."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import tempfile
import wave
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from songloom.library.heard import Heard
from songloom.library.models import Track, User
from songloom.library.services.storing import store_file

SAMPLE_RATE = 8_000
PASSWORD = "open the loom"  # the login password of every user made here


def wav_bytes(seconds: float = 1.0, tone_hz: float = 440.0) -> bytes:
    """A mono tone, 16 bits, in [-0.5, 0.5]; after a second it begins again."""
    wave_s = range(min(int(seconds * SAMPLE_RATE), SAMPLE_RATE))
    samples = [int(16_000 * math.sin(2 * math.pi * tone_hz * i / SAMPLE_RATE)) for i in wave_s]
    second = struct.pack(f"<{len(samples)}h", *samples)
    n_bytes = 2 * int(seconds * SAMPLE_RATE)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((second * (1 + n_bytes // max(1, len(second))))[:n_bytes])
    return out.getvalue()


def person(name: str, *, is_admin: bool = False) -> User:
    """A user whose password is hashed in one round: real hashing would be most of a test."""
    user = User(username=name, is_superuser=is_admin, is_staff=is_admin)
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    user.save()
    return user


_next_tone = iter(range(200, 100_000))


def shelve(owner: User, title: str, **more: Any) -> Track:
    """A track of one second of sound that no other track has.

    tags, artist, album, genre, date, track, lyrics  as files have them
    is_private                                       hidden from others
    cover                                            a path to a picture
    """
    sound = wav_bytes(more.pop("seconds", 1.0), float(next(_next_tone)))
    tags = {"title": [title], **more.pop("tags", {})}
    for field in ("artist", "album", "albumartist", "genre", "date", "tracknumber", "composer"):
        if field in more:
            value = more.pop(field)
            tags[field] = value if isinstance(value, list) else [value]
    heard = heard_of(sound, tags, more.pop("lyrics", ""), more.pop("cover", None))
    track, _is_new = store_file(heard, owner=owner, origin=Track.Origin.UPLOADED, extra=None)
    if more:
        Track.objects.filter(pk=track.pk).update(**more)
        track.refresh_from_db()
    return track


def heard_of(
    sound: bytes, tags: dict[str, list[str]], lyrics: str = "", cover: Path | None = None
) -> Heard:
    with tempfile.NamedTemporaryFile(suffix=".wav", delete=False) as file:
        file.write(sound)
    path = Path(file.name)
    return Heard(
        path=path,
        sha256=hashlib.sha256(sound).hexdigest(),
        size_bytes=len(sound),
        format="wav",
        codec="pcm_s16le",
        sample_rate=SAMPLE_RATE,
        channels=1,
        duration_s=(len(sound) - 44) / 2 / SAMPLE_RATE,
        bit_rate=128_000,
        bits=16,
        original_name=f"{tags['title'][0]}.wav",
        tags=tags,
        lyrics=lyrics,
        cover=cover,
    )

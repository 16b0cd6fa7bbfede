"""The composer's tools: the melody model and the soundfont, each with its hash."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

import songloom
from songloom.core.query.prompt_request import MODELS
from songloom.errors import NoSuchFile

if TYPE_CHECKING:
    from songloom.core.score.tune import Melodist

ASSETS = Path(songloom.__file__).parent / "assets"
MODELS_DIR = ASSETS / "models"
FONT_CARD = ASSETS / "soundfonts" / "fluidr3mono" / "card.toml"


@cache
def melodist(kind: str = MODELS[0]) -> Melodist:
    """A trained model, `transformer` or `lstm`, loaded once a process."""
    from songloom.core.score.neural.runtime import load

    return load(_weights(kind))


@cache
def model_sha256(kind: str = MODELS[0]) -> str:
    """The hash of its weights."""
    return _sha256(_weights(kind))


def _weights(kind: str) -> Path:
    return MODELS_DIR / kind / "melody.safetensors"


def soundfont() -> tuple[Path, str]:
    """The soundfont to play with and its hash: the user's own, else the one that comes along.

    Raises NoSuchFile where SONGLOOM_SOUNDFONT names no file.
    """
    if settings.SOUNDFONT:
        path = Path(settings.SOUNDFONT).expanduser()
        if not path.is_file():
            raise NoSuchFile("The soundfont named by SONGLOOM_SOUNDFONT is not there.")
        return path, _own_font_sha256(str(path), path.stat().st_mtime_ns)
    card = _card()
    return FONT_CARD.with_name(str(card["file"])), str(card["sha256"])


@cache
def terms() -> tuple[dict[str, Any], ...]:
    """The cards of what pieces are made with: the melody models and the soundfont that came along.

    Each has name, version, licence, origin and the sha256 that pieces are known by.
    """
    cards = [_weights(kind).with_name("card.toml").read_text(encoding="utf-8") for kind in MODELS]
    models = ({"kind": "model", **tomllib.loads(card)} for card in cards)
    return (*models, {"kind": "soundfont", **_card()})


@cache
def _card() -> dict[str, object]:
    return tomllib.loads(FONT_CARD.read_text(encoding="utf-8"))


@cache
def _own_font_sha256(path: str, modified_ns: int) -> str:
    return _sha256(Path(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""A composed piece as a notebook shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Piece:
    """One piece: its track in the library, and where its notes and its sound lie."""

    id: str
    title: str
    seed: int | None  # None: written by a model of the user's own
    midi: Path
    audio: Path
    request: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, made: dict[str, Any], request: dict[str, Any]) -> Piece:
        """From the `generate` document."""
        return cls(
            id=made["track"],
            title=made["title"],
            seed=made["seed"],
            midi=Path(made["midi"]),
            audio=Path(made["audio"]),
            request=request,
        )

    def _repr_html_(self) -> str:
        """Title and a player; the sound is in the page, so that it plays where the file is not."""
        import base64

        sound = base64.b64encode(self.audio.read_bytes()).decode()
        player = f'<audio controls src="data:audio/flac;base64,{sound}"></audio>'
        seed = "" if self.seed is None else f" · seed {self.seed}"
        return f"<p><b>{escape(self.title)}</b>{seed}</p>{player}"

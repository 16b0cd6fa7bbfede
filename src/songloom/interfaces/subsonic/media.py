"""Sound, pictures and words: stream, download, cover, lyrics."""

from __future__ import annotations

"""The way of a track on one page: what became true → the jobs that follow."""

from __future__ import annotations

PIPELINE: dict[str, tuple[str, ...]] = {
    "track.stored": (),
    "features.stored": (),
    "tags.changed": (),
    "track.binned": (),
    "track.restored": (),
}

"""The way of a track on one page: what became true → the jobs that follow."""

from __future__ import annotations

PIPELINE: dict[str, tuple[str, ...]] = {
    "track.stored": ("search.index", "analyse.extract"),
    "tracks.entered": ("search.index_new",),
    "features.sketched": ("analyse.complete",),
    "tracks.found": ("search.index_new", "analyse.catch_up"),
    "sound.refused": ("acquire.refuse",),
    "features.stored": ("learn.suggest",),
    "tags.changed": ("search.index",),
    "track.binned": ("search.index",),
    "track.restored": ("search.index",),
}

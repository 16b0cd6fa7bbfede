"""A glance that dies of one file: imported by a limited child, so it loads nothing else."""

from __future__ import annotations

import os
from typing import Any


def glance_all(paths: list[str], cover_dir: str) -> list[Any]:
    from songloom.core.audio import glance

    if any("deadly" in path for path in paths):
        os._exit(1)
    return list(glance.glance_all(paths, cover_dir))
